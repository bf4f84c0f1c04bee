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

#include "dialects/nn/stages/fourier_tiles.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

namespace {
/// Values of a kernel's axis at their places in packed weights: first, first + step, ... of it are
/// `skipped`, skipped + 1, ... there, so many.
struct TapAxis {
  int64_t first, step, skipped, count;
};

/// Weights on their way to the lanes, from [out][in][rows][columns], or with `inFirst` [in][out]
/// [rows][columns], to [lane group of out][row][lane group of in][column][in]W, or with
/// `columnsFirst` [row][column][lane group of in][in][lane group of out]W. Skipped rows and columns
/// are left as they are; all are zeros if there is no other.
struct Packing {
  Value weight, packed;
  TapAxis rows, columns;
  bool inFirst, columnsFirst;

  ArrayRef<int64_t> shape() const { return cast<MemRefType>(weight.getType()).getShape(); }
  ArrayRef<int64_t> places() const { return cast<MemRefType>(packed.getType()).getShape(); }
  int64_t in() const { return shape()[inFirst ? 0 : 1]; }
  int64_t out() const { return shape()[inFirst ? 1 : 0]; }
  int64_t lanes() const { return places()[5]; }
  int64_t depth() const { return places()[columnsFirst ? 3 : 4]; }
  /// The axis of lane groups of output channels.
  int64_t outAxis() const { return columnsFirst ? 4 : 0; }
};
} // namespace

/// Zeros of one lane group of output channels, where there is no channel: [row][lane group of in,
/// or column][column, or lane group of in][in]W.
static void fillLanes(StageBuilder &stages, const Packing &p, Value target, int64_t channels) {
  const Type element = cast<MemRefType>(target.getType()).getElementType();
  auto zero = [&](OpBuilder &b, Location l, ValueRange) {
    return SmallVector<Value>{ScalarBuilder(b, l).constant(element, 0.0)};
  };
  const int64_t groups = llvm::divideCeil(p.in(), p.lanes());
  const int64_t rows = p.rows.count, columns = p.columns.count, depth = p.depth();
  AffineExpr r, i, q, c, w;
  bindDims(stages.getContext(), r, i, q, c, w);
  auto fill = [&](int64_t firstGroup, int64_t firstChannel, int64_t firstLane) {
    SmallVector<AffineExpr> to = {r + p.rows.skipped, i + firstGroup, q + p.columns.skipped,
                                  c + firstChannel, w + firstLane};
    if (p.columnsFirst)
      std::swap(to[1], to[2]);
    stages.map({rows, groups - firstGroup, columns, depth - firstChannel, p.lanes() - firstLane},
               {}, target, AffineMap::get(5, 0, to, stages.getContext()), zero);
  };
  if (channels < p.lanes())
    fill(0, 0, channels);
  if (p.in() < groups * depth)
    fill(groups - 1, p.in() - (groups - 1) * depth, 0);
}

/// The output channels of lane group number `at` of a piece.
static void packGroup(StageBuilder &stages, const Packing &p, const LanePiece &out, Value at) {
  const int64_t lanes = p.lanes();
  Value group = linear(stages, at, 1, out.first);
  Value target = stages.select(p.packed, p.outAxis(), group);
  if (p.rows.count == 0 || p.columns.count == 0) {
    const Type element = cast<MemRefType>(target.getType()).getElementType();
    stage::FillOp::create(stages, target, stages.getFloatAttr(element, 0.0));
    return;
  }
  Value source =
      stages.range(p.weight, p.inFirst ? 1 : 0, linear(stages, group, lanes, 0), out.lanes);
  AffineExpr i, c, r, q, o; // in the order of the weights, which stay in the first cache
  bindDims(stages.getContext(), i, c, r, q, o);
  for (const LanePiece &in : lanePieces(p.in(), lanes)) {
    AffineExpr channel = (i + in.first) * lanes + c;
    AffineExpr row = r * p.rows.step + p.rows.first, column = q * p.columns.step + p.columns.first;
    SmallVector<AffineExpr> from = {o, channel, row, column};
    if (p.inFirst)
      std::swap(from[0], from[1]);
    SmallVector<AffineExpr> to = {r + p.rows.skipped, i + in.first, q + p.columns.skipped, c, o};
    if (p.columnsFirst)
      std::swap(to[1], to[2]);
    stages.map({in.groups, in.lanes, p.rows.count, p.columns.count, out.lanes}, source, target,
               {AffineMap::get(5, 0, from, stages.getContext()),
                AffineMap::get(5, 0, to, stages.getContext())},
               firstValue);
  }
  fillLanes(stages, p, target, out.lanes);
}

/// Packs the same weights several times: a task has a lane group of output channels, whose weights
/// are read from memory once.
static void packAll(StageBuilder &stages, StringRef name, ArrayRef<Packing> packings) {
  const Packing &first = packings.front();
  for (const LanePiece &piece : lanePieces(first.out(), first.lanes()))
    stages.uncountedSweep(name, {piece.groups}, [&](ValueRange at, ValueRange) {
      for (const Packing &packing : packings)
        packGroup(stages, packing, piece, at[0]);
    });
}

Value packByColumns(StageBuilder &stages, StringRef name, Value weight, const Image &from,
                    const Image &to, int64_t depth, bool inFirst) {
  ArrayRef<int64_t> shape = cast<MemRefType>(weight.getType()).getShape();
  const int64_t rows = shape[2], columns = shape[3];
  Value packed = stages.temporary(
      "taps", {rows, columns, from.channels, depth, to.channels, to.lanes}, to.element);
  packAll(stages, name,
          Packing{weight, packed, {0, 1, 0, rows}, {0, 1, 0, columns}, inFirst, true});
  return packed;
}

/// Memory for packed weights of so many rows and columns.
static Value packedWeights(StageBuilder &stages, const Image &from, const Image &to, int64_t rows,
                           int64_t columns, int64_t depth) {
  return stages.temporary("weights", {to.channels, rows, from.channels, columns, depth, to.lanes},
                          to.element);
}

Value packWeights(StageBuilder &stages, const WindowProducts &p, Value weight) {
  Value packed =
      packedWeights(stages, imageOf(p.in), imageOf(p.out), p.kernelRows, p.kernelColumns, p.depth);
  packAll(
      stages, (p.name + ".weights").str(),
      Packing{weight, packed, {0, 1, 0, p.kernelRows}, {0, 1, 0, p.kernelColumns}, false, false});
  return packed;
}

/// Values phase, phase + stride, ... of a kernel, in descending order behind zeros.
static TapAxis phaseTaps(const Windows &windows, int64_t phase) {
  const int64_t count = windows.partsOf(phase);
  return {phase + (count - 1) * windows.stride, -windows.stride, windows.parts() - count, count};
}

SmallVector<Value> packPhases(StageBuilder &stages, StringRef name, const Planar &planar,
                              Value weight, const Image &from, const Image &to, int64_t depth) {
  const Windows &y = planar.rows, &x = planar.columns;
  SmallVector<Packing> packings;
  for (int64_t py = 0; py < y.stride; ++py)
    for (int64_t px = 0; px < x.stride; ++px) {
      Value packed = packedWeights(stages, from, to, y.parts(), x.parts(), depth);
      packings.push_back({weight, packed, phaseTaps(y, py), phaseTaps(x, px), true, false});
    }
  packAll(stages, name, packings);
  return llvm::map_to_vector(packings, [](const Packing &packing) { return packing.packed; });
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

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
