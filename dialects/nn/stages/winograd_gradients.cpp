//===- winograd_gradients.cpp - gradients of kernels by minimal filters ---===//
//
// The adjoint of Y = A^t ((G g G^t) . (B^t d B)) A in g (winograd_convolutions.cpp):
//   G^t (sum_{tiles, lanes} (A Y' A^t) . (B^t d B)) G  with the gradient Y' of the results,
// where the sum of a position is one product over tiles, of all pairs (o, i) of channels. Positions
// of both images are made channel by channel, a row of tiles a task, for as many lane groups as
// some memory holds; the sums of each such part are added up.
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
  Coefficients y, x; ///< from values of a tile to positions
  SmallVector<TileRun> rowRuns, columnRuns;
  std::array<int64_t, 2> steps;   ///< from one tile to the next
  std::array<int64_t, 2> extents; ///< values of a block
  Value positions = {};           ///< [i][j][channel][group][row of tiles][column of tiles]W
};

/// The gradient at hand.
struct WinogradGradient {
  TiledImage in, grad;
  Image from, to;
  int64_t down, across;         ///< tiles of a lane group
  int64_t groups;               ///< of a part
  Value sums = {};              ///< [part][i][j][vectors of pairs]V

  int64_t rows() const { return static_cast<int64_t>(in.y.size()); }
  int64_t columns() const { return static_cast<int64_t>(in.x.size()); }
  int64_t pairs() const { return from.channels * to.channels; }
};
} // namespace

/// Positions of a row of tiles of one channel, from values [1][rows][columns]W of them.
static void emitTileRow(StageBuilder &stages, const TiledImage &t, Value values, Value half,
                        Value positions) {
  ArrayRef<int64_t> shape = cast<MemRefType>(positions.getType()).getShape();
  const int64_t across = shape[2], lanes = shape[3], width = t.extents[1];
  AffineExpr x, v, zero = stages.getAffineConstantExpr(0);
  bindDims(stages.getContext(), x, v);
  combine(
      stages, t.y, {width, lanes}, values,
      [&](int64_t r) {
        return SmallVector<AffineExpr>{zero, stages.getAffineConstantExpr(r), x, v};
      },
      half,
      [&](int64_t i) {
        return SmallVector<AffineExpr>{stages.getAffineConstantExpr(i), x, v};
      });
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

/// The positions of all tiles of the lane groups of a part, from group `first` on.
static void emitPositions(StageBuilder &stages, const WinogradGradient &g, const TiledImage &t,
                          int64_t first, int64_t groups) {
  const Image image = imageOf(t.image);
  auto type = [&](ArrayRef<int64_t> shape) { return MemRefType::get(shape, image.element); };
  const std::array<Type, 2> scratch = {
      type({1, t.extents[0], t.extents[1], image.lanes}),
      type({g.rows(), t.extents[1], image.lanes})};
  for (const TileRun &rows : t.rowRuns)
    for (const TileRun &columns : t.columnRuns)
      stages.uncountedSweep(
          "conv2d_grad_weight.positions", {rows.count, columns.count, groups, image.channels},
          [&](ValueRange at, ValueRange memory) {
            Value group = linear(stages, at[2], 1, first);
            copyTile(stages, stages.slice(t.image, {group, at[3]}), memory[0], {&rows, &columns},
                     t.steps, at, /*turned=*/false);
            // [i][j][column of tiles]W
            Value own = stages.select(stages.select(t.positions, 2, at[3]), 2, at[2]);
            own = stages.select(own, 2, linear(stages, at[0], 1, rows.first));
            emitTileRow(stages, t, memory[0], memory[1], own);
          },
          scratch);
}

/// Sums over the tiles of a part for all positions.
static void emitProducts(StageBuilder &stages, const WinogradGradient &g, int64_t part,
                         int64_t groups) {
  const int64_t in = g.from.channels, out = g.to.channels, tiles = g.down * g.across;
  auto type = cast<MemRefType>(g.sums.getType());
  const int64_t rest = type.getDimSize(3) * type.getDimSize(4) - g.pairs();
  Value problems = equalProblems(stages,
                                 {{"R0", out},
                                  {"K0", groups * tiles},
                                  {"N", in},
                                  {"aR0", g.groups * tiles},
                                  {"aK0", 1},
                                  {"bV", g.groups * tiles},
                                  {"bK0", 1},
                                  {"cR0", in},
                                  {"cV", 1}},
                                 1);
  Value target = stages.select(g.sums, 0, stages.getIndexAttr(part));
  auto op = stages.sweep(
      "conv2d_grad_weight", {g.rows(), g.columns()}, {}, [&](ValueRange at, ValueRange) {
        Value sums = stages.slice(target, at);
        contract(stages, stage::ContractKind::Reduce, stages.slice(g.grad.positions, at),
                 stages.slice(g.in.positions, at), problems, sums, g.to.lanes);
        if (rest > 0)
          fillZeros(stages, sums, g.pairs(), rest);
      });
  stages.countShare(op, groups, g.to.groups);
}

/// Adds all parts to the first.
static void addParts(StageBuilder &stages, const WinogradGradient &g) {
  const int64_t parts = cast<MemRefType>(g.sums.getType()).getDimSize(0);
  for (int64_t part = 1; part < parts; ++part)
    stages.uncountedSweep(
        "conv2d_grad_weight.total", {g.rows(), g.columns()}, [&](ValueRange at, ValueRange) {
          auto own = [&](int64_t number) {
            return stages.slice(stages.select(g.sums, 0, stages.getIndexAttr(number)), at);
          };
          copyBlock(stages, own(part), own(0), /*add=*/true);
        });
}

/// The gradient [o][i][row][column] from the sums of pairs, by the transposed maps of the kernel.
static void emitTaps(StageBuilder &stages, const WinogradGradient &g, const Coefficients &y,
                     const Coefficients &x, Value result) {
  ArrayRef<int64_t> shape = cast<MemRefType>(result.getType()).getShape();
  Value sums = stages.select(g.sums, 0, stages.getIndexAttr(0));
  ArrayRef<int64_t> all = cast<MemRefType>(sums.getType()).getShape();
  Value taps =
      stages.temporary("taps", {shape[2], shape[3], all[2], all[3]}, g.to.element);
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
  const int64_t down = rows.tiles(), across = llvm::divideCeil(columns.out, columns.unit);
  WinogradGradient g = {
      .in = {in, y.input, x.input, inputRuns(rows, 0, down), inputRuns(columns, 0, 1),
             {rows.inputOf(rows.unit), columns.inputOf(columns.unit)},
             {rows.length, columns.length}},
      .grad = {grad, transposed(y.result), transposed(x.result), resultRuns(rows, 0, down),
               resultRuns(columns, 0, 1), {rows.unit, columns.unit},
               {rows.unit, across * columns.unit}},
      .from = from,
      .to = to,
      .down = down,
      .across = across,
      .groups = gradientGroups(shape, tiles->length)};
  for (TiledImage *side : {&g.in, &g.grad}) {
    const Image image = imageOf(side->image);
    side->positions = stages.temporary(
        "positions", {g.rows(), g.columns(), image.channels, g.groups, down, across, image.lanes},
        image.element);
  }
  const int64_t lanes = stages.vectorLanes(), vectors = llvm::divideCeil(g.pairs(), lanes);
  g.sums = stages.temporary("sums", {int64_t(llvm::divideCeil(to.groups, g.groups)), g.rows(), g.columns(),
                                     vectors, lanes},
                            to.element);
  for (int64_t first = 0; first < to.groups; first += g.groups) {
    const int64_t groups = std::min(g.groups, to.groups - first);
    emitPositions(stages, g, g.in, first, groups);
    emitPositions(stages, g, g.grad, first, groups);
    emitProducts(stages, g, first / g.groups, groups);
  }
  addParts(stages, g);
  emitTaps(stages, g, y.kernel, x.kernel, stages.buffer(op.getResult()));
  return success();
}

} // namespace mlir::nn
