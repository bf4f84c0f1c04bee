//===- instrument.h - checks before each access to memory -------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_INSTRUMENT_H
#define SPHERICAL_TOOLS_EMULATION_INSTRUMENT_H

#include "tools/emulation/kernel_info.h"

#include "llvm/IR/Function.h"

#include <cstdint>
#include <vector>

namespace spherical::emulation {

/// Gives an instruction a number among the kernel's sites.
uint32_t addSite(KernelInfo &kernel, const llvm::Instruction &instruction);

/// The instructions of a kernel that touch memory of the block or of the device. Variables of the
/// thread alone and constants of the module are neither.
std::vector<llvm::Instruction *> accessesOf(llvm::Function &kernel);

/// Has the checker of `thread` asked before each of these accesses (`checkFunctions`).
void checkAccesses(const std::vector<llvm::Instruction *> &accesses, llvm::Value *thread,
                   KernelInfo &kernel);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_INSTRUMENT_H
