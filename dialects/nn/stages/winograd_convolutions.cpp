//===- winograd_convolutions.cpp - convolutions by minimal filters ===//
//
// Y = A^t (U . (B^t d B)) A with U = G g G^t of the kernel, made once (winograd.h). A task makes a
// block of tiles of all channels of a lane group. For each input channel it copies the values that
// the block covers and combines their rows: row i of B^t d of all tiles, side by side as they are
// in the image. Then for each i it combines columns to positions (i, j), multiplies those of each j
// with U, with (tile) as columns of a product over channels, and combines the positions to columns
// of results; at last, for each output channel, rows of these to rows of results. A cache holds the
// positions of one i at a time.
//   samples in the lanes   C(o, tile) = sum_i U(o, i) V(i, tile)     U [i][j][pairs]V
//   channels in the lanes  C(tile, o) = sum_i V(tile, i) U(i, o)     U [i][j][in][lane group of o]W
// Each block reads all of U. Where that is more than the positions of all tiles (readsPositions),
// these are made first, then multiplied, a task for each (i, j), and then combined to results.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/winograd_convolutions.h"

#include "dialects/nn/stages/linear_maps.h"
#include "dialects/nn/stages/tiles.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::nn {

using namespace mlir::spherical;

bool isWinograd(const StageBuilder &stages) {
  return stages.choice() && stages.choice().getAlgorithm() == kWinograd;
}

//===----------------------------------------------------------------------===//
// Blocks of tiles
//===----------------------------------------------------------------------===//

namespace {
/// The convolution at hand.
struct WinogradConvolution {
  StringRef name;
  Correlation correlation; ///< in blocks
  MinimalFilter y, x;
  Value in, out, kernel;
  Image from, to;
  int64_t depth = 0; ///< input channels of a lane group, if channels are in the lanes
  Epilogue epilogue;

  /// Rows of positions, and positions of each.
  int64_t rows() const { return static_cast<int64_t>(y.input.size()); }
  int64_t columns() const { return static_cast<int64_t>(x.input.size()); }
  /// Values from one tile to the next in rows and in columns of the input.
  int64_t inputRows() const { return correlation.rows.inputOf(correlation.rows.unit); }
  int64_t inputColumns() const { return correlation.columns.inputOf(correlation.columns.unit); }
};

/// The tiles of a block, and where their values lie.
struct Block {
  const WinogradConvolution &w;
  std::array<const TileRun *, 2> runs;
  int64_t rows, columns; ///< of tiles

  Block(const WinogradConvolution &w, std::array<const TileRun *, 2> runs)
      : w(w), runs(runs), rows(llvm::divideCeil(runs[0]->size, w.correlation.rows.unit)),
        columns(llvm::divideCeil(runs[1]->size, w.correlation.columns.unit)) {}

  int64_t tiles() const { return rows * columns; }
  std::array<int64_t, 2> steps() const {
    return {w.correlation.rows.step(), w.correlation.columns.step()};
  }
  std::array<int64_t, 2> inputSteps() const {
    return {w.correlation.rows.inputOf(steps()[0]), w.correlation.columns.inputOf(steps()[1])};
  }
  MemRefType type(ArrayRef<int64_t> shape) const {
    SmallVector<int64_t> all(shape);
    all.push_back(w.to.lanes);
    return MemRefType::get(all, w.to.element);
  }
  /// Values of the image, [row][column]W.
  MemRefType image() const {
    return type({1, w.correlation.rows.length, w.correlation.columns.length});
  }
  /// Combined rows [i][channel][row of tiles][column]W of the input.
  MemRefType inHalf() const {
    return type({w.rows(), w.from.channels, rows, w.correlation.columns.length});
  }
  /// Of the results.
  MemRefType outHalf() const {
    return type({w.rows(), w.to.channels, rows, columns * w.correlation.columns.unit});
  }
  /// Positions [j][channel][row of tiles][column of tiles]W of an i, or with channels in the lanes
  /// [j][row][column][channel]W.
  MemRefType positions(int64_t channels) const {
    return w.depth > 0 ? type({w.columns(), rows, columns, channels})
                       : type({w.columns(), channels, rows, columns});
  }
  /// Those of an i among the positions of all tiles, at numbers `at` of the runs and of the sample.
  Value of(StageBuilder &stages, Value positions, Value i, ValueRange at) const {
    const TileAxis &y = w.correlation.rows, &x = w.correlation.columns;
    Value own = stages.select(stages.slice(positions, i), 1, at[2]);
    const int64_t down = y.step() / y.unit, across = x.step() / x.unit;
    own = stages.range(own, 1, linear(stages, at[0], down, runs[0]->first * down), rows);
    return stages.range(own, 2, linear(stages, at[1], across, runs[1]->first * across), columns);
  }
  MemRefType results() const {
    return type({1, rows * w.correlation.rows.unit, columns * w.correlation.columns.unit});
  }
};
} // namespace

/// So many products, one after the other, of so many tiles.
static Value positionProblems(StageBuilder &stages, const WinogradConvolution &w, int64_t tiles,
                              int64_t count) {
  const int64_t in = w.from.channels, out = w.to.channels;
  auto type = cast<MemRefType>(w.kernel.getType());
  const int64_t plane = type.getNumElements() / (type.getDimSize(0) * type.getDimSize(1));
  if (w.depth > 0)
    return equalProblems(stages,
                         {{"R0", tiles},
                          {"K1", w.depth == w.from.lanes ? 1 : in},
                          {"K0", w.depth == w.from.lanes ? in * w.depth : w.depth},
                          {"N", out},
                          {"aStep", tiles * in * w.from.lanes},
                          {"aR0", in * w.from.lanes},
                          {"aK1", w.from.lanes},
                          {"aK0", 1},
                          {"bStep", plane / w.to.lanes},
                          {"bK1", w.depth * out},
                          {"bK0", out},
                          {"bV", 1},
                          {"cStep", tiles * out},
                          {"cR0", out},
                          {"cV", 1}},
                         count);
  return equalProblems(stages,
                       {{"R0", out},
                        {"K0", in},
                        {"N", tiles},
                        {"aStep", plane},
                        {"aR0", in},
                        {"aK0", 1},
                        {"bStep", tiles * in},
                        {"bK0", tiles},
                        {"bV", 1},
                        {"cStep", tiles * out},
                        {"cR0", tiles},
                        {"cV", 1}},
                       count);
}

/// Rows of an input channel, for all i.
static void emitRows(StageBuilder &stages, const Block &b, ValueRange at, Value channel,
                     Value image, Value half) {
  const WinogradConvolution &w = b.w;
  copyTile(stages, stages.slice(w.in, {at[2], channel}), image, b.runs, b.inputSteps(), at, false);
  AffineExpr t, x, v, zero = stages.getAffineConstantExpr(0);
  bindDims(stages.getContext(), t, x, v);
  const int64_t step = w.inputRows();
  combine(
      stages, w.y.input, {b.rows, w.correlation.columns.length, w.to.lanes}, image,
      [&](int64_t i) {
        return SmallVector<AffineExpr>{zero, t * step + i, x, v};
      },
      half,
      [&](int64_t i) {
        return SmallVector<AffineExpr>{stages.getAffineConstantExpr(i), t, x, v};
      });
}

/// Positions (i, j) of channel c of tile (t, u) from a point (c, t, u, lane).
static SmallVector<AffineExpr> positionOf(StageBuilder &stages, const Block &b, int64_t j) {
  AffineExpr c, t, u, v, number = stages.getAffineConstantExpr(j);
  bindDims(stages.getContext(), c, t, u, v);
  if (b.w.depth > 0)
    return {number, t, u, c, v};
  return {number, c, t, u, v};
}

/// Column `number` of tile u, half-combined, with so many from one tile to the next.
static SmallVector<AffineExpr> columnOf(StageBuilder &stages, int64_t step, int64_t number) {
  AffineExpr c, t, u, v;
  bindDims(stages.getContext(), c, t, u, v);
  return {c, t, u * step + number, v};
}

/// The positions of row i of all tiles of a block.
static void emitInPositions(StageBuilder &stages, const Block &b, Value half, Value positions) {
  const WinogradConvolution &w = b.w;
  combine(
      stages, w.x.input, {w.from.channels, b.rows, b.columns, w.to.lanes}, half,
      [&](int64_t number) { return columnOf(stages, w.inputColumns(), number); }, positions,
      [&](int64_t j) { return positionOf(stages, b, j); });
}

/// Columns of results from the positions of row i.
static void emitOutColumns(StageBuilder &stages, const Block &b, Value positions, Value half) {
  const WinogradConvolution &w = b.w;
  combine(
      stages, w.x.result, {w.to.channels, b.rows, b.columns, w.to.lanes}, positions,
      [&](int64_t j) { return positionOf(stages, b, j); }, half,
      [&](int64_t number) { return columnOf(stages, w.correlation.columns.unit, number); });
}

static void emitProducts(StageBuilder &stages, const WinogradConvolution &w, Value in, Value kernel,
                         Value problems, Value out) {
  if (w.depth > 0)
    contract(stages, stage::ContractKind::Scalar, in, kernel, problems, out, w.to.lanes);
  else
    contract(stages, stage::ContractKind::Scalar, kernel, in, problems, out, w.to.lanes);
}

/// The results of an output channel.
static void emitResults(StageBuilder &stages, const Block &b, ValueRange at, Value channel,
                        Value half, Value results) {
  const WinogradConvolution &w = b.w;
  AffineExpr t, x, v, zero = stages.getAffineConstantExpr(0);
  bindDims(stages.getContext(), t, x, v);
  const int64_t step = w.correlation.rows.unit;
  combine(
      stages, w.y.result, {b.rows, b.columns * w.correlation.columns.unit, w.to.lanes}, half,
      [&](int64_t i) {
        return SmallVector<AffineExpr>{stages.getAffineConstantExpr(i), t, x, v};
      },
      results,
      [&](int64_t p) {
        return SmallVector<AffineExpr>{zero, t * step + p, x, v};
      });
  Value values = stages.range(stages.range(results, 1, stages.getIndexAttr(0), b.runs[0]->size), 2,
                              stages.getIndexAttr(0), b.runs[1]->size);
  placeResults(stages, values, w.out, w.epilogue, b.runs, b.steps(), at, at[2], channel);
}

static void emitAllRows(StageBuilder &stages, const Block &b, ValueRange at, Value image,
                        Value half) {
  forEach(stages, b.w.from.channels, [&](Value channel) {
    emitRows(stages, b, at, channel, image, stages.select(half, 1, channel));
  });
}

static void emitAllResults(StageBuilder &stages, const Block &b, ValueRange at, Value half,
                           Value results) {
  forEach(stages, b.w.to.channels, [&](Value channel) {
    emitResults(stages, b, at, channel, stages.select(half, 1, channel), results);
  });
}

/// The blocks of two runs, each of which is a task's.
static void emitBlocks(StageBuilder &stages, const Block &b) {
  const WinogradConvolution &w = b.w;
  Value problems = positionProblems(stages, w, b.tiles(), w.columns());
  const std::array<Type, 6> scratch = {
      b.image(),   b.inHalf(), b.positions(w.from.channels), b.positions(w.to.channels),
      b.outHalf(), b.results()};
  auto op = stages.sweep(w.name, {b.runs[0]->count, b.runs[1]->count, w.to.groups}, scratch,
                         [&](ValueRange at, ValueRange memory) {
                           emitAllRows(stages, b, at, memory[0], memory[1]);
                           forEach(stages, w.rows(), [&](Value i) {
                             emitInPositions(stages, b, stages.slice(memory[1], i), memory[2]);
                             emitProducts(stages, w, memory[2], stages.slice(w.kernel, i), problems,
                                          memory[3]);
                             emitOutColumns(stages, b, memory[3], stages.slice(memory[4], i));
                           });
                           emitAllResults(stages, b, at, memory[4], memory[5]);
                         });
  stages.countShare(op, b.runs[0]->size * b.runs[0]->count * b.runs[1]->size * b.runs[1]->count,
                    w.to.rows * w.to.columns);
}

/// The blocks of all runs of both axes.
static void forBlocks(const WinogradConvolution &w, function_ref<void(const Block &)> body) {
  const TileAxis &y = w.correlation.rows, &x = w.correlation.columns;
  for (const TileRun &rows : inputRuns(y, 0, y.tiles()))
    for (const TileRun &columns : inputRuns(x, 0, x.tiles()))
      body(Block(w, {&rows, &columns}));
}

/// All positions, their products, and the results, one after the other.
static void emitByPositions(StageBuilder &stages, const WinogradConvolution &w) {
  const TileAxis &y = w.correlation.rows, &x = w.correlation.columns;
  const int64_t down = y.units(), across = x.units();
  // [i][j][sample][row of tiles][column of tiles][channel]W
  auto positions = [&](StringRef name, int64_t channels) {
    return stages.temporary(
        name, {w.rows(), w.columns(), w.to.groups, down, across, channels, w.to.lanes},
        w.to.element);
  };
  Value in = positions("positions.in", w.from.channels);
  Value out = positions("positions.out", w.to.channels);
  forBlocks(w, [&](const Block &b) {
    stages.uncountedSweep(
        (w.name + ".positions").str(), {b.runs[0]->count, b.runs[1]->count, w.to.groups},
        [&](ValueRange at, ValueRange memory) {
          emitAllRows(stages, b, at, memory[0], memory[1]);
          forEach(stages, w.rows(), [&](Value i) {
            emitInPositions(stages, b, stages.slice(memory[1], i), b.of(stages, in, i, at));
          });
        },
        {b.image(), b.inHalf()});
  });
  Value problems = positionProblems(stages, w, w.to.groups * down * across, 1);
  stages.sweep(w.name, {w.rows(), w.columns()}, {}, [&](ValueRange at, ValueRange) {
    emitProducts(stages, w, stages.slice(in, at), stages.slice(w.kernel, at), problems,
                 stages.slice(out, at));
  });
  forBlocks(w, [&](const Block &b) {
    stages.uncountedSweep(
        (w.name + ".results").str(), {b.runs[0]->count, b.runs[1]->count, w.to.groups},
        [&](ValueRange at, ValueRange memory) {
          forEach(stages, w.rows(), [&](Value i) {
            emitOutColumns(stages, b, b.of(stages, out, i, at), stages.slice(memory[0], i));
          });
          emitAllResults(stages, b, at, memory[0], memory[1]);
        },
        {b.outHalf(), b.results()});
  });
}

/// U of taps as they come, which each run makes.
static Value kernelPositions(StageBuilder &stages, const WinogradConvolution &w, Value taps) {
  auto type = cast<MemRefType>(taps.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[0] = w.rows(), shape[1] = w.columns();
  Value positions = stages.temporary("positions", shape, type.getElementType());
  mapBothAxes(stages, "winograd.kernel", taps, positions, w.y.kernel, w.x.kernel);
  return positions;
}

FailureOr<WinogradTiles> winogradTiles(StageBuilder &stages, Operation *op, const Planar &planar,
                                       bool adjoint) {
  const Windows &y = planar.rows, &x = planar.columns;
  if (y.stride > y.kernel || x.stride > x.kernel)
    return op->emitOpError("expected strides of at most the kernel's sides for algorithm ")
           << kWinograd << ", got [" << y.stride << ", " << x.stride << "] and " << y.kernel
           << " x " << x.kernel;
  const std::optional<Correlation> correlation = correlationOf(planar, adjoint);
  if (!correlation)
    return op->emitOpError("expected a width around the sphere of the stride times that of the "
                           "input for algorithm ")
           << kWinograd << ", got " << x.extent << ", stride " << x.stride << " and " << x.windows;
  const std::optional<int64_t> length = winogradLength(stages.choice(), *correlation);
  if (!length)
    return op->emitOpError("expected `spherical.choice` to have a radix from 4 to 8, above ")
           << correlation->parts() << " and with at most " << kMostPositions
           << " positions on an axis, for algorithm " << kWinograd << ", got ["
           << stages.choice().getRadices() << "]";
  return WinogradTiles{*correlation, *length};
}

LogicalResult emitWinogradConvolution(StageBuilder &stages, Operation *op, const Planar &planar,
                                      bool adjoint, PackingAttr packing, const Epilogue &epilogue) {
  FailureOr<WinogradTiles> tiles = winogradTiles(stages, op, planar, adjoint);
  if (failed(tiles))
    return failure();
  WinogradConvolution w;
  w.name = adjoint ? "conv_transpose2d" : "conv2d";
  w.in = stages.buffer(op->getOperand(0)), w.out = stages.buffer(op->getResult(0));
  w.from = imageOf(w.in), w.to = imageOf(w.out);
  w.epilogue = epilogue;
  w.y = minimalFilter({tiles->correlation.rows, tiles->length});
  w.x = minimalFilter({tiles->correlation.columns, tiles->length});
  FailureOr<TapsInLanes> taps = tapsInLanes(stages, "winograd.taps", op, adjoint, packing);
  if (failed(taps))
    return failure();
  w.depth = taps->depth;
  w.kernel = packing ? taps->taps : kernelPositions(stages, w, taps->taps);
  CorrelationShape shape = shapeOf(tiles->correlation, w.from, w.to);
  shape.depth = w.depth;
  setBlocks(shape, tiles->length);
  w.correlation = shape.correlation;
  if (readsPositions(shape, tiles->length))
    emitByPositions(stages, w);
  else
    forBlocks(w, [&](const Block &b) { emitBlocks(stages, b); });
  return success();
}

} // namespace mlir::nn
