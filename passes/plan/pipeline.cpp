//===- pipeline.cpp - the plan phase ----------------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/passes.h"
#include "passes/plan/passes.h"

#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildPlanPipeline(OpPassManager &manager) {
  manager.addPass(createLowerToStages());
  // Masks first: behind them, most functions have one reader.
  manager.addPass(createPackMasks());
  manager.addPass(createFuseSweeps());
  manager.addPass(createStreamRows());
  manager.addPass(createSkipGroups());
  manager.addPass(createPlanMemory());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyPhase(Phase::Plan));
}

} // namespace mlir::spherical
