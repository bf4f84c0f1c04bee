//===- channel_lanes.h - planar ops with channels in the lanes --*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_NN_CHANNEL_LANES_H
#define SPHERICAL_DIALECTS_NN_CHANNEL_LANES_H

#include "dialects/interfaces/schedulable.h"

namespace mlir::nn {

/// The type as that of an image [N, C, H, W] of real numbers, null if it is none.
RankedTensorType imageIn(Type type);

/// Input channels of a lane group that weights of convolutions hold: all lanes, or the channels
/// alone if they fill few.
int64_t packedDepth(int64_t channels, int64_t lanes);

/// Whether the stages of an op are for channels in the lanes, too, where its operands and results
/// lie at these places. Those of one channel gain nothing by it.
bool takesChannelLanes(Operation *op, ArrayRef<spherical::Place> operands,
                       ArrayRef<spherical::Place> results);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_CHANNEL_LANES_H
