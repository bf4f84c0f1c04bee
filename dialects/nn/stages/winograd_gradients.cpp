//===- winograd_gradients.cpp - gradients of kernels by minimal filters ---===//
//
// The adjoint of Y = A^t ((G g G^t) . (B^t d B)) A in g (winograd_convolutions.cpp):
//   G^t (sum_{tiles, lanes} (A Y' A^t) . (B^t d B)) G  with the gradient Y' of the results,
// where the sum of a position is one product over tiles, of all pairs (o, i) of channels. Positions
// of both images are made channel by channel, a row of tiles a task, for as many tiles as some
// memory holds (gradientPart); the sums of each such part are added to those before.
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

namespace {
/// An image, of which a block is a row of tiles.
struct TiledImage {
  Value image;
  Coefficients y, x;              ///< from values of a tile to positions
  bool results;                   ///< tiles hold results, not what these read
  std::array<int64_t, 2> steps;   ///< from one tile to the next
  std::array<int64_t, 2> extents; ///< values of a block
  Value positions = {};           ///< [i][j][channel][group][row of tiles][column of tiles]W
};

/// The gradient at hand.
struct WinogradGradient {
  Correlation correlation; ///< in rows of tiles
  TiledImage in, grad;
  Image from, to;
  GradientPart most; ///< tiles of a part
  Value sums = {};   ///< [all, those of the part at hand][i][j][vectors of pairs]V

  /// Rows of tiles of a lane group, and tiles of each.
  int64_t down() const { return correlation.rows.units(); }
  int64_t across() const { return correlation.columns.units(); }
  /// Rows of positions, and positions of each.
  int64_t rows() const { return static_cast<int64_t>(in.y.size()); }
  int64_t columns() const { return static_cast<int64_t>(in.x.size()); }
  int64_t pairs() const { return from.channels * to.channels; }
  /// Tiles that the positions have room for.
  int64_t room() const { return most.groups * most.rows * across(); }
};

/// Some lane groups, or rows of tiles of one.
struct Part {
  int64_t group, row; ///< the first
  GradientPart size;
};
} // namespace

/// Positions of a row of tiles of one channel, from values [1][rows][columns]W of them.
static void emitTileRow(StageBuilder &stages, const TiledImage &t, Value values, Value half,
                        Value positions) {
  ArrayRef<int64_t> shape = cast<MemRefType>(positions.getType()).getShape();
  const int64_t across = shape[2], lanes = shape[3];
  AffineExpr x, v;
  bindDims(stages.getContext(), x, v);
  combineAlong(stages, t.y, stages.select(values, 0, stages.getIndexAttr(0)), half);
  forEach(stages, static_cast<int64_t>(t.y.size()), [&](Value i) {
    combine(
        stages, t.x, {across, lanes}, stages.slice(half, i),
        [&](int64_t c) {
          return SmallVector<AffineExpr>{x * t.steps[1] + c, v};
        },
        stages.slice(positions, i),
        [&](int64_t j) {
          return SmallVector<AffineExpr>{stages.getAffineConstantExpr(j), x, v};
        });
  });
}

/// The positions of all tiles of a part.
static void emitPositions(StageBuilder &stages, const WinogradGradient &g, const TiledImage &t,
                          const Part &part) {
  const Image image = imageOf(t.image);
  auto type = [&](ArrayRef<int64_t> shape) { return MemRefType::get(shape, image.element); };
  const std::array<Type, 2> scratch = {type({1, t.extents[0], t.extents[1], image.lanes}),
                                       type({g.rows(), t.extents[1], image.lanes})};
  auto runs = [&](const TileAxis &axis, int64_t first, int64_t count) {
    return t.results ? resultRuns(axis, first, count) : inputRuns(axis, first, count);
  };
  for (const TileRun &rows : runs(g.correlation.rows, part.row, part.size.rows))
    for (const TileRun &columns : runs(g.correlation.columns, 0, 1))
      stages.uncountedSweep(
          "conv2d_grad_weight.positions",
          {rows.count, columns.count, part.size.groups, image.channels},
          [&](ValueRange at, ValueRange memory) {
            Value group = linear(stages, at[2], 1, part.group);
            copyTile(stages, stages.slice(t.image, {group, at[3]}), memory[0], {&rows, &columns},
                     t.steps, at, /*turned=*/false);
            // [i][j][column of tiles]W
            Value own = stages.select(stages.select(t.positions, 2, at[3]), 2, at[2]);
            own = stages.select(own, 2, linear(stages, at[0], 1, rows.first - part.row));
            emitTileRow(stages, t, memory[0], memory[1], own);
          },
          scratch);
}

/// Sums over the tiles of a part for all positions. Those of several groups lie side by side, as
/// they have all rows.
static void emitProducts(StageBuilder &stages, const WinogradGradient &g, const Part &part,
                         Value target) {
  const int64_t in = g.from.channels, out = g.to.channels;
  auto type = cast<MemRefType>(g.sums.getType());
  const int64_t rest = type.getDimSize(3) * type.getDimSize(4) - g.pairs();
  Value problems = equalProblems(stages,
                                 {{"R0", out},
                                  {"K0", part.size.groups * part.size.rows * g.across()},
                                  {"N", in},
                                  {"aR0", g.room()},
                                  {"aK0", 1},
                                  {"bV", g.room()},
                                  {"bK0", 1},
                                  {"cR0", in},
                                  {"cV", 1}},
                                 1);
  auto op = stages.sweep(
      "conv2d_grad_weight", {g.rows(), g.columns()}, {}, [&](ValueRange at, ValueRange) {
        Value sums = stages.slice(target, at);
        contract(stages, stage::ContractKind::Reduce, stages.slice(g.grad.positions, at),
                 stages.slice(g.in.positions, at), problems, sums, g.to.lanes);
        if (rest > 0)
          fillZeros(stages, sums, {rest}, stages.getAffineDimExpr(0) + g.pairs());
      });
  stages.countShare(op, part.size.groups * part.size.rows, g.to.groups * g.down());
}

/// The sums of a part, and if it is not the first those before.
static void emitPart(StageBuilder &stages, const WinogradGradient &g, const Part &part) {
  emitPositions(stages, g, g.in, part);
  emitPositions(stages, g, g.grad, part);
  Value all = stages.select(g.sums, 0, stages.getIndexAttr(0));
  if (part.group == 0 && part.row == 0)
    return emitProducts(stages, g, part, all);
  Value own = stages.select(g.sums, 0, stages.getIndexAttr(1));
  emitProducts(stages, g, part, own);
  stages.uncountedSweep(
      "conv2d_grad_weight.total", {g.rows(), g.columns()}, [&](ValueRange at, ValueRange) {
        copyBlock(stages, stages.slice(own, at), stages.slice(all, at), /*add=*/true);
      });
}

/// All parts, one after the other.
static void emitSums(StageBuilder &stages, WinogradGradient &g) {
  for (TiledImage *side : {&g.in, &g.grad}) {
    const Image image = imageOf(side->image);
    side->positions = stages.temporary("positions",
                                       {g.rows(), g.columns(), image.channels, g.most.groups,
                                        g.most.rows, g.across(), image.lanes},
                                       image.element);
  }
  const int64_t lanes = stages.vectorLanes(), down = g.down();
  const bool whole = g.most.groups == g.to.groups && g.most.rows == down;
  const auto vectors = static_cast<int64_t>(llvm::divideCeil(g.pairs(), lanes));
  g.sums = stages.temporary("sums", {whole ? 1 : 2, g.rows(), g.columns(), vectors, lanes},
                            g.to.element);
  for (int64_t group = 0; group < g.to.groups; group += g.most.groups)
    for (int64_t row = 0; row < down; row += g.most.rows)
      emitPart(stages, g,
               {group, row,
                {std::min(g.most.groups, g.to.groups - group), std::min(g.most.rows, down - row)}});
}

/// The gradient [o][i][row][column] from the sums of pairs, by the transposed maps of the kernel.
static void emitTaps(StageBuilder &stages, const WinogradGradient &g, const Coefficients &y,
                     const Coefficients &x, Value result) {
  ArrayRef<int64_t> shape = cast<MemRefType>(result.getType()).getShape();
  Value sums = stages.select(g.sums, 0, stages.getIndexAttr(0));
  ArrayRef<int64_t> all = cast<MemRefType>(sums.getType()).getShape();
  Value taps = stages.temporary("taps", {shape[2], shape[3], all[2], all[3]}, g.to.element);
  mapBothAxes(stages, "conv2d_grad_weight.taps", sums, taps, transposed(y), transposed(x));
  AffineExpr o, i, q;
  bindDims(stages.getContext(), o, i, q);
  stages.uncountedSweep(
      "conv2d_grad_weight.weights", {shape[2]}, [&](ValueRange at, ValueRange) {
        stages.map({shape[0], shape[1], shape[3]}, stages.slice(taps, at[0]),
                   stages.select(result, 2, at[0]),
                   {AffineMap::get(3, 0, q * (all[2] * all[3]) + o * shape[1] + i),
                    stages.getMultiDimIdentityMap(3)},
                   firstValue);
      });
}

LogicalResult emitWinogradGradient(StageBuilder &stages, Conv2dGradWeightOp op) {
  if (hasChannelLanes(op.getGrad().getType()))
    return op->emitOpError("expected samples in the lanes for algorithm ") << kWinograd;
  FailureOr<WinogradTiles> tiles = winogradTiles(stages, op, planarOf(op), /*adjoint=*/false);
  if (failed(tiles))
    return failure();
  const MinimalFilter y = minimalFilter({tiles->correlation.rows, tiles->length});
  const MinimalFilter x = minimalFilter({tiles->correlation.columns, tiles->length});
  Value in = stages.buffer(op.getInput()), grad = stages.buffer(op.getGrad());
  const Image from = imageOf(in), to = imageOf(grad);
  CorrelationShape shape = shapeOf(tiles->correlation, from, to);
  setTileRows(shape, tiles->length);
  const TileAxis &rows = shape.correlation.rows, &columns = shape.correlation.columns;
  WinogradGradient g = {
      .correlation = shape.correlation,
      .in = {in, y.input, x.input, /*results=*/false,
             {rows.inputOf(rows.unit), columns.inputOf(columns.unit)},
             {rows.length, columns.length}},
      .grad = {grad, transposed(y.result), transposed(x.result), /*results=*/true,
               {rows.unit, columns.unit},
               {rows.unit, columns.units() * columns.unit}},
      .from = from,
      .to = to,
      .most = gradientPart(shape, tiles->length)};
  emitSums(stages, g);
  emitTaps(stages, g, y.kernel, x.kernel, stages.buffer(op.getResult()));
  return success();
}

} // namespace mlir::nn
