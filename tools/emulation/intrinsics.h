//===- intrinsics.h - NVVM intrinsics as code of the host -------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_INTRINSICS_H
#define SPHERICAL_TOOLS_EMULATION_INTRINSICS_H

#include "tools/emulation/kernel_info.h"

#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/IR/Module.h"

#include <string>
#include <utility>
#include <vector>

namespace spherical::emulation {

/// Whether `replaceIntrinsics` knows what to do with a function that a kernel calls: an intrinsic
/// of NVVM, a function of libdevice, or an intrinsic that LLVM has for every target.
bool isKnownFunction(llvm::StringRef name);

/// Replaces each call of such a function in `kernel`, whose argument `thread` is the address of its
/// Thread: positions and extents become loads, barriers and shuffles calls of the emulation, which
/// get sites of their own, and functions of libdevice those of libm.
void replaceIntrinsics(llvm::Function &kernel, llvm::Value *thread, KernelInfo &info);

/// The functions that translated kernels call, with their addresses.
std::vector<std::pair<std::string, llvm::orc::ExecutorAddr>> emulatedFunctions();

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_INTRINSICS_H
