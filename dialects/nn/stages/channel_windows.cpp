//===- channel_windows.cpp - convolutions with channels in the lanes ------===//
//
// Images are [samples][lane groups of channels][rows][columns]W. An output channel has a lane:
//   C(p, o) = sum_{(r, i), q} x((r, i), p s + q) w((r, i), q)(o)
// is a product whose scalar factor is the image, position by position, and whose vectors are the
// weights. The depth runs over all lanes of the input: where there is no channel, weights are
// zeros. Few channels are copied side by side first. A task has a few rows of all channels, or, of
// weights that do not fit in its cache, more rows of a few lane groups.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/window_products.h"

#include "dialects/nn/stages/tiles.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

namespace {
/// Blocks of `size` positions each from `first` on.
struct Blocks {
  int64_t first, count, size;
};
} // namespace

/// The product of each block of rows: rows the positions, columns so many lane groups of outputs.
static Value positionProblems(StageBuilder &stages, const WindowProducts &p,
                              const WindowColumns &columns, const Blocks &rows, int64_t groups) {
  const Image from = imageOf(p.in), to = imageOf(p.out);
  const bool direct = p.isDirect();
  const int64_t zeros = p.zeroRows * from.channels;
  const int64_t step = (direct && p.kernelRows == 1 ? from.rows : 1) * from.columns;
  const int64_t row = p.rowStride * (direct ? 1 : from.channels) * from.columns;
  const int64_t used = p.kernelColumns - columns.zeros;
  const int64_t across = llvm::divideCeil(to.columns - columns.first, columns.step);
  const int64_t start = (direct ? rows.first * row : 0) + zeros * step + columns.zeros;
  return equalProblems(
      stages,
      {{"R1", rows.size},
       {"R0", across},
       {"aOff", start * p.depth},
       {"aR1", row * p.depth},
       {"aR0", p.columnStride * p.depth},
       {"aStep", direct ? rows.size * row * p.depth : 0},
       {"K1", (p.kernelRows - p.zeroRows) * from.channels},
       {"K0", used * p.depth},
       {"aK1", step * p.depth},
       {"aK0", 1},
       {"bOff", (zeros * p.kernelColumns + columns.zeros) * p.depth},
       {"bK1", p.kernelColumns * p.depth},
       {"bK0", 1},
       {"bV", p.kernelRows * from.channels * p.kernelColumns * p.depth},
       {"N", groups},
       {"cOff", (p.firstRow + rows.first * p.rowStep) * to.columns + columns.first},
       {"cR1", p.rowStep * to.columns},
       {"cR0", columns.step},
       {"cV", to.rows * to.columns},
       {"cStep", rows.size * p.rowStep * to.columns}},
      rows.count);
}

/// The rows of the windows of a block of a sample, [row][lane group][column][channel].
static Value copyRows(StageBuilder &stages, const WindowProducts &p, Value image, Value first,
                      Value rows) {
  ArrayRef<int64_t> shape = cast<MemRefType>(rows.getType()).getShape();
  const bool all = shape[3] == imageOf(p.in).lanes;
  stages.map(shape, stages.range(image, 1, first, shape[0]), rows,
             {stages.dims(4, {1, 0, 2, 3}), stages.getMultiDimIdentityMap(4)}, firstValue,
             std::nullopt, all ? std::optional<int64_t>(shape[3]) : std::nullopt);
  return rows;
}

/// Bias and epilogue of a block of rows of lane groups `group` and on.
static void finishBlock(StageBuilder &stages, const WindowProducts &p, const Blocks &rows,
                        int64_t groups, ValueRange at, Value group) {
  const Image to = imageOf(p.out);
  AffineExpr o, y, x, w;
  bindDims(stages.getContext(), o, y, x, w);
  Value row = linear(stages, at[1], rows.size * p.rowStep, rows.first * p.rowStep + p.firstRow);
  p.epilogue.ofChannels(stages, group, groups)
      .emit(stages, p.out, {groups, rows.size, to.columns, to.lanes},
            AffineMap::get(4, 0, {o, y * p.rowStep, x, w}, stages.getContext()), [&](Value image) {
              Value own = stages.range(stages.slice(image, at[0]), 0, group, groups);
              return stages.range(own, 1, row, (rows.size - 1) * p.rowStep + 1);
            });
}

static void emitBlocks(StageBuilder &stages, const WindowProducts &p, const Blocks &rows,
                       const Blocks &groups) {
  const Image from = imageOf(p.in), to = imageOf(p.out);
  const int64_t covered = (rows.size - 1) * p.rowStride + p.kernelRows;
  SmallVector<Value> problems;
  for (const WindowColumns &columns : p.columns)
    problems.push_back(positionProblems(stages, p, columns, rows, groups.size));
  SmallVector<Type> scratch;
  if (!p.isDirect())
    scratch.push_back(
        MemRefType::get({covered, from.channels, from.columns, p.depth}, from.element));
  auto op = stages.sweep(p.name, {to.groups, rows.count, groups.count}, scratch,
                         [&](ValueRange at, ValueRange memory) {
                           Value source = stages.slice(p.in, at[0]);
                           if (!p.isDirect()) {
                             const int64_t step = rows.size * p.rowStride;
                             Value first = linear(stages, at[1], step, rows.first * p.rowStride);
                             source = copyRows(stages, p, source, first, memory[0]);
                           }
                           Value group = linear(stages, at[2], groups.size, groups.first);
                           Value result =
                               stages.range(stages.slice(p.out, at[0]), 0, group, groups.size);
                           for (auto [columns, list] : llvm::zip_equal(p.columns, problems))
                             contract(stages, stage::ContractKind::Scalar, source,
                                      stages.range(columns.weight, 0, group, groups.size),
                                      problemAt(stages, list, at[1]), result, to.lanes);
                           finishBlock(stages, p, rows, groups.size, at, group);
                         });
  stages.countShare(
      op, rows.count * rows.size * (p.kernelRows - p.zeroRows) * groups.count * groups.size,
      p.work * to.channels);
}

/// Whole blocks of `size` positions of `all`, and the rest.
static SmallVector<Blocks> blocksOf(int64_t all, int64_t size) {
  SmallVector<Blocks> blocks = {{0, all / size, size}};
  if (all % size)
    blocks.push_back({all / size * size, 1, all % size});
  return blocks;
}

void emitChannelWindows(StageBuilder &stages, const WindowProducts &p) {
  constexpr int64_t cache = 768 << 10;
  const ChoiceAttr choice = stages.choice();
  const int64_t width = choice && !choice.getTile().empty() ? choice.getTile()[1] : 4;
  const int64_t mostGroups = width > 2 ? width : 4; // columns of a tile, or of two
  const Image from = imageOf(p.in), to = imageOf(p.out);
  const int64_t bytes = from.element.getIntOrFloatBitWidth() / 8;
  const int64_t weights = to.channels * p.kernelRows * from.channels * p.kernelColumns * p.depth;
  // Each block of rows reads all weights of its lane groups.
  const bool fits = weights * to.lanes * bytes <= cache;
  const int64_t tasks = fits ? 16 : 6;
  const int64_t few = std::min<int64_t>(mostGroups, llvm::divideCeil(to.channels, tasks + 2));
  const int64_t groups = fits ? to.channels : evenBlock(to.channels, few);
  const int64_t blocks = llvm::divideCeil(to.channels, groups);
  const int64_t covered = cache / (from.channels * from.columns * p.depth * bytes);
  const int64_t inCache = (covered - p.kernelRows) / p.rowStride + 1;
  const int64_t shared = llvm::divideCeil(p.rows * from.groups * blocks, tasks);
  const int64_t size = std::max<int64_t>(1, std::min({inCache, shared, p.rows}));
  for (const Blocks &rows : blocksOf(p.rows, evenBlock(p.rows, size)))
    for (const Blocks &outputs : blocksOf(to.channels, groups))
      emitBlocks(stages, p, rows, outputs);
}

} // namespace mlir::nn
