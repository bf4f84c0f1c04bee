//===- optimizer.cpp - optimizer steps by definition ------------*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/nn/dialect.h"
#include "runtime/reference/optimizer.h"

#include <algorithm>
#include <cmath>

namespace mlir::spherical {
namespace reference = ::spherical::reference;
namespace {

HostTensor scalar(double value) { return {{}, {value}}; }

LogicalResult evaluateSumSquares(nn::SumSquaresOp op, Operands operands, Results &results) {
  const HostTensor &x = *operands[0];
  const int64_t samples = x.shape.empty() ? 1 : x.shape[0];
  int64_t counted = x.values.size();
  if (op.getCount())
    counted = counted / samples *
              std::min<int64_t>(samples, static_cast<int64_t>(operands[1]->values[0]));
  double sum = 0.0;
  for (int64_t i = 0; i < counted; ++i)
    sum += x.values[i] * x.values[i];
  results.push_back(scalar(sum));
  return success();
}

LogicalResult evaluateClipFactor(nn::ClipFactorOp op, Operands operands, Results &results) {
  const double scale = op.getScale() ? operands[1]->values[0] : 1.0;
  const double length = scale * std::sqrt(operands[0]->values[0]);
  const double norm = op.getMaxNorm().convertToDouble();
  results.push_back(scalar(scale * std::min(1.0, norm / (length + 1e-6))));
  return success();
}

/// The factors of a step of adam or adam_factors, whose step is operand `first`.
template <typename Op>
FailureOr<reference::AdamFactors> adamFactorsOf(Op op, Operands operands, unsigned first) {
  const auto t = static_cast<int64_t>(operands[first]->values[0]);
  if (t < 1)
    return op.emitOpError() << "expected a step of 1 or more, got " << t;
  reference::AdamOptions options;
  options.rate = operands[first + 1]->values[0];
  options.beta1 = op.getBeta1().convertToDouble();
  options.beta2 = op.getBeta2().convertToDouble();
  options.weightDecay = op.getWeightDecay().convertToDouble();
  if (op.getScale())
    options.scale = operands[first + 2]->values[0];
  return reference::adamFactors(options, t);
}

/// The results of adam or adam_update.
template <typename Op>
LogicalResult updateByAdam(Op op, Operands operands, const reference::AdamFactors &factors,
                           Results &results) {
  HostTensor p = *operands[0], m = *operands[2], v = *operands[3];
  for (unsigned i = 1; i < 4; ++i)
    if (failed(expectShape(op, i, p.shape, *operands[i])))
      return failure();
  reference::AdamOptions options;
  options.beta1 = op.getBeta1().convertToDouble();
  options.beta2 = op.getBeta2().convertToDouble();
  options.eps = op.getEps().convertToDouble();
  reference::adamUpdate(options, factors, operands[1]->values, p.values, m.values, v.values);
  results.push_back(std::move(p));
  results.push_back(std::move(m));
  results.push_back(std::move(v));
  return success();
}

LogicalResult evaluateAdam(nn::AdamOp op, Operands operands, Results &results) {
  const FailureOr<reference::AdamFactors> factors = adamFactorsOf(op, operands, 4);
  return failed(factors) ? failure() : updateByAdam(op, operands, *factors, results);
}

LogicalResult evaluateAdamFactors(nn::AdamFactorsOp op, Operands operands, Results &results) {
  const FailureOr<reference::AdamFactors> factors = adamFactorsOf(op, operands, 0);
  if (failed(factors))
    return failure();
  results.push_back({{4}, {factors->rate, factors->correction, factors->decay, factors->scale}});
  return success();
}

LogicalResult evaluateAdamUpdate(nn::AdamUpdateOp op, Operands operands, Results &results) {
  const reference::Values &f = operands[4]->values;
  return updateByAdam(op, operands, {f[0], f[1], f[2], op.getScaled() ? f[3] : 1.0}, results);
}

/// The constants of sgd or sgd_momentum, whose learning rate is operand `rate`.
template <typename Op> reference::SgdOptions sgdOptions(Op op, Operands operands, unsigned rate) {
  reference::SgdOptions options;
  options.rate = operands[rate]->values[0];
  options.weightDecay = op.getWeightDecay().convertToDouble();
  if (op.getScale())
    options.scale = operands[rate + 1]->values[0];
  return options;
}

LogicalResult evaluateSgd(nn::SgdOp op, Operands operands, Results &results) {
  HostTensor p = *operands[0];
  if (failed(expectShape(op, 1, p.shape, *operands[1])))
    return failure();
  reference::Values m(p.values.size());
  reference::sgdStep(sgdOptions(op, operands, 2), operands[1]->values, p.values, m);
  results.push_back(std::move(p));
  return success();
}

LogicalResult evaluateSgdMomentum(nn::SgdMomentumOp op, Operands operands, Results &results) {
  HostTensor p = *operands[0], m = *operands[2];
  for (unsigned i = 1; i < 3; ++i)
    if (failed(expectShape(op, i, p.shape, *operands[i])))
      return failure();
  reference::SgdOptions options = sgdOptions(op, operands, 3);
  options.momentum = op.getMomentum().convertToDouble();
  options.nesterov = op.getNesterov();
  reference::sgdStep(options, operands[1]->values, p.values, m.values);
  results.push_back(std::move(p));
  results.push_back(std::move(m));
  return success();
}

LogicalResult evaluateAverageFactor(nn::AverageFactorOp op, Operands operands, Results &results) {
  const auto t = static_cast<int64_t>(operands[0]->values[0]);
  if (t < 1)
    return op.emitOpError() << "expected a step of 1 or more, got " << t;
  results.push_back(scalar(reference::averageFactor(op.getDecay().convertToDouble(), t)));
  return success();
}

LogicalResult evaluateMovingAverage(nn::MovingAverageOp op, Operands operands, Results &results) {
  HostTensor average = *operands[0];
  if (failed(expectShape(op, 1, average.shape, *operands[1])))
    return failure();
  for (size_t i = 0; i < average.values.size(); ++i)
    average.values[i] += operands[2]->values[0] * (operands[1]->values[i] - average.values[i]);
  results.push_back(std::move(average));
  return success();
}

LogicalResult evaluateAccumulate(nn::AccumulateOp op, Operands operands, Results &results) {
  HostTensor sum = *operands[0];
  if (failed(expectShape(op, 1, sum.shape, *operands[1])))
    return failure();
  const bool starts = operands[2]->values[0] == 0;
  for (size_t i = 0; i < sum.values.size(); ++i)
    sum.values[i] =
        (starts ? 0.0 : sum.values[i]) + operands[3]->values[0] * operands[1]->values[i];
  results.push_back(std::move(sum));
  return success();
}

} // namespace

LogicalResult evaluateOptimizer(Operation *op, Operands o, Results &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](nn::SumSquaresOp sum) { return evaluateSumSquares(sum, o, results); })
      .Case([&](nn::ClipFactorOp clip) { return evaluateClipFactor(clip, o, results); })
      .Case([&](nn::AdamOp adam) { return evaluateAdam(adam, o, results); })
      .Case([&](nn::AdamFactorsOp adam) { return evaluateAdamFactors(adam, o, results); })
      .Case([&](nn::AdamUpdateOp adam) { return evaluateAdamUpdate(adam, o, results); })
      .Case([&](nn::SgdOp sgd) { return evaluateSgd(sgd, o, results); })
      .Case([&](nn::SgdMomentumOp sgd) { return evaluateSgdMomentum(sgd, o, results); })
      .Case([&](nn::AverageFactorOp f) { return evaluateAverageFactor(f, o, results); })
      .Case([&](nn::MovingAverageOp a) { return evaluateMovingAverage(a, o, results); })
      .Case([&](nn::AccumulateOp sum) { return evaluateAccumulate(sum, o, results); })
      .Case([&](nn::MeanScaleOp) {
        const double total = o[0]->values[0];
        results.push_back(scalar(total != 0 ? 1.0 / total : 0.0));
        return success();
      })
      .Case([&](nn::IncrementOp increment) {
        results.push_back(scalar(o[0]->values[0] + (increment.getBy() ? o[1]->values[0] : 1.0)));
        return success();
      })
      .Default([&](Operation *other) { return evaluatePlanar(other, o, results); });
}

} // namespace mlir::spherical
