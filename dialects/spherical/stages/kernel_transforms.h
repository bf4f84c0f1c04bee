//===- kernel_transforms.h - Fourier transforms of kernels ------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_STAGES_KERNEL_TRANSFORMS_H
#define SPHERICAL_DIALECTS_SPHERICAL_STAGES_KERNEL_TRANSFORMS_H

#include "dialects/spherical/stages/stage_builder.h"

namespace mlir::spherical {

/// The points of a grid, flat: two angles each on S2, three on SO(3).
SmallVector<double> flatPoints(GridAttr grid);

/// The stages of a transform, or its adjoint, whose points form a product (kernel_orders.h).
void emitSeparableTransform(StageBuilder &stages, KernelFTOp op);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_STAGES_KERNEL_TRANSFORMS_H
