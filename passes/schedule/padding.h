//===- padding.h - lanes without a sample -----------------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_PADDING_H
#define SPHERICAL_PASSES_SCHEDULE_PADDING_H

#include "passes/places.h"

namespace mlir::spherical {

/// Ops that add up over the lanes of their first operand and count no samples, where lanes without
/// a sample may hold anything, as a bias, in place of the zeros that conversions to lanes leave
/// there. `sumsChannels` says which ops add up over lanes of channels, without one as well.
llvm::DenseSet<Operation *> findSumsOfPadding(func::FuncOp func,
                                              const llvm::DenseMap<Value, Place> &places,
                                              llvm::function_ref<bool(Operation *)> sumsChannels);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_PADDING_H
