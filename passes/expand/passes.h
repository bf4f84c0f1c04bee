//===- passes.h - passes of the expand phase --------------------*- C++ -*-===//
//
// Layers become transforms, spectral products and pointwise maps.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_EXPAND_PASSES_H
#define SPHERICAL_PASSES_EXPAND_PASSES_H

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>

namespace mlir::spherical {

#define GEN_PASS_DECL
#include "passes/expand/passes.h.inc"

/// Registers every pass of this phase.
#define GEN_PASS_REGISTRATION
#include "passes/expand/passes.h.inc"

/// Appends the expand phase to a pipeline on modules.
void buildExpandPipeline(OpPassManager &manager);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_EXPAND_PASSES_H
