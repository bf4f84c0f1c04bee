//===- tiles.h - tiles of images --------------------------------*- C++ -*-===//
//
// What convolutions by transforms of tiles share, whatever the transform is.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_TILES_H
#define SPHERICAL_DIALECTS_NN_STAGES_TILES_H

#include "dialects/nn/correlation.h"
#include "dialects/nn/stages/epilogue.h"
#include "dialects/nn/stages/images.h"

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

/// A tile [1][rows][columns]W of one channel, of `image` [rows][columns]W, at numbers `at` of the
/// two runs, of tiles `steps` apart in the image; turned, it stands on its head in both axes.
void copyTile(StageBuilder &stages, Value image, Value tile, std::array<const TileRun *, 2> runs,
              std::array<int64_t, 2> steps, ValueRange at, bool turned);

/// Results of a tile, `values` [1][rows][columns]W of channel `channel` of lane group `group`, to
/// their places in images `out`, with what the layer does to them. `at` as above.
void placeResults(StageBuilder &stages, Value values, Value out, const Epilogue &epilogue,
                  std::array<const TileRun *, 2> runs, std::array<int64_t, 2> steps, ValueRange at,
                  Value group, Value channel);

/// The taps of a kernel, [row][column] of what lies in lanes; of a packing for minimal filters its
/// positions in place of them.
struct TapsInLanes {
  Value taps;
  int64_t depth = 0; ///< with output channels in the lanes: input channels of a lane group
};

/// Those of a convolution's weight, or of its adjoint's, its operand 1, by a sweep of this name: as
/// `packing` has them, or without one [pairs (out, in) of channels]V, with zeros behind the last
/// pair. Fails after a diagnostic if the weight came in another packing.
FailureOr<TapsInLanes> tapsInLanes(StageBuilder &stages, StringRef name, Operation *op,
                                   bool adjoint, PackingAttr packing);

/// What a correlation of images works on, with samples in the lanes.
CorrelationShape shapeOf(const Correlation &c, const Image &from, const Image &to);

/// constant + sum of indices times factors
Value affineIndex(StageBuilder &stages, ValueRange indices, ArrayRef<int64_t> factors,
                  int64_t constant);

/// A list of products of one shape (equal_problems).
Value equalProblems(StageBuilder &stages, spherical::Parameters fields, int64_t count);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_TILES_H
