//===- fourier_convolutions.h - convolutions by transforms ------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_FOURIER_CONVOLUTIONS_H
#define SPHERICAL_DIALECTS_NN_STAGES_FOURIER_CONVOLUTIONS_H

#include "dialects/nn/fourier.h"
#include "dialects/nn/stages/epilogue.h"

namespace mlir::nn {

/// Whether the choice of the op at hand is by transforms.
bool isFourier(const spherical::StageBuilder &stages);

/// The stages of a convolution or its adjoint of stride 1, which reads its weight in a packing or,
/// null, as it is.
LogicalResult emitFourierConvolution(spherical::StageBuilder &stages, Operation *op,
                                     const Planar &planar, bool adjoint, PackingAttr packing,
                                     const Epilogue &epilogue);

/// The stages of the gradient of a kernel.
LogicalResult emitFourierGradient(spherical::StageBuilder &stages, Conv2dGradWeightOp op);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_FOURIER_CONVOLUTIONS_H
