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

    **Memory.** Every operand of an op is a memref of f32, f64, bf16, i16, i32 or i64 with static
    extents of at least 1, static strides and at most 2^40 bytes from its first to its last element.
    Only transforms compute on bf16 (`stage.dft`).

    **Lanes.** A lane buffer holds V = W consecutive elements (the last axis, extent W), one for
    each of W samples of the batch: sample s is lane s mod W of lane group s / W. Ops on lane buffers
    carry `lanes = W`, a power of two up to 64. The extents of memref types document a buffer;
    compute ops other than `stage.map` and the dense side of `stage.gather` address their operands as
    flat row-major arrays, in units of one element (scalar operands) or of W elements (lane
    operands). All operands are contiguous.

    **Planned entry.** `func.func @name(%arena, arguments..., results...)` without results:
    - `%arena : memref<N x i8>` with unit attribute `stage.arena`;
    - every argument as a dense memref in file shape (prepared values: in internal shape), with its
      `spherical.role` and `spherical.name`; every result likewise, with unit attribute
      `stage.result` and its `spherical.name` / `spherical.replaces`;
    - unit attribute `stage.batched` on those whose first axis is the batch: they hold the first
      `count` samples only, and nothing reads or writes sample `count` or later of them;
    - `stage.integers`, a #stage.integers on an argument of i32 or i64 (before planning too), and
      `stage.spectrum`, a #stage.spectrum on one of as many coefficients: what an argument must
      hold; unit attribute `stage.missing` where -1 or NaN may stand for a value that is missing.
      Stages do not look; who runs the entry does, before;
    - function attributes `stage.arena_bytes`, `stage.scratch_bytes` (per worker, 64-byte aligned
      sum of the largest sweep), `stage.lanes`.
    Arena, scratch memory and tables are aligned to 64 bytes, arguments and results to their
    elements. What arena, scratch memory and results hold at first is undefined. A result that
    replaces an argument may lie in the very memory of that argument.
    All computation is inside sweeps.

    Compiled code trusts what `spherical-verify-memory` has checked of a plan:
    - P1: a module holds functions and tables. A function has a body of one block that holds none but
      `memref.view`, `memref.subview`, `stage.table_ref`, index constants, `stage.sweep` and
      `func.return`, and gives no results.
    - P2: arguments are row-major and in the default memory space: one arena of i8 at most, others
      of f32, f64, i32 or i64, of extents of 0, too, where no op uses them. `stage.arena_bytes` and
      `stage.scratch_bytes` hold the arena and the scratch memory of every sweep. A result has the
      type of the argument that it replaces.
    - P3: views are of the arena, at constant offsets that are multiples of 64, and end within it.
    - P4: subviews have static sizes and strides of 1 and lie within their source for all values that
      their indices can have; these are bounded, as are all that `affine.apply` gives.
    - P5: only buffers of the arena, scratch memory and results are written.
    - P6: only the dense side of `stage.gather` reads or writes batched arguments, all samples of
      them. They have one number of samples. No lane group begins beyond the last row of the dense
      side; one ends there only if the op stops at the count of samples or, with `all`, at that row.
    - P7: lists of indices and problems, twiddles and roots are tables. Indices and problems stay
      within the operands; no two problems of one op write the same element; twiddles and roots are
      those of the transform.
    - P8: the output of an op overlaps no other operand, but for `stage.map` where an output may be
      the very buffer of an input with the same indexing map, or an argument that it replaces there,
      and for `stage.dft_map`, whose rows may be written where they were read.
    - P9: what a point of a sweep writes no other point of it reads or writes.
    - P10: what is read, and all of every result, has been written before; the buffers of the arena
      that lie on others are written again before they are read. It holds for every count of samples,
      with the points left out that `stage.skip` names.

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
