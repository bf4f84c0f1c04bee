//===- gather_codelet.h - kernels of sparse linear maps ---------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_GATHER_CODELET_H
#define SPHERICAL_PASSES_LOWER_TASKS_GATHER_CODELET_H

#include "passes/lower/tasks/kernels.h"

namespace mlir::spherical {

enum class GatherMode { Lanes, Scalar, ToLanes, FromLanes };

/// The longest sums that are written out.
constexpr int64_t kUnrolledTerms = 8;

/// What distinguishes one gather kernel from another; see stage.gather.
struct GatherCodelet {
  GatherMode mode;
  LaneType lane;
  bool indices = false, coefficients = false;
  int64_t terms = 1;   ///< unrolled up to kUnrolledTerms, else read at run time
  int64_t results = 1; ///< of a row of indices
  /// Lane values of in that long sums take in any order: asked for in theirs first.
  int64_t positions = 0;

  std::string name() const;
};

/// The kernel (in, out, indices, coefficients : ptr, count, terms, stride, first, samples : i64).
/// The last three matter between files and lanes: elements from one sample to the next on the dense
/// side, the sample in lane 0, and the run-time count of samples.
LLVM::LLVMFuncOp gatherKernel(KernelLibrary &kernels, const GatherCodelet &codelet, Location loc);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_GATHER_CODELET_H
