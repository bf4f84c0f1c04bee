//===- memory_checks.h - what machine code trusts a plan in -----*- C++ -*-===//
//
// The parts of spherical-verify-memory, each for one planned function. They run
// in this order: later ones rely on what earlier ones have checked. The numbers
// are those of the stage dialect's description. All fail after a diagnostic.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_MEMORY_CHECKS_H
#define SPHERICAL_PASSES_LOWER_MEMORY_CHECKS_H

#include "passes/lower/problem_lists.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::spherical {

/// P1 and P2: what a function holds and takes.
LogicalResult verifyForm(func::FuncOp entry);

/// P3 to P7: all that ops reach lies within their operands.
LogicalResult verifyBounds(func::FuncOp entry, ProblemLists &problems);

/// P8 and P9: no op, and no two points of a sweep, meet where one of them writes.
LogicalResult verifyOverlaps(func::FuncOp entry, ProblemLists &problems);

/// P10: nothing is read that nothing has written.
LogicalResult verifyWritten(func::FuncOp entry, ProblemLists &problems);

/// The number of samples of batched arguments, 0 if there are none.
int64_t capacityOf(func::FuncOp entry);

/// Whether the memref is an argument, or a part of one, whose samples from the run-time count on do
/// not exist.
bool isBatched(func::FuncOp entry, Value memref);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_MEMORY_CHECKS_H
