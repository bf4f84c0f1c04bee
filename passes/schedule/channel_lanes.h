//===- channel_lanes.h - ops that take channels in the lanes ----*- C++ -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_CHANNEL_LANES_H
#define SPHERICAL_PASSES_SCHEDULE_CHANNEL_LANES_H

#include "passes/places.h"

namespace mlir::spherical {

/// Attributes of a function: so many channels lie in its lanes, where ops take them, and output
/// channels in those of its prepared spectra.
inline constexpr llvm::StringLiteral kChannelLanesAttr = "spherical.channel_lanes",
                                     kPreparedLanesAttr = "spherical.prepared_lanes";

/// Attribute of an op: so many channels of one sample after the other lie in its lanes
/// (series_lanes.cpp).
inline constexpr llvm::StringLiteral kSeriesLanesAttr = "spherical.series_lanes";

/// Lane groups of channels: with those of each sample in the lanes, and with those of all.
struct LaneGroups {
  int64_t bySample, ofAll;
};
LaneGroups laneGroupsOf(int64_t batch, int64_t channels, int64_t lanes);

/// Whether an op takes channels in the lanes (channel_lanes.h of its dialect), if values lie at
/// `places`.
bool takesChannelLanes(Operation *op, const llvm::DenseMap<Value, Place> &places);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_CHANNEL_LANES_H
