//===- compute_ops.td - transforms, products, maps, gathers -*- tablegen -*-===//

#ifndef DIALECTS_STAGE_COMPUTE_OPS_TD
#define DIALECTS_STAGE_COMPUTE_OPS_TD

include "dialects/stage/control_ops.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

class Stage_In<string name> : Arg<Stage_Memory, name, [MemRead]>;
class Stage_Out<string name> : Arg<Stage_Memory, name, [MemWrite]>;
class Stage_OptionalOut<string name> : Arg<Optional<Stage_Memory>, name, [MemWrite]>;
class Stage_OptionalIn<string name> : Arg<Optional<Stage_Memory>, name, [MemRead]>;

def Stage_DftOp : Stage_Op<"dft", [Stage_Computes, AttrSizedOperandSegments]> {
  let summary = "a batch of short discrete Fourier transforms on lanes";
  let description = [{
    All operands are lane buffers, V = `lanes` elements; `[x][y]V` is a row-major array of extents
    x, y, lanes. i is the imaginary unit; k counts bins, a counts samples, j counts rows. A complex
    value is two consecutive V: re, im. Transforms carry no normalising factor.

    real_analysis: in [rows][n]V -> out [limit][rows][2]V, rows even
      out[k][j] = sum_{a < n} in[j][a] e^{-2 pi i k a / n},  0 <= k < limit.
      Two rows 2q, 2q + 1 may be packed in one complex transform.
    real_synthesis: in [limit][rows][2]V -> out [rows][n]V, rows even
      out[j][a] = Re in[0][j] + 2 Re sum_{1 <= k < limit, 2 k < n} in[k][j] e^{+2 pi i k a / n}
                + (-1)^a Re in[n / 2][j] if n is even and limit = n / 2 + 1.
      Im in[0][j] and Im in[n / 2][j] do not enter. With `relu` the result is max(., 0).
    complex_analysis: in [orders][rows][n][2]V -> out [orders][limit][rows][4]V
      for every o < orders, with F[j](k) = sum_{a < n} in[o][j][a] e^{-2 pi i k a / n}:
        out[o][k][j][0..1] = re, im of F[j](k);
        out[o][k][j][2..3] = re, im of F[rows - 1 - j](-k)    (mirrored row; also for k = 0).
    complex_synthesis: in [orders][limit][rows][4]V -> out [orders][rows][n][2]V
      out[o][j][a] = sum_{0 <= k < limit} (in[o][k][j][0] + i in[o][k][j][1]) e^{+2 pi i k a / n}
                   + sum_{1 <= k < limit} (in[o][k][rows - 1 - j][2] + i in[o][k][rows - 1 - j][3])
                                          e^{-2 pi i k a / n}.
      Columns 2 and 3 of order k = 0 do not enter.
    plain_analysis: in [rows][n][2]V -> out [n][rows][2]V, all n bins
      out[k][j] = sum_{a < n} in[j][a] e^{-2 pi i k a / n}.
    plain_synthesis: in [n][rows][2]V -> out [rows][n][2]V
      out[j][a] = sum_{k < n} in[k][j] e^{+2 pi i k a / n}.

    `mask` (real_analysis only): in[j][a] is taken as 0 where mask[j][a] <= 0 (elements and shape
    of in), or in lane w where bit w of mask[j][a] is 0 (words [rows][n]: i16 for up to 16 lanes,
    else i32). `positive` (real_synthesis with `relu` only; words [rows][n]) is a second output: bit
    w of positive[j][a] says whether lane w of out[j][a] is > 0; other bits are 0.

    With `parity` a real transform's rows come in mirrored pairs, q and p = rows - 1 - q for
    q < rows / 2, of which the spectrum holds the sum and the difference:
      real_analysis: out[k][2q] = F[q](k) + F[p](k), out[k][2q + 1] = F[q](k) - F[p](k), with F[j]
        for out[.][j] above;
      real_synthesis: rows q and p of out are those of in[.][2q] + in[.][2q + 1] and of
        in[.][2q] - in[.][2q + 1].
    Sums over rows with a factor that is even or odd about their middle then need one half of the
    rows (Healy, Rockmore, Kostelec and Moore 2003).

    The spectrum of a real or plain transform may have any stride from one bin to the next, a
    multiple of 2V.

    `radices` has product n and says how the transform is split: Stockham passes in this order
    (decimation in frequency; pass t acts on sub-length n_t = n / (product of the radices before it)
    with stride s = product of the radices before it):
      y[q + s (R p + r)] = w(n_t)^{p r} sum_{k < R} x[q + s (p + m k)] w(R)^{k r},
      R = radix t, m = n_t / R, p < m, q < s, r < R, w(N) = e^{-+ 2 pi i / N}; in order after the
      last.
    `twiddles` is a table of kind "twiddles" {n, radix0, radix1, ...}: for every pass, p and r:
    cos and sin of 2 pi p r / n_t. `roots` is a table of kind "roots" {n}: for each prime R above
    16 that divides n, ascending, cos and sin of 2 pi g^s / R, s < R - 1, g the least primitive root
    of R; it is given exactly if a radix is above 16 (such a radix is computed as direct sums of k =
    g^i for results r = g^j, in which w(R)^{k r} depends on i + j alone).
    - C1: the product of `radices` is n; every radix is at least 2, and a prime if above 16. n values
      of all lanes take at most 512 KiB (work memory is on the worker's stack).
    - C2: 1 <= limit, up to n / 2 for complex kinds and n / 2 + 1 for real ones (all bins), both
      rounded down; limit = n for plain ones. `rows` is even for real kinds, and `orders` is 1 for
      all but complex ones. rows, orders and lanes are at least 1, lanes a power of two up to 64.
    - C3: operands are contiguous, but for the first axis (bins) of the spectrum of a real or plain
      transform, and hold as many elements as the shapes above say, all of one type f32 or f64. The
      spectrum of a real transform and the function of a complex one, between which half-transformed
      functions lie, may be of bf16 where the others are f32: values are rounded to the nearest, even
      if two are, as they are stored.
    - C4: `mask` only with real_analysis, `relu` only with real_synthesis, `positive` only with
      `relu`, `parity` only with real kinds; words of bits have at most 32 lanes.
    - C5: `roots` is given exactly if a radix is above 16; `twiddles` and `roots` have their sizes.
    ```mlir
    stage.dft real_analysis %x -> %f twiddles %t {n = 20, limit = 10, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16}
        : memref<400x20x16xf32>, memref<10x400x2x16xf32>, memref<25x2xf32>
    ```
  }];
  let arguments = (ins Stage_DftKindAttr:$kind, Stage_In<"in">:$input, Stage_Out<"out">:$output,
                       Stage_In<"twiddles">:$twiddles, Stage_OptionalIn<"roots">:$roots,
                       Stage_OptionalIn<"mask">:$mask, Stage_OptionalOut<"positive">:$positive,
                       I64Attr:$n, I64Attr:$limit, I64Attr:$rows, I64Attr:$orders,
                       DenseI64ArrayAttr:$radices, I64Attr:$lanes, UnitAttr:$relu, UnitAttr:$parity);
  let assemblyFormat = [{
    $kind $input `->` $output `twiddles` $twiddles (`roots` $roots^ `:` type($roots))?
    (`mask` $mask^ `:` type($mask))? (`positive` $positive^ `:` type($positive))? attr-dict
    `:` type($input) `,` type($output) `,` type($twiddles)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether `mask` holds bits.
    bool hasMaskBits();
    /// Rows from one bin to the next in the spectrum of a real or plain transform, at least `rows`.
    int64_t getBinStride();
  }];
}

def Stage_DftMapOp : Stage_Op<"dft_map", [Stage_Computes, AttrSizedOperandSegments]> {
  let summary = "real transforms there and back, with a map of each value between them";
  let description = [{
    What `stage.dft` makes of `in` by real_synthesis, mapped value by value, and from there by
    real_analysis, without a function in memory. In the notation of `stage.dft`:
      in [limit][rows][2]V -> f [rows][n]V -> g [rows][n]V -> out [result][rows][2]V, rows even
      f[j][a] = Re in[0][j] + 2 Re sum_{1 <= k < limit, 2 k < n} in[k][j] e^{+2 pi i k a / n}
              + (-1)^a Re in[n / 2][j] if n is even and limit = n / 2 + 1
      g[j][a] = max(f[j][a], 0) with `relu`; f[j][a], or in lane w 0 where bit w of mask[j][a] is
                0, with `mask`; else f[j][a]
      out[k][j] = sum_{a < n} g[j][a] e^{-2 pi i k a / n},  0 <= k < result.
    Words of `mask` and `positive` are those of `stage.dft`, [rows][n]; bit w of positive[j][a] says
    whether lane w of f[j][a] is > 0.

    Values of f are results of the last pass of `radices`, and those of g inputs of the first pass
    of its adjoint, so that they are in registers alone; the analysis goes through the same passes
    from the last to the first (decimation in time), with the conjugate twiddles.
    - C1: as C1 of `stage.dft`, with at least two radices, each at most 16.
    - C2: 1 <= limit, result <= n / 2 + 1, rounded down. `rows` is even; rows and lanes are at least
      1, lanes a power of two up to 64.
    - C3: `in` and `out` hold as many elements as the shapes above say, of one type f32, f64, or bf16
      with twiddles of f32 (`stage.dft`), and are contiguous but for the first axis (bins). `out` may
      be the memory of `in`, each row in its place: if they have elements in common, all that differs
      is the number of bins.
    - C4: `mask` without `relu`, `positive` with `relu` alone; words have at most 32 lanes.
    - C5: `twiddles` has its size.
    ```mlir
    stage.dft_map %half -> %half twiddles %t {n = 20, limit = 10, result = 10, rows = 400, radices = array<i64: 4, 5>, lanes = 16, relu}
        : memref<10x400x2x16xf32>, memref<10x400x2x16xf32>, memref<25x2xf32>
    ```
  }];
  let arguments = (ins Stage_In<"in">:$input, Stage_Out<"out">:$output,
                       Stage_In<"twiddles">:$twiddles, Stage_OptionalIn<"mask">:$mask,
                       Stage_OptionalOut<"positive">:$positive, I64Attr:$n, I64Attr:$limit,
                       I64Attr:$result, I64Attr:$rows, DenseI64ArrayAttr:$radices, I64Attr:$lanes,
                       UnitAttr:$relu);
  let assemblyFormat = [{
    $input `->` $output `twiddles` $twiddles (`mask` $mask^ `:` type($mask))?
    (`positive` $positive^ `:` type($positive))? attr-dict
    `:` type($input) `,` type($output) `,` type($twiddles)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Rows from one bin to the next of `in` (or `out`), at least `rows`.
    int64_t getBinStride(bool ofOutput);
  }];
}

def Stage_ContractOp : Stage_Op<"contract", [Stage_Computes]> {
  let summary = "a ragged list of small matrix products";
  let description = [{
    For every problem (row) of `problems`, in any order:
      C(r, v) = sum_k A(r, k) B(k, v),   r = (r1, r0), k = (k1, k0),
      0 <= r1 < R1, 0 <= r0 < R0, 0 <= k1 < K1, 0 <= k0 < K0, 0 <= v < N.
    C is overwritten. A problem is 18 numbers of i64, the record of runtime/problem.h:
      R1 R0 K1 K0 N  aOff aR1 aR0 aK1 aK0  bOff bK1 bK0 bV  cOff cR1 cR0 cV
    A(r, k) is at aOff + r1 aR1 + r0 aR0 + k1 aK1 + k0 aK0, B(k, v) at bOff + k1 bK1 + k0 bK0 + v
    bV,
    C(r, v) at cOff + r1 cR1 + r0 cR0 + v cV, in units of one element for scalar operands and of
    `lanes` elements (V) for lane operands:
    - kind `scalar`: A scalar (broadcast over lanes), B and C lanes: C(r,v)[w] = sum_k A(r,k)
      B(k,v)[w];
    - kind `reduce`: A and B lanes, C scalar: C(r,v) = sum_k sum_w A(r,k)[w] B(k,v)[w].
    `tile` says how many rows r times columns v are summed at a time, in registers, where lanes are
    those of vectors; without it, and where lanes are threads, the kernel's own.
    With `planes`, three distances, values are complex: the imaginary part of a value of A, B or C lies
    that many positions behind the real one. In place of four real products a complex one has three
    (Karatsuba and Ofman 1962; errors: Higham 1992):
      P1 = re re,  P2 = im im,  P3 = (re + im) (re + im);  re = P1 - P2,  im = P3 - P1 - P2.
    With `anchors` = [D, Q] the operand of Wigner functions, A of kind `reduce` and B of kind `scalar`,
    is a table of anchors (runtime/math/wigner_anchors.h) of blocks of D degrees in Q vectors each:
    aOff or bOff is where the blocks of its rows r or depths k start, and its values are those that the
    blocks stand for, row r0 at r0 aR0, depth k0 at k0 bK0, with R1 = K1 = 1.
    A problem with R1 R0 N = 0 does nothing; with K1 K0 = 0 it writes zeros.
    The problems of one op write disjoint elements. `problems` is memref<P x 18 x i64> (a table or a
    subview of one), P static.
    - C1: `problems` is a contiguous memref<P x 18 x i64>.
    - C2: operands are contiguous, of one element type f32 or f64, lane operands a multiple of
      `lanes` long; lanes are a power of two up to 64.
    - C3: `tile` is rows and columns from 1 to 8 with a product of at most 32.
    - C4: `planes` is three distances from 1 on, for A, B and C.
    - C5: `anchors` is a distance from 3 to 64 and 1 to 256 vectors, without `planes`.
    ```mlir
    stage.contract scalar %y, %x, %p -> %z {lanes = 16, tile = array<i64: 5, 4>}
        : memref<5x4x176xf32>, memref<4x165x16xf32>, memref<3x18xi64>, memref<5x165x16xf32>
    ```
  }];
  let arguments = (ins Stage_ContractKindAttr:$kind, Stage_In<"a">:$a, Stage_In<"b">:$b,
                       Stage_In<"problems">:$problems, Stage_Out<"c">:$c, I64Attr:$lanes,
                       OptionalAttr<DenseI64ArrayAttr>:$tile,
                       OptionalAttr<DenseI64ArrayAttr>:$planes,
                       OptionalAttr<DenseI64ArrayAttr>:$anchors);
  let assemblyFormat = [{
    $kind $a `,` $b `,` $problems `->` $c attr-dict
    `:` type($a) `,` type($b) `,` type($problems) `,` type($c)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The operand that is a table of anchors, or null.
    ::mlir::OpOperand *getAnchored();
  }];
}

def Stage_MapOp : Stage_Op<"map", [Stage_Computes, AttrSizedOperandSegments, SingleBlock]> {
  let summary = "a pointwise function or a reduction, with a region on scalars";
  let description = [{
    For every point d = (d0, d1, ...) of the index space `space` the region maps one scalar of each
    input to one scalar for each output. `maps` has one affine map for each operand (inputs, then
    outputs) from the index space to a position: either one result for each axis of the memref, or
    (for contiguous memrefs) a single result, the flat element position. All results are linear
    (constant coefficients and offsets: constant strides).

    Dimensions that occur in no output's map are reductions; all outputs use the same dimensions.
    Without reductions the yielded values are stored. With reductions they are combined over the
    reduction dimensions by `combine`: sum (from 0) or max (from -infinity), and the total
    overwrites the output. The order of a reduction is the implementation's, but fixed.

    `lanes = W` (W >= 1, optional) says that the last dimension has extent W and is meant for the
    vector lanes: every operand's position has coefficient 1 (a lane buffer) or 0 (a broadcast
    scalar) of it. It is parallel, or one of the reductions (then the lanes are summed last).

    The region's block arguments are the inputs' scalars, in order. It holds `arith` and `math` ops
    on scalars of types f32, f64, i16, i32, i64, i1, index, and `stage.index`; it ends in
    `stage.yield`. It may use index values from outside the map (the sweep's indices).
    Ops of the region (C7): arith constant, addf, subf, mulf, divf, negf, maximumf, maxnumf, cmpf,
    cmpi, select, addi, subi, muli, andi, shli, shrui, extui, trunci, extf, truncf, sitofp,
    index_cast; math exp, log, sqrt, powf (powf only on f64, in maps without lanes).
    - C1: one map for each operand, of the space's rank, with one result or one for each axis.
    - C2: maps are linear; all outputs use the same set of dimensions, with a position of its own
      for each of their points.
    - C3: `combine` is given exactly if there are reductions.
    - C4: `lanes` is the last extent, a power of two up to 64, with coefficient 0 or 1 in all maps.
    - C5: block arguments are the inputs' element types, f32, f64, i16, i32 or i64, yielded values the
      outputs'.
    - C6: extents are at least 1, at most 2^40 points, and all positions lie within the operands.
    - C7: the region holds none but the ops above, on scalars, without flags; values from outside are
      indices.
    ```mlir
    stage.map [100, 16] ins(%x, %b : memref<100x16xf32>, memref<1xf32>) outs(%y : memref<100x16xf32>)
        maps [affine_map<(i, w) -> (i, w)>, affine_map<(i, w) -> (0)>, affine_map<(i, w) -> (i, w)>] lanes 16 {
    ^bb0(%xs: f32, %bs: f32):
      %0 = arith.addf %xs, %bs : f32
      stage.yield %0 : f32
    }
    ```
  }];
  let arguments = (ins DenseI64ArrayAttr:$space,
                       Arg<Variadic<Stage_Memory>, "in", [MemRead]>:$inputs,
                       Arg<Variadic<Stage_Memory>, "out", [MemWrite]>:$outputs,
                       AffineMapArrayAttr:$maps,
                       OptionalAttr<Stage_CombineAttr>:$combine, OptionalAttr<I64Attr>:$lanes);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $space (`ins` `(` $inputs^ `:` type($inputs) `)`)? `outs` `(` $outputs `:` type($outputs) `)`
    `maps` $maps (`combine` $combine^)? (`lanes` $lanes^)? attr-dict-with-keyword $body
  }];
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::ArrayRef<int64_t>":$space, "::mlir::ValueRange":$inputs,
      "::mlir::ValueRange":$outputs, "::llvm::ArrayRef<::mlir::AffineMap>":$maps,
      "std::optional<Combine>":$combine, "std::optional<int64_t>":$lanes,
      "::llvm::function_ref<::llvm::SmallVector<::mlir::Value>(::mlir::OpBuilder &,"
      " ::mlir::Location, ::mlir::ValueRange)>":$body)>];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The indexing map of operand `index` (inputs, then outputs).
    ::mlir::AffineMap getMap(int64_t index);
    /// Whether dimension `dim` occurs in no output's map.
    bool isReduction(int64_t dim);
    /// Number of reduction dimensions.
    int64_t getNumReductions();
    /// Position of operand `index` as a flat linear form: strides of each dimension and offset, in
    /// elements from the operand's first element.
    std::pair<::llvm::SmallVector<int64_t>, int64_t> getFlatAccess(int64_t index);
  }];
}

def Stage_IndexOp : Stage_Op<"index", [Pure, HasParent<"MapOp">]> {
  let summary = "the position of a map's point in one dimension";
  let description = [{
    - C1: `dim` is one of the map's dimensions.
    ```mlir
    %w = stage.index 1
    ```
  }];
  let arguments = (ins I64Attr:$dim);
  let results = (outs Index:$result);
  let assemblyFormat = "$dim attr-dict";
  let hasVerifier = 1;
}

def Stage_GatherOp : Stage_Op<"gather", [Stage_Computes, AttrSizedOperandSegments]> {
  let summary = "a sparse linear map given by tables; also between files and lanes";
  let description = [{
    out[i] = sum_{t < terms} coefficients[i, t] in[indices[i, t]],   0 <= i < count.
    Without `coefficients` they are 1; without `indices` (terms = 1) indices[i, 0] = i.
    `indices` is memref<count x terms x i32>, `coefficients` memref<count x terms x element>. No kind
    of table has an index from 2^31 on: its parameters end before, and beyond them it cannot be made.
    - `lanes`: in and out are lane buffers, positions in units of V. `coefficients` may have a third
      axis, of the P results that a row of `indices` has, for which in is read once:
      out[p count + i] = sum_t coefficients[i, t, p] in[indices[i, t]],   0 <= p < P.
    - `scalar`: in and out are flat arrays of scalars.
    - `to_lanes`: in is dense [samples][...] (the first axis counts samples, its stride may be
      larger than the contiguous rest), out is lanes [count]V. Lane w is sample s = group * lanes +
      w:
      out[i][w] = sum_t coefficients[i,t] in[s][indices[i,t]] if s < the run-time count of
      samples, else 0 (and in is not read).
    - `from_lanes`: in is lanes, out is dense [samples][...]: out[s][i] = sum_t coefficients[i,t]
      in[indices[i,t]][w] for s < the run-time count; other samples are not written.
    With `all`, every sample of the dense side is valid, in place of the run-time count. With
    `mirrored` samples are counted from the last one down: lane w is sample S - 1 - s of the S of
    the dense side.
    - C1: `indices` and `coefficients` are contiguous, of shape count x terms; `indices` of i32. With
      `indices` and mode `lanes` coefficients may be of count x terms x P.
    - C2: `group` is given exactly for to_lanes and from_lanes, and `all` only for these; `mirrored`
      only with `all`.
    - C3: contiguous operands (dense side: all axes but the first), `count` P elements in out and,
      without `indices`, `count` in in. terms is 1 without `indices`.
    - C4: in, out and `coefficients` have one element type: f32, f64, or without coefficients i32 or
      i64. count is at least 1, lanes a power of two up to 64.
    ```mlir
    stage.gather lanes %q -> %r indices %i : memref<165x2xi32> coefficients %c : memref<165x2xf32>
        {count = 165, lanes = 16} : memref<204x16xf32>, memref<165x16xf32>
    stage.gather to_lanes %x -> %y group %g {count = 400, lanes = 16} : memref<32x20x20xf32, strided<[800, 20, 1], offset: ?>>, memref<20x20x16xf32>
    ```
  }];
  let arguments = (ins Stage_GatherModeAttr:$mode, Stage_In<"in">:$input, Stage_Out<"out">:$output,
                       Optional<Index>:$group, Stage_OptionalIn<"indices">:$indices,
                       Stage_OptionalIn<"coefficients">:$coefficients, I64Attr:$count,
                       I64Attr:$lanes, UnitAttr:$all, UnitAttr:$mirrored);
  let assemblyFormat = [{
    $mode $input `->` $output (`group` $group^)? (`indices` $indices^ `:` type($indices))?
    (`coefficients` $coefficients^ `:` type($coefficients))? attr-dict
    `:` type($input) `,` type($output)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// P: results of each row of `indices`.
    int64_t getResultsOfRow();
  }];
}

def Stage_FillOp : Stage_Op<"fill", [Stage_Computes]> {
  let summary = "writes one value everywhere";
  let description = [{
    Every element of the contiguous memref `output` becomes `value` (of its element type).
    - C1: `output` is contiguous, not of bf16, and `value` is a number of its element type.
    ```mlir
    stage.fill %z with 0.0 : f32 : memref<165x16xf32>
    ```
  }];
  let arguments = (ins Stage_Out<"out">:$output, TypedAttrInterface:$value);
  let assemblyFormat = "$output `with` $value attr-dict `:` type($output)";
  let hasVerifier = 1;
}

#endif // DIALECTS_STAGE_COMPUTE_OPS_TD
