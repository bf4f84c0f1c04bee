//===- butterfly.h - sums over the lanes of a warp --------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_BUTTERFLY_H
#define SPHERICAL_TOOLS_EMULATION_BUTTERFLY_H

#include "tools/emulation/kernel_info.h"

#include "llvm/IR/Function.h"

namespace spherical::emulation {

/// What `gatherButterflies` calls: Block::butterflies of the thread's block.
constexpr llvm::StringLiteral kButterflies = "sph_emulation_butterflies";

/// Replaces butterflies, x1 = x0 + shfl.bfly(x0, 16), x2 = x1 + shfl.bfly(x1, 8) and so on, by
/// calls of `kButterflies`, one for all butterflies of a basic block that can be done at once:
/// lanes then wait for each other once in place of five times for each sum. Results are the same
/// bits.
void gatherButterflies(llvm::Function &kernel, llvm::Value *thread, KernelInfo &info);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_BUTTERFLY_H
