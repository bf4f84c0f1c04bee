//===- differentiate_loss.cpp - spherical-differentiate-loss ----*- C++ -*-===//
//
// Builds training from inference: clones of @forward in training mode
// (training_builder.h), whose gradients an optimizer follows (optimizer_step.h)
// right away, @train_step, or after those of several batches:
//   @accumulate_step:  sum' = sum + count g,  total' = total + count
//   @update_step:      the step of the optimizer by sum / total
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/optimizer_step.h"
#include "passes/differentiate/passes.h"
#include "passes/differentiate/probe.h"
#include "passes/differentiate/training_builder.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_DIFFERENTIATELOSS
#include "passes/differentiate/passes.h.inc"
namespace {

/// Checks what @forward must be to have a loss.
LogicalResult checkForward(func::FuncOp forward) {
  if (!nn::LossAttr::from(forward->getAttr(kLoss)))
    return forward.emitOpError() << "expected `spherical.loss` to be \"cross_entropy\", "
                                    "\"mean_squared_error\", \"mean_absolute_error\", \"huber\" or "
                                    "a #nn.loss, got "
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

nn::OptimizerAttr optimizerOf(func::FuncOp forward) {
  return forward->getAttrOfType<nn::OptimizerAttr>(kOptimizer);
}

Value addRate(EntryBuilder &entry, Location loc) {
  return entry.addArgument(RankedTensorType::get({}, entry.getBuilder().getF32Type()),
                           "learning_rate", "learning_rate", loc);
}

/// The sums of gradients of an entry, `grad_sum.<param>`, and the number of their samples.
struct GradientSums {
  static constexpr StringLiteral prefix = "grad_sum.", total = "grad_sum.count";

  GradientSums(EntryBuilder &entry, ArrayRef<BlockArgument> trained, Location loc) {
    for (BlockArgument argument : trained)
      sums.push_back(
          entry.addMoment(argument.getType(), prefix + argumentName(argument), argument.getLoc()));
    count = entry.addMoment(RankedTensorType::get({}, entry.getBuilder().getI64Type()), total, loc);
  }
  SmallVector<Value> sums;
  Value count;
};

/// @loss_and_gradients(x, labels, count, params, states) -> logits, loss, grad.logits, grad.x, ...
LogicalResult buildLossAndGradients(func::FuncOp forward, const ForwardArguments &arguments) {
  TrainingBuilder training(forward, arguments, "loss_and_gradients");
  training.addBatch();
  training.copyArguments(arguments.parameters);
  training.copyArguments(arguments.states);
  training.cloneForward();
  SmallVector<BlockArgument> wanted;
  for (BlockArgument argument :
       llvm::concat<const BlockArgument>(arguments.inputs, arguments.parameters))
    if (hasGradient(argument.getType()))
      wanted.push_back(argument);
  if (failed(training.differentiate(wanted)))
    return failure();
  const std::string outputs = resultName(forward, 0);
  training.entry.addResult(training.outputs, outputs);
  training.entry.addResult(training.loss, "loss");
  training.entry.addResult(training.cotangentOrZero(training.outputs), "grad." + outputs);
  for (BlockArgument argument : wanted)
    training.entry.addResult(training.gradient(argument), "grad." + argumentName(argument));
  training.entry.finish();
  return success();
}

/// @train_step(x, labels, count, learning_rate, params, moments, averages, states) -> loss, logits,
/// params', moments', averages', states'.
LogicalResult buildTrainStep(func::FuncOp forward, const ForwardArguments &arguments) {
  TrainingBuilder training(forward, arguments, "train_step");
  training.addBatch();
  Value rate = addRate(training.entry, forward.getLoc());
  training.copyArguments(arguments.parameters);
  OptimizerStep step(training.entry, optimizerOf(forward), arguments.trained);
  step.addArguments(forward.getLoc());
  training.copyArguments(arguments.states);
  training.cloneForward();
  if (failed(training.differentiate(arguments.trained)))
    return failure();
  training.addLossAndOutputs();
  step.build(training.clones(arguments.trained), training.gradients(arguments.trained), rate, {});
  training.addStates();
  training.entry.finish();
  return success();
}

/// @accumulate_step(x, labels, count, params, sums, total, states) -> loss, logits, sums', total',
/// states'.
LogicalResult buildAccumulateStep(func::FuncOp forward, const ForwardArguments &arguments) {
  TrainingBuilder training(forward, arguments, "accumulate_step");
  OpBuilder &builder = training.builder;
  training.addBatch();
  training.copyArguments(arguments.parameters);
  GradientSums before(training.entry, arguments.trained, forward.getLoc());
  training.copyArguments(arguments.states);
  training.cloneForward();
  if (failed(training.differentiate(arguments.trained)))
    return failure();
  training.addLossAndOutputs();
  SmallVector<Value> gradients = training.gradients(arguments.trained);
  for (auto [argument, sum, gradient] :
       llvm::zip_equal(arguments.trained, before.sums, gradients)) {
    std::string name = GradientSums::prefix.str() + argumentName(argument);
    training.entry.addResult(nn::AccumulateOp::create(builder, argument.getLoc(), sum.getType(),
                                                      sum, gradient, before.count, training.count),
                             name, name);
  }
  // The last that reads the number before.
  training.entry.addResult(nn::IncrementOp::create(builder, forward.getLoc(),
                                                   before.count.getType(), before.count,
                                                   training.count),
                           GradientSums::total, GradientSums::total);
  training.addStates();
  training.entry.finish();
  return success();
}

/// @update_step(learning_rate, params, moments, averages, sums, total) -> params', moments',
/// averages', total'. Sums of no samples may hold anything: the next batch starts afresh.
LogicalResult buildUpdateStep(func::FuncOp forward, const ForwardArguments &arguments) {
  const Location loc = forward.getLoc();
  EntryBuilder entry(forward, "update_step");
  OpBuilder &builder = entry.getBuilder();
  Value rate = addRate(entry, loc);
  SmallVector<Value> values;
  for (BlockArgument argument : arguments.trained)
    values.push_back(entry.copyArgument(argument));
  OptimizerStep step(entry, optimizerOf(forward), arguments.trained);
  step.addArguments(loc);
  GradientSums gradients(entry, arguments.trained, loc);
  Value mean = nn::MeanScaleOp::create(
      builder, loc, RankedTensorType::get({}, builder.getF64Type()), gradients.count);
  step.build(values, gradients.sums, rate, mean);
  entry.addResult(ZeroOp::create(builder, loc, gradients.count.getType()), GradientSums::total,
                  GradientSums::total);
  entry.finish();
  return success();
}

using Build = LogicalResult (*)(func::FuncOp, const ForwardArguments &);

/// The entries that a training needs, by name.
SmallVector<std::pair<StringRef, Build>> entriesOf(func::FuncOp forward) {
  const nn::OptimizerAttr optimizer = optimizerOf(forward);
  SmallVector<std::pair<StringRef, Build>> entries = {
      {"loss_and_gradients", buildLossAndGradients}};
  if (optimizer && optimizer.getAccumulate() > 1) {
    entries.emplace_back("accumulate_step", buildAccumulateStep);
    entries.emplace_back("update_step", buildUpdateStep);
  } else {
    entries.emplace_back("train_step", buildTrainStep);
  }
  if (forward->hasAttr(kProbe))
    entries.emplace_back("probe", buildProbe);
  return entries;
}

/// Builds the entries that are not there yet.
LogicalResult buildEntries(func::FuncOp forward) {
  SmallVector<std::pair<StringRef, Build>> missing;
  for (auto entry : entriesOf(forward)) {
    FailureOr<bool> built = isBuilt(forward, entry.first);
    if (failed(built))
      return failure();
    if (!*built)
      missing.push_back(entry);
  }
  if (missing.empty())
    return success();
  if (failed(checkForward(forward)))
    return failure();
  // Weights that are still to be counted leave the loss open.
  if (nn::LossAttr::from(forward->getAttr(kLoss)).getBalanced())
    return success();
  FailureOr<ForwardArguments> arguments = sortArguments(forward);
  if (failed(arguments))
    return failure();
  for (auto [name, build] : missing)
    if (failed(build(forward, *arguments)))
      return failure();
  return success();
}

struct DifferentiateLoss : impl::DifferentiateLossBase<DifferentiateLoss> {
  void runOnOperation() override {
    auto forward = getOperation().lookupSymbol<func::FuncOp>("forward");
    if (forward && forward->hasAttr(kLoss) && failed(buildEntries(forward)))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
