//===- main.cpp - spherical-lsp-server --------------------------*- C++ -*-===//
//
// The language server for MLIR files with the dialects of this project: errors
// as one types, where a value comes from and goes to, the generic form of an op.
//
//===----------------------------------------------------------------------===//

#include "passes/pipeline.h"

#include "mlir/Support/LLVM.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::spherical::registerPipelineDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
