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
    *Fails*: from expand on at `s2_conv`, `so3_conv`, `resample`, and at complex spectra outside of
    function borders, `real_part`, `imag_part`, `complex` and `zero`; from differentiate on at a
    function that still asks for its gradient (`spherical.gradient`); from plan on at any tensor or
    spherical type.
  }];
  let options = [
    Option<"phaseName", "phase", "std::string", "\"\"", "the phase that ends here">
  ];
}

def BoundArguments : Pass<"spherical-bound-arguments", "::mlir::ModuleOp"> {
  let summary = "Note which integers the arguments of functions may hold";
  let description = [{
    What ops take of labels, counts and steps (interface IntegerOperands) is noted on the arguments
    that they come from, before a pass replaces an op or drops one whose result nobody needs: what a
    function accepts does not depend on that.

    *Before*
    ```mlir
    func.func @f(%z: tensor<2x3xf32>, %labels: tensor<2xi32>, %count: tensor<i64>) -> tensor<f32>
    ```
    *After*
    ```mlir
    func.func @f(%z: tensor<2x3xf32>,
                 %labels: tensor<2xi32> {stage.integers = #stage.integers<"labels" from 0 to 2 counted by "arg2">},
                 %count: tensor<i64> {stage.integers = #stage.integers<"a count" from 1 to 2>}) -> tensor<f32>
    ```
    *Leaves*: everything else.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::stage::StageDialect"];
}

#endif // SPHERICAL_PASSES_TD
