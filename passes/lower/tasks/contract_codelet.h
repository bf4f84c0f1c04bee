//===- contract_codelet.h - kernels of ragged matrix products ---*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H
#define SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H

#include "passes/lower/tasks/kernels.h"

namespace mlir::spherical {

/// The kernel (a, b, problems, c : ptr, count : i64) that solves `count` problems of
/// stage.contract. `reduce`: A and B lanes, C scalar; otherwise A scalar, B and C lanes.
LLVM::LLVMFuncOp contractKernel(KernelLibrary &kernels, bool reduce, LaneType lane, Location loc);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H
