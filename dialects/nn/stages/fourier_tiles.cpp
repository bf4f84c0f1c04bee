//===- fourier_tiles.cpp - tiles of images and their transforms -*- C++ -*-===//

#include "dialects/nn/stages/fourier_tiles.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

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

} // namespace mlir::nn
