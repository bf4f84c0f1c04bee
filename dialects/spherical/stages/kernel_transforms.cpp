//===- kernel_transforms.cpp - Fourier transforms of kernels ----*- C++ -*-===//
//
// At scattered points, by one dense product (math.md, section 4).
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/kernel_transforms.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "dialects/spherical/work.h"
#include "runtime/layout.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

SmallVector<double> flatPoints(GridAttr grid) {
  SmallVector<double> flat;
  for (const std::array<double, 3> &point : grid.points())
    flat.append(point.begin(), point.begin() + (grid.onSO3() ? 3 : 2));
  return flat;
}

/// The matrix of the kernel transform, [points][coefficients].
static Value kernelMatrix(StageBuilder &stages, KernelFTOp op, int64_t degrees,
                          ArrayRef<int64_t> shape) {
  SmallVector<std::pair<StringRef, int64_t>> parameters = {{"degrees", degrees}, {"transposed", 0}};
  if (std::optional<Projection> projection = op.getProjection())
    parameters.push_back({"projection", *projection == Projection::SumN ? 1 : 2});
  return stages.table(op.getGrid().onSO3() ? "so3_kernel" : "s2_kernel", parameters, shape,
                      stages.elementOf(op.getType()), flatPoints(op.getGrid()),
                      op.getScale().convertToDouble());
}

static void emitKernelTransform(StageBuilder &stages, KernelFTOp op, int64_t lanes) {
  auto weights = cast<RankedTensorType>(op.getInput().getType());
  Signal spectrum = *getSignal(op.getType());
  int64_t points = weights.getDimSize(2), rows = weights.getDimSize(0) * weights.getDimSize(1);
  int64_t pad = padded(coefficientsOf(spectrum));
  int64_t vectors = pad / lanes;
  Value values = kernelMatrix(stages, op, spectrum.bandLimit, {points, pad});
  auto [problems, count] = matrixProblems(
      stages, {rows, points, vectors, 96, kVectorsOfKernelTask, points, 1, vectors, 1, vectors, 1});
  Value in = stages.buffer(op.getInput()), out = stages.buffer(op.getResult()), list = problems;
  stages.sweep("kernel_ft", {count}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, in, values, problemAt(stages, list, at[0]), out,
             lanes);
  });
}

/// Vectors of coefficients that one task of a kernel's adjoint sums over: the table's rows of them
/// stay in the second-level cache.
static constexpr int64_t kVectorsOfTask = 64;

/// out[i,o,p] = sum of grad[i,o,c] times table[p,c] over the `count` coefficients c from `first`
/// on.
static void emitKernelRest(StageBuilder &stages, Value grad, Value values, Value out, int64_t first,
                           int64_t count) {
  ArrayRef<int64_t> shape = cast<MemRefType>(out.getType()).getShape();
  int64_t channels = shape[1], points = shape[2];
  stages.sweep("kernel_ft.adjoint.rest", {shape[0]}, {}, [&](ValueRange at, ValueRange) {
    Value left = stages.range(stages.slice(grad, at), 1, stages.getIndexAttr(first), count);
    Value right = stages.range(values, 1, stages.getIndexAttr(first), count);
    stages.map(
        {channels, points, count}, {left, right}, stages.slice(out, at),
        {stages.dims(3, {0, 2}), stages.dims(3, {1, 2}), stages.dims(3, {0, 1})},
        [](OpBuilder &b, Location l, ValueRange v) {
          return SmallVector<Value>{arith::MulFOp::create(b, l, v[0], v[1])};
        },
        stage::Combine::Sum);
  });
}

/// out = sum of the parts [parts][...], in order.
static void emitPartSums(StageBuilder &stages, StringRef name, Value parts, Value out) {
  ArrayRef<int64_t> shape = cast<MemRefType>(parts.getType()).getShape();
  stage::SweepOp total = stages.sweep(name, {shape[1]}, {}, [&](ValueRange at, ValueRange) {
    stages.map({shape[2], shape[0], shape[3]}, stages.select(parts, 1, at[0]),
               stages.slice(out, at), {stages.dims(3, {1, 0, 2}), stages.dims(3, {0, 2})},
               firstValue, stage::Combine::Sum);
  });
  balance(total, shape[0] * shape[2] * shape[3] * 4);
}

/// input[i,o,p] = sum of gradient times table over the coefficients, which lie along the vectors:
/// blocks of them make partial sums, which are then added in order. What is left of the last vector
/// is a block of its own, because the padding of spectra holds anything.
static void emitKernelAdjoint(StageBuilder &stages, KernelFTOp op, int64_t lanes) {
  auto weights = cast<RankedTensorType>(op.getType());
  Signal spectrum = *getSignal(op.getInput().getType());
  int64_t in = weights.getDimSize(0), out = weights.getDimSize(1), points = weights.getDimSize(2);
  int64_t size = coefficientsOf(spectrum);
  int64_t pad = padded(size), vectors = size / lanes, rest = size % lanes;
  int64_t blocks = llvm::divideCeil(vectors, kVectorsOfTask), parts = blocks + (rest > 0 ? 1 : 0);
  Type element = stages.elementOf(op.getType());
  Value values = kernelMatrix(stages, op, spectrum.bandLimit, {points, pad});
  Value grad = stages.buffer(op.getInput()), result = stages.buffer(op.getResult());
  Value sums = stages.temporary("kernel_sums", {parts, in, out, points}, element);
  if (blocks > 0) {
    Matrix matrix{in * out, vectors, points,      in * out, points, pad / lanes,
                  1,        1,       pad / lanes, points,   1};
    matrix.depthBlock = kVectorsOfTask;
    matrix.cBlock = in * out * points;
    Value problems = matrixProblems(stages, matrix).first;
    stage::SweepOp products =
        stages.sweep("kernel_ft.adjoint", {blocks}, {}, [&](ValueRange at, ValueRange) {
          contract(stages, stage::ContractKind::Reduce, grad, values,
                   problemAt(stages, problems, at[0]), sums, lanes);
        });
    products.setChunk(1);
  }
  if (rest > 0)
    emitKernelRest(stages, grad, values, stages.select(sums, 0, stages.getIndexAttr(blocks)),
                   vectors * lanes, rest);
  emitPartSums(stages, "kernel_ft.adjoint", sums, result);
}

/// Spectrum = weights matrix, or weights = spectrum matrix^T, by one call. The padding of spectra
/// is written but not read.
static void emitLibraryTransform(StageBuilder &stages, KernelFTOp op) {
  const bool adjoint = op.getAdjoint();
  const Type weights = adjoint ? Type(op.getType()) : op.getInput().getType();
  const Signal spectrum = *getSignal(adjoint ? op.getInput().getType() : Type(op.getType()));
  const int64_t points = cast<RankedTensorType>(weights).getDimSize(2);
  const int64_t size = coefficientsOf(spectrum);
  Value in = stages.buffer(op.getInput()), out = stages.buffer(op.getResult());
  Value matrix = kernelMatrix(stages, op, spectrum.bandLimit, {points, padded(size)});
  if (!adjoint)
    return gemm(stages, "kernel_ft", in, matrix, out, {});
  const OpFoldResult first = stages.getIndexAttr(0);
  gemm(stages, "kernel_ft.adjoint", stages.range(in, 2, first, size),
       stages.range(matrix, 1, first, size), out, {.transposeB = true});
}

LogicalResult KernelFTOp::emitStages(StageBuilder &stages) {
  if (stages.choice() && stages.choice().getAlgorithm() == kSeparableTransform) {
    emitSeparableTransform(stages, *this);
    return success();
  }
  if (isLibraryProduct(stages)) {
    emitLibraryTransform(stages, *this);
    return success();
  }
  ChoiceAttr choice = stages.choice();
  const int64_t lanes = choice ? choice.getLanes() : stages.vectorLanes();
  if (getAdjoint())
    emitKernelAdjoint(stages, *this, lanes);
  else
    emitKernelTransform(stages, *this, lanes);
  return success();
}

} // namespace mlir::spherical
