//===- channel_lanes.h - ops that take channels in the lanes ----*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_CHANNEL_LANES_H
#define SPHERICAL_DIALECTS_SPHERICAL_CHANNEL_LANES_H

#include "dialects/interfaces/schedulable.h"
#include "dialects/spherical/signal.h"

namespace mlir::spherical {

/// Whether the stages of an op do with channels in the lanes what they do with samples, where its
/// operands and results lie at these places. Those of one channel gain nothing by it.
bool takesChannelLanes(Operation *op, ArrayRef<Place> operands, ArrayRef<Place> results);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_CHANNEL_LANES_H
