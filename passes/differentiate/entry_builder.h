//===- entry_builder.h - functions with named arguments ---------*- C++ -*-===//
//
// Builds a function argument by argument and result by result, each with its
// role and name, as compiled programs present them to their caller.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_DIFFERENTIATE_ENTRY_BUILDER_H
#define SPHERICAL_PASSES_DIFFERENTIATE_ENTRY_BUILDER_H

#include "passes/argument_constraints.h"
#include "passes/entries.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::spherical {

/// The name of a result (`spherical.name`), result<index> without one.
std::string resultName(func::FuncOp function, unsigned index);

/// A function under construction, beside the function that it derives from.
class EntryBuilder {
public:
  /// Starts the empty function `name`, after the last function derived from `source`
  /// (`spherical.derived` holds the name of the source).
  EntryBuilder(func::FuncOp source, StringRef name);

  /// Appends an argument of a role and a name; either may be empty.
  BlockArgument addArgument(Type type, StringRef role, const Twine &name, Location loc);

  /// Appends an argument of role moment that starts as zeros.
  BlockArgument addMoment(Type type, const Twine &name, Location loc);

  /// Appends an argument of role average for a parameter: its moving average, which starts as the
  /// parameter does.
  BlockArgument addAverage(BlockArgument parameter);

  /// Appends an argument of the type, location and attributes of `argument`.
  BlockArgument copyArgument(BlockArgument argument);

  /// Appends a result; `replaces` names the argument whose new value it is, if any.
  void addResult(Value value, const Twine &name, StringRef replaces = "");

  /// Clones the ops of `block` but its terminator, with values replaced by `mapping`, and returns
  /// the clones in order.
  SmallVector<Operation *> cloneBody(Block &block, IRMapping &mapping);

  /// Adds the return, sets the function's type and erases what no result needs.
  func::FuncOp finish();

  OpBuilder &getBuilder() { return builder; }
  Block &getBody() { return function.getBody().front(); }

private:
  func::FuncOp function;
  OpBuilder builder;
  SmallVector<DictionaryAttr> argumentAttributes, resultAttributes;
  SmallVector<Value> results;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_DIFFERENTIATE_ENTRY_BUILDER_H
