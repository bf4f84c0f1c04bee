//===- blocks.h - the blocks of a launch on all cores -----------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_BLOCKS_H
#define SPHERICAL_TOOLS_EMULATION_BLOCKS_H

#include "tools/emulation/block.h"

namespace llvm {
class StdThreadPool;
} // namespace llvm

namespace spherical::emulation {

/// The threads of the host that work for the emulation, one for each core.
llvm::StdThreadPool &hostThreads();

/// Runs all blocks, on the calling thread and as many others as are free; those of a strict launch
/// one after the other. Returns "" or the failure of the first block that fails; blocks after it
/// may have run or not. A block without memory fails.
std::string runBlocks(const BlockWork &work);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_BLOCKS_H
