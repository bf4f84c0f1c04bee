//===- optimise.h - LLVM's optimisations of compiled programs ---*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_OPTIMISE_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_OPTIMISE_H

#include "llvm/IR/Module.h"
#include "llvm/Passes/OptimizationLevel.h"

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace spherical::driver {

/// LLVM's pipeline of a level without what codelets have no use for: they are vectors already and
/// unrolled on purpose. Loops are interleaved only if that is asked for.
void optimise(llvm::Module &module, llvm::TargetMachine &machine, llvm::OptimizationLevel level,
              bool interleave);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_OPTIMISE_H
