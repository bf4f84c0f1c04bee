//===- verify_training.cpp - constraints of losses and steps ----*- C++ -*-===//
//
// The numbered constraints of training_ops.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/verify.h"

#include "dialects/spherical/signal.h"

#include <cmath>

using namespace mlir;
using namespace mlir::nn;

//===----------------------------------------------------------------------===//
// Losses
//===----------------------------------------------------------------------===//

/// There are samples and channels, or classes, to take a mean over (C2).
static LogicalResult verifyMean(Operation *op, StringRef name, RankedTensorType tensor) {
  if (failed(verifyHasSample(op, name, "C2", tensor)))
    return failure();
  if (tensor.getDimSize(1) > 0)
    return success();
  return op->emitOpError() << "expected `" << name << "` to have at least one channel (C2), got "
                           << tensor;
}

/// The loss, or its cotangent, is a scalar of the element (C1).
static LogicalResult verifyLossScalar(Operation *op, StringRef name, Type scalar, Type element) {
  if (isScalar(scalar, [&](Type type) { return type == element; }))
    return success();
  return op->emitOpError() << "expected `" << name << "` to be a "
                           << RankedTensorType::get({}, element) << " (C1), got " << scalar;
}

/// Area weights are those of a grid of 2b samples an angle (C3).
static LogicalResult verifyWeights(Operation *op, Measure weights, RankedTensorType tensor) {
  ArrayRef<int64_t> positions = tensor.getShape().drop_front(2);
  const bool isGrid = (positions.size() == 2 || positions.size() == 3) && positions[0] > 0 &&
                      positions[0] % 2 == 0 && llvm::all_equal(positions);
  if (weights == Measure::Grid || isGrid)
    return success();
  return op->emitOpError() << "expected positions [2b, 2b] or [2b, 2b, 2b] for `weights` area "
                              "(C3), got "
                           << tensor;
}

/// One weight a class (C4).
static LogicalResult verifyClassWeights(Operation *op, std::optional<ArrayRef<double>> weights,
                                        int64_t classes) {
  if (!weights)
    return success();
  if (static_cast<int64_t>(weights->size()) != classes)
    return op->emitOpError() << "expected " << classes << " class weights (C4), got "
                             << weights->size();
  for (double weight : *weights)
    if (!std::isfinite(weight) || weight < 0.0)
      return op->emitOpError() << "expected finite class weights that are not negative (C4), got "
                               << weight;
  return success();
}

/// C1 to C4 of cross_entropy and of its gradient; `scalar` is the loss or its cotangent.
template <typename Op> static LogicalResult verifyCrossEntropy(Op op, StringRef name, Type scalar) {
  auto logits = cast<RankedTensorType>(op.getLogits().getType());
  auto labels = cast<RankedTensorType>(op.getLabels().getType());
  if (logits.getRank() < 2)
    return op.emitOpError() << "expected `logits` to be [N, C, ...] (C1), got " << logits;
  SmallVector<int64_t> shape(logits.getShape());
  shape.erase(shape.begin() + 1);
  if (labels.getShape() != ArrayRef(shape))
    return op.emitOpError() << "expected `labels` to be a "
                            << RankedTensorType::get(shape, labels.getElementType())
                            << " (C1), got " << labels;
  if (failed(verifyLossScalar(op, name, scalar, logits.getElementType())) ||
      failed(verifyInteger(op, "count", "C2", op.getCount().getType())) ||
      failed(verifyMean(op, "logits", logits)) ||
      failed(verifyWeights(op, op.getWeights(), logits)))
    return failure();
  return verifyClassWeights(op, op.getClassWeights(), logits.getDimSize(1));
}

LogicalResult CrossEntropyOp::verify() { return verifyCrossEntropy(*this, "result", getType()); }

LogicalResult CrossEntropyGradOp::verify() {
  return verifyCrossEntropy(*this, "grad", getGrad().getType());
}

/// C1 to C3 of mean errors and of their gradients.
template <typename Op> static LogicalResult verifyMeanError(Op op, StringRef name, Type scalar) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  if (input.getRank() < 2)
    return op.emitOpError() << "expected `input` to be [N, C, ...] (C1), got " << input;
  if (failed(verifyLossScalar(op, name, scalar, input.getElementType())) ||
      failed(verifyInteger(op, "count", "C2", op.getCount().getType())) ||
      failed(verifyMean(op, "input", input)))
    return failure();
  return verifyWeights(op, op.getWeights(), input);
}

LogicalResult MeanSquaredErrorOp::verify() { return verifyMeanError(*this, "result", getType()); }

LogicalResult MeanSquaredErrorGradOp::verify() {
  return verifyMeanError(*this, "grad", getGrad().getType());
}

LogicalResult MeanAbsoluteErrorOp::verify() { return verifyMeanError(*this, "result", getType()); }

LogicalResult MeanAbsoluteErrorGradOp::verify() {
  return verifyMeanError(*this, "grad", getGrad().getType());
}

//===----------------------------------------------------------------------===//
// Optimizer steps
//===----------------------------------------------------------------------===//

static bool isFloat(Type type) { return type.isF32() || type.isF64(); }

LogicalResult SumSquaresOp::verify() {
  return verifyLossScalar(*this, "result", getType(), Float64Type::get(getContext()));
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
  for (auto [name, value] :
       {std::pair("learning_rate", op.getLearningRate()), {"scale", op.getScale()}})
    if (value && !isScalar(value.getType(), isFloat))
      return op.emitOpError() << "expected `" << name
                              << "` to be a tensor<f32> or tensor<f64> (C2), got "
                              << value.getType();
  return success();
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

LogicalResult IncrementOp::verify() { return verifyInteger(*this, "input", "C1", getType()); }
