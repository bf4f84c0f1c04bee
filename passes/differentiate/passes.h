//===- passes.h - passes of the differentiate phase -------------*- C++ -*-===//
//
// Adds gradients, the optimizer step and weight preparation.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_DIFFERENTIATE_PASSES_H
#define SPHERICAL_PASSES_DIFFERENTIATE_PASSES_H

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>

namespace mlir::spherical {

#define GEN_PASS_DECL
#include "passes/differentiate/passes.h.inc"

/// Registers every pass of this phase.
#define GEN_PASS_REGISTRATION
#include "passes/differentiate/passes.h.inc"

/// Appends the differentiate phase to a pipeline on modules.
void buildDifferentiatePipeline(OpPassManager &manager);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_DIFFERENTIATE_PASSES_H
