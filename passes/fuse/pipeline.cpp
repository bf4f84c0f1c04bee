//===- pipeline.cpp - the fuse phase ----------------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"
#include "passes/passes.h"

#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildFusePipeline(OpPassManager &manager) {
  // Biases first: behind them stand the inverse transforms that the other passes look for.
  manager.addPass(createFuseBias());
  manager.addPass(createFuseTransforms());
  manager.addPass(createFuseIntegrals());
  manager.addPass(createFuseProjections());
  // After the passes that leave truncations, before the ReLU hides an inverse transform.
  manager.addPass(createFuseTruncations());
  manager.addPass(createFuseRelu());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyPhase(Phase::Fuse));
}

} // namespace mlir::spherical
