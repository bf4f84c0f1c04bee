//===- channel_lanes.h - planar ops with channels in the lanes --*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_NN_CHANNEL_LANES_H
#define SPHERICAL_DIALECTS_NN_CHANNEL_LANES_H

#include "dialects/interfaces/schedulable.h"

namespace mlir::nn {

/// Whether a tensor, or null, is an image [N, C, H, W] of real numbers.
bool isImage(RankedTensorType tensor);

/// Visits the images [N, C, H, W] in the lanes among the operands and results of an op, which lie
/// at these places.
void forImagesInLanes(Operation *op, ArrayRef<spherical::Place> operands,
                      ArrayRef<spherical::Place> results,
                      function_ref<void(RankedTensorType)> visit);

/// Whether the stages of an op are for channels in the lanes, too, where its operands and results
/// lie at these places. Those of one channel gain nothing by it.
bool takesChannelLanes(Operation *op, ArrayRef<spherical::Place> operands,
                       ArrayRef<spherical::Place> results);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_CHANNEL_LANES_H
