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

void forTypesInLanes(Operation *op, ArrayRef<Place> operands, ArrayRef<Place> results,
                     llvm::function_ref<void(Type)> visit) {
  auto see = [&](TypeRange types, ArrayRef<Place> places) {
    for (auto [type, place] : llvm::zip_equal(types, places))
      if (place == Place::Lanes)
        visit(type);
  };
  see(op->getOperandTypes(), operands);
  see(op->getResultTypes(), results);
}

bool traitsLeaveZeros(Operation *op, llvm::function_ref<bool(unsigned)> isZero) {
  if (op->hasTrait<ClearsLanes>())
    return true;
  if (op->hasTrait<KeepsZeros>())
    return isZero(0);
  return op->hasTrait<RealLinear>() &&
         llvm::all_of(llvm::seq<unsigned>(0, op->getNumOperands()), isZero);
}

} // namespace mlir::spherical
