//===- training_builder.cpp - @forward in training mode ---------*- C++ -*-===//
//
// @forward computes with running statistics; its clone with those of the batch.
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/training_builder.h"

#include "dialects/spherical/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {

static bool isFrozen(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return false;
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  return function && function.getArgAttr(argument.getArgNumber(), kFrozen);
}

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
    if (role == "parameter" && !isFrozen(argument))
      sorted.trained.push_back(argument);
  }
  return sorted;
}

TrainingBuilder::TrainingBuilder(func::FuncOp forward, const ForwardArguments &arguments,
                                 StringRef name)
    : entry(forward, name), builder(entry.getBuilder()), forward(forward), arguments(arguments),
      lossAttr(nn::LossAttr::from(forward->getAttr(kLoss))) {}

void TrainingBuilder::addBatch() {
  const Location loc = forward.getLoc();
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

bool TrainingBuilder::keepsStatistics(nn::BatchNormOp op) const {
  return isFrozen(op.getWeight()) && isFrozen(op.getBias());
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

/// Adds the loss of the outputs.
void TrainingBuilder::addLoss() {
  Type element = cast<RankedTensorType>(outputs.getType()).getElementType();
  Type scalar = RankedTensorType::get({}, element);
  auto weights = nn::MeasureAttr::get(builder.getContext(), lossAttr.getWeights());
  std::optional<int64_t> ignore = lossAttr.getIgnore();
  Location at = outputs.getLoc();
  switch (lossAttr.getKind()) {
  case nn::LossKind::CrossEntropy:
    loss = nn::CrossEntropyOp::create(builder, at, scalar, outputs, labels, count, weights,
                                      ignore ? builder.getI64IntegerAttr(*ignore) : nullptr,
                                      lossAttr.getClassWeights(),
                                      builder.getF64FloatAttr(lossAttr.getLabelSmoothing()));
    break;
  case nn::LossKind::MeanSquaredError:
    loss = nn::MeanSquaredErrorOp::create(builder, at, scalar, outputs, labels, count, weights);
    break;
  case nn::LossKind::MeanAbsoluteError:
    loss = nn::MeanAbsoluteErrorOp::create(builder, at, scalar, outputs, labels, count, weights);
    break;
  case nn::LossKind::Huber:
    loss = nn::HuberOp::create(builder, at, scalar, outputs, labels, count,
                               builder.getF64FloatAttr(lossAttr.getDelta()), weights);
    break;
  }
  ops.push_back(loss.getDefiningOp());
}

void TrainingBuilder::cloneForward() {
  for (Operation &op : forward.getBody().front().without_terminator()) {
    auto norm = dyn_cast<nn::BatchNormOp>(op);
    if (norm && !keepsStatistics(norm))
      ops.push_back(trainBatchNorm(norm));
    else
      ops.push_back(builder.clone(op, mapping));
  }
  outputs = clone(forwardResult());
  addLoss();
}

LogicalResult TrainingBuilder::differentiate(ArrayRef<BlockArgument> wanted) {
  reverse.emplace(builder, clones(wanted));
  auto type = cast<RankedTensorType>(loss.getType());
  auto one = DenseElementsAttr::get(type, builder.getFloatAttr(type.getElementType(), 1.0));
  reverse->accumulate(loss, arith::ConstantOp::create(builder, loss.getLoc(), one), loss.getLoc());
  return reverse->run(ops);
}

SmallVector<Value> TrainingBuilder::clones(ArrayRef<BlockArgument> values) const {
  return llvm::map_to_vector(values, [&](BlockArgument argument) { return clone(argument); });
}

Value TrainingBuilder::gradient(BlockArgument argument) {
  return reverse->lookupOrZero(clone(argument), argument.getLoc());
}

SmallVector<Value> TrainingBuilder::gradients(ArrayRef<BlockArgument> wanted) {
  return llvm::map_to_vector(wanted, [&](BlockArgument argument) { return gradient(argument); });
}

void TrainingBuilder::addLossAndOutputs() {
  entry.addResult(loss, "loss");
  entry.addResult(outputs, resultName(forward, 0));
}

void TrainingBuilder::addStates() {
  for (BlockArgument argument : arguments.states)
    if (Value next = newStates.lookup(argument)) {
      std::string name = argumentName(argument);
      entry.addResult(next, name, name);
    }
}

} // namespace mlir::spherical
