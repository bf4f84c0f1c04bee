//===- passes.td - passes of the plan phase --------------------*- tablegen -*-===//

#ifndef SPHERICAL_PASSES_PLAN_PASSES_TD
#define SPHERICAL_PASSES_PLAN_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerToStages : Pass<"spherical-lower-to-stages", "::mlir::ModuleOp"> {
  let summary = "Turn scheduled ops into stages on buffers";
  let description = [{
    Each op becomes sweeps of the `stage` dialect on memrefs; a value becomes a `memref.alloc` in its
    layout, a view of another value's buffer (`samples`, pointwise ops whose operand dies), or the
    memory of the function's result. Constants become tables of the module, each once. On target
    `reference` floating-point elements become f64.

    A result that replaces an argument (`spherical.replaces`) may be that argument's memory: it is
    written in place only where nothing reads the argument later, else at the end.

    *Before*
    ```mlir
    func.func @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = nn.relu %x {spherical.choice = ...} : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
    *After*
    ```mlir
    func.func @f(%x: memref<2x3xf32>, %y: memref<2x3xf32> {stage.result}) {
      stage.sweep "relu" (%i) in [1] ... { stage.map ... }
      return
    }
    ```
    *Leaves*: no tensor and no spherical type.
    *Fails*: at an op without `spherical.choice` that needs one, and at conversions between layouts
    that no schedule makes.
  }];
  let dependentDialects = ["::mlir::stage::StageDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::affine::AffineDialect"];
}

def PlanMemory : Pass<"stage-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Give every buffer its place in one arena";
  let description = [{
    A buffer lives from the first to the last sweep that uses it. Buffers take, largest first, the
    lowest offset that is free while they live. Each function gets the arena as its first argument
    and the attributes `stage.arena_bytes` and `stage.scratch_bytes`.

    *Before*
    ```mlir
    %0 = memref.alloc() : memref<2x3x16xf32>
    ```
    *After*
    ```mlir
    %0 = memref.view %arena[%c128][] : memref<512xi8> to memref<2x3x16xf32>
    ```
    *Leaves*: sweeps as they are.
    *Fails*: when an arena is larger than `limit`; the error gives the batch that would fit.
  }];
  let options = [Option<"limit", "limit", "int64_t", "0", "most bytes of an arena (0: any)">];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

#endif // SPHERICAL_PASSES_PLAN_PASSES_TD
