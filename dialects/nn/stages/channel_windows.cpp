//===- channel_windows.cpp - convolutions with channels in the lanes ------===//
//
// Images are [samples][lane groups of channels][rows][columns]W. An output channel has a lane:
//   C(p, o) = sum_{(r, i), q} x((r, i), p s + q) w((r, i), q)(o)
// is a product whose scalar factor is the image, position by position, and whose vectors are the
// weights. The depth runs over all lanes of the input: where there is no channel, weights are
// zeros. Few channels are copied side by side first. A task has a few rows of all channels, or, of
// weights that do not fit in its cache, more rows of a few lane groups. It copies the rows that its
// windows cover; those of several tasks are copied once before all of them.
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
  const bool direct = p.isDirect(), whole = direct || p.byRows;
  const int64_t zeros = p.zeroRows * from.channels;
  const int64_t step = (direct && p.kernelRows == 1 ? from.rows : 1) * from.columns;
  const int64_t row = p.rowStride * (direct ? 1 : from.channels) * from.columns;
  const int64_t used = p.kernelColumns - columns.zeros;
  const int64_t across = llvm::divideCeil(to.columns - columns.first, columns.step);
  const int64_t start = (whole ? rows.first * row : 0) + zeros * step + columns.zeros;
  return equalProblems(
      stages,
      {{"R1", rows.size},
       {"R0", across},
       {"aOff", start * p.depth},
       {"aR1", row * p.depth},
       {"aR0", p.columnStride * p.depth},
       {"aStep", whole ? rows.size * row * p.depth : 0},
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

void copyRows(StageBuilder &stages, Value image, Value first, Value rows) {
  ArrayRef<int64_t> shape = cast<MemRefType>(rows.getType()).getShape();
  const bool all = shape[3] == cast<MemRefType>(image.getType()).getShape().back();
  stages.map(shape, stages.range(image, 1, first, shape[0]), rows,
             {stages.dims(4, {1, 0, 2, 3}), stages.getMultiDimIdentityMap(4)}, firstValue,
             std::nullopt, all ? std::optional<int64_t>(shape[3]) : std::nullopt);
}

namespace {
/// Where a task is: its sample, block of rows and block of lane groups.
struct BlockTask {
  Value sample, rows, groups;
};
} // namespace

/// Bias and epilogue of a block of rows of lane groups `group` and on.
static void finishBlock(StageBuilder &stages, const WindowProducts &p, const Blocks &rows,
                        int64_t groups, const BlockTask &at, Value group) {
  const Image to = imageOf(p.out);
  AffineExpr o, y, x, w;
  bindDims(stages.getContext(), o, y, x, w);
  Value row = linear(stages, at.rows, rows.size * p.rowStep, rows.first * p.rowStep + p.firstRow);
  p.epilogue.ofChannels(stages, group, groups)
      .emit(stages, p.out, {groups, rows.size, to.columns, to.lanes},
            AffineMap::get(4, 0, {o, y * p.rowStep, x, w}, stages.getContext()), [&](Value image) {
              Value own = stages.range(stages.slice(image, at.sample), 0, group, groups);
              return stages.range(own, 1, row, (rows.size - 1) * p.rowStep + 1);
            });
}

/// The rows that a task reads, copied to its scratch memory if they are not of all tasks.
static Value sourceRows(StageBuilder &stages, const WindowProducts &p, const Blocks &rows,
                        const BlockTask &at, ValueRange memory) {
  Value source = stages.slice(p.byRows ? p.byRows : p.in, at.sample);
  if (memory.empty())
    return source;
  const int64_t step = rows.size * p.rowStride;
  copyRows(stages, source, linear(stages, at.rows, step, rows.first * p.rowStride), memory[0]);
  return memory[0];
}

static void emitBlocks(StageBuilder &stages, const WindowProducts &p, const Blocks &rows,
                       const Blocks &groups) {
  const Image from = imageOf(p.in), to = imageOf(p.out);
  const int64_t covered = (rows.size - 1) * p.rowStride + p.kernelRows;
  SmallVector<Value> problems;
  for (const WindowColumns &columns : p.columns)
    problems.push_back(positionProblems(stages, p, columns, rows, groups.size));
  SmallVector<Type> scratch;
  if (!p.isDirect() && !p.byRows)
    scratch.push_back(
        MemRefType::get({covered, from.channels, from.columns, p.depth}, from.element));
  // Tasks of the same weights follow each other.
  const bool weightsFirst = groups.count > 1;
  SmallVector<int64_t> space = {to.groups, rows.count, groups.count};
  if (weightsFirst)
    std::swap(space[1], space[2]);
  auto op = stages.sweep(p.name, space, scratch, [&](ValueRange point, ValueRange memory) {
    BlockTask at = {point[0], point[1], point[2]};
    if (weightsFirst)
      std::swap(at.rows, at.groups);
    Value source = sourceRows(stages, p, rows, at, memory);
    Value group = linear(stages, at.groups, groups.size, groups.first);
    Value result = stages.range(stages.slice(p.out, at.sample), 0, group, groups.size);
    for (auto [columns, list] : llvm::zip_equal(p.columns, problems))
      contract(stages, stage::ContractKind::Scalar, source,
               stages.range(columns.weight, 0, group, groups.size),
               problemAt(stages, list, at.rows), result, to.lanes);
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

/// What a task keeps in its cache of the second level.
static constexpr int64_t kTaskCache = 768 << 10;
/// Tasks of a few lane groups each, if there are so many rows of these.
static constexpr int64_t kTasks = 20;

/// Lane groups of a task: all if their weights, all of which a task reads, fit in its cache.
static int64_t groupsOfTask(StageBuilder &stages, const WindowProducts &p) {
  const ChoiceAttr choice = stages.choice();
  const int64_t width = choice && !choice.getTile().empty() ? choice.getTile()[1] : 4;
  const int64_t mostGroups = width > 2 ? width : 4; // columns of a tile, or of two
  const Image from = imageOf(p.in), to = imageOf(p.out);
  const int64_t weights = to.channels * p.kernelRows * from.channels * p.kernelColumns * p.depth;
  if (weights * to.lanes * from.element.getIntOrFloatBitWidth() / 8 <= kTaskCache)
    return to.channels;
  return evenBlock(to.channels,
                   std::clamp<int64_t>(to.channels * p.rows / kTasks, 2, mostGroups));
}

Value sharedRows(StageBuilder &stages, const WindowProducts &p) {
  const Image from = imageOf(p.in), to = imageOf(p.out);
  if (p.depth == 0 || p.isDirect() || groupsOfTask(stages, p) == to.channels)
    return {};
  Value rows = stages.temporary(
      "rows", {from.groups, from.rows, from.channels, from.columns, p.depth}, from.element);
  stages.uncountedSweep((p.name + ".rows").str(), {from.groups, from.rows},
                        [&](ValueRange at, ValueRange) {
                          copyRows(stages, stages.slice(p.in, at[0]), at[1],
                                   stages.range(stages.slice(rows, at[0]), 0, at[1], 1));
                        });
  return rows;
}

void emitChannelWindows(StageBuilder &stages, const WindowProducts &p) {
  const Image from = imageOf(p.in), to = imageOf(p.out);
  const int64_t bytes = from.element.getIntOrFloatBitWidth() / 8;
  const int64_t groups = groupsOfTask(stages, p), tasks = groups == to.channels ? 16 : kTasks;
  const int64_t blocks = llvm::divideCeil(to.channels, groups);
  const int64_t covered = kTaskCache / (from.channels * from.columns * p.depth * bytes);
  const int64_t inCache = (covered - p.kernelRows) / p.rowStride + 1;
  const int64_t shared = llvm::divideCeil(p.rows * from.groups * blocks, tasks);
  const int64_t size = std::max<int64_t>(1, std::min({inCache, shared, p.rows}));
  for (const Blocks &rows : blocksOf(p.rows, evenBlock(p.rows, size)))
    for (const Blocks &outputs : blocksOf(to.channels, groups))
      emitBlocks(stages, p, rows, outputs);
}

} // namespace mlir::nn
