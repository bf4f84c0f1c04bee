//===- translate.h - a kernel in bitcode becomes a function -----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_TRANSLATE_H
#define SPHERICAL_TOOLS_EMULATION_TRANSLATE_H

#include "tools/emulation/kernel_info.h"
#include "tools/emulation/kernels.h"

#include "llvm/ExecutionEngine/Orc/ThreadSafeModule.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/TargetParser/Triple.h"

#include <string>
#include <string_view>
#include <vector>

namespace spherical::emulation {

/// The machine that code is made for.
struct Host {
  llvm::Triple triple;
  llvm::DataLayout layout;
};

/// The names of the kernels in a module of NVPTX bitcode. Writes a reason if the module is none, or
/// holds what the emulation does not know: a function without a body, a variable outside of shared
/// memory that changes, or an atomic operation.
std::vector<std::string> kernelsOf(std::string_view bitcode, std::string &reason);

/// A kernel as code of the host.
struct HostKernel {
  /// Holds void <name>(ptr arguments, ptr thread): what the kernel does with the arguments at the
  /// addresses in the array `arguments` as the thread at `thread`.
  llvm::orc::ThreadSafeModule module;
  KernelInfo info;
  int64_t staticSharedBytes = 0; ///< before the dynamic part of shared memory
  int64_t requiredThreads = 0;   ///< of a block; 0: any number
  std::vector<int64_t> argumentBytes;
};

/// Takes one kernel out of its module, which `kernelsOf` has accepted: only intrinsics, functions
/// of its own and the place of shared memory change. Writes a reason if a function calls itself.
HostKernel translateKernel(std::string_view bitcode, const std::string &name, const Host &host,
                           Checks checks, std::string &reason);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_TRANSLATE_H
