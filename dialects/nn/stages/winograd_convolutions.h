//===- winograd_convolutions.h - convolutions by minimal filters -*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_WINOGRAD_CONVOLUTIONS_H
#define SPHERICAL_DIALECTS_NN_STAGES_WINOGRAD_CONVOLUTIONS_H

#include "dialects/nn/stages/epilogue.h"
#include "dialects/nn/winograd.h"

namespace mlir::nn {

/// Whether the choice of the op at hand is by minimal filters.
bool isWinograd(const spherical::StageBuilder &stages);

/// What a choice by minimal filters says of a convolution or its adjoint.
struct WinogradTiles {
  Correlation correlation; ///< without blocks
  int64_t length;          ///< T
};

/// Fails after a diagnostic if there are no such filters.
FailureOr<WinogradTiles> winogradTiles(spherical::StageBuilder &stages, Operation *op,
                                       const Planar &planar, bool adjoint);

/// The stages of a convolution or its adjoint, which reads its weight in a packing or,
/// without one, as it is.
LogicalResult emitWinogradConvolution(spherical::StageBuilder &stages, Operation *op,
                                      const Planar &planar, bool adjoint, PackingAttr packing,
                                      const Epilogue &epilogue);

/// The stages of the gradient of a weight. Fails after a diagnostic if channels are in the lanes,
/// or there are no such filters.
LogicalResult emitWinogradGradient(spherical::StageBuilder &stages, Conv2dGradWeightOp op);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_WINOGRAD_CONVOLUTIONS_H
