//===- schedulable.cpp - ops that know how they run -------------*- C++ -*-===//
//
// Definitions that TableGen derives from schedulable.td, and defaults of methods.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/schedulable.h"

#include "dialects/interfaces/linear.h"

#include "llvm/ADT/Sequence.h"

#include "dialects/interfaces/schedulable.cpp.inc"

namespace mlir::spherical {

bool traitsLeaveZeros(Operation *op, llvm::function_ref<bool(unsigned)> isZero) {
  if (op->hasTrait<ClearsLanes>())
    return true;
  if (op->hasTrait<KeepsZeros>())
    return isZero(0);
  return op->hasTrait<RealLinear>() &&
         llvm::all_of(llvm::seq<unsigned>(0, op->getNumOperands()), isZero);
}

} // namespace mlir::spherical
