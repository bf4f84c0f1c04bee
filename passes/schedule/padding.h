//===- padding.h - lanes without a sample -----------------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_PADDING_H
#define SPHERICAL_PASSES_SCHEDULE_PADDING_H

#include "passes/places.h"

namespace mlir::spherical {

/// Ops that add up over the lanes of their first operand and count no samples, where lanes without
/// a sample may hold anything, as a bias, in place of the zeros that conversions to lanes leave
/// there.
llvm::DenseSet<Operation *> findSumsOfPadding(func::FuncOp func,
                                              const llvm::DenseMap<Value, Place> &places);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_PADDING_H
