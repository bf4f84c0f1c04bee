//===- optimizer_step.cpp - updates of the parameters -----------*- C++ -*-===//
//
// Adam (Kingma and Ba 2015):
//   m' = beta1 m + (1 - beta1) g,  v' = beta2 v + (1 - beta2) g^2
//   p' = p - lr (m' / (1 - beta1^t)) / (sqrt(v' / (1 - beta2^t)) + eps)
// or gradient descent (nn.sgd, nn.sgd_momentum), with decay of the parameters,
// clipping of the gradient and a moving average of the parameters where the
// optimizer asks for them.
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/optimizer_step.h"

namespace mlir::spherical {

OptimizerStep::OptimizerStep(EntryBuilder &entry, nn::OptimizerAttr optimizer,
                             ArrayRef<BlockArgument> trained)
    : entry(entry), builder(entry.getBuilder()), optimizer(optimizer), trained(trained) {}

void OptimizerStep::addArguments(Location loc) {
  const auto addMoment = [&](BlockArgument argument, StringRef prefix) {
    return entry.addMoment(argument.getType(), prefix + argumentName(argument), argument.getLoc());
  };
  for (BlockArgument argument : trained) {
    SmallVector<Value, 2> own;
    if (!isSgd())
      own = {addMoment(argument, "adam.m."), addMoment(argument, "adam.v.")};
    else if (hasMomentum())
      own = {addMoment(argument, "sgd.m.")};
    moments.push_back(own);
  }
  step = entry.addMoment(RankedTensorType::get({}, builder.getI64Type()), stepName(), loc);
  if (optimizer && double(optimizer.getAverage()) != 0.0)
    for (BlockArgument argument : trained)
      averages.push_back(entry.addAverage(argument));
}

/// `scale`, times what brings all gradients together to the optimizer's largest norm; null for 1.
Value OptimizerStep::scaled(ArrayRef<Value> gradients, Value scale) {
  if (!optimizer || double(optimizer.getClip()) == 0.0)
    return scale;
  const Location loc = step.getLoc();
  Value squares;
  for (Value gradient : gradients) {
    Value own = nn::SumSquaresOp::create(
        builder, loc, RankedTensorType::get({}, builder.getF64Type()), gradient, Value());
    squares = squares ? nn::AddOp::create(builder, loc, squares, own).getResult() : own;
  }
  if (!squares)
    return scale;
  return nn::ClipFactorOp::create(builder, loc, squares.getType(), squares, scale,
                                  builder.getF64FloatAttr(optimizer.getClip()));
}

void OptimizerStep::addAdam(ArrayRef<Value> values, ArrayRef<Value> gradients, Value rate,
                            Value scale) {
  for (auto [value, gradient, own] : llvm::zip_equal(values, gradients, moments)) {
    SmallVector<Type> types(3, value.getType());
    SmallVector<Value> operands = {value, gradient, own[0], own[1], next, rate};
    if (scale)
      operands.push_back(scale);
    auto update = nn::AdamOp::create(builder, value.getLoc(), types, operands);
    if (optimizer) {
      update.setBeta1(APFloat(optimizer.getBeta1()));
      update.setBeta2(APFloat(optimizer.getBeta2()));
      update.setEps(APFloat(optimizer.getEps()));
      update.setWeightDecay(APFloat(optimizer.getWeightDecay()));
    }
    updates.push_back(update);
  }
}

void OptimizerStep::addSgd(ArrayRef<Value> values, ArrayRef<Value> gradients, Value rate,
                           Value scale) {
  const FloatAttr decay = builder.getF64FloatAttr(optimizer.getWeightDecay());
  for (auto [value, gradient, own] : llvm::zip_equal(values, gradients, moments)) {
    const Location loc = value.getLoc();
    const Type type = value.getType();
    if (hasMomentum())
      updates.push_back(nn::SgdMomentumOp::create(
          builder, loc, type, type, value, gradient, own[0], rate, scale,
          builder.getF64FloatAttr(optimizer.getMomentum()),
          optimizer.getNesterov() ? builder.getUnitAttr() : UnitAttr(), decay));
    else
      updates.push_back(nn::SgdOp::create(builder, loc, type, value, gradient, rate, scale, decay));
  }
}

/// Moves the averages towards the new values; all of one element do so by one factor.
void OptimizerStep::addAverages(ArrayRef<Value> updated) {
  llvm::DenseMap<Type, Value> factors;
  SmallVector<Value> moved;
  for (auto [average, value] : llvm::zip(averages, updated)) {
    const Type element = getElementTypeOrSelf(average.getType());
    Value &factor = factors[element];
    if (!factor)
      factor =
          nn::AverageFactorOp::create(builder, step.getLoc(), RankedTensorType::get({}, element),
                                      next, builder.getF64FloatAttr(optimizer.getAverage()));
    moved.push_back(nn::MovingAverageOp::create(builder, value.getLoc(), average.getType(), average,
                                                value, factor));
  }
  for (auto [argument, average] : llvm::zip(trained, moved)) {
    std::string name = "average." + argumentName(argument);
    entry.addResult(average, name, name);
  }
}

void OptimizerStep::build(ArrayRef<Value> values, ArrayRef<Value> gradients, Value rate,
                          Value scale) {
  scale = scaled(gradients, scale);
  next = nn::IncrementOp::create(builder, step.getLoc(), step.getType(), step, Value());
  if (isSgd())
    addSgd(values, gradients, rate, scale);
  else
    addAdam(values, gradients, rate, scale);
  SmallVector<Value> updated;
  for (auto [argument, update] : llvm::zip_equal(trained, updates)) {
    std::string name = argumentName(argument);
    updated.push_back(update->getResult(0));
    entry.addResult(update->getResult(0), name, name);
  }
  for (auto [argument, update] : llvm::zip_equal(trained, updates))
    for (unsigned i = 1; i < update->getNumResults(); ++i) {
      const StringRef prefix = isSgd() ? "sgd.m." : i == 1 ? "adam.m." : "adam.v.";
      std::string name = (prefix + argumentName(argument)).str();
      entry.addResult(update->getResult(i), name, name);
    }
  entry.addResult(next, stepName(), stepName());
  addAverages(updated);
}

} // namespace mlir::spherical
