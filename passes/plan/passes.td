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

def FuseSweeps : Pass<"stage-fuse-sweeps", "::mlir::ModuleOp"> {
  let summary = "Make one sweep of two with a buffer that only they use, point by point";
  let description = [{
    Two sweeps over the same space of which the first writes and the second reads a buffer, at each
    point the part at the point's indices, become one; the part is scratch memory. The stages of
    both keep their order, locations and counts of operations; the buffer's bytes are no traffic
    any more.

    *Before*
    ```mlir
    %y = memref.alloc() : memref<2x20x8x16xf32>
    stage.sweep "a" (%g, %c) in [2, 20] ... { stage.fill %y[%g, %c] ... }
    stage.sweep "b" (%g, %c) in [2, 20] ... { stage.gather lanes %y[%g, %c] -> %z[%g, %c] ... }
    ```
    *After*
    ```mlir
    stage.sweep "a + b" (%g, %c) in [2, 20] ... scratch (%s : memref<8x16xf32>) {
      stage.fill %s ...
      stage.gather lanes %s -> %z[%g, %c] ...
    }
    ```
    *Leaves*: buffers with a third user, sweeps that what lies between them keeps apart, and sweeps
    that share other memory that one of them writes, unless both reach it point by point.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def JoinTransforms : Pass<"stage-join-transforms", "::mlir::ModuleOp"> {
  let summary = "Keep functions between two transforms in registers";
  let description = [{
    Scratch memory that a synthesis along rows writes, and only an analysis of the same length and
    radices reads, goes: one op makes the values and uses them, where butterflies meet. ReLU and its
    mask, as words of bits, go with it.

    *Before*
    ```mlir
    stage.dft real_synthesis %half -> %grid twiddles %t {n = 84, limit = 42, radices = array<i64: 7, 12>, relu, ...} : ...
    stage.dft real_analysis %grid -> %half2 twiddles %t {n = 84, limit = 35, radices = array<i64: 7, 12>, ...} : ...
    ```
    *After*
    ```mlir
    stage.dft_map %half -> %half2 twiddles %t {n = 84, limit = 42, result = 35, radices = array<i64: 7, 12>, relu, ...} : ...
    ```
    *Leaves*: transforms of one pass, or with a radix above 16; those that other stages stand
    between; and those in loops, which a choice of rows at a time asks for.
    *Fails*: never.
  }];
}

def StreamRows : Pass<"stage-stream-rows", "::mlir::ModuleOp"> {
  let summary = "Make and use functions in scratch memory a few rows at a time";
  let description = [{
    Scratch memory that one transform along rows, map or gather between files and lanes writes, and
    only the next one reads, shrinks to the rows of one step of a loop over both. Of transforms whose
    rows are mirrored in pairs a step has rows from either end.

    *Before*
    ```mlir
    stage.dft real_synthesis %a -> %grid twiddles %t {rows = 64, ...} : ...
    stage.map [4, 256, 16] ins(%grid : ...) outs(%sums : ...) ... combine sum {...}
    ```
    *After*
    ```mlir
    scf.for %i = %c0 to %c4 step %c1 {
      %0 = affine.apply affine_map<(d0) -> (d0 * 16)>(%i)
      ...
      stage.dft real_synthesis %part -> %rows twiddles %t {rows = 16, ...} : ...
      stage.map [1, 256, 16] ins(%rows : ...) outs(%part2 : ...) ... combine sum {...}
    }
    ```
    *Leaves*: everything that is not made and used in equal parts.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect"];
}

def SkipGroups : Pass<"stage-skip-groups", "::mlir::ModuleOp"> {
  let summary = "Leave out lane groups without samples";
  let description = [{
    Marks sweeps whose points of a lane group need not run if the group has no sample: in functions
    in which nothing is added up over the batch, those with an index of lane groups.

    *Before*
    ```mlir
    stage.sweep "s2_ft" (%g, %c) in [2, 1] ... { stage.gather to_lanes %x -> %s group %g ... }
    ```
    *After*
    ```mlir
    stage.sweep "s2_ft" (%g, %c) in [2, 1] ... attributes {stage.skip = array<i64: 0, 16>} { ... }
    ```
    *Leaves*: functions with sums over the batch, or with an op that takes lane groups one after the
    other or several at once, as some Fourier convolutions of images do.
    *Fails*: never.
  }];
}

def PlanMemory : Pass<"stage-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Give every buffer its place in one arena";
  let description = [{
    A buffer lives from the first to the last sweep that uses it. One after the other, buffers take
    the lowest offset that is free while they live, in the one of several orders (largest first, of
    longest life first, ...) that needs least. Each function gets the arena as its first argument
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
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

#endif // SPHERICAL_PASSES_PLAN_PASSES_TD
