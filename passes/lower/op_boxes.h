//===- op_boxes.h - elements that an op reads and writes --------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_OP_BOXES_H
#define SPHERICAL_PASSES_LOWER_OP_BOXES_H

#include "passes/lower/problem_lists.h"
#include "passes/lower/written_boxes.h"

namespace mlir::spherical {

/// Values of indices: one for each at which reads are looked for, and all for which something has
/// been written.
struct Place {
  llvm::DenseMap<Value, int64_t> at;
  llvm::DenseMap<Value, IndexRange> over;
  /// Of samples, at which gathers stop.
  int64_t count = 0;

  void set(Value index, int64_t value, IndexRange range) {
    at[index] = value;
    over[index] = range;
  }
};

/// A box of the root that holds what an op writes of an operand, over a place; nothing if it writes
/// none of it.
std::optional<Box> boxWritten(const MemoryAccess &access, const Place &place);

/// Boxes of the root that an op reads of an operand, at a place. Not all: of operands that an op
/// reads in part, elements at both ends of that.
SmallVector<Box> boxesRead(const MemoryAccess &access, const Place &place,
                           const IntegerTables &tables);

/// Whether an op makes each element of its outputs from the elements there of its inputs, so that
/// what is undefined in these is undefined in those.
bool passesOn(ArrayRef<MemoryAccess> accesses);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_OP_BOXES_H
