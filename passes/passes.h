//===- passes.h - passes that every phase shares ----------------*- C++ -*-===//
//
// What begins a pipeline, the verification that ends each phase, and what makes values real.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_PASSES_H
#define SPHERICAL_PASSES_PASSES_H

#include "passes/phase.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>
#include <string>

namespace mlir::spherical {

#define GEN_PASS_DECL
#include "passes/passes.h.inc"

/// spherical-verify-phase: checks that nothing of an earlier level is left and sets
/// `spherical.phase`.
std::unique_ptr<Pass> createVerifyPhase(Phase phase);

/// Appends a pass unless its name is among those that are left out.
inline void addUnless(OpPassManager &manager, ArrayRef<std::string> without,
                      std::unique_ptr<Pass> pass) {
  if (!llvm::is_contained(without, pass->getArgument()))
    manager.addPass(std::move(pass));
}

#define GEN_PASS_REGISTRATION
#include "passes/passes.h.inc"

/// Registers the passes that every phase shares.
inline void registerSharedPasses() { registerSphericalSharedPasses(); }

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_PASSES_H
