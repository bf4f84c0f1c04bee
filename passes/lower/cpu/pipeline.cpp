//===- pipeline.cpp - the lower phase for CPUs ------------------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"
#include "passes/passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildLowerCPUPipeline(OpPassManager &manager, const std::string &cpu) {
  LowerTasksOptions options;
  options.cpu = cpu;
  manager.addPass(createLowerTasks(options));
  buildTasksToLLVMPipeline(manager);
}

void buildTasksToLLVMPipeline(OpPassManager &manager) {
  manager.addPass(createApproximateMath());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createUBToLLVMConversionPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createVerifyPhase(Phase::Lower));
}

} // namespace mlir::spherical
