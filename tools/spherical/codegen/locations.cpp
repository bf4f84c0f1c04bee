//===- locations.cpp - lines of the model file in code ----------*- C++ -*-===//

#include "tools/spherical/codegen/locations.h"

#include "passes/lower/tasks/manifest.h"

#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"

namespace spherical::driver {

mlir::LogicalResult keepModelLocations(mlir::ModuleOp module, mlir::LLVM::DIEmissionKind kind) {
  module->walk([](mlir::Operation *op) {
    if (mlir::FileLineColLoc place = mlir::spherical::modelLocation(op->getLoc()))
      op->setLoc(place);
  });
  mlir::PassManager scopes(module->getContext());
  scopes.addPass(mlir::LLVM::createDIScopeForLLVMFuncOpPass({kind}));
  return scopes.run(module);
}

} // namespace spherical::driver
