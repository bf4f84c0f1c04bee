//===- verify_training.cpp - constraints of losses --------------*- C++ -*-===//
//
// The numbered constraints of training_ops.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/verify.h"

#include "dialects/spherical/signal.h"

#include <cmath>

using namespace mlir;
using namespace mlir::nn;

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

/// C1 to C5 of cross_entropy and of its gradient; `scalar` is the loss or its cotangent.
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
      failed(verifyWeights(op, op.getWeights(), logits)) ||
      failed(verifyClassWeights(op, op.getClassWeights(), logits.getDimSize(1))))
    return failure();
  const double share = op.getLabelSmoothing().convertToDouble();
  if (!(share >= 0.0 && share < 1.0))
    return op.emitOpError() << "expected `label_smoothing` of at least 0 and below 1 (C5), got "
                            << share;
  return success();
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

/// C1 to C4 of huber and of its gradient.
template <typename Op> static LogicalResult verifyHuber(Op op, StringRef name, Type scalar) {
  if (failed(verifyMeanError(op, name, scalar)))
    return failure();
  const double delta = op.getDelta().convertToDouble();
  if (!(std::isfinite(delta) && delta > 0.0))
    return op.emitOpError() << "expected `delta` to be positive and finite (C4), got " << delta;
  return success();
}

LogicalResult HuberOp::verify() { return verifyHuber(*this, "result", getType()); }

LogicalResult HuberGradOp::verify() { return verifyHuber(*this, "grad", getGrad().getType()); }
