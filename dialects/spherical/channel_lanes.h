//===- channel_lanes.h - ops that take channels in the lanes ----*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_CHANNEL_LANES_H
#define SPHERICAL_DIALECTS_SPHERICAL_CHANNEL_LANES_H

#include "dialects/interfaces/schedulable.h"
#include "dialects/spherical/signal.h"

namespace mlir::spherical {

/// Whether the stages of an op do with channels in the lanes what they do with samples, where its
/// operands and results lie at these places. Those of one channel gain nothing by it.
bool takesChannelLanes(Operation *op, ArrayRef<Place> operands, ArrayRef<Place> results);

/// The values of a product R_z = R_x R_y^T, or of its gradients, that have the input channels (x)
/// and the output channels (z). With channels in the lanes z has them there, and x is read and
/// written through rows [series][elements].
struct ProductSides {
  Value x, z;
  /// x, where the product reads it: its kernel or z may be the same value.
  OpOperand *read = nullptr;
};
/// The sides of a product of spectra, null for other ops.
ProductSides sidesOf(Operation *op);
/// Whether the operand is x of a product.
bool isReadByRows(OpOperand &operand);

/// Whether an op does with channels of several samples in the lanes what it does with samples: each
/// on its own, from spectrum to spectrum.
bool takesSeriesLanes(Operation *op);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_CHANNEL_LANES_H
