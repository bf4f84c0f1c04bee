//===- optimizer_step.h - updates of the parameters -------------*- C++ -*-===//
//
// Moments and updates of the optimizer that @forward names.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_DIFFERENTIATE_OPTIMIZER_STEP_H
#define SPHERICAL_PASSES_DIFFERENTIATE_OPTIMIZER_STEP_H

#include "passes/differentiate/entry_builder.h"

#include "dialects/nn/dialect.h"

namespace mlir::spherical {

/// The step of an optimizer in an entry. Moments are `adam.m.<param>`, `adam.v.<param>` and the
/// number of steps done, `adam.step`; or `sgd.m.<param>`, if there is a momentum, and `sgd.step`;
/// moving averages are `average.<param>`.
class OptimizerStep {
public:
  /// A null optimizer is Adam with the constants of its op. `trained` are parameters of @forward.
  OptimizerStep(EntryBuilder &entry, nn::OptimizerAttr optimizer, ArrayRef<BlockArgument> trained);

  /// Appends the arguments: moments, the number of steps, averages.
  void addArguments(Location loc);

  /// Builds the updates of the parameters, which have the clones `values`, at the rate and by
  /// gradients that are still to be multiplied by `scale` (null: 1), and returns what they give.
  /// They stand at the end: only then may a result overwrite what it replaces.
  void build(ArrayRef<Value> values, ArrayRef<Value> gradients, Value rate, Value scale);

private:
  Value scaled(ArrayRef<Value> gradients, Value scale);
  void addAdam(ArrayRef<Value> values, ArrayRef<Value> gradients, Value rate, Value scale);
  void addSgd(ArrayRef<Value> values, ArrayRef<Value> gradients, Value rate, Value scale);
  void addAverages(ArrayRef<Value> updated);
  bool isSgd() const { return optimizer && optimizer.getKind() == nn::OptimizerKind::Sgd; }
  bool hasMomentum() const { return isSgd() && double(optimizer.getMomentum()) != 0.0; }
  std::string stepName() const { return isSgd() ? "sgd.step" : "adam.step"; }

  EntryBuilder &entry;
  OpBuilder &builder;
  nn::OptimizerAttr optimizer;
  ArrayRef<BlockArgument> trained;
  /// For each parameter: m and v of Adam, m of gradient descent with momentum; its average.
  SmallVector<SmallVector<Value, 2>> moments;
  SmallVector<Value> averages;
  Value step, next;
  /// The updates, in the order of the parameters, whose first result is the new value.
  SmallVector<Operation *> updates;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_DIFFERENTIATE_OPTIMIZER_STEP_H
