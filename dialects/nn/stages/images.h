//===- images.h - parts of images, margins ----------------------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_IMAGES_H
#define SPHERICAL_DIALECTS_NN_STAGES_IMAGES_H

#include "dialects/nn/planar.h"
#include "dialects/spherical/stages/stage_builder.h"

namespace mlir::nn {

using spherical::linear;
using spherical::Scalars;
using spherical::StageBuilder;

/// Extents of images [groups][channels][rows][columns]W.
struct Image {
  int64_t groups, channels, rows, columns, lanes;
  Type element;
};

/// Rows and columns around an image; circular: those beside it continue on the other side.
struct Margins {
  int64_t above, below, left, right;
  bool circular;
};

/// Extents of a buffer of images.
Image imageOf(Value buffer);
/// A buffer for images of these extents.
Value temporaryImage(StageBuilder &stages, StringRef name, const Image &image);
/// target = source, or target += source, of one shape [...]W, axis by axis.
void copyBlock(StageBuilder &stages, Value source, Value target, bool add);
/// Zeros to the places of a buffer, one index for each of its axes or a flat one, of the points of
/// a space.
void fillZeros(StageBuilder &stages, Value buffer, ArrayRef<int64_t> space,
               ArrayRef<AffineExpr> places);
/// Rows and columns of an image [rows][columns]W.
Value window(StageBuilder &stages, Value image, int64_t row, int64_t rows, int64_t column,
             int64_t width);
/// The image with `value` around it, or with its own columns on the other side. The operations of
/// the op are not counted here.
Value padImage(StageBuilder &stages, Value in, const Margins &margins, double value);
/// The adjoint of `padImage`; `finish` acts on each channel, at [group, channel], once it is there.
void cropImage(StageBuilder &stages, Value in, Value out, const Margins &margins,
               llvm::function_ref<void(ValueRange at)> finish);
/// Values of channels as [lane groups]W, zeros where there is no channel.
Value channelsInLanes(StageBuilder &stages, Value channels, int64_t lanes);
/// Channels of an axis in whole lane groups, and those of the last one if it is not whole.
struct LanePiece {
  int64_t first, groups, lanes; ///< the first group, how many, channels of each
};
SmallVector<LanePiece> lanePieces(int64_t channels, int64_t lanes);
/// The margins that let every window of a layer lie inside.
Margins marginsOf(const Planar &planar);
/// The margins that let every position of the padded image be one of a window's, if its last row
/// and column are to be reached in steps of the stride.
Margins spreadMargins(const Planar &planar);
/// The table of a product at several offsets; counts that are not given are 1, steps are 0.
Value windowProblems(StageBuilder &stages, spherical::Parameters given, int64_t count);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_IMAGES_H
