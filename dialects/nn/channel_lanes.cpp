//===- channel_lanes.cpp - planar ops with channels in the lanes ----------===//
//
// Pools, resizing and activations treat each channel alike and have a loop over
// channels, or over groups of them. Convolutions read values of the input one by one, and have
// output channels in the lanes of the other factor.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/channel_lanes.h"

#include "dialects/interfaces/epilogue.h"
#include "dialects/interfaces/pointwise.h"
#include "dialects/nn/dialect.h"

namespace mlir::nn {

using spherical::Place;

RankedTensorType imageIn(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  const bool isImage = tensor && tensor.getRank() == 4 && isa<FloatType>(tensor.getElementType());
  return isImage ? tensor : RankedTensorType();
}

int64_t packedDepth(int64_t channels, int64_t lanes) {
  return 2 * channels <= lanes ? channels : lanes;
}

/// Whether lanes without a channel hold zeros behind an op: products multiply them with zeros,
/// which makes no zeros of infinities.
static bool keepsEmptyLanes(Operation *op) {
  auto epilogued = dyn_cast<spherical::Epilogued>(op);
  return !epilogued || spherical::epilogueKeepsZeros(epilogued, [](unsigned) { return true; });
}

bool takesChannelLanes(Operation *op, ArrayRef<Place> operands, ArrayRef<Place> results) {
  bool several = false;
  forTypesInLanes(op, operands, results, [&](Type type) {
    RankedTensorType image = imageIn(type);
    several |= image && image.getDimSize(1) > 1;
  });
  return several && keepsEmptyLanes(op) &&
         isa<Conv2dOp, ConvTranspose2dOp, Conv2dGradWeightOp, MaxPool2dOp, MaxPool2dGradOp,
             AvgPool2dOp, UpsampleNearestOp, SumChannelsOp, spherical::Pointwise>(op);
}

} // namespace mlir::nn
