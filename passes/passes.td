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

#endif // SPHERICAL_PASSES_TD
