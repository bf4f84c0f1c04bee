//===- lifetimes.h - memory of a function's values --------------*- C++ -*-===//
//
// How long values live while the ops of a function run in their order, in buffers
// as spherical-lower-to-stages gives them out: arguments and results of the function
// have memory of their own, which does not count; an op with AliasesOperand lies in
// its operand's buffer, one with ReplacesOperand takes that of an operand that ends
// there.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_SCHEDULE_LIFETIMES_H
#define SPHERICAL_PASSES_SCHEDULE_LIFETIMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace mlir::spherical {

/// Whether an op writes the new value of `operand` where the old one lies.
bool updatesInPlace(Operation *op, Value operand);

class Lifetimes {
public:
  /// Of the first block, whose terminator is no op of these.
  explicit Lifetimes(func::FuncOp function);

  struct Buffer {
    int64_t bytes = 0;
    /// Positions of ops that write or read it, ascending; the number of ops for the terminator.
    SmallVector<int64_t> uses;
    int64_t first() const { return uses.front(); }
    int64_t last() const { return uses.back(); }
  };

  /// The ops in their order; a position is an index of these.
  ArrayRef<Operation *> ops() const { return order; }
  int64_t positionOf(Operation *op) const { return positions.lookup(op); }
  ArrayRef<Buffer> buffers() const { return all; }
  /// The buffers that an op writes or reads, each once; of these the one that it takes over.
  ArrayRef<int64_t> buffersOf(int64_t position) const { return touched[position]; }
  std::optional<int64_t> takenOver(int64_t position) const { return overwritten[position]; }
  /// The buffer of a value; nothing of arguments and results of the function.
  std::optional<int64_t> bufferOf(Value value) const;

  /// Moves the op behind that at `position` before it; buffers stay what they are.
  void swap(int64_t position);

  /// Bytes that live while each op runs.
  SmallVector<int64_t> liveBytes() const;

private:
  void place(Operation *op, int64_t position);
  std::optional<int64_t> reusedBy(Operation *op, int64_t position, Value result) const;

  SmallVector<Operation *> order;
  llvm::DenseMap<Operation *, int64_t> positions;
  SmallVector<Buffer> all;
  llvm::DenseMap<Value, int64_t> places;
  SmallVector<int64_t> ends; ///< of each buffer, the last use of what lies in it so far
  SmallVector<SmallVector<int64_t>> touched;
  SmallVector<std::optional<int64_t>> overwritten;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_LIFETIMES_H
