//===- prepare_weights.cpp - spherical-prepare-weights ----------*- C++ -*-===//
//
// Weights are bound once and used for many batches: copies of them in the order
// that the chosen algorithms read move to @prepare, which runs once. The values
// that cross over are named prepared.<k>, behind those of
// spherical-hoist-preparation.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/passes.h"

#include "dialects/nn/dialect.h"
#include "passes/argument_constraints.h"
#include "passes/entries.h"
#include "passes/schedule/choices.h"
#include "passes/schedule/machine.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_PREPAREWEIGHTS
#include "passes/schedule/passes.h.inc"
namespace {

/// @forward, and @prepare as far as there is one.
class Preparation {
public:
  Preparation(func::FuncOp forward, const Machine &machine) : forward(forward), machine(machine) {}

  /// Lets the user of a parameter read what @prepare makes of it, if it makes anything.
  LogicalResult prepareOperand(OpOperand &use, BlockArgument parameter) {
    OpBuilder builder(use.getOwner());
    Value made = cast<Schedulable>(use.getOwner()).buildPrepared(builder, use.getOperandNumber());
    if (!made)
      return success();
    if (!prepare && failed(findPrepare()))
      return failure();
    Operation *op = made.getDefiningOp();
    const Type type = made.getType();
    BlockArgument &known = prepared[{parameter, type}];
    if (known)
      op->erase();
    else
      known = addPrepared(forward, type, addResult(op, parameter), parameter.getLoc());
    use.set(known);
    return success();
  }

  bool madeAny() const { return !prepared.empty(); }

private:
  Operation *terminator() { return prepare.front().getTerminator(); }

  /// Moves an op on a parameter to @prepare, which returns its result; the number of that.
  unsigned addResult(Operation *op, BlockArgument parameter) {
    op->moveBefore(terminator());
    op->replaceUsesOfWith(parameter, argumentFor(parameter));
    setChoice(op, cast<Schedulable>(op).getCandidates(machine).front(), 1, false, machine,
              prepare->getAttrOfType<IntegerAttr>("spherical.lanes").getInt());
    const unsigned index = prepare.getNumResults();
    Builder builder(op);
    (void)prepare.insertResult(index, op->getResult(0).getType(),
                               builder.getDictionaryAttr(builder.getNamedAttr(
                                   "spherical.name", builder.getStringAttr(preparedName(index)))));
    terminator()->insertOperands(index, op->getResult(0));
    return index;
  }

  /// The function as an earlier phase built it, or an empty one.
  LogicalResult findPrepare() {
    FailureOr<bool> built = isBuilt(forward, "prepare");
    if (failed(built))
      return failure();
    if (!*built) {
      createPrepare();
      return success();
    }
    prepare = forward->getParentOfType<ModuleOp>().lookupSymbol<func::FuncOp>("prepare");
    if (!prepare->getAttrOfType<IntegerAttr>("spherical.lanes"))
      return prepare.emitOpError("expected layouts that spherical-assign-layouts has assigned");
    return success();
  }

  void createPrepare() {
    OpBuilder builder(forward.getContext());
    builder.setInsertionPointAfter(forward);
    prepare =
        func::FuncOp::create(builder, forward.getLoc(), "prepare", builder.getFunctionType({}, {}));
    prepare->setAttr(kDerived, builder.getStringAttr(forward.getName()));
    prepare->setAttr("spherical.lanes", builder.getI64IntegerAttr(1));
    builder.setInsertionPointToStart(prepare.addEntryBlock());
    func::ReturnOp::create(builder, forward.getLoc());
  }

  /// The argument of @prepare that is this parameter of @forward.
  BlockArgument argumentFor(BlockArgument parameter) {
    for (BlockArgument argument : prepare.getArguments())
      if (argumentName(argument) == argumentName(parameter))
        return argument;
    const unsigned index = prepare.getNumArguments();
    (void)prepare.insertArgument(index, parameter.getType(),
                                 forward.getArgAttrDict(parameter.getArgNumber()),
                                 parameter.getLoc());
    return prepare.getArgument(index);
  }

  func::FuncOp forward, prepare;
  const Machine &machine;
  llvm::DenseMap<std::pair<Value, Type>, BlockArgument> prepared;
};

struct PrepareWeights : impl::PrepareWeightsBase<PrepareWeights> {
  using PrepareWeightsBase::PrepareWeightsBase;

  void runOnOperation() override {
    auto forward = getOperation().lookupSymbol<func::FuncOp>("forward");
    if (!forward || forward.isExternal() || !forward.getBody().hasOneBlock())
      return;
    FailureOr<Machine> machine = getMachine(cpu, [&] { return getOperation().emitError(); });
    if (failed(machine))
      return signalPassFailure();
    SmallVector<OpOperand *> uses;
    for (Operation &op : forward.front().without_terminator())
      for (OpOperand &operand : op.getOpOperands())
        if (auto argument = dyn_cast<BlockArgument>(operand.get());
            argument && isa<Schedulable>(op) && argumentRole(argument) == "parameter")
          uses.push_back(&operand);
    Preparation preparation(forward, *machine);
    for (OpOperand *use : uses)
      if (failed(preparation.prepareOperand(*use, cast<BlockArgument>(use->get()))))
        return signalPassFailure();
    if (preparation.madeAny())
      eraseUnusedParameters(forward);
  }
};

} // namespace
} // namespace mlir::spherical
