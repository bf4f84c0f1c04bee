//===- fourier_tiles.h - tiles of images and their transforms ---*- C++ -*-===//
//
// What convolutions by Fourier transforms and the gradients of their kernels share. A tile is
// T x T values of a channel; its half transform, over the columns x, is [kx][y], kx < T / 2 + 1.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_FOURIER_TILES_H
#define SPHERICAL_DIALECTS_NN_STAGES_FOURIER_TILES_H

#include "dialects/nn/fourier.h"
#include "dialects/nn/stages/tiles.h"
#include "dialects/spherical/stages/transforms.h"

namespace mlir::nn {

/// Short transforms of a tile's side, with the radices of the op's choice.
struct TileTransform {
  int64_t length = 0, lanes = 1;
  SmallVector<int64_t> radices;
  Type element;
  spherical::DftTables tables;

  int64_t bins() const { return length / 2 + 1; }
  /// [kx][channels][y][re, im]W
  MemRefType halfType(int64_t channels) const;
  /// [y][x]W
  MemRefType tileType() const;
  /// [ky][channels][re, im]W
  MemRefType spectraType(int64_t channels) const;
};

/// That of an op whose images are like `image`, and the length of its correlation. Fails after a
/// diagnostic if the op has a stride, or its choice no radices of an even length from the kernel
/// on.
FailureOr<TileTransform> tileTransform(StageBuilder &stages, Operation *op, const Image &image,
                                       std::optional<Correlation> &correlation);

/// A transform of stage.dft with all bins, of so many rows.
void transform(StageBuilder &stages, const TileTransform &t, stage::DftKind kind, Value in,
               Value out, int64_t rows);

/// Tiles at hand: rows `first` and on of tiles, `rows` of them, of lane groups `group` and on.
struct TileBlock {
  int64_t group, first, rows, groups = 1;

  int64_t tiles(const Correlation &c) const { return groups * rows * c.columns.tiles(); }
};

/// The blocks of all tiles and lane groups, with so many rows of tiles at most, and one lane group
/// or, `together`, all of them.
SmallVector<TileBlock> tileBlocks(const Correlation &c, int64_t groups, int64_t most,
                                  bool together);

/// Rows of tiles whose half transforms, of all channels of `images`, take no more memory than twice
/// the images of a lane group; one at least.
int64_t rowsTogether(const TileTransform &t, const Correlation &c, ArrayRef<Image> images);

/// Half transforms of a block's tiles of `image`: [kx][lane group, tile, channel][y][re, im]W.
/// `runs` is the tiles of an axis, with their input or their results.
void emitHalves(StageBuilder &stages, const TileTransform &t, const Correlation &c, Value image,
                Value half, const TileBlock &block,
                function_ref<SmallVector<TileRun>(const TileAxis &, int64_t, int64_t)> runs,
                bool turned);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_FOURIER_TILES_H
