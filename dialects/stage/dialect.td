//===- dialect.td - scheduled work on planned memory --------*- tablegen -*-===//

#ifndef DIALECTS_STAGE_DIALECT_TD
#define DIALECTS_STAGE_DIALECT_TD

include "mlir/IR/OpBase.td"

def Stage_Dialect : Dialect {
  let name = "stage";
  let summary = "scheduled work on planned memory";
  let description = [{
    What a model computes after `plan`: parallel sweeps of short transforms, ragged matrix
    products, pointwise maps and gathers on buffers at fixed offsets of one arena.

    **Planned entry.** `func.func @name(%arena, arguments..., results...)` without results:
    - `%arena : memref<N x i8>` with unit attribute `stage.arena`;
    - every argument as a dense memref in file shape (prepared values: in internal shape), with its
      `spherical.role` and `spherical.name`; every result likewise, with unit attribute
      `stage.result` and its `spherical.name` / `spherical.replaces`;
    - unit attribute `stage.batched` on those whose first axis is the batch: they hold the first
      `count` samples only, and nothing reads or writes sample `count` or later of them;
    - `stage.integers`, a #stage.integers on an argument of i32 or i64 (before planning too), and
      `stage.spectrum`, a #stage.spectrum on one of as many coefficients: what an argument must
      hold. Stages do not look; who runs the entry does, before;
    - function attributes `stage.arena_bytes`, `stage.scratch_bytes` (per worker, 64-byte aligned
      sum of the largest sweep), `stage.lanes`.
    Arena, scratch memory and tables are aligned to 64 bytes, arguments and results to their
    elements.
    The function's body holds only `memref.view` of the arena (constant offsets, multiples of 64),
    `memref.subview`, `stage.table_ref`, index constants, `stage.sweep` and `func.return`.
    All computation is inside sweeps.

    **Lanes.** A lane buffer holds V = W consecutive elements (the last axis, extent W), one for
    each
    of W samples of the batch: sample s is lane s mod W of lane group s / W. Ops on lane buffers
    carry
    `lanes = W`. The extents of memref types document a buffer; compute ops other than `stage.map`
    and the dense side of `stage.gather` address their operands as flat row-major arrays, in units
    of
    one element (scalar operands) or of W elements (lane operands). All operands are contiguous.

    **Aliasing.** The output of a compute op never overlaps its inputs, but for `stage.map` where an
    output may be the very buffer of an input with the same indexing map.

    The element type is f32 on a device and f64 on the reference target (tables too); the
    semantics are the same.
  }];
  let cppNamespace = "::mlir::stage";
  let useDefaultAttributePrinterParser = 1;
  let hasRegionArgAttrVerify = 1;
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect"];
}

#endif // DIALECTS_STAGE_DIALECT_TD
