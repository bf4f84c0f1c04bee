//===- passes.h - passes of the lower phase ---------------------*- C++ -*-===//
//
// Stages become tasks and kernels, and these become LLVM IR's dialect.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_PASSES_H
#define SPHERICAL_PASSES_LOWER_PASSES_H

#include "passes/lower/chips.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>
#include <string>

namespace mlir::spherical {

#define GEN_PASS_DECL
#include "passes/lower/passes.h.inc"

/// Registers every pass of this phase.
#define GEN_PASS_REGISTRATION
#include "passes/lower/passes.h.inc"

/// Appends the lower phase for CPUs to a pipeline on modules: afterwards there is only the LLVM
/// dialect. `cpu` as in passes/lower/target.h; code generation must be given the same.
void buildLowerCPUPipeline(OpPassManager &manager, const std::string &cpu);

/// Appends what of it follows spherical-lower-tasks.
void buildTasksToLLVMPipeline(OpPassManager &manager);

/// What code for NVIDIA GPUs is made for.
struct DeviceTarget {
  std::string target = "cuda"; ///< or cuda-emulated, cuda-emulated:strict
  std::string cpu;             ///< of the host code
  std::string gpu{kDefaultChip};
};

/// Appends the lower phase for NVIDIA GPUs to a pipeline on modules: afterwards there are a
/// gpu.module and the entries that launch its kernels (sph_device_entry, runtime/cuda/device.h),
/// all of the LLVM and NVVM dialects.
void buildLowerCUDAPipeline(OpPassManager &manager, const DeviceTarget &target);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_PASSES_H
