//===- intrinsics.h - NVVM intrinsics as functions of the host --*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_INTRINSICS_H
#define SPHERICAL_TOOLS_EMULATION_INTRINSICS_H

#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/IR/Module.h"

#include <string>
#include <utility>
#include <vector>

namespace spherical::emulation {

/// Replaces each call of an NVVM intrinsic by a call of a function of the emulation: positions and
/// extents, barriers, shuffles. Returns "", or the name of the first one that it does not know.
std::string replaceIntrinsics(llvm::Module &module);

/// The functions that `replaceIntrinsics` calls, with their addresses.
std::vector<std::pair<std::string, llvm::orc::ExecutorAddr>> emulatedFunctions();

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_INTRINSICS_H
