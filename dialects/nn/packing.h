//===- packing.h - weights as products read them ----------------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_NN_PACKING_H
#define SPHERICAL_DIALECTS_NN_PACKING_H

#include "dialects/nn/minimal_filters.h"

#include <array>

namespace mlir::nn {

/// The largest stride of a packing.
inline constexpr int64_t kMostStride = 1024;

/// How the stages of a convolution, by the way that its `spherical.choice` names, read its weight;
/// null where they have samples in the lanes.
PackingAttr packingOf(Conv2dOp op);
PackingAttr packingOf(ConvTranspose2dOp op);

/// The filters of both axes of a weight of this shape that is packed as positions, but for what an
/// adjoint's phase has to do with: its input and results.
std::array<FilterAxis, 2> filtersOf(PackingAttr packing, ArrayRef<int64_t> shape);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_PACKING_H
