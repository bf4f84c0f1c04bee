//===- passes.td - passes that every phase shares --------------*- tablegen -*-===//

#ifndef SPHERICAL_PASSES_TD
#define SPHERICAL_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyPhase : Pass<"spherical-verify-phase", "::mlir::ModuleOp"> {
  let summary = "Check that a phase left nothing of an earlier level, and mark the module";
  let description = [{
    Each phase ends with this pass. It checks that no op of an earlier level is left and sets the
    module attribute `spherical.phase`, from which a dump resumes.

    *Before*, with `phase=expand`:
    ```mlir
    module attributes {spherical.phase = "graph"} { ... }
    ```
    *After*:
    ```mlir
    module attributes {spherical.phase = "expand"} { ... }
    ```
    *Leaves*: everything but the attribute.
    *Fails*: from expand on at `s2_conv`, `so3_conv`, `resample`, and at complex values outside of
    function borders, `real_part`, `imag_part`, `complex`, `samples` and `zero`; from differentiate on at a
    function that still asks for its gradient (`spherical.gradient`); from fuse on at `adam`; from
    plan on at any tensor or spherical type.
  }];
  let options = [
    Option<"phaseName", "phase", "std::string", "\"\"", "the phase that ends here">
  ];
}

def BoundArguments : Pass<"spherical-bound-arguments", "::mlir::ModuleOp"> {
  let summary = "Note which integers the arguments of functions may hold";
  let description = [{
    What ops take of labels, counts and steps, and which values they leave out where they are
    missing (interface IntegerOperands), is noted on the arguments that they come from, before a pass replaces an op or drops one whose result nobody needs: what a
    function accepts does not depend on that.

    *Before*
    ```mlir
    func.func @f(%z: tensor<2x3xf32>, %labels: tensor<2xi32>, %count: tensor<i64>) -> tensor<f32>
    ```
    *After*
    ```mlir
    func.func @f(%z: tensor<2x3xf32>,
                 %labels: tensor<2xi32> {stage.integers = #stage.integers<"labels" from 0 to 2 counted by "arg2">, stage.missing},
                 %count: tensor<i64> {stage.integers = #stage.integers<"a count" from 1 to 2>}) -> tensor<f32>
    ```
    *Leaves*: everything else.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::stage::StageDialect"];
}

def SplitComplex : Pass<"spherical-split-complex", "::mlir::ModuleOp"> {
  let summary = "Compute on complex values as pairs of real ones";
  let description = [{
    A complex function, spectrum or tensor is X = A + iB with A, B real; a real spectrum is that of
    a real function, A_{-m,-n} = (-1)^{m-n} conj A_mn. Ops that are linear and real (`RealLinear`)
    act on A and B apart, and products per degree are
        X Y^H = (A C^H + B D^H) + i (B C^H - A D^H)      for Y = C + iD
        G Y   = (E C - F D)     + i (E D + F C)          for G = E + iF   (grad_input)
        G^H X = (E^H A + F^H B) + i (E^H B - F^H A)                       (grad_kernel)
    Real results of complex values (inverse transforms, adjoints) are those of A alone. Later phases
    then see real elements only. The expand phase runs it for what a program says, the differentiate
    phase for what gradients add.

    *Before*
    ```mlir
    %f = spherical.so3_ift %x : so3_spectrum<2x1, b = 4, complex<f64>> -> so3<2x1, b = 4, f64>
    ```
    *After*
    ```mlir
    %a = spherical.real_part %x : so3_spectrum<2x1, b = 4, f64>
    %f = spherical.so3_ift %a : so3_spectrum<2x1, b = 4, f64> -> so3<2x1, b = 4, f64>
    ```
    *Leaves*: complex values at function borders and at `samples`, with `real_part`, `imag_part` and
    `complex`.
    *Fails*: never; the phase's verification names an op on complex values that is left.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

#endif // SPHERICAL_PASSES_TD
