//===- fourier_tiles.h - tiles of images and their transforms ---*- C++ -*-===//
//
// What convolutions by Fourier transforms and the gradients of their kernels share. A tile is
// T x T values of a channel; its half transform, over the columns x, is [kx][y], kx < T / 2 + 1.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_FOURIER_TILES_H
#define SPHERICAL_DIALECTS_NN_STAGES_FOURIER_TILES_H

#include "dialects/nn/fourier.h"
#include "dialects/nn/stages/images.h"
#include "dialects/spherical/stages/transforms.h"

namespace mlir::nn {

/// Positions to, to + 1, ... of a tile that lie at `from` and on in the image for the first tile of
/// a run, and a step further for each tile after it.
struct TilePiece {
  int64_t to, from, size;
  bool operator==(const TilePiece &) const = default;
};

/// Tiles side by side of which the same positions lie in the image.
struct TileRun {
  int64_t first, count, size; ///< number of the first tile, tiles, results of each
  SmallVector<TilePiece> pieces;
};

/// The tiles of an axis, with the input that they cover; those from `first` on, `count` of them.
SmallVector<TileRun> inputRuns(const TileAxis &axis, int64_t first, int64_t count);
/// The same with the results of each tile, at positions 0 and on, in place of its input.
SmallVector<TileRun> resultRuns(const TileAxis &axis, int64_t first, int64_t count);

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

/// A tile of one channel, `image` [rows][columns]W, at numbers `at` of the two runs; turned, it
/// stands on its head in both axes.
void copyTile(StageBuilder &stages, Value image, Value tile, std::array<const TileRun *, 2> runs,
              std::array<int64_t, 2> steps, ValueRange at, bool turned);

/// What a correlation of images works on.
FourierShape shapeOf(const Correlation &c, const Image &from, const Image &to);

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

/// constant + sum of indices times factors
Value affineIndex(StageBuilder &stages, ValueRange indices, ArrayRef<int64_t> factors,
                  int64_t constant);

/// A list of products of one shape (equal_problems).
Value equalProblems(StageBuilder &stages, spherical::Parameters fields, int64_t count);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_FOURIER_TILES_H
