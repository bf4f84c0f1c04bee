//===- differentiate_loss.cpp - spherical-differentiate-loss ----*- C++ -*-===//
//
// Builds training from inference. @forward computes with running statistics;
// @loss_and_gradients and @train_step clone it with the statistics of the
// batch, add the loss over `count` samples and go through the ops in reverse. The
// step is Adam's (Kingma and Ba 2015):
//   m' = beta1 m + (1 - beta1) g,  v' = beta2 v + (1 - beta2) g^2
//   p' = p - lr (m' / (1 - beta1^t)) / (sqrt(v' / (1 - beta2^t)) + eps)
// with decay of the parameters and clipping of the gradient where the optimizer
// asks for them (op nn.adam).
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/entry_builder.h"
#include "passes/differentiate/passes.h"
#include "passes/differentiate/reverse.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_DIFFERENTIATELOSS
#include "passes/differentiate/passes.h.inc"
namespace {

constexpr llvm::StringLiteral kLoss = "spherical.loss";
constexpr llvm::StringLiteral kOptimizer = "spherical.optimizer";

/// The arguments of @forward by role, in order.
struct ForwardArguments {
  SmallVector<BlockArgument> inputs, parameters, states;
};

FailureOr<ForwardArguments> sortArguments(func::FuncOp forward) {
  ForwardArguments sorted;
  for (BlockArgument argument : forward.getArguments()) {
    unsigned index = argument.getArgNumber();
    StringRef role = argumentRole(argument);
    if (!forward.getArgAttr(index, "spherical.name"))
      return forward.emitOpError() << "expected `spherical.name` on argument " << index
                                   << " to train the model, got none";
    if (role == "input")
      sorted.inputs.push_back(argument);
    else if (role == "parameter")
      sorted.parameters.push_back(argument);
    else if (role == "state")
      sorted.states.push_back(argument);
    else
      return forward.emitOpError()
             << "expected `spherical.role` of argument " << index
             << " to be input, parameter or state to train the model, got '" << role << "'";
  }
  return sorted;
}

/// Checks what @forward must be to have a loss.
LogicalResult checkForward(func::FuncOp forward) {
  if (!nn::LossAttr::from(forward->getAttr(kLoss)))
    return forward.emitOpError() << "expected `spherical.loss` to be \"cross_entropy\", "
                                    "\"mean_squared_error\", \"mean_absolute_error\" or a "
                                    "#nn.loss, got "
                                 << forward->getAttr(kLoss) << " (not supported)";
  if (Attribute optimizer = forward->getAttr(kOptimizer);
      optimizer && !isa<nn::OptimizerAttr>(optimizer))
    return forward.emitOpError() << "expected `spherical.optimizer` to be a #nn.optimizer, got "
                                 << optimizer;
  if (forward.isExternal() || !forward.getBody().hasOneBlock())
    return forward.emitOpError() << "expected a body of one block to build its gradient";
  if (forward.getNumResults() != 1 || !isa<RankedTensorType>(forward.getResultTypes()[0]))
    return forward.emitOpError() << "expected one tensor as result for its loss, got "
                                 << forward.getFunctionType();
  return success();
}

/// A clone of @forward in training mode with its loss, and the gradients of that.
class TrainingBuilder {
public:
  TrainingBuilder(func::FuncOp forward, const ForwardArguments &arguments, StringRef name)
      : forward(forward), arguments(arguments), entry(forward, name), builder(entry.getBuilder()),
        loc(forward.getLoc()), lossAttr(nn::LossAttr::from(forward->getAttr(kLoss))),
        optimizer(forward->getAttrOfType<nn::OptimizerAttr>(kOptimizer)) {}

  LogicalResult buildLossAndGradients();
  LogicalResult buildTrainStep();

private:
  void addBatch();
  void copyArguments(ArrayRef<BlockArgument> source);
  void cloneForward();
  nn::BatchNormTrainOp trainBatchNorm(nn::BatchNormOp op);
  void addLoss();
  LogicalResult differentiate(ArrayRef<BlockArgument> wanted);
  Value gradient(BlockArgument argument);
  Value clipFactor();
  void addAdam(ArrayRef<std::pair<Value, Value>> moments, Value step, Value rate);
  Value clone(Value value) { return mapping.lookup(value); }
  Value forwardResult() { return forward.getBody().front().getTerminator()->getOperand(0); }
  std::string logitsName() { return resultName(forward, 0); }

  func::FuncOp forward;
  const ForwardArguments &arguments;
  EntryBuilder entry;
  OpBuilder &builder;
  Location loc;
  nn::LossAttr lossAttr;
  nn::OptimizerAttr optimizer; // null: Adam with the constants of its op
  IRMapping mapping;
  SmallVector<Operation *> ops; // of the forward pass and the loss, in order
  llvm::DenseMap<Value, Value> newStates;
  Value labels, count, logits, loss;
  std::optional<ReverseMode> reverse;
};

/// Appends the inputs, the labels or the target, and the number of valid samples.
void TrainingBuilder::addBatch() {
  copyArguments(arguments.inputs);
  auto type = cast<RankedTensorType>(forwardResult().getType());
  if (lossAttr.getKind() != nn::LossKind::CrossEntropy) {
    labels = entry.addArgument(type, "label", "target", loc);
  } else {
    SmallVector<int64_t> shape(type.getShape());
    shape.erase(shape.begin() + std::min<size_t>(1, shape.size()));
    type = RankedTensorType::get(shape, builder.getI32Type());
    labels = entry.addArgument(type, "label", "labels", loc);
  }
  count = entry.addArgument(RankedTensorType::get({}, builder.getI64Type()), "count", "count", loc);
}

void TrainingBuilder::copyArguments(ArrayRef<BlockArgument> source) {
  for (BlockArgument argument : source)
    mapping.map(argument, entry.copyArgument(argument));
}

/// The batch norm of training in place of the one with running statistics.
nn::BatchNormTrainOp TrainingBuilder::trainBatchNorm(nn::BatchNormOp op) {
  Type channels = op.getMean().getType();
  auto train = nn::BatchNormTrainOp::create(
      builder, op.getLoc(), op.getType(), channels, channels, channels, channels,
      clone(op.getInput()), clone(op.getWeight()), clone(op.getBias()), clone(op.getMean()),
      clone(op.getVar()), count, op.getEpsAttr(), op.getMomentumAttr(), op.getStatisticsAttr());
  mapping.map(op.getResult(), train.getResult());
  newStates[op.getMean()] = train.getNewMean();
  newStates[op.getVar()] = train.getNewVar();
  return train;
}

/// Adds the loss of the logits.
void TrainingBuilder::addLoss() {
  Type element = cast<RankedTensorType>(logits.getType()).getElementType();
  Type scalar = RankedTensorType::get({}, element);
  auto weights = nn::MeasureAttr::get(builder.getContext(), lossAttr.getWeights());
  std::optional<int64_t> ignore = lossAttr.getIgnore();
  Location at = logits.getLoc();
  switch (lossAttr.getKind()) {
  case nn::LossKind::CrossEntropy:
    loss = nn::CrossEntropyOp::create(builder, at, scalar, logits, labels, count, weights,
                                      ignore ? builder.getI64IntegerAttr(*ignore) : nullptr,
                                      lossAttr.getClassWeights());
    break;
  case nn::LossKind::MeanSquaredError:
    loss = nn::MeanSquaredErrorOp::create(builder, at, scalar, logits, labels, count, weights);
    break;
  case nn::LossKind::MeanAbsoluteError:
    loss = nn::MeanAbsoluteErrorOp::create(builder, at, scalar, logits, labels, count, weights);
    break;
  }
  ops.push_back(loss.getDefiningOp());
}

/// Clones the forward pass and adds the loss.
void TrainingBuilder::cloneForward() {
  for (Operation &op : forward.getBody().front().without_terminator()) {
    if (auto norm = dyn_cast<nn::BatchNormOp>(op))
      ops.push_back(trainBatchNorm(norm));
    else
      ops.push_back(builder.clone(op, mapping));
  }
  logits = clone(forwardResult());
  addLoss();
}

/// Goes through the ops in reverse, from a loss cotangent of 1.
LogicalResult TrainingBuilder::differentiate(ArrayRef<BlockArgument> wanted) {
  SmallVector<Value> values =
      llvm::map_to_vector(wanted, [&](BlockArgument argument) { return clone(argument); });
  reverse.emplace(builder, values);
  auto type = cast<RankedTensorType>(loss.getType());
  auto one = DenseElementsAttr::get(type, builder.getFloatAttr(type.getElementType(), 1.0));
  reverse->accumulate(loss, arith::ConstantOp::create(builder, loss.getLoc(), one), loss.getLoc());
  return reverse->run(ops);
}

Value TrainingBuilder::gradient(BlockArgument argument) {
  return reverse->lookupOrZero(clone(argument), argument.getLoc());
}

/// @loss_and_gradients(x, labels, count, params, states) -> logits, loss, grad.logits, grad.x, ...
LogicalResult TrainingBuilder::buildLossAndGradients() {
  addBatch();
  copyArguments(arguments.parameters);
  copyArguments(arguments.states);
  cloneForward();
  SmallVector<BlockArgument> wanted;
  for (BlockArgument argument :
       llvm::concat<const BlockArgument>(arguments.inputs, arguments.parameters))
    if (hasGradient(argument.getType()))
      wanted.push_back(argument);
  if (failed(differentiate(wanted)))
    return failure();
  entry.addResult(logits, logitsName());
  entry.addResult(loss, "loss");
  entry.addResult(reverse->lookupOrZero(logits, logits.getLoc()), "grad." + logitsName());
  for (BlockArgument argument : wanted)
    entry.addResult(gradient(argument), "grad." + argumentName(argument));
  entry.finish();
  return success();
}

/// What brings all gradients together to the optimizer's largest norm; null without one.
Value TrainingBuilder::clipFactor() {
  if (!optimizer || optimizer.getClip() == 0.0)
    return {};
  Value squares;
  for (BlockArgument argument : arguments.parameters) {
    Value own = nn::SumSquaresOp::create(
        builder, loc, RankedTensorType::get({}, builder.getF64Type()), gradient(argument));
    squares = squares ? nn::AddOp::create(builder, loc, squares, own).getResult() : own;
  }
  if (!squares)
    return {};
  return nn::ClipFactorOp::create(builder, loc, squares,
                                  builder.getF64FloatAttr(optimizer.getClip()));
}

/// Appends Adam's update of every parameter, which are results like the moments and the step.
void TrainingBuilder::addAdam(ArrayRef<std::pair<Value, Value>> moments, Value step, Value rate) {
  Value factor = clipFactor();
  Value next = nn::IncrementOp::create(builder, loc, step.getType(), step);
  SmallVector<nn::AdamOp> updates;
  for (auto [argument, moment] : llvm::zip_equal(arguments.parameters, moments)) {
    SmallVector<Type> types(3, argument.getType());
    SmallVector<Value> operands = {
        clone(argument), gradient(argument), moment.first, moment.second, next, rate};
    if (factor)
      operands.push_back(factor);
    auto update = nn::AdamOp::create(builder, argument.getLoc(), types, operands);
    if (optimizer) {
      update.setBeta1(APFloat(optimizer.getBeta1()));
      update.setBeta2(APFloat(optimizer.getBeta2()));
      update.setEps(APFloat(optimizer.getEps()));
      update.setWeightDecay(APFloat(optimizer.getWeightDecay()));
    }
    updates.push_back(update);
  }
  for (auto [argument, update] : llvm::zip_equal(arguments.parameters, updates)) {
    std::string name = argumentName(argument);
    entry.addResult(update.getResult(0), name, name);
  }
  for (auto [argument, update] : llvm::zip_equal(arguments.parameters, updates)) {
    std::string m = "adam.m." + argumentName(argument), v = "adam.v." + argumentName(argument);
    entry.addResult(update.getResult(1), m, m);
    entry.addResult(update.getResult(2), v, v);
  }
  entry.addResult(next, "adam.step", "adam.step");
}

/// @train_step(x, labels, count, learning_rate, params, moments, states) -> loss, logits, params',
/// moments', states'.
LogicalResult TrainingBuilder::buildTrainStep() {
  addBatch();
  Value rate = entry.addArgument(RankedTensorType::get({}, builder.getF32Type()), "learning_rate",
                                 "learning_rate", loc);
  copyArguments(arguments.parameters);
  SmallVector<std::pair<Value, Value>> moments;
  for (BlockArgument argument : arguments.parameters) {
    std::string name = argumentName(argument);
    Value m = entry.addMoment(argument.getType(), "adam.m." + name, argument.getLoc());
    Value v = entry.addMoment(argument.getType(), "adam.v." + name, argument.getLoc());
    moments.emplace_back(m, v);
  }
  Value step = entry.addMoment(RankedTensorType::get({}, builder.getI64Type()), "adam.step", loc);
  copyArguments(arguments.states);
  cloneForward();
  if (failed(differentiate(arguments.parameters)))
    return failure();
  entry.addResult(loss, "loss");
  entry.addResult(logits, logitsName());
  // The updates stand at the very end: only then may they overwrite what they replace.
  addAdam(moments, step, rate);
  for (BlockArgument argument : arguments.states) {
    Value next = newStates.lookup(argument);
    std::string name = argumentName(argument);
    entry.addResult(next ? next : clone(argument), name, name);
  }
  entry.finish();
  return success();
}

struct DifferentiateLoss : impl::DifferentiateLossBase<DifferentiateLoss> {
  void runOnOperation() override {
    auto forward = getOperation().lookupSymbol<func::FuncOp>("forward");
    if (!forward || !forward->hasAttr(kLoss))
      return;
    FailureOr<bool> gradients = isBuilt(forward, "loss_and_gradients");
    FailureOr<bool> step = isBuilt(forward, "train_step");
    if (failed(gradients) || failed(step))
      return signalPassFailure();
    if (*gradients && *step)
      return;
    if (failed(checkForward(forward)))
      return signalPassFailure();
    FailureOr<ForwardArguments> arguments = sortArguments(forward);
    if (failed(arguments))
      return signalPassFailure();
    if (!*gradients &&
        failed(TrainingBuilder(forward, *arguments, "loss_and_gradients").buildLossAndGradients()))
      return signalPassFailure();
    if (!*step && failed(TrainingBuilder(forward, *arguments, "train_step").buildTrainStep()))
      return signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
