//===- fourier_gradients.cpp - gradients of kernels by bins -----*- C++ -*-===//
//
//   conv2d_grad_weight  C[r](o, i) = sum_p g[p](o) x[p + r](i), r < k, in both axes,
// is the sum over tiles of circular correlations of T: for each tile the values g of its results,
// zeros behind them, and the input x that these saw. With all tiles and lanes summed at each bin,
//   M_{cd}(o, i) = sum_{tiles, lanes} G_c(o) X_d(i) for real and imaginary parts c, d,
//   C[r] = 1 / T^2 sum_k Re(e^{i w k r} conj(G) X),  w = 2 pi / T,
// the last over ky for each kx, then over kx < T / 2 + 1, which stand for their mirror images, too.
// The tiles of a few rows of them are half transformed at a time, of one lane group or, where M is
// large, of all of them.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/fourier_convolutions.h"

#include "dialects/nn/stages/fourier_tiles.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

namespace {
/// The gradient at hand.
struct FourierGradient {
  Correlation correlation;
  TileTransform t;
  Value in, grad; ///< images
  Image from, to;
  Value inHalf, gradHalf; ///< [kx][tile, channel][y][re, im]W of the tiles at hand
  Value sums; ///< M [part][kx][ky][c][d][vectors of pairs (o, i)]V, a part for each block of tiles

  int64_t pairs() const { return to.channels * from.channels; }
  int64_t vectors() const { return cast<MemRefType>(sums.getType()).getDimSize(5); }
  int64_t lanes() const { return cast<MemRefType>(sums.getType()).getDimSize(6); }
};
} // namespace

/// M_cd of all ky with d = `part`: rows (c, o), depth the tiles, columns i.
static Value sumProblems(StageBuilder &stages, const FourierGradient &f, int64_t tiles,
                         int64_t part) {
  const int64_t in = f.from.channels, out = f.to.channels, plane = f.vectors() * f.lanes();
  return equalProblems(stages,
                       {{"R1", 2},
                        {"R0", out},
                        {"K0", tiles},
                        {"N", in},
                        {"aStep", 2 * tiles * out},
                        {"aR1", 1},
                        {"aR0", 2},
                        {"aK0", 2 * out},
                        {"bOff", part},
                        {"bStep", 2 * tiles * in},
                        {"bK0", 2 * in},
                        {"bV", 2},
                        {"cOff", part * plane},
                        {"cStep", 4 * plane},
                        {"cR1", 2 * plane},
                        {"cR0", in},
                        {"cV", 1}},
                       f.t.length);
}

/// Zeros behind the last pair of M of one kx.
static void fillRest(StageBuilder &stages, const FourierGradient &f, Value sums) {
  const int64_t plane = f.vectors() * f.lanes(), rest = plane - f.pairs();
  if (rest == 0)
    return;
  AffineExpr k, v;
  bindDims(stages.getContext(), k, v);
  stages.map({4 * f.t.length, rest}, {}, sums, {AffineMap::get(2, 0, k * plane + v + f.pairs())},
             [&](OpBuilder &b, Location l, ValueRange) {
               return SmallVector<Value>{ScalarBuilder(b, l).constant(f.t.element, 0.0)};
             });
}

/// Part `part` of the sums, from so many tiles at hand.
static void emitSums(StageBuilder &stages, const FourierGradient &f, int64_t part, int64_t tiles) {
  Value real = sumProblems(stages, f, tiles, 0), imaginary = sumProblems(stages, f, tiles, 1);
  const int64_t inRows = tiles * f.from.channels, gradRows = tiles * f.to.channels;
  Value target = stages.select(f.sums, 0, stages.getIndexAttr(part));
  auto op = stages.sweep(
      "conv2d_grad_weight", {f.t.bins()}, {f.t.spectraType(inRows), f.t.spectraType(gradRows)},
      [&](ValueRange at, ValueRange scratch) {
        for (auto [half, spectra, rows] :
             {std::tuple(f.inHalf, scratch[0], inRows), {f.gradHalf, scratch[1], gradRows}})
          transform(stages, f.t, stage::DftKind::PlainAnalysis,
                    stages.range(stages.slice(half, at), 0, stages.getIndexAttr(0), rows), spectra,
                    rows);
        Value sums = stages.slice(target, at);
        fillRest(stages, f, sums);
        for (Value problems : {real, imaginary})
          contract(stages, stage::ContractKind::Reduce, scratch[1], scratch[0], problems, sums,
                   f.to.lanes);
      });
  stages.countShare(op, tiles, f.correlation.tiles() * f.to.groups);
}

/// H [kx][row of the kernel][re, im][vectors of pairs]V: the sums over ky and all parts.
static Value emitRows(StageBuilder &stages, const FourierGradient &f, int64_t kernelRows) {
  const int64_t n = f.t.length, vectors = f.vectors();
  const int64_t parts = cast<MemRefType>(f.sums.getType()).getDimSize(0);
  Value waves = stages.table(
      "bin_waves", {{"n", n}, {"bins", n}, {"taps", kernelRows}, {"parts", 4}, {"half", 0}},
      {kernelRows, 2, n, 4}, f.t.element);
  Value problems = equalProblems(stages,
                                 {{"R0", 2 * kernelRows},
                                  {"aR0", 4 * n},
                                  {"K1", parts},
                                  {"bK1", f.t.bins() * 4 * n * vectors},
                                  {"K0", 4 * n},
                                  {"aK0", 1},
                                  {"N", vectors},
                                  {"bK0", vectors},
                                  {"bV", 1},
                                  {"bStep", 4 * n * vectors},
                                  {"cR0", vectors},
                                  {"cV", 1},
                                  {"cStep", 2 * kernelRows * vectors}},
                                 f.t.bins());
  Value result =
      stages.temporary("rows", {f.t.bins(), kernelRows, 2, vectors, f.lanes()}, f.t.element);
  stages.uncountedSweep("conv2d_grad_weight.rows", {f.t.bins()}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, waves, f.sums, problemAt(stages, problems, at[0]),
             result, f.lanes());
  });
  return result;
}

/// The gradient [o][i][row][column]: the sums over kx.
static void emitTaps(StageBuilder &stages, const FourierGradient &f, Value rows, Value result) {
  ArrayRef<int64_t> shape = cast<MemRefType>(result.getType()).getShape();
  const int64_t n = f.t.length, bins = f.t.bins(), vectors = f.vectors();
  const int64_t kernelRows = shape[2], kernelColumns = shape[3];
  Value waves = stages.table(
      "bin_waves", {{"n", n}, {"bins", bins}, {"taps", kernelColumns}, {"parts", 2}, {"half", 1}},
      {kernelColumns, bins, 2}, f.t.element, {}, 1.0 / static_cast<double>(n * n));
  Value problems = equalProblems(stages,
                                 {{"R0", kernelColumns},
                                  {"aR0", 2 * bins},
                                  {"K1", bins},
                                  {"aK1", 2},
                                  {"bK1", 2 * kernelRows * vectors},
                                  {"K0", 2},
                                  {"aK0", 1},
                                  {"bK0", vectors},
                                  {"N", vectors},
                                  {"bV", 1},
                                  {"bStep", 2 * vectors},
                                  {"cR0", vectors},
                                  {"cV", 1}},
                                 kernelRows);
  stages.uncountedSweep(
      "conv2d_grad_weight.taps", {kernelRows},
      [&](ValueRange at, ValueRange scratch) {
        contract(stages, stage::ContractKind::Scalar, waves, rows,
                 problemAt(stages, problems, at[0]), scratch[0], f.lanes());
        AffineExpr o, i, q;
        bindDims(stages.getContext(), o, i, q);
        stages.map({shape[0], shape[1], kernelColumns}, scratch[0], stages.select(result, 2, at[0]),
                   {AffineMap::get(3, 0, q * (vectors * f.lanes()) + o * shape[1] + i),
                    stages.getMultiDimIdentityMap(3)},
                   firstValue);
      },
      MemRefType::get({kernelColumns, vectors, f.lanes()}, f.t.element));
}

LogicalResult emitFourierGradient(StageBuilder &stages, Conv2dGradWeightOp op) {
  FourierGradient f;
  f.in = stages.buffer(op.getInput()), f.grad = stages.buffer(op.getGrad());
  f.from = imageOf(f.in), f.to = imageOf(f.grad);
  std::optional<Correlation> correlation = correlationOf(planarOf(op), /*adjoint=*/false);
  FailureOr<TileTransform> t = tileTransform(stages, op, f.to, correlation);
  if (failed(t))
    return failure();
  f.t = *t;
  f.correlation = *correlation;
  const int64_t lanes = stages.vectorLanes();
  const FourierShape shape = shapeOf(f.correlation, f.from, f.to);
  const SmallVector<TileBlock> blocks =
      tileBlocks(f.correlation, f.to.groups, rowsTogether(f.t, f.correlation, {f.from, f.to}),
                 shape.addsGroupsAtOnce());
  const int64_t most = blocks.front().tiles(f.correlation);
  for (auto [half, channels] :
       {std::pair(&f.inHalf, f.from.channels), {&f.gradHalf, f.to.channels}})
    *half = stages.temporary("half", f.t.halfType(most * channels).getShape(), f.t.element);
  const auto parts = static_cast<int64_t>(blocks.size());
  const int64_t vectors = llvm::divideCeil(f.pairs(), lanes);
  f.sums =
      stages.temporary("sums", {parts, f.t.bins(), f.t.length, 2, 2, vectors, lanes}, f.t.element);
  for (auto [part, block] : llvm::enumerate(blocks)) {
    emitHalves(stages, f.t, f.correlation, f.in, f.inHalf, block, inputRuns, /*turned=*/false);
    emitHalves(stages, f.t, f.correlation, f.grad, f.gradHalf, block, resultRuns, false);
    emitSums(stages, f, static_cast<int64_t>(part), block.tiles(f.correlation));
  }
  Value result = stages.buffer(op.getResult());
  Value rows = emitRows(stages, f, f.correlation.rows.kernel);
  emitTaps(stages, f, rows, result);
  return success();
}

} // namespace mlir::nn
