//===- main.cpp - spherical-opt ---------------------------------*- C++ -*-===//
//
// Runs single passes on MLIR, for tests and for a look at one step.
//
//===----------------------------------------------------------------------===//

#include "passes/pipeline.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::spherical::registerPipelineDialects(registry);

  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  mlir::spherical::registerPipelinePasses();

  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "runs single passes of the spherical compiler\n", registry));
}
