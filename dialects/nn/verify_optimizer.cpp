//===- verify_optimizer.cpp - constraints of optimizer steps ----*- C++ -*-===//
//
// The numbered constraints of optimizer_ops.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/verify.h"

#include <cmath>

using namespace mlir;
using namespace mlir::nn;

static bool isFloat(Type type) { return type.isF32() || type.isF64(); }

/// A number of double precision.
static LogicalResult verifyDouble(Operation *op, StringRef name, StringRef constraint, Type type) {
  if (isScalar(type, [](Type element) { return element.isF64(); }))
    return success();
  return op->emitOpError() << "expected `" << name << "` to be a tensor<f64> (" << constraint
                           << "), got " << type;
}

/// A number of f32 or f64; without a value there is nothing to check.
static LogicalResult verifyNumber(Operation *op, StringRef name, StringRef constraint,
                                  Value value) {
  if (!value || isScalar(value.getType(), isFloat))
    return success();
  return op->emitOpError() << "expected `" << name << "` to be a tensor<f32> or tensor<f64> ("
                           << constraint << "), got " << value.getType();
}

LogicalResult SumSquaresOp::verify() {
  if (failed(verifyDouble(*this, "result", "C1", getType())))
    return failure();
  if (!getCount())
    return success();
  if (failed(verifyInteger(*this, "count", "C2", getCount().getType())))
    return failure();
  auto input = cast<RankedTensorType>(getInput().getType());
  if (input.getRank() < 2)
    return emitOpError() << "expected `input` to be [N, C, ...] (C2), got " << input;
  return verifyHasSample(*this, "input", "C2", input);
}

LogicalResult ClipFactorOp::verify() {
  if (!isScalar(getType(), isFloat))
    return emitOpError() << "expected `squares` to be a scalar (C1), got " << getType();
  if (const double norm = getMaxNorm().convertToDouble(); !(std::isfinite(norm) && norm > 0.0))
    return emitOpError() << "expected `max_norm` to be positive (C2), got " << norm;
  return success();
}

/// What a step takes beside its parameter (C2 of adam and adam_factors).
template <typename Op> static LogicalResult verifyStep(Op op) {
  if (failed(verifyInteger(op, "step", "C2", op.getStep().getType())))
    return failure();
  if (failed(verifyNumber(op, "learning_rate", "C2", op.getLearningRate())))
    return failure();
  return verifyNumber(op, "scale", "C2", op.getScale());
}

/// Moments decay (C3).
template <typename Op> static LogicalResult verifyBetas(Op op) {
  for (auto [name, value] : {std::pair("beta1", op.getBeta1()), {"beta2", op.getBeta2()}})
    if (const double beta = value.convertToDouble(); !(beta >= 0.0 && beta < 1.0))
      return op.emitOpError() << "expected `" << name << "` of at least 0 and below 1 (C3), got "
                              << beta;
  return success();
}

/// Parameters do not grow (C3).
static LogicalResult verifyDecay(Operation *op, const APFloat &decay) {
  if (decay.isFinite() && (decay.isZero() || !decay.isNegative()))
    return success();
  return op->emitOpError() << "expected `weight_decay` to be finite and not negative (C3), got "
                           << decay.convertToDouble();
}

LogicalResult AdamOp::verify() {
  if (failed(verifyStep(*this)) || failed(verifyBetas(*this)) ||
      failed(verifyDecay(*this, getWeightDecay())))
    return failure();
  return verifyEps(*this, "C3", getEps());
}

LogicalResult AdamFactorsOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (type.getShape() != ArrayRef<int64_t>{4})
    return emitOpError() << "expected `result` to be a tensor<4xf32> or tensor<4xf64> (C1), got "
                         << type;
  if (failed(verifyStep(*this)) || failed(verifyBetas(*this)))
    return failure();
  return verifyDecay(*this, getWeightDecay());
}

LogicalResult AdamUpdateOp::verify() {
  const auto expected =
      RankedTensorType::get({4}, cast<RankedTensorType>(getParam().getType()).getElementType());
  if (getFactors().getType() != expected)
    return emitOpError() << "expected `factors` to be a " << expected << " (C2), got "
                         << getFactors().getType();
  if (failed(verifyBetas(*this)))
    return failure();
  return verifyEps(*this, "C3", getEps());
}

/// C2 and C3 of sgd and sgd_momentum.
template <typename Op> static LogicalResult verifySgd(Op op) {
  if (failed(verifyNumber(op, "learning_rate", "C2", op.getLearningRate())) ||
      failed(verifyNumber(op, "scale", "C2", op.getScale())))
    return failure();
  return verifyDecay(op, op.getWeightDecay());
}

LogicalResult SgdOp::verify() { return verifySgd(*this); }

LogicalResult SgdMomentumOp::verify() {
  const double momentum = getMomentum().convertToDouble();
  if (!(momentum > 0.0 && momentum < 1.0))
    return emitOpError() << "expected `momentum` above 0 and below 1 (C3), got " << momentum;
  return verifySgd(*this);
}

LogicalResult AverageFactorOp::verify() {
  if (failed(verifyNumber(*this, "result", "C1", getResult())) ||
      failed(verifyInteger(*this, "step", "C2", getStep().getType())))
    return failure();
  const double decay = getDecay().convertToDouble();
  if (!(decay >= 0.0 && decay < 1.0))
    return emitOpError() << "expected `decay` of at least 0 and below 1 (C3), got " << decay;
  return success();
}

LogicalResult MovingAverageOp::verify() {
  const Type element = cast<RankedTensorType>(getAverage().getType()).getElementType();
  if (isScalar(getFactor().getType(), [&](Type type) { return type == element; }))
    return success();
  return emitOpError() << "expected `factor` to be a " << RankedTensorType::get({}, element)
                       << " (C2), got " << getFactor().getType();
}

LogicalResult AccumulateOp::verify() {
  return verifyInteger(*this, "total", "C2", getTotal().getType());
}

LogicalResult MeanScaleOp::verify() {
  if (failed(verifyDouble(*this, "result", "C1", getType())))
    return failure();
  return verifyInteger(*this, "total", "C2", getTotal().getType());
}

LogicalResult IncrementOp::verify() { return verifyInteger(*this, "input", "C1", getType()); }
