//===- winograd_convolutions.h - convolutions by minimal filters -*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_WINOGRAD_CONVOLUTIONS_H
#define SPHERICAL_DIALECTS_NN_STAGES_WINOGRAD_CONVOLUTIONS_H

#include "dialects/nn/stages/epilogue.h"
#include "dialects/nn/winograd.h"

namespace mlir::nn {

/// Whether the choice of the op at hand is by minimal filters.
bool isWinograd(const spherical::StageBuilder &stages);

/// The positions y g x^t [i][j]... of a kernel g with taps [row][column]... in the lanes.
void emitKernelPositions(spherical::StageBuilder &stages, Value taps, Value positions,
                         const Coefficients &y, const Coefficients &x);

/// The stages of a convolution or its adjoint, which reads its weight in a packing or,
/// without one, as it is.
LogicalResult emitWinogradConvolution(spherical::StageBuilder &stages, Operation *op,
                                      const Planar &planar, bool adjoint, PackingAttr packing,
                                      const Epilogue &epilogue);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_WINOGRAD_CONVOLUTIONS_H
