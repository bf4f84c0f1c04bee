//===- dft_map_codelet.h - real transforms there and back -------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_DFT_MAP_CODELET_H
#define SPHERICAL_PASSES_LOWER_TASKS_DFT_MAP_CODELET_H

#include "passes/lower/tasks/kernels.h"

namespace mlir::spherical {

/// What distinguishes one kernel of stage.dft_map from another. Bins are counted when it is made:
/// which values of a butterfly are zero, or conjugates, is known then.
struct DftMapCodelet {
  SmallVector<int64_t> radices; ///< two or more of at most kLargestRadix
  LaneType lane;
  int64_t limit, result;        ///< bins that are read, and written
  int64_t fromStride, toStride; ///< rows from one of them to the next
  bool relu = false;            ///< max(x, 0)
  bool positive = false;        ///< with relu: also stores bits of the values above 0
  bool mask = false;            ///< x where the mask has its bit set, else 0
  bool bfloat16 = false;        ///< whether bins are stored in bf16
  bool inDeviceMemory = false;  ///< as in DftCodelet

  int64_t length() const;
  /// Lane values of each buffer that is kept between passes.
  SmallVector<int64_t> buffers() const;
  int64_t workBytes() const;
  std::string name() const;
};

/// The kernel (in, out, mask, positive, twiddles : ptr, rows : i64), with a last argument
/// (work : ptr) for `inDeviceMemory`.
LLVM::LLVMFuncOp dftMapKernel(KernelLibrary &kernels, const DftMapCodelet &codelet, Location loc);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_DFT_MAP_CODELET_H
