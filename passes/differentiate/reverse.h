//===- reverse.h - reverse-mode differentiation of a block ------*- C++ -*-===//
//
// Walks straight-line SSA from its results to its arguments and asks each op
// for its vector-Jacobian product.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_DIFFERENTIATE_REVERSE_H
#define SPHERICAL_PASSES_DIFFERENTIATE_REVERSE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::spherical {

/// True for types that have gradients: functions, spectra, and tensors of real or complex floats.
bool hasGradient(Type type);

/// The cotangents of the values of one block.
class ReverseMode {
public:
  /// Ops are built by `builder`, at its insertion point, at the locations of the ops that they
  /// differentiate. Gradients are followed only to `wanted` values.
  ReverseMode(OpBuilder &builder, ValueRange wanted);

  /// Adds `cotangent` to what is known of the cotangent of `value`.
  void accumulate(Value value, Value cotangent, Location loc);

  /// Passes the cotangents through `ops`, given in program order, last first.
  /// Fails after a diagnostic at an op that has no rule.
  LogicalResult run(ArrayRef<Operation *> ops);

  /// The cotangent of `value` so far, null if it is zero.
  Value lookup(Value value) const { return cotangents.lookup(value); }

  /// The cotangent of `value`, as a zero of its type if nothing reaches it.
  Value lookupOrZero(Value value, Location loc);

private:
  LogicalResult differentiate(Operation *op);
  bool isActive(Operation *op) const;

  OpBuilder &builder;
  llvm::DenseMap<Value, Value> cotangents;
  llvm::DenseSet<Value> active; // values that depend on a wanted one
};

/// Erases every op of `block` without effect and use.
void eraseDeadOps(Block &block);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_DIFFERENTIATE_REVERSE_H
