//===- batch.h - which values have a batch ----------------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_BATCH_H
#define SPHERICAL_PASSES_BATCH_H

#include "passes/places.h"

namespace mlir::spherical {

/// The values of a function whose first axis is its batch, of which the run-time count of samples
/// are valid. First axes are the same where an op has them in the lanes together; they are the
/// batch if no op needs all of their positions in one place, as the channels of kernels, weights
/// and sums, and if an argument of data (a role of input or label, or none) has them. Of several
/// extents the batch is that of the first such argument, inputs and labels first. Other first axes
/// are rows, all of them valid.
llvm::DenseSet<Value> findBatched(func::FuncOp func, const llvm::DenseMap<Value, Place> &places);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_BATCH_H
