//===- passes.h - passes of the plan phase ----------------------*- C++ -*-===//
//
// Tensors become buffers with offsets in one arena; tables get their slots.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_PLAN_PASSES_H
#define SPHERICAL_PASSES_PLAN_PASSES_H

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>

namespace mlir::spherical {

#define GEN_PASS_DECL
#include "passes/plan/passes.h.inc"

/// Registers every pass of this phase.
#define GEN_PASS_REGISTRATION
#include "passes/plan/passes.h.inc"

/// Appends the plan phase to a pipeline on modules.
void buildPlanPipeline(OpPassManager &manager, ArrayRef<std::string> without = {});

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_PLAN_PASSES_H
