//===- network.cpp - the nn dialect by definition ---------------*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/signal.h"
#include "runtime/reference/network.h"

namespace mlir::spherical {
namespace reference = ::spherical::reference;
namespace {

using reference::Batch;
using reference::ErrorKind;
using reference::Values;

/// The valid samples of a batch: `count` if there is one, at most as many as there are.
int64_t validSamples(const HostTensor &batched, const HostTensor *count) {
  const int64_t samples = batched.shape[0];
  return count ? std::clamp<int64_t>(static_cast<int64_t>(count->values[0]), 1, samples) : samples;
}

/// The extents of the first `samples` samples of [N, C, ...].
Batch batchOf(const HostTensor &tensor, int64_t samples) {
  Batch batch{samples, tensor.shape.size() > 1 ? tensor.shape[1] : 1, 1};
  for (size_t axis = 2; axis < tensor.shape.size(); ++axis)
    batch.inner *= tensor.shape[axis];
  return batch;
}

/// The values of the first `samples` samples.
Values valid(const HostTensor &tensor, int64_t samples) {
  return leadingSlices(tensor, samples).values;
}

/// A tensor of the shape whose first values are given and whose others are 0.
HostTensor padded(const std::vector<int64_t> &shape, const Values &values) {
  HostTensor result = zeros(shape);
  std::copy(values.begin(), values.end(), result.values.begin());
  return result;
}

LogicalResult evaluateAdd(nn::AddOp op, Operands operands, Results &results) {
  HostTensor a = *operands[0], b = *operands[1];
  if (failed(alignSamples(op, a, b)))
    return failure();
  for (size_t i = 0; i < a.values.size(); ++i)
    a.values[i] += b.values[i];
  results.push_back(std::move(a));
  return success();
}

LogicalResult evaluateSub(nn::SubOp op, Operands operands, Results &results) {
  HostTensor a = *operands[0], b = *operands[1];
  if (failed(alignSamples(op, a, b)))
    return failure();
  for (size_t i = 0; i < a.values.size(); ++i)
    a.values[i] -= b.values[i];
  results.push_back(std::move(a));
  return success();
}

LogicalResult evaluateReluGrad(nn::ReluGradOp op, Operands operands, Results &results) {
  HostTensor g = *operands[0], y = *operands[1];
  if (failed(alignSamples(op, g, y)))
    return failure();
  results.push_back({g.shape, reference::reluGrad(g.values, y.values)});
  return success();
}

LogicalResult evaluateLinear(nn::LinearOp op, Operands operands, Results &results) {
  const HostTensor &x = *operands[0], &w = *operands[1];
  const int64_t samples = x.shape[0], inputs = w.shape[1], outputs = w.shape[0];
  if (failed(expectShape(op, 0, {samples, inputs}, x)))
    return failure();
  results.push_back(
      {{samples, outputs},
       reference::linear(samples, inputs, outputs, x.values, w.values, operands[2]->values)});
  return success();
}

LogicalResult evaluateLinearGradInput(nn::LinearGradInputOp op, Operands operands,
                                      Results &results) {
  const HostTensor &g = *operands[0], &w = *operands[1];
  const int64_t samples = g.shape[0], inputs = w.shape[1], outputs = w.shape[0];
  if (failed(expectShape(op, 0, {samples, outputs}, g)))
    return failure();
  results.push_back({{samples, inputs},
                     reference::linearGradInput(samples, inputs, outputs, g.values, w.values)});
  return success();
}

LogicalResult evaluateLinearGradWeight(nn::LinearGradWeightOp op, Operands operands,
                                       Results &results) {
  HostTensor g = *operands[0], x = *operands[1];
  const int64_t samples = std::min(g.shape[0], x.shape[0]);
  g = leadingSlices(g, samples);
  x = leadingSlices(x, samples);
  const int64_t outputs = g.shape[1], inputs = x.shape[1];
  results.push_back({{outputs, inputs},
                     reference::linearGradWeight(samples, inputs, outputs, g.values, x.values)});
  return success();
}

LogicalResult evaluateSumBatch(nn::SumBatchOp op, Operands operands, Results &results) {
  const HostTensor &g = *operands[0];
  results.push_back(
      {hostShape(op.getType()), reference::channelSum(batchOf(g, g.shape[0]), g.values)});
  return success();
}

/// How batch normalisation measures a value of the type.
reference::Measure measureOf(Type type, nn::Measure statistics, int64_t inner) {
  const std::optional<Signal> signal = getSignal(type);
  if (!signal || (!signal->isSpectrum() && statistics == nn::Measure::Grid))
    return reference::sampleMeasure(inner);
  const auto domain = signal->onSO3() ? reference::Domain::SO3 : reference::Domain::S2;
  return signal->isSpectrum() ? reference::spectralMeasure(domain, signal->bandLimit)
                              : reference::areaMeasure(domain, signal->bandLimit);
}

template <typename Op> reference::Measure measureOf(Op op, const Batch &batch) {
  return measureOf(op.getInput().getType(), op.getStatistics(), batch.inner);
}

LogicalResult evaluateBatchNorm(nn::BatchNormOp op, Operands operands, Results &results) {
  const HostTensor &x = *operands[0];
  const Batch batch = batchOf(x, x.shape[0]);
  results.push_back(
      {x.shape, reference::batchNorm(batch, measureOf(op, batch), x.values, operands[1]->values,
                                     operands[2]->values, operands[3]->values, operands[4]->values,
                                     op.getEps().convertToDouble())});
  return success();
}

LogicalResult evaluateBatchNormTrain(nn::BatchNormTrainOp op, Operands operands, Results &results) {
  const HostTensor &x = *operands[0];
  const Batch batch = batchOf(x, validSamples(x, operands[5]));
  const reference::BatchNormTrain step = reference::batchNormTrain(
      batch, measureOf(op, batch), valid(x, batch.samples), operands[1]->values,
      operands[2]->values, operands[3]->values, operands[4]->values, op.getEps().convertToDouble(),
      op.getMomentum().convertToDouble());
  results.push_back(padded(x.shape, step.y));
  for (const Values *channels :
       {&step.batchMean, &step.inverseDeviation, &step.runningMean, &step.runningVar})
    results.push_back({{static_cast<int64_t>(channels->size())}, *channels});
  return success();
}

LogicalResult evaluateBatchNormGrad(nn::BatchNormGradOp op, Operands operands, Results &results) {
  HostTensor g = *operands[0], x = *operands[1];
  if (failed(alignSamples(op, g, x)))
    return failure();
  const Batch batch = batchOf(x, validSamples(x, op.getCount() ? operands[5] : nullptr));
  const reference::BatchNormGrad grad = reference::batchNormGrad(
      batch, measureOf(op, batch), valid(g, batch.samples), valid(x, batch.samples),
      operands[2]->values, operands[3]->values, operands[4]->values, op.getTraining());
  results.push_back(padded(x.shape, grad.x));
  results.push_back({operands[2]->shape, grad.weight});
  results.push_back({operands[2]->shape, grad.bias});
  return success();
}

/// The weights of the positions of [N, C, 2b, 2b] or [N, C, 2b, 2b, 2b]; none if all are equal.
Values positionWeights(nn::Measure weights, const HostTensor &tensor) {
  if (weights == nn::Measure::Grid)
    return {};
  const auto domain = tensor.shape.size() == 4 ? reference::Domain::S2 : reference::Domain::SO3;
  return reference::areaMeasure(domain, tensor.shape[2] / 2).mean;
}

template <typename Op> reference::LossWeights lossWeights(Op op, const HostTensor &logits) {
  reference::LossWeights weights{positionWeights(op.getWeights(), logits), {}, op.getIgnore()};
  if (op.getClassWeights())
    weights.classes.assign(op.getClassWeights()->begin(), op.getClassWeights()->end());
  weights.smoothing = op.getLabelSmoothing().convertToDouble();
  return weights;
}

/// Labels must name a class, be missing or be what the loss ignores.
LogicalResult expectLabels(Operation *op, const Values &labels, std::optional<int64_t> ignore,
                           int64_t classes) {
  for (double label : labels)
    if (!(label >= 0 && label < classes) && static_cast<int64_t>(label) != nn::kMissingLabel &&
        static_cast<int64_t>(label) != ignore)
      return op->emitOpError() << "expected labels from 0 to " << classes - 1 << ", got "
                               << static_cast<int64_t>(label);
  return success();
}

LogicalResult evaluateCrossEntropy(nn::CrossEntropyOp op, Operands operands, Results &results) {
  const HostTensor &logits = *operands[0];
  const int64_t samples = validSamples(logits, operands[2]);
  const Values labels = valid(*operands[1], samples);
  if (failed(expectLabels(op, labels, op.getIgnore(), logits.shape[1])))
    return failure();
  results.push_back({{},
                     {reference::crossEntropy(batchOf(logits, samples), lossWeights(op, logits),
                                              valid(logits, samples), labels)}});
  return success();
}

LogicalResult evaluateCrossEntropyGrad(nn::CrossEntropyGradOp op, Operands operands,
                                       Results &results) {
  const HostTensor &logits = *operands[1];
  const int64_t samples = validSamples(logits, operands[3]);
  const Values labels = valid(*operands[2], samples);
  if (failed(expectLabels(op, labels, op.getIgnore(), logits.shape[1])))
    return failure();
  results.push_back(
      padded(logits.shape,
             reference::crossEntropyGrad(batchOf(logits, samples), lossWeights(op, logits),
                                         operands[0]->values[0], valid(logits, samples), labels)));
  return success();
}

/// Where the square of a Huber loss ends.
template <typename Op> double deltaOf(Op op) {
  const auto delta = op->template getAttrOfType<FloatAttr>("delta");
  return delta ? delta.getValueAsDouble() : 1.0;
}

template <typename Op>
LogicalResult evaluateMeanError(Op op, ErrorKind kind, Operands operands, Results &results) {
  const HostTensor &y = *operands[0];
  const int64_t samples = validSamples(y, operands[2]);
  results.push_back(
      {{},
       {reference::meanError(kind, batchOf(y, samples), positionWeights(op.getWeights(), y),
                             valid(y, samples), valid(*operands[1], samples), deltaOf(op))}});
  return success();
}

template <typename Op>
LogicalResult evaluateMeanErrorGrad(Op op, ErrorKind kind, Operands operands, Results &results) {
  const HostTensor &y = *operands[1];
  const int64_t samples = validSamples(y, operands[3]);
  results.push_back(
      padded(y.shape, reference::meanErrorGrad(kind, batchOf(y, samples),
                                               positionWeights(op.getWeights(), y),
                                               operands[0]->values[0], valid(y, samples),
                                               valid(*operands[2], samples), deltaOf(op))));
  return success();
}

/// One value for each value.
template <typename Function>
LogicalResult evaluatePointwise(const HostTensor &x, Results &results, Function function) {
  HostTensor y = x;
  for (double &value : y.values)
    value = function(value);
  results.push_back(std::move(y));
  return success();
}

} // namespace

LogicalResult evaluateNetwork(Operation *op, Operands o, Results &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](nn::AddOp add) { return evaluateAdd(add, o, results); })
      .Case([&](nn::SubOp sub) { return evaluateSub(sub, o, results); })
      .Case([&](nn::ReluOp) {
        return evaluatePointwise(*o[0], results, [](double x) { return std::max(x, 0.0); });
      })
      .Case([&](nn::InverseStdOp inverse) {
        const double eps = inverse.getEps().convertToDouble();
        return evaluatePointwise(*o[0], results,
                                 [eps](double x) { return 1 / std::sqrt(x + eps); });
      })
      .Case([&](nn::ReluGradOp grad) { return evaluateReluGrad(grad, o, results); })
      .Case([&](nn::LinearOp linear) { return evaluateLinear(linear, o, results); })
      .Case([&](nn::LinearGradInputOp g) { return evaluateLinearGradInput(g, o, results); })
      .Case([&](nn::LinearGradWeightOp g) { return evaluateLinearGradWeight(g, o, results); })
      .Case([&](nn::SumBatchOp sum) { return evaluateSumBatch(sum, o, results); })
      .Case([&](nn::BatchNormOp norm) { return evaluateBatchNorm(norm, o, results); })
      .Case([&](nn::BatchNormTrainOp norm) { return evaluateBatchNormTrain(norm, o, results); })
      .Case([&](nn::BatchNormGradOp grad) { return evaluateBatchNormGrad(grad, o, results); })
      .Case([&](nn::CrossEntropyOp loss) { return evaluateCrossEntropy(loss, o, results); })
      .Case([&](nn::CrossEntropyGradOp g) { return evaluateCrossEntropyGrad(g, o, results); })
      .Case([&](nn::MeanSquaredErrorOp l) {
        return evaluateMeanError(l, ErrorKind::Squared, o, results);
      })
      .Case([&](nn::MeanSquaredErrorGradOp g) {
        return evaluateMeanErrorGrad(g, ErrorKind::Squared, o, results);
      })
      .Case([&](nn::MeanAbsoluteErrorOp l) {
        return evaluateMeanError(l, ErrorKind::Absolute, o, results);
      })
      .Case([&](nn::MeanAbsoluteErrorGradOp g) {
        return evaluateMeanErrorGrad(g, ErrorKind::Absolute, o, results);
      })
      .Case([&](nn::HuberOp l) { return evaluateMeanError(l, ErrorKind::Huber, o, results); })
      .Case(
          [&](nn::HuberGradOp g) { return evaluateMeanErrorGrad(g, ErrorKind::Huber, o, results); })
      .Default([&](Operation *other) { return evaluateOptimizer(other, o, results); });
}

} // namespace mlir::spherical
