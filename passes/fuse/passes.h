//===- passes.h - passes of the fuse phase ----------------------*- C++ -*-===//
//
// Neighbours become one op.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_FUSE_PASSES_H
#define SPHERICAL_PASSES_FUSE_PASSES_H

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>

namespace mlir::spherical {

#define GEN_PASS_DECL
#include "passes/fuse/passes.h.inc"

/// Registers every pass of this phase.
#define GEN_PASS_REGISTRATION
#include "passes/fuse/passes.h.inc"

/// Appends the fuse phase to a pipeline on modules.
void buildFusePipeline(OpPassManager &manager, ArrayRef<std::string> without = {});

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_FUSE_PASSES_H
