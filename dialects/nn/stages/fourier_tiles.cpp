//===- fourier_tiles.cpp - tiles of images and their transforms -*- C++ -*-===//
//
// Tiles at edges of an image have positions outside of it, which are zeros, or on its other side.
// Code for a tile knows these positions; tiles that share them are one run.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/fourier_tiles.h"

#include "dialects/spherical/stages/scalars.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

/// The pieces of a tile that starts at `start` of an input of `extent` values.
static SmallVector<TilePiece> piecesOf(const TileAxis &axis, int64_t start) {
  SmallVector<TilePiece> pieces;
  for (int64_t to = 0; to < axis.length;) {
    int64_t from = start + to;
    if (axis.circular)
      from = (from % axis.in + axis.in) % axis.in;
    if (from >= axis.in)
      break;
    const int64_t skipped = std::max<int64_t>(0, -from);
    const int64_t size = std::min(axis.length - to, axis.in - from) - skipped;
    if (size > 0)
      pieces.push_back({to + skipped, from + skipped, size});
    to += skipped + std::max<int64_t>(size, 0);
  }
  return pieces;
}

/// Runs of tiles with pieces of the same sizes at places of equal distances.
static SmallVector<TileRun> runsOf(const TileAxis &axis, int64_t first, int64_t count,
                                   function_ref<SmallVector<TilePiece>(int64_t)> pieces) {
  SmallVector<TileRun> runs;
  for (int64_t tile = first; tile < first + count; ++tile) {
    SmallVector<TilePiece> now = pieces(tile);
    if (!runs.empty()) {
      TileRun &last = runs.back();
      SmallVector<TilePiece> moved = last.pieces;
      for (TilePiece &piece : moved)
        piece.from += last.count * axis.step();
      if (moved == now && last.size == axis.sizeOf(tile)) {
        ++last.count;
        continue;
      }
    }
    runs.push_back({tile, 1, axis.sizeOf(tile), std::move(now)});
  }
  return runs;
}

SmallVector<TileRun> inputRuns(const TileAxis &axis, int64_t first, int64_t count) {
  return runsOf(axis, first, count,
                [&](int64_t tile) { return piecesOf(axis, tile * axis.step() - axis.before); });
}

SmallVector<TileRun> resultRuns(const TileAxis &axis, int64_t first, int64_t count) {
  return runsOf(axis, first, count, [&](int64_t tile) {
    return SmallVector<TilePiece>{{0, tile * axis.step(), axis.sizeOf(tile)}};
  });
}

MemRefType TileTransform::halfType(int64_t channels) const {
  return MemRefType::get({bins(), channels, length, 2, lanes}, element);
}

MemRefType TileTransform::tileType() const {
  return MemRefType::get({1, length, length, lanes}, element);
}

MemRefType TileTransform::spectraType(int64_t channels) const {
  return MemRefType::get({length, channels, 2, lanes}, element);
}

FailureOr<TileTransform> tileTransform(StageBuilder &stages, Operation *op, const Image &image,
                                       std::optional<Correlation> &correlation) {
  if (!correlation)
    return op->emitOpError("expected a stride of 1 for algorithm ") << kFourier;
  ArrayRef<int64_t> radices = stages.choice().getRadices();
  TileTransform t{1, image.lanes, SmallVector<int64_t>(radices), image.element, {}};
  for (int64_t radix : radices)
    t.length *= radix;
  const int64_t kernel = std::max(correlation->rows.kernel, correlation->columns.kernel);
  if (t.length % 2 != 0 || t.length < kernel)
    return op->emitOpError("expected `spherical.choice` to have radices of an even product from ")
           << kernel << " on for algorithm " << kFourier << ", got " << t.length;
  correlation->setLength(t.length);
  t.tables = dftTables(stages, t.length, radices, image.element);
  return t;
}

void transform(StageBuilder &stages, const TileTransform &t, stage::DftKind kind, Value in,
               Value out, int64_t rows) {
  const int64_t limit = stage::isReal(kind) ? t.bins() : t.length;
  stage::DftOp::create(stages, kind, in, out, t.tables.twiddles, t.tables.roots, /*mask=*/Value(),
                       /*positive=*/Value(), t.length, limit, rows, /*orders=*/1, t.radices,
                       t.lanes, /*relu=*/false);
}

/// Whether pieces hold all positions of a side.
static bool isWhole(ArrayRef<TilePiece> pieces, int64_t length) {
  int64_t held = 0;
  for (const TilePiece &piece : pieces)
    held += piece.size;
  return held == length;
}

void copyTile(StageBuilder &stages, Value image, Value tile, std::array<const TileRun *, 2> runs,
              std::array<int64_t, 2> steps, ValueRange at, bool turned) {
  auto type = cast<MemRefType>(tile.getType());
  const int64_t length = type.getDimSize(1), lanes = type.getDimSize(3);
  if (!isWhole(runs[0]->pieces, length) || !isWhole(runs[1]->pieces, length))
    stage::FillOp::create(stages, tile, stages.getFloatAttr(type.getElementType(), 0.0));
  AffineExpr y, x, w, zero = stages.getAffineConstantExpr(0);
  bindDims(stages.getContext(), y, x, w);
  auto place = [&](AffineExpr position, int64_t to) {
    return turned ? (length - 1 - to) - position : position + to;
  };
  for (const TilePiece &rows : runs[0]->pieces)
    for (const TilePiece &columns : runs[1]->pieces) {
      Value part = stages.range(image, 0, linear(stages, at[0], steps[0], rows.from), rows.size);
      part = stages.range(part, 1, linear(stages, at[1], steps[1], columns.from), columns.size);
      stages.map({rows.size, columns.size, lanes}, part, tile,
                 {stages.getMultiDimIdentityMap(3),
                  AffineMap::get(3, 0, {zero, place(y, rows.to), place(x, columns.to), w},
                                 stages.getContext())},
                 firstValue, std::nullopt, lanes);
    }
}

FourierShape shapeOf(const Correlation &c, const Image &from, const Image &to) {
  return {c,
          from.channels,
          to.channels,
          to.groups,
          to.lanes,
          to.element.getIntOrFloatBitWidth() / 8,
          /*epilogueFlop=*/0};
}

SmallVector<TileBlock> tileBlocks(const Correlation &c, int64_t groups, int64_t most,
                                  bool together) {
  SmallVector<TileBlock> blocks;
  const int64_t rows = c.rows.tiles(), size = evenBlock(rows, most);
  const int64_t step = together ? groups : 1;
  for (int64_t group = 0; group < groups; group += step)
    for (int64_t first = 0; first < rows; first += size)
      blocks.push_back({group, first, std::min(size, rows - first), step});
  return blocks;
}

int64_t rowsTogether(const TileTransform &t, const Correlation &c, ArrayRef<Image> images) {
  int64_t values = 0, channels = 0;
  for (const Image &image : images) {
    values += image.channels * image.rows * image.columns;
    channels += image.channels;
  }
  const int64_t row = 2 * t.bins() * t.length * c.columns.tiles() * channels;
  return std::clamp<int64_t>(4 * values / row, 1, c.rows.tiles());
}

void emitHalves(StageBuilder &stages, const TileTransform &t, const Correlation &c, Value image,
                Value half, const TileBlock &block,
                function_ref<SmallVector<TileRun>(const TileAxis &, int64_t, int64_t)> runs,
                bool turned) {
  const int64_t across = c.columns.tiles(), channels = imageOf(image).channels;
  for (const TileRun &rows : runs(c.rows, block.first, block.rows))
    for (const TileRun &columns : runs(c.columns, 0, across)) {
      const int64_t start = (rows.first - block.first) * across + columns.first;
      stages.uncountedSweep(
          "fourier.tiles", {rows.count, columns.count, block.groups, channels},
          [&](ValueRange at, ValueRange scratch) {
            Value group = linear(stages, at[2], 1, block.group);
            copyTile(stages, stages.slice(image, {group, at[3]}), scratch[0], {&rows, &columns},
                     {c.rows.step(), c.columns.step()}, at, turned);
            Value number = affineIndex(
                stages, at, {across * channels, channels, block.rows * across * channels, 1},
                start * channels);
            transform(stages, t, stage::DftKind::RealAnalysis, scratch[0],
                      stages.select(half, 1, number), t.length);
          },
          t.tileType());
    }
}

Value affineIndex(StageBuilder &stages, ValueRange indices, ArrayRef<int64_t> factors,
                  int64_t constant) {
  AffineExpr sum = stages.getAffineConstantExpr(constant);
  for (auto [dim, factor] : llvm::enumerate(factors))
    sum = sum + stages.getAffineDimExpr(dim) * factor;
  return affine::AffineApplyOp::create(stages, AffineMap::get(indices.size(), 0, sum), indices);
}

Value equalProblems(StageBuilder &stages, Parameters fields, int64_t count) {
  SmallVector<std::pair<StringRef, int64_t>> parameters(fields);
  parameters.push_back({"count", count});
  return stages.problems("equal_problems", parameters, count);
}

} // namespace mlir::nn
