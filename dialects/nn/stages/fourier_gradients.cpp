//===- fourier_gradients.cpp - gradients of kernels by bins -----*- C++ -*-===//
//
//   conv2d_grad_weight  C[r](o, i) = sum_p g[p](o) x[p + r](i), r < k, in both axes,
// is the sum over tiles of circular correlations of T: for each tile the values g of its results,
// zeros behind them, and the input x that these saw. With all tiles and lanes summed at each bin,
//   M_{cd}(o, i) = sum_{tiles, lanes} G_c(o) X_d(i) for real and imaginary parts c, d,
//   C[r] = 1 / T^2 sum_k Re(e^{i w k r} conj(G) X),  w = 2 pi / T,
// the last over ky for each kx, then over kx < T / 2 + 1, which stand for their mirror images, too.
// The tiles of a few rows of them are half transformed at a time, of one lane group or, where M is
// large, of all of them. With channels in the lanes, M has o in the lanes, and sums over tiles
// alone.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/fourier_convolutions.h"

#include "dialects/nn/stages/fourier_tiles.h"
#include "dialects/nn/stages/images.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/work.h"

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
  /// M [group][part][kx][ky][c][d][vectors of pairs]V, a part for each block of tiles. Pairs are
  /// (o, i) of one group, or (i, lane group of o)W of each lane group of i.
  Value sums;
  int64_t depth = 0; ///< input channels of a lane group, if channels are in the lanes

  int64_t pairs() const { return to.channels * from.channels; }
  int64_t groups() const { return cast<MemRefType>(sums.getType()).getDimSize(0); }
  int64_t vectors() const { return cast<MemRefType>(sums.getType()).getDimSize(6); }
  int64_t lanes() const { return cast<MemRefType>(sums.getType()).getDimSize(7); }
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

/// With channels in the lanes, M_cd of all ky with c = `part` of lane group `group` of the input:
/// rows (d, i), depth the tiles, columns the lane groups of o.
static Value sumProblems(StageBuilder &stages, const FourierGradient &f, int64_t tiles,
                         int64_t part, int64_t group) {
  const int64_t in = f.from.channels, out = f.to.channels, lanes = f.from.lanes;
  return equalProblems(stages,
                       {{"R1", 2},
                        {"R0", f.depth},
                        {"K0", tiles},
                        {"N", out},
                        {"aOff", 2 * group * lanes},
                        {"aStep", 2 * tiles * in * lanes},
                        {"aR1", lanes},
                        {"aR0", 1},
                        {"aK0", 2 * in * lanes},
                        {"bOff", part},
                        {"bStep", 2 * tiles * out},
                        {"bK0", 2 * out},
                        {"bV", 2},
                        {"cOff", 2 * part * f.depth * out},
                        {"cStep", 4 * f.depth * out},
                        {"cR1", f.depth * out},
                        {"cR0", out},
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
  fillZeros(stages, sums, {4 * f.t.length, rest}, k * plane + v + f.pairs());
}

/// The two lists of a group.
static std::array<Value, 2> groupProblems(StageBuilder &stages, const FourierGradient &f,
                                          int64_t tiles, int64_t group) {
  if (f.depth > 0)
    return {sumProblems(stages, f, tiles, 0, group), sumProblems(stages, f, tiles, 1, group)};
  return {sumProblems(stages, f, tiles, 0), sumProblems(stages, f, tiles, 1)};
}

/// M of a group for one kx, from the spectra of the input and of the gradient.
static void addProducts(StageBuilder &stages, const FourierGradient &f, ValueRange spectra,
                        ArrayRef<Value> lists, Value sums) {
  if (f.depth == 0)
    fillRest(stages, f, sums);
  for (Value problems : lists)
    if (f.depth > 0)
      contract(stages, stage::ContractKind::Scalar, spectra[0], spectra[1], problems, sums,
               f.to.lanes);
    else
      contract(stages, stage::ContractKind::Reduce, spectra[1], spectra[0], problems, sums,
               f.to.lanes);
}

/// Part `part` of the sums, from so many tiles at hand.
static void emitSums(StageBuilder &stages, const FourierGradient &f, int64_t part, int64_t tiles) {
  SmallVector<std::array<Value, 2>> lists; // of each group
  for (int64_t group = 0; group < f.groups(); ++group)
    lists.push_back(groupProblems(stages, f, tiles, group));
  const int64_t inRows = tiles * f.from.channels, gradRows = tiles * f.to.channels;
  Value target = stages.select(f.sums, 1, stages.getIndexAttr(part));
  auto op = stages.sweep(
      "conv2d_grad_weight", {f.t.bins()}, {f.t.spectraType(inRows), f.t.spectraType(gradRows)},
      [&](ValueRange at, ValueRange scratch) {
        for (auto [half, spectra, rows] :
             {std::tuple(f.inHalf, scratch[0], inRows), {f.gradHalf, scratch[1], gradRows}})
          transform(stages, f.t, stage::DftKind::PlainAnalysis,
                    stages.range(stages.slice(half, at), 0, stages.getIndexAttr(0), rows), spectra,
                    rows);
        Value all = stages.select(target, 1, at[0]);
        for (auto [group, own] : llvm::enumerate(lists))
          addProducts(stages, f, scratch, own,
                      stages.select(all, 0, stages.getIndexAttr(static_cast<int64_t>(group))));
      });
  stages.countShare(op, tiles, f.correlation.tiles() * f.to.groups);
}

/// H [group][kx][row of the kernel][re, im][vectors of pairs]V: the sums over ky and all parts.
static Value emitRows(StageBuilder &stages, const FourierGradient &f, int64_t kernelRows) {
  const int64_t n = f.t.length, vectors = f.vectors();
  const int64_t parts = cast<MemRefType>(f.sums.getType()).getDimSize(1);
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
  Value result = stages.temporary(
      "rows", {f.groups(), f.t.bins(), kernelRows, 2, vectors, f.lanes()}, f.t.element);
  stages.uncountedSweep(
      "conv2d_grad_weight.rows", {f.groups(), f.t.bins()}, [&](ValueRange at, ValueRange) {
        contract(stages, stage::ContractKind::Scalar, waves, stages.slice(f.sums, at[0]),
                 problemAt(stages, problems, at[1]), stages.slice(result, at[0]), f.lanes());
      });
  return result;
}

/// Values [column][pairs] of a row of the kernel, in their places of [o][i][column].
static void placeTaps(StageBuilder &stages, const FourierGradient &f, Value taps, Value target) {
  ArrayRef<int64_t> shape = cast<MemRefType>(target.getType()).getShape();
  const int64_t lanes = f.lanes(), row = f.vectors() * lanes;
  AffineExpr o, i, q, w;
  bindDims(stages.getContext(), o, i, q, w);
  if (f.depth == 0)
    return stages.map(
        shape, taps, target,
        {AffineMap::get(3, 0, q * row + o * shape[1] + i), stages.getMultiDimIdentityMap(3)},
        firstValue);
  for (const LanePiece &out : lanePieces(shape[0], lanes)) {
    AffineExpr group = o + out.first;
    stages.map({out.groups, shape[1], shape[2], out.lanes}, taps, target,
               {AffineMap::get(4, 0, q * row + (i * f.to.channels + group) * lanes + w),
                AffineMap::get(4, 0, {group * lanes + w, i, q}, stages.getContext())},
               firstValue);
  }
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
  Type taps = MemRefType::get({kernelColumns, vectors, f.lanes()}, f.t.element);
  for (const LanePiece &piece :
       f.depth > 0 ? lanePieces(shape[1], f.lanes()) : SmallVector<LanePiece>{{0, 1, shape[1]}})
    stages.uncountedSweep(
        "conv2d_grad_weight.taps", {piece.groups, kernelRows},
        [&](ValueRange at, ValueRange scratch) {
          Value group = linear(stages, at[0], 1, piece.first);
          contract(stages, stage::ContractKind::Scalar, waves, stages.slice(rows, group),
                   problemAt(stages, problems, at[1]), scratch[0], f.lanes());
          Value target = stages.range(stages.select(result, 2, at[1]), 1,
                                      linear(stages, group, f.lanes(), 0), piece.lanes);
          placeTaps(stages, f, scratch[0], target);
        },
        taps);
}

LogicalResult emitFourierGradient(StageBuilder &stages, Conv2dGradWeightOp op) {
  FourierGradient f;
  f.in = stages.buffer(op.getInput()), f.grad = stages.buffer(op.getGrad());
  f.from = imageOf(f.in), f.to = imageOf(f.grad);
  std::optional<Correlation> correlation = denseCorrelationOf(planarOf(op), /*adjoint=*/false);
  FailureOr<TileTransform> t = tileTransform(stages, op, f.to, correlation);
  if (failed(t))
    return failure();
  f.t = *t;
  f.correlation = *correlation;
  FourierShape shape = shapeOf(f.correlation, f.from, f.to);
  if (hasChannelLanes(op.getGrad().getType()))
    shape.depth = f.depth = std::min(op.getType().getDimSize(1), f.from.lanes);
  const int64_t lanes = f.depth > 0 ? f.to.lanes : stages.vectorLanes();
  const SmallVector<TileBlock> blocks =
      tileBlocks(f.correlation, f.to.groups, rowsTogether(f.t, f.correlation, {f.from, f.to}),
                 shape.addsGroupsAtOnce());
  const int64_t most = blocks.front().tiles(f.correlation);
  for (auto [half, channels] :
       {std::pair(&f.inHalf, f.from.channels), {&f.gradHalf, f.to.channels}})
    *half = stages.temporary("half", f.t.halfType(most * channels).getShape(), f.t.element);
  const auto parts = static_cast<int64_t>(blocks.size());
  const int64_t vectors =
      f.depth > 0 ? f.depth * f.to.channels : llvm::divideCeil(f.pairs(), lanes);
  const int64_t groups = f.depth > 0 ? f.from.channels : 1;
  f.sums = stages.temporary("sums", {groups, parts, f.t.bins(), f.t.length, 2, 2, vectors, lanes},
                            f.t.element);
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
