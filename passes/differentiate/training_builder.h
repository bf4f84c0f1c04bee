//===- training_builder.h - @forward in training mode -----------*- C++ -*-===//
//
// What the entries of a training have in common: a clone of @forward with its loss
// over `count` samples, and the gradients of that.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_DIFFERENTIATE_TRAINING_BUILDER_H
#define SPHERICAL_PASSES_DIFFERENTIATE_TRAINING_BUILDER_H

#include "passes/differentiate/entry_builder.h"
#include "passes/differentiate/reverse.h"

#include "dialects/nn/dialect.h"

namespace mlir::spherical {

inline constexpr llvm::StringLiteral kLoss = "spherical.loss";
inline constexpr llvm::StringLiteral kOptimizer = "spherical.optimizer";
/// Of a parameter that keeps its value.
inline constexpr llvm::StringLiteral kFrozen = "spherical.frozen";

/// The arguments of @forward by role, in order; `trained` are the parameters that are not frozen.
struct ForwardArguments {
  SmallVector<BlockArgument> inputs, parameters, trained, states;
};

/// Sorts them. Fails after a diagnostic at an argument without name or of another role.
FailureOr<ForwardArguments> sortArguments(func::FuncOp forward);

/// An entry that computes the loss of @forward and its gradients. Batch norms take the statistics
/// of the batch, but for those whose parameters are all frozen: these stay as in inference.
class TrainingBuilder {
public:
  TrainingBuilder(func::FuncOp forward, const ForwardArguments &arguments, StringRef name);

  /// Appends the inputs, the labels or the target, and the number of valid samples.
  void addBatch();
  /// Appends arguments of @forward.
  void copyArguments(ArrayRef<BlockArgument> source);
  /// Clones the forward pass and adds the loss; all arguments of @forward must be there.
  void cloneForward();
  /// Goes through the ops in reverse, from a loss cotangent of 1. Fails after a diagnostic.
  LogicalResult differentiate(ArrayRef<BlockArgument> wanted);

  /// The clone of a value of @forward.
  Value clone(Value value) const { return mapping.lookup(value); }
  SmallVector<Value> clones(ArrayRef<BlockArgument> values) const;
  Value gradient(BlockArgument argument);
  SmallVector<Value> gradients(ArrayRef<BlockArgument> wanted);
  /// What is passed back to a value of the entry, null if nothing is.
  Value cotangent(Value value) const { return reverse->lookup(value); }
  Value cotangentOrZero(Value value) { return reverse->lookupOrZero(value, value.getLoc()); }
  /// Returns the loss and the outputs, in this order.
  void addLossAndOutputs();
  /// Returns the states that batch norms updated.
  void addStates();

  EntryBuilder entry;
  OpBuilder &builder;
  func::FuncOp forward;
  const ForwardArguments &arguments;
  /// The ops of the forward pass, then that of the loss.
  SmallVector<Operation *> ops;
  Value count, outputs, loss;

private:
  bool keepsStatistics(nn::BatchNormOp op) const;
  nn::BatchNormTrainOp trainBatchNorm(nn::BatchNormOp op);
  void addLoss();
  Value forwardResult() { return forward.getBody().front().getTerminator()->getOperand(0); }

  nn::LossAttr lossAttr;
  IRMapping mapping;
  llvm::DenseMap<Value, Value> newStates;
  Value labels;
  std::optional<ReverseMode> reverse;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_DIFFERENTIATE_TRAINING_BUILDER_H
