//===- pipeline.cpp - the differentiate phase -------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/passes.h"
#include "passes/passes.h"

#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildDifferentiatePipeline(OpPassManager &manager) {
  manager.addPass(createDifferentiateLoss());
  manager.addPass(createDifferentiateFunctions());
  // Gradients of complex values add ops on them.
  manager.addPass(createSplitComplex());
  // Last: training needs @forward from the parameters themselves.
  manager.addPass(createHoistPreparation());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyPhase(Phase::Differentiate));
}

} // namespace mlir::spherical
