//===- pipeline.cpp - the lower phase for NVIDIA GPUs -----------*- C++ -*-===//
//
// The passes of the phase, in order.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"
#include "passes/passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Transforms/Passes.h"

namespace mlir::spherical {

void buildLowerCUDAPipeline(OpPassManager &manager, const DeviceTarget &target) {
  ChooseLaunchesOptions launches;
  launches.gpu = target.gpu;
  manager.addPass(createChooseLaunches(launches));
  manager.addPass(createLowerCUDA({target.target, target.cpu, target.gpu}));
  manager.addPass(createLowerLaunches());
  manager.nest<LLVM::LLVMFuncOp>().addPass(createArithToLLVMConversionPass());
  OpPassManager &device = manager.nest<gpu::GPUModuleOp>();
  device.addPass(createApproximateMath());
  device.addPass(createCanonicalizerPass());
  device.addPass(createCSEPass());
  device.addPass(createSCFToControlFlowPass());
  device.addPass(createConvertMathToLLVMPass());
  device.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertControlFlowToLLVMPass()); // takes modules only
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createVerifyPhase(Phase::Lower));
}

} // namespace mlir::spherical
