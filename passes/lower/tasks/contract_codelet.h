//===- contract_codelet.h - kernels of ragged matrix products ---*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H
#define SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H

#include "passes/lower/tasks/kernels.h"

namespace mlir::spherical {

/// The kernel (a, b, problems, c : ptr, count : i64) that solves `count` problems of
/// stage.contract. `reduce`: A and B lanes, C scalar; otherwise A scalar, B and C lanes. `depth`: K0
/// of all problems, which is unrolled, or 0.
LLVM::LLVMFuncOp contractKernel(KernelLibrary &kernels, bool reduce, int64_t depth, LaneType lane,
                                Location loc);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H
