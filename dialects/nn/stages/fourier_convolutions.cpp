//===- fourier_convolutions.cpp - convolutions by transforms ----*- C++ -*-===//
//
// With W(k) = sum_r w[r] e^{-i w k r}, w = 2 pi / T in both axes, a circular correlation has the
// spectrum Y = conj(W) X. A tile is read on its head, x'[a] = x[T - 1 - a]: its transform is
//   X'(k) = e^{i w (kx + ky)} conj(X(k)),   Y = U conj(X'),  U = e^{i w (kx + ky)} conj(W),
// and the real form of the product is symmetric, so that three planes U_p hold its four values:
//   Yr = Ur X'r + Ui X'i,  Yi = Ui X'r - Ur X'i;   A((o, c), (i, d)) = U_{c + d}(o, i).
// A task makes a tile of all channels of a lane group: rows of all input channels to bins kx;
// for each kx columns to bins ky, a product for each, and columns back, in the place of those that
// came; rows back, of which the first S values of the first S rows are results. Where the kernel's
// spectra are larger than the tiles, these are three stages for many tiles at a time: a task then
// transforms a channel of a tile, or makes the products of one kx. So it is with channels in the
// lanes: spectra of tiles are the scalar factor then, and those of the kernel have output channels
// in the lanes; c = 0 and c = 1 are products of their own.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/fourier_convolutions.h"

#include "dialects/nn/stages/fourier_tiles.h"
#include "dialects/nn/stages/window_products.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/work.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

bool isFourier(const StageBuilder &stages) {
  return stages.choice() && stages.choice().getAlgorithm() == kFourier;
}

namespace {
/// The convolution at hand.
struct FourierConvolution {
  StringRef name;
  Correlation correlation;
  TileTransform t;
  /// Spectra [kx][ky][1][plane][pairs]V of the kernel, or [kx][ky][lane group of in][plane][in,
  /// lane group of out]W.
  Value in, out, spectra;
  Image from, to;
  int64_t depth = 0; ///< input channels of a lane group, if channels are in the lanes
  Epilogue epilogue;
};
} // namespace

/// For each row of the kernel the sums over its columns, re and im, of one kx.
static Value alongRowProblems(StageBuilder &stages, int64_t rows, int64_t columns,
                              int64_t vectors) {
  return equalProblems(stages,
                       {{"R0", 2},
                        {"aR0", columns},
                        {"K0", columns},
                        {"aK0", 1},
                        {"N", vectors},
                        {"bK0", vectors},
                        {"bV", 1},
                        {"bStep", columns * vectors},
                        {"cR0", vectors},
                        {"cV", 1},
                        {"cStep", 2 * vectors}},
                       rows);
}

/// For each group of pairs the sums over the rows, of all planes and ky.
static Value alongColumnProblems(StageBuilder &stages, int64_t length, int64_t rows,
                                 int64_t vectors, int64_t groups) {
  const int64_t own = vectors / groups;
  return equalProblems(stages,
                       {{"R1", length},
                        {"R0", 3},
                        {"aR1", 6 * rows},
                        {"aR0", 2 * rows},
                        {"K0", 2 * rows},
                        {"aK0", 1},
                        {"N", own},
                        {"bK0", vectors},
                        {"bV", 1},
                        {"bStep", own},
                        {"cR1", 3 * vectors},
                        {"cR0", own},
                        {"cV", 1},
                        {"cStep", 3 * own}},
                       groups);
}

/// U_p / T^2: over the taps of a row for one kx, then over the rows for all ky; pairs in so many
/// groups, each with its planes side by side.
static Value kernelSpectra(StageBuilder &stages, const TileTransform &t, bool turned, Value taps,
                           int64_t groups) {
  auto type = cast<MemRefType>(taps.getType());
  const int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  const int64_t lanes = type.getShape().back();
  const int64_t vectors = type.getNumElements() / (rows * columns * lanes);
  const Type element = type.getElementType();
  auto waves = [&](int64_t bins, int64_t count, int64_t planes, int64_t parts, double scale) {
    return stages.table("tap_waves",
                        {{"n", t.length},
                         {"bins", bins},
                         {"taps", count},
                         {"planes", planes},
                         {"parts", parts},
                         {"turned", turned}},
                        {bins, planes, count, parts}, element, {}, scale);
  };
  Value alongRow = waves(t.bins(), columns, 2, 1, 1.0 / static_cast<double>(t.length * t.length));
  Value alongColumn = waves(t.length, rows, 3, 2, 1.0);
  Value rowProblems = alongRowProblems(stages, rows, columns, vectors);
  Value columnProblems = alongColumnProblems(stages, t.length, rows, vectors, groups);
  Value spectra = stages.temporary(
      "spectra", {t.bins(), t.length, groups, 3, vectors / groups, lanes}, element);
  stages.uncountedSweep(
      "fourier.kernel", {t.bins()},
      [&](ValueRange at, ValueRange scratch) {
        contract(stages, stage::ContractKind::Scalar, stages.slice(alongRow, at), taps, rowProblems,
                 scratch[0], lanes);
        contract(stages, stage::ContractKind::Scalar, alongColumn, scratch[0], columnProblems,
                 stages.slice(spectra, at), lanes);
      },
      MemRefType::get({rows, 2, vectors, lanes}, element));
  return spectra;
}

/// One product for each ky: rows (o, c), depth (i, d), columns the tiles.
static Value binProblems(StageBuilder &stages, const FourierConvolution &f, int64_t tiles) {
  auto type = cast<MemRefType>(f.spectra.getType());
  const int64_t plane = type.getDimSize(4) * type.getDimSize(5);
  const int64_t in = f.from.channels, out = f.to.channels;
  return equalProblems(stages,
                       {{"R1", out},
                        {"R0", 2},
                        {"K1", in},
                        {"K0", 2},
                        {"N", tiles},
                        {"aStep", 3 * plane},
                        {"aR1", in},
                        {"aR0", plane},
                        {"aK1", 1},
                        {"aK0", plane},
                        {"bStep", 2 * tiles * in},
                        {"bK1", 2},
                        {"bK0", 1},
                        {"bV", 2 * in},
                        {"cStep", 2 * tiles * out},
                        {"cR1", 2},
                        {"cR0", 1},
                        {"cV", 2 * out}},
                       f.t.length);
}

/// With channels in the lanes, for part c of the result: rows the tiles, depth (i, d), columns the
/// lane groups of output channels.
static Value binProblems(StageBuilder &stages, const FourierConvolution &f, int64_t tiles,
                         int64_t c) {
  const int64_t in = f.from.channels, out = f.to.channels, lanes = f.from.lanes;
  const int64_t plane = f.depth * out;
  // Two parts of all lanes are side by side; those of few channels are two steps of the depth.
  const bool all = f.depth == lanes;
  return equalProblems(stages,
                       {{"R0", tiles},
                        {"N", out},
                        {"K1", all ? in : 2},
                        {"K0", all ? 2 * lanes : f.depth},
                        {"aStep", 2 * tiles * in * lanes},
                        {"aR0", 2 * in * lanes},
                        {"aK1", all ? 2 * lanes : lanes},
                        {"aK0", 1},
                        {"bOff", c * plane},
                        {"bStep", 3 * in * plane},
                        {"bK1", all ? 3 * plane : plane},
                        {"bK0", out},
                        {"bV", 1},
                        {"cOff", c},
                        {"cStep", 2 * tiles * out},
                        {"cR0", 2 * out},
                        {"cV", 2}},
                       f.t.length);
}

/// The lists of a bin's products.
static SmallVector<Value> productLists(StageBuilder &stages, const FourierConvolution &f,
                                       int64_t tiles) {
  if (f.depth > 0)
    return {binProblems(stages, f, tiles, 0), binProblems(stages, f, tiles, 1)};
  return {binProblems(stages, f, tiles)};
}

/// Input channels of the task to half transforms.
static void emitRowsForward(StageBuilder &stages, const FourierConvolution &f,
                            std::array<const TileRun *, 2> runs, ValueRange at, Value tile,
                            Value half) {
  const Correlation &c = f.correlation;
  forEach(stages, f.from.channels, [&](Value channel) {
    copyTile(stages, stages.slice(f.in, {at[2], channel}), tile, runs,
             {c.rows.step(), c.columns.step()}, at, /*turned=*/true);
    transform(stages, f.t, stage::DftKind::RealAnalysis, tile, stages.select(half, 1, channel),
              f.t.length);
  });
}

/// Columns, products and columns back of bin kx, of so many tiles.
static void emitProducts(StageBuilder &stages, const FourierConvolution &f, Value half, Value bin,
                         Value in, Value out, ArrayRef<Value> problems, int64_t tiles) {
  Value columns = stages.slice(half, bin);
  const int64_t inRows = tiles * f.from.channels, outRows = tiles * f.to.channels;
  transform(stages, f.t, stage::DftKind::PlainAnalysis,
            stages.range(columns, 0, stages.getIndexAttr(0), inRows), in, inRows);
  Value kernel = stages.slice(f.spectra, bin);
  for (Value list : problems)
    contract(stages, stage::ContractKind::Scalar, f.depth > 0 ? in : kernel,
             f.depth > 0 ? kernel : in, list, out, f.to.lanes);
  transform(stages, f.t, stage::DftKind::PlainSynthesis, out,
            stages.range(columns, 0, stages.getIndexAttr(0), outRows), outRows);
}

/// Rows of one channel back from its half transform, an even number of them, and what the layer
/// does to the values.
static void emitRowsBack(StageBuilder &stages, const FourierConvolution &f,
                         std::array<const TileRun *, 2> runs, ValueRange at, Value group,
                         Value channel, Value tile, Value half) {
  const int64_t height = runs[0]->size, width = runs[1]->size;
  const int64_t rows = height + height % 2;
  Value made = stages.range(tile, 1, stages.getIndexAttr(0), rows);
  transform(stages, f.t, stage::DftKind::RealSynthesis,
            stages.range(half, 1, stages.getIndexAttr(0), rows), made, rows);
  Value values = stages.range(stages.range(made, 1, stages.getIndexAttr(0), height), 2,
                              stages.getIndexAttr(0), width);
  placeResults(stages, values, f.out, f.epilogue, runs,
               {f.correlation.rows.step(), f.correlation.columns.step()}, at, group, channel);
}

/// A task makes a tile of two runs, of all channels.
static void emitTiles(StageBuilder &stages, const FourierConvolution &f, ArrayRef<Value> problems,
                      std::array<const TileRun *, 2> runs) {
  const TileTransform &t = f.t;
  const std::array<Type, 4> scratch = {
      t.tileType(), t.halfType(std::max(f.from.channels, f.to.channels)),
      t.spectraType(f.from.channels), t.spectraType(f.to.channels)};
  auto op =
      stages.sweep(f.name, {runs[0]->count, runs[1]->count, f.to.groups}, scratch,
                   [&](ValueRange at, ValueRange memory) {
                     emitRowsForward(stages, f, runs, at, memory[0], memory[1]);
                     forEach(stages, t.bins(), [&](Value bin) {
                       emitProducts(stages, f, memory[1], bin, memory[2], memory[3], problems, 1);
                     });
                     forEach(stages, f.to.channels, [&](Value channel) {
                       emitRowsBack(stages, f, runs, at, at[2], channel, memory[0],
                                    stages.select(memory[1], 1, channel));
                     });
                   });
  stages.countShare(op, runs[0]->count * runs[1]->count, f.correlation.tiles());
}

/// All tiles, one after the other.
static void emitTileByTile(StageBuilder &stages, const FourierConvolution &f) {
  const TileAxis &y = f.correlation.rows, &x = f.correlation.columns;
  const SmallVector<Value> problems = productLists(stages, f, 1);
  for (const TileRun &rows : inputRuns(y, 0, y.tiles()))
    for (const TileRun &columns : inputRuns(x, 0, x.tiles()))
      emitTiles(stages, f, problems, {&rows, &columns});
}

/// A block of tiles at a time: tiles to half transforms, products of a bin kx, back to tiles.
static void emitBlock(StageBuilder &stages, const FourierConvolution &f, Value half,
                      const TileBlock &block) {
  const Correlation &c = f.correlation;
  const int64_t across = c.columns.tiles(), tiles = block.tiles(c), out = f.to.channels;
  const SmallVector<Value> problems = productLists(stages, f, tiles);
  emitHalves(stages, f.t, c, f.in, half, block, inputRuns, /*turned=*/true);
  auto op =
      stages.sweep(f.name, {f.t.bins()},
                   {f.t.spectraType(tiles * f.from.channels), f.t.spectraType(tiles * out)},
                   [&](ValueRange at, ValueRange memory) {
                     emitProducts(stages, f, half, at[0], memory[0], memory[1], problems, tiles);
                   });
  stages.countShare(op, tiles, c.tiles() * f.to.groups);
  for (const TileRun &rows : resultRuns(c.rows, block.first, block.rows))
    for (const TileRun &columns : resultRuns(c.columns, 0, across))
      stages.uncountedSweep(
          "fourier.results", {rows.count, columns.count, out},
          [&](ValueRange at, ValueRange memory) {
            const int64_t start = (rows.first - block.first) * across + columns.first;
            Value number = affineIndex(stages, at, {across * out, out, 1}, start * out);
            Value group = arith::ConstantIndexOp::create(stages, block.group);
            emitRowsBack(stages, f, {&rows, &columns}, at, group, at[2], memory[0],
                         stages.select(half, 1, number));
          },
          f.t.tileType());
}

/// All tiles of a block together.
static void emitBlockByBlock(StageBuilder &stages, const FourierConvolution &f) {
  const SmallVector<TileBlock> blocks =
      tileBlocks(f.correlation, f.to.groups, rowsTogether(f.t, f.correlation, {f.from, f.to}),
                 /*together=*/false);
  const int64_t tiles = blocks.front().tiles(f.correlation);
  const int64_t channels = std::max(f.from.channels, f.to.channels);
  Value half = stages.temporary("half", f.t.halfType(tiles * channels).getShape(), f.t.element);
  for (const TileBlock &block : blocks)
    emitBlock(stages, f, half, block);
}

LogicalResult emitFourierConvolution(StageBuilder &stages, Operation *op, const Planar &planar,
                                     bool adjoint, PackingAttr packing, const Epilogue &epilogue) {
  FourierConvolution f;
  f.name = adjoint ? "conv_transpose2d" : "conv2d";
  f.in = stages.buffer(op->getOperand(0)), f.out = stages.buffer(op->getResult(0));
  f.from = imageOf(f.in), f.to = imageOf(f.out);
  f.epilogue = epilogue;
  std::optional<Correlation> correlation = denseCorrelationOf(planar, adjoint);
  FailureOr<TileTransform> t = tileTransform(stages, op, f.to, correlation);
  if (failed(t))
    return failure();
  f.t = *t;
  f.correlation = *correlation;
  FourierShape shape = shapeOf(f.correlation, f.from, f.to);
  FailureOr<TapsInLanes> taps = tapsInLanes(stages, "fourier.taps", op, adjoint, packing);
  if (failed(taps))
    return failure();
  shape.depth = f.depth = taps->depth;
  f.spectra = kernelSpectra(stages, f.t, adjoint, taps->taps,
                            f.depth > 0 ? f.from.channels : 1);
  if (shape.sharesKernel())
    emitBlockByBlock(stages, f);
  else
    emitTileByTile(stages, f);
  return success();
}

} // namespace mlir::nn
