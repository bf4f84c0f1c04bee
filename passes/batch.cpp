//===- batch.cpp - which values have a batch --------------------*- C++ -*-===//
//
// First axes that ops have in common are classes of values; a class with a value
// that an op reads or writes whole is no batch.
//
//===----------------------------------------------------------------------===//

#include "passes/batch.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "passes/entries.h"

#include "llvm/ADT/EquivalenceClasses.h"

namespace mlir::spherical {
namespace {

/// The extent of the first axis, 0 without one.
int64_t rowsOf(Value value) {
  if (std::optional<Signal> signal = getSignal(value.getType()))
    return signal->batch;
  auto tensor = dyn_cast<RankedTensorType>(value.getType());
  return tensor && tensor.getRank() > 0 ? tensor.getDimSize(0) : 0;
}

class FirstAxes {
public:
  FirstAxes(func::FuncOp func, const llvm::DenseMap<Value, Place> &places)
      : func(func), places(places) {}

  llvm::DenseSet<Value> run() {
    for (BlockArgument argument : func.getArguments())
      classes.insert(argument);
    for (Operation &op : func.front().without_terminator())
      join(&op);
    for (Value value : whole)
      wholeClasses.insert(classes.getLeaderValue(value));
    const int64_t batch = batchOf();
    llvm::DenseSet<Value> batched;
    for (BlockArgument argument : func.getArguments())
      if (isData(argument) && isFree(argument) && rowsOf(argument) == batch)
        for (Value value : classes.members(argument))
          batched.insert(value);
    return batched;
  }

private:
  /// Values in the lanes of one op share their first axis; those elsewhere are whole.
  void join(Operation *op) {
    SmallVector<Place> where = operandPlaces(op, places);
    for (Value result : op->getResults())
      where.push_back(places.lookup(result));
    SmallVector<Value> values(op->getOperands());
    llvm::append_range(values, op->getResults());
    Value shared;
    for (auto [value, place] : llvm::zip_equal(values, where)) {
      classes.insert(value);
      if (place != Place::Lanes && !op->hasTrait<KeepsSamples>()) {
        whole.push_back(value);
        continue;
      }
      if (shared)
        classes.unionSets(shared, value);
      shared = value;
    }
  }

  /// Whether all that shares the value's first axis has it in the lanes.
  bool isFree(Value value) {
    return rowsOf(value) > 0 && !wholeClasses.contains(classes.getLeaderValue(value));
  }

  bool isData(BlockArgument argument) {
    StringRef role = argumentRole(argument);
    return role.empty() || role == "input" || role == "label";
  }

  /// The samples of the first argument that can have a batch, inputs and labels first.
  int64_t batchOf() {
    BlockArgument first;
    for (BlockArgument argument : func.getArguments())
      if (isData(argument) && isFree(argument) &&
          (!first || (argumentRole(first).empty() && !argumentRole(argument).empty())))
        first = argument;
    return first ? rowsOf(first) : 0;
  }

  func::FuncOp func;
  const llvm::DenseMap<Value, Place> &places;
  llvm::EquivalenceClasses<Value> classes;
  SmallVector<Value> whole;
  llvm::DenseSet<Value> wholeClasses;
};

} // namespace

llvm::DenseSet<Value> findBatched(func::FuncOp func, const llvm::DenseMap<Value, Place> &places) {
  return FirstAxes(func, places).run();
}

} // namespace mlir::spherical
