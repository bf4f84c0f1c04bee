//===- pipeline.cpp - the expand phase --------------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/expand/passes.h"
#include "passes/passes.h"

#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildExpandPipeline(OpPassManager &manager) {
  manager.addPass(createExpandConvolutions());
  manager.addPass(createExpandResample());
  manager.addPass(createExpandRotations());
  // Behind the layers, whose inverse transforms it looks for.
  manager.addPass(createExpandNormalization());
  // After the layers: their transforms may be of complex spectra, too.
  manager.addPass(createSplitComplex());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyPhase(Phase::Expand));
}

} // namespace mlir::spherical
