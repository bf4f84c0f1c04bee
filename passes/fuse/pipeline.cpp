//===- pipeline.cpp - the fuse phase ----------------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"
#include "passes/passes.h"

#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildFusePipeline(OpPassManager &manager, ArrayRef<std::string> without) {
  // Biases first: behind them stand the inverse transforms that the other passes look for.
  addUnless(manager, without, createFuseBias());
  addUnless(manager, without, createFuseTransforms());
  addUnless(manager, without, createFuseIntegrals());
  addUnless(manager, without, createFuseProjections());
  // After the passes that leave truncations, before boundaries hide the transforms.
  addUnless(manager, without, createFuseTruncations());
  addUnless(manager, without, createFormBoundaries());
  addUnless(manager, without, createFormEpilogues());
  manager.addPass(createShareAdamFactors());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyPhase(Phase::Fuse));
}

} // namespace mlir::spherical
