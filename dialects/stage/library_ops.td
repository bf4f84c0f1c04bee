//===- library_ops.td - calls of a target's libraries ------*- tablegen -*-===//
//
// A sweep that has such an op has one point and no other op that computes: it is
// a call of its own, not a kernel.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_STAGE_LIBRARY_OPS_TD
#define DIALECTS_STAGE_LIBRARY_OPS_TD

include "dialects/interfaces/library_call.td"
include "dialects/stage/compute_ops.td"

def Stage_FftOp : Stage_Op<"fft", [Stage_Computes,
    DeclareOpInterfaceMethods<LibraryCall, ["getOverwritten"]>]> {
  let summary = "a batch of discrete Fourier transforms of a library, on dense values";
  let description = [{
    The same sums as `stage.dft`, of any length, made by one call of the target's library (cuFFT) for
    all `rows`. A complex value is two consecutive elements: re, im; H = n / 2 + 1 rounded down.
    Transforms carry no normalising factor.

    real_analysis: in [rows][n] -> out [H][rows][2]
      out[k][j] = sum_{a < n} in[j][a] e^{-2 pi i k a / n},  0 <= k < H.
    real_synthesis: in [H][rows][2] -> out [rows][n]
      out[j][a] = the sum over all n bins of e^{+2 pi i k a / n}, bin n - k the conjugate of bin k.
      Imaginary parts of bins 0 and, for even n, n / 2 do not enter. The call may use `in`, memory
      of the arena, as its own: what it holds afterwards is undefined (P7, P10).
    complex_analysis, complex_synthesis: in [rows][n][2] -> out [rows][n][2]
      out[j][k] = sum_{a < n} in[j][a] e^{-+ 2 pi i k a / n}.

    - C1: n and rows are at least 1 and below 2^31.
    - C2: operands are contiguous, of one type f32 or f64, and hold as many elements as the shapes
      above say.
    - C3: the kind is a real or a complex one.
    ```mlir
    stage.fft real_analysis %x -> %f {n = 20, rows = 400}
        : memref<400x20xf32>, memref<11x400x2xf32>
    ```
  }];
  let arguments = (ins Stage_DftKindAttr:$kind, Stage_In<"in">:$input, Stage_Out<"out">:$output,
                       I64Attr:$n, I64Attr:$rows);
  let assemblyFormat = [{
    $kind $input `->` $output attr-dict `:` type($input) `,` type($output)
  }];
  let hasVerifier = 1;
}

def Stage_FftCallOp : Stage_Op<"fft_call"> {
  let summary = "a call of a GPU's library for Fourier transforms";
  let description = [{
    What a sweep with a `stage.fft` becomes in a host function: the same transforms, from one address
    of device memory to another, on the stream of the entry.
    ```mlir
    stage.fft_call real_analysis %in -> %out {n = 20, rows = 400} : !llvm.ptr, !llvm.ptr
    ```
  }];
  let arguments = (ins Stage_DftKindAttr:$kind, AnyType:$input, AnyType:$output, I64Attr:$n,
                       I64Attr:$rows);
  let assemblyFormat = [{
    $kind $input `->` $output attr-dict `:` type($input) `,` type($output)
  }];
}

def Stage_GemmOp : Stage_Op<"gemm", [Stage_Computes, DeclareOpInterfaceMethods<LibraryCall>]> {
  let summary = "a product of dense matrices, or a batch of them, by a library";
  let description = [{
    C = op(A) op(B), made by one call of the target's library (cuBLAS); with `batch` so many times:
      C[i][r][c] = sum_k op(A)[i][r][k] op(B)[i][k][c],  op the transpose if `transpose_a`, or
      `transpose_b`, says so.
    Of an operand the first axis counts the matrices of a `batch` above 1, but for `shared_a` and
    `shared_b`, where A or B is the same each time; the last axis is that of the columns, and what
    lies between are the rows, in row-major order.
    - C1: operands are of one type f32 or f64.
    - C2: columns follow each other, and the distance of one row to the next is the same for all of
      a matrix.
    - C3: with A of m x k, or k x m if transposed, B is k x n, or n x k, and C is m x n.
    - C4: `batch` is at least 1 and the first extent of all operands that are not shared; only with
      a batch above 1 is one shared.
    ```mlir
    stage.gemm %w, %x -> %y {batch = 2 : i64, shared_a}
        : memref<10x64xf32>, memref<2x64x32xf32>, memref<2x10x32xf32>
    ```
  }];
  let arguments = (ins Stage_In<"a">:$a, Stage_In<"b">:$b, Stage_Out<"c">:$c,
                       DefaultValuedAttr<I64Attr, "1">:$batch, UnitAttr:$shared_a,
                       UnitAttr:$shared_b, UnitAttr:$transpose_a, UnitAttr:$transpose_b);
  let assemblyFormat = [{
    $a `,` $b `->` $c attr-dict `:` type($a) `,` type($b) `,` type($c)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The operands, of a verified op.
    Matrices getLeft();
    Matrices getRight();
    Matrices getProduct();
    /// The extent that is summed over.
    int64_t getDepth() { return getTransposeA() ? getLeft().rows : getLeft().columns; }
  }];
}

def Stage_GemmCallOp : Stage_Op<"gemm_call"> {
  let summary = "a call of a GPU's library for products of matrices";
  let description = [{
    What a sweep with a `stage.gemm` becomes in a host function: the same product, of matrices at
    addresses of device memory, on the stream of the entry. Its shape is in the manifest.
    ```mlir
    stage.gemm_call %a, %b -> %c : !llvm.ptr, !llvm.ptr, !llvm.ptr
    ```
  }];
  let arguments = (ins AnyType:$a, AnyType:$b, AnyType:$c);
  let assemblyFormat = [{
    $a `,` $b `->` $c attr-dict `:` type($a) `,` type($b) `,` type($c)
  }];
}

#endif // DIALECTS_STAGE_LIBRARY_OPS_TD
