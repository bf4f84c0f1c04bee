//===- hoist_preparation.cpp - spherical-hoist-preparation ------*- C++ -*-===//
//
// Moves what @forward computes from parameters alone to @prepare, which runs
// once when weights are bound. The values that cross over are results of
// @prepare and arguments of @forward, both named prepared.<k>.
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/entry_builder.h"
#include "passes/differentiate/passes.h"
#include "passes/differentiate/reverse.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_HOISTPREPARATION
#include "passes/differentiate/passes.h.inc"
namespace {

/// The ops of @forward that depend on parameters and on nothing else, in order.
llvm::SetVector<Operation *> findPreparation(Block &body) {
  llvm::DenseSet<Value> fixed;
  for (BlockArgument argument : body.getArguments())
    if (argumentRole(argument) == "parameter")
      fixed.insert(argument);
  // Constants join the side that uses them; alone they are no reason to prepare anything.
  llvm::DenseSet<Value> constants;
  llvm::SetVector<Operation *> preparation;
  for (Operation &op : body.without_terminator()) {
    bool onlyConstants =
        llvm::all_of(op.getOperands(), [&](Value operand) { return constants.contains(operand); });
    bool onlyFixed = llvm::all_of(op.getOperands(), [&](Value operand) {
      return fixed.contains(operand) || constants.contains(operand);
    });
    if (onlyConstants) {
      constants.insert(op.result_begin(), op.result_end());
    } else if (onlyFixed) {
      fixed.insert(op.result_begin(), op.result_end());
      preparation.insert(&op);
    }
  }
  return preparation;
}

/// The results of `preparation` that other ops use, in order.
SmallVector<Value> findCrossing(const llvm::SetVector<Operation *> &preparation) {
  SmallVector<Value> crossing;
  for (Operation *op : preparation)
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(),
                       [&](Operation *user) { return !preparation.contains(user); }))
        crossing.push_back(result);
  return crossing;
}

/// Builds @prepare, which returns `crossing`.
void buildPrepare(func::FuncOp forward, ArrayRef<Value> crossing) {
  EntryBuilder entry(forward, "prepare");
  Block &body = forward.getBody().front();
  IRMapping mapping;
  SmallVector<Value> parameters;
  for (BlockArgument argument : forward.getArguments())
    mapping.map(argument, entry.copyArgument(argument));
  entry.cloneBody(body, mapping);
  for (auto [index, value] : llvm::enumerate(crossing))
    entry.addResult(mapping.lookup(value), preparedName(index));
  func::FuncOp prepare = entry.finish();
  llvm::BitVector unused(prepare.getNumArguments());
  for (BlockArgument argument : prepare.getArguments())
    unused[argument.getArgNumber()] = argument.use_empty();
  (void)prepare.eraseArguments(unused);
}

/// Makes `crossing` arguments of @forward, behind its inputs, and erases the parameters that
/// nothing uses any more.
void takePrepared(func::FuncOp forward, ArrayRef<Value> crossing) {
  for (auto [index, value] : llvm::enumerate(crossing))
    Value(value).replaceAllUsesWith(addPrepared(forward, value.getType(), index, value.getLoc()));
  eraseDeadOps(forward.getBody().front());
  eraseUnusedParameters(forward);
}

struct HoistPreparation : impl::HoistPreparationBase<HoistPreparation> {
  void runOnOperation() override {
    auto forward = getOperation().lookupSymbol<func::FuncOp>("forward");
    if (!forward || forward.isExternal() || !forward.getBody().hasOneBlock())
      return;
    SmallVector<Value> crossing = findCrossing(findPreparation(forward.getBody().front()));
    if (crossing.empty())
      return;
    if (FailureOr<bool> built = isBuilt(forward, "prepare"); failed(built) || *built)
      return failed(built) ? signalPassFailure() : void();
    buildPrepare(forward, crossing);
    takePrepared(forward, crossing);
  }
};

} // namespace
} // namespace mlir::spherical
