//===- scratch_functions.cpp - functions in scratch memory ------*- C++ -*-===//

#include "passes/plan/scratch_functions.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::spherical {

std::optional<ScratchFunction> scratchFunctionOf(stage::SweepOp sweep, BlockArgument grid) {
  ScratchFunction function{grid, nullptr, nullptr};
  for (Operation *op : grid.getUsers()) {
    if (op->getBlock() != &sweep.getBody().front() || isa<memref::SubViewOp>(op))
      return std::nullopt;
    Operation *&place = hasEffect<MemoryEffects::Write>(op, grid) ? function.maker : function.user;
    if (place && place != op)
      return std::nullopt;
    place = op;
  }
  if (!function.maker || !function.user || function.maker == function.user)
    return std::nullopt;
  // Between them stand addresses only.
  for (Operation *op = function.maker->getNextNode(); op != function.user; op = op->getNextNode())
    if (!op || !isPure(op))
      return std::nullopt;
  return function;
}

} // namespace mlir::spherical
