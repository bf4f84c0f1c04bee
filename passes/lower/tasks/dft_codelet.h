//===- dft_codelet.h - kernels of short Fourier transforms ------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_DFT_CODELET_H
#define SPHERICAL_PASSES_LOWER_TASKS_DFT_CODELET_H

#include "passes/lower/tasks/kernels.h"

namespace mlir::spherical {

enum class DftKind {
  RealAnalysis,
  RealSynthesis,
  ComplexAnalysis,
  ComplexSynthesis,
  PlainAnalysis,
  PlainSynthesis
};

/// What distinguishes one dft kernel from another. Layouts: see stage.dft.
struct DftCodelet {
  DftKind kind;
  SmallVector<int64_t> radices; ///< their product is the length n
  LaneType lane;
  bool relu = false;     ///< real synthesis: max(x, 0)
  bool positive = false; ///< with relu: also stores bits of the values above 0
  bool parity = false;   ///< real kinds: sums and differences of mirrored rows
  /// Whether the bins of real kinds and the functions of complex ones are stored in bf16.
  bool bfloat16 = false;
  /// Real analysis: x where the mask is positive or has its bit set, else 0.
  enum class Mask { None, Values, Bits } mask = Mask::None;
  /// Where lanes are threads: what is kept between passes is in a block's part of device memory.
  bool inDeviceMemory = false;

  int64_t length() const;
  /// Lane values of each buffer that is kept between passes.
  SmallVector<int64_t> buffers() const;
  /// Bytes of all buffers, where lanes are threads for all units of a block.
  int64_t workBytes() const;
  std::string name() const;
};

/// The kernel (in, out, mask, positive, twiddles, roots : ptr, orders, rows, limit, stride : i64),
/// with a last argument (work : ptr) for `inDeviceMemory`. Real and plain kinds ignore `orders`,
/// their bins are `stride` rows apart; real ones take rows in pairs, plain ones ignore `limit`.
/// `roots` is read only for radices above kLargestRadix.
LLVM::LLVMFuncOp dftKernel(KernelLibrary &kernels, const DftCodelet &codelet, Location loc);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_DFT_CODELET_H
