//===- pipeline.cpp - the plan phase ----------------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/passes.h"
#include "passes/plan/passes.h"

#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildPlanPipeline(OpPassManager &manager, ArrayRef<std::string> without) {
  manager.addPass(createLowerToStages());
  addUnless(manager, without, createFuseSweeps());
  addUnless(manager, without, createJoinTransforms());
  addUnless(manager, without, createStreamRows());
  addUnless(manager, without, createSkipGroups());
  manager.addPass(createPlanMemory());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyPhase(Phase::Plan));
}

} // namespace mlir::spherical
