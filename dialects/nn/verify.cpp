//===- verify.cpp - constraints of the nn ops -------------------*- C++ -*-===//
//
// The numbered constraints of the ops' descriptions.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"
#include "dialects/spherical/signal.h"

#include <map>

using namespace mlir;
using namespace mlir::nn;

//===----------------------------------------------------------------------===//
// Pointwise
//===----------------------------------------------------------------------===//

static LogicalResult verifyReal(Operation *op, Type type) {
  std::optional<spherical::Signal> signal = spherical::getSignal(type);
  if (!signal || !signal->isComplex())
    return success();
  return op->emitOpError() << "expected a real element (C1), got " << type;
}

LogicalResult ReluOp::verify() { return verifyReal(*this, getType()); }

LogicalResult ReluGradOp::verify() {
  if (failed(verifyReal(*this, getType())))
    return failure();
  if (spherical::withLayout(getY().getType(), {}) == spherical::withLayout(getType(), {}))
    return success();
  return emitOpError() << "expected `y` of the type of `grad`, " << getType() << " (C2), got "
                       << getY().getType();
}

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

namespace {
/// A value and the letters of its extents, for example "NI".
struct Shaped {
  StringRef name;
  Type type;
  StringRef axes;
};
} // namespace

static std::string axesText(StringRef axes) {
  std::string text = "[";
  for (size_t i = 0; i < axes.size(); ++i)
    (text += i ? ", " : "") += axes[i];
  return text + "]";
}

/// Equal letters are equal extents, and all elements are the same (C1).
static LogicalResult verifyShapes(Operation *op, ArrayRef<Shaped> values) {
  std::map<char, int64_t> extents;
  const Type element = cast<ShapedType>(values.front().type).getElementType();
  for (const auto &[name, type, axes] : values) {
    auto tensor = cast<RankedTensorType>(type);
    bool fits =
        tensor.getElementType() == element && tensor.getRank() == static_cast<int64_t>(axes.size());
    for (size_t i = 0; fits && i < axes.size(); ++i)
      fits = !extents.contains(axes[i]) || extents[axes[i]] == tensor.getDimSize(i);
    for (size_t i = 0; fits && i < axes.size(); ++i)
      extents[axes[i]] = tensor.getDimSize(i);
    if (fits)
      continue;
    InFlightDiagnostic diagnostic = op->emitOpError() << "expected `" << name << "` to be "
                                                      << axesText(axes) << " of " << element;
    for (char axis : axes)
      if (auto extent = extents.find(axis); extent != extents.end())
        diagnostic << ", " << axis << " = " << extent->second;
    return diagnostic << " (C1), got " << type;
  }
  return success();
}

LogicalResult LinearOp::verify() {
  return verifyShapes(*this, {{"input", getInput().getType(), "NI"},
                              {"weight", getWeight().getType(), "OI"},
                              {"bias", getBias().getType(), "O"},
                              {"result", getType(), "NO"}});
}

LogicalResult LinearGradInputOp::verify() {
  return verifyShapes(*this, {{"grad", getGrad().getType(), "NO"},
                              {"weight", getWeight().getType(), "OI"},
                              {"result", getType(), "NI"}});
}

LogicalResult LinearGradWeightOp::verify() {
  return verifyShapes(*this, {{"grad", getGrad().getType(), "NO"},
                              {"input", getInput().getType(), "NI"},
                              {"result", getType(), "OI"}});
}

LogicalResult SumBatchOp::verify() {
  return verifyShapes(*this, {{"input", getInput().getType(), "NC"}, {"result", getType(), "C"}});
}

//===----------------------------------------------------------------------===//
// Batch normalisation
//===----------------------------------------------------------------------===//

static bool isScalar(Type type, llvm::function_ref<bool(Type)> element) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() == 0 && element(tensor.getElementType());
}

static bool isInteger(Type type) { return type.isInteger(64); }

static bool isFloat(Type type) { return type.isF32() || type.isF64(); }

static LogicalResult verifyPerChannel(Operation *op, Type input, Type channels) {
  auto tensor = cast<RankedTensorType>(input);
  if (tensor.getRank() < 2)
    return op->emitOpError() << "expected `input` to be [N, C, ...] (C1), got " << input;
  auto expected = RankedTensorType::get({tensor.getDimSize(1)}, tensor.getElementType());
  if (spherical::withLayout(channels, {}) == expected)
    return success();
  return op->emitOpError() << "expected parameters and statistics to be " << expected
                           << " (C1), got " << channels;
}

static LogicalResult verifyEps(Operation *op, StringRef constraint, const APFloat &eps) {
  if (eps.isFinite() && !eps.isNegative() && !eps.isZero())
    return success();
  return op->emitOpError() << "expected `eps` to be positive (" << constraint << "), got "
                           << eps.convertToDouble();
}

template <typename Op> static LogicalResult verifyNormalisation(Op op) {
  if (failed(verifyPerChannel(op, op.getInput().getType(), op.getWeight().getType())) ||
      failed(verifyEps(op, "C2", op.getEps())))
    return failure();
  const double momentum = op.getMomentum().convertToDouble();
  if (momentum >= 0.0 && momentum <= 1.0)
    return success();
  return op.emitOpError() << "expected `momentum` from 0 to 1 (C2), got " << momentum;
}

static LogicalResult verifyInteger(Operation *op, StringRef name, StringRef constraint, Type type) {
  if (isScalar(type, isInteger))
    return success();
  return op->emitOpError() << "expected `" << name << "` to be a tensor<i64> (" << constraint
                           << "), got " << type;
}

LogicalResult BatchNormOp::verify() { return verifyNormalisation(*this); }

LogicalResult BatchNormTrainOp::verify() {
  if (failed(verifyNormalisation(*this)))
    return failure();
  return verifyInteger(*this, "count", "C3", getCount().getType());
}

LogicalResult BatchNormGradOp::verify() {
  if (failed(verifyPerChannel(*this, getInput().getType(), getWeight().getType())))
    return failure();
  if (getTraining() && !getCount())
    return emitOpError("with `training` expected a `count` (C2), got none");
  return getCount() ? verifyInteger(*this, "count", "C2", getCount().getType()) : success();
}

LogicalResult InverseStdOp::verify() { return verifyEps(*this, "C1", getEps()); }

//===----------------------------------------------------------------------===//
// Losses and optimizer steps
//===----------------------------------------------------------------------===//

/// C1 and C2 of the loss and of its gradient; `scalar` is the loss or its cotangent.
static LogicalResult verifyLoss(Operation *op, Type logits, Type labels, Type count, StringRef name,
                                Type scalar) {
  auto z = cast<RankedTensorType>(logits), l = cast<RankedTensorType>(labels);
  if (z.getRank() != 2)
    return op->emitOpError() << "expected `logits` to be [N, C] (C1), got " << logits;
  if (l.getRank() != 1 || l.getDimSize(0) != z.getDimSize(0))
    return op->emitOpError() << "expected `labels` to be a tensor<" << z.getDimSize(0)
                             << "xi32> (C1), got " << labels;
  if (!isScalar(scalar, [&](Type type) { return type == z.getElementType(); }))
    return op->emitOpError() << "expected `" << name << "` to be a "
                             << RankedTensorType::get({}, z.getElementType()) << " (C1), got "
                             << scalar;
  return verifyInteger(op, "count", "C2", count);
}

LogicalResult CrossEntropyOp::verify() {
  return verifyLoss(*this, getLogits().getType(), getLabels().getType(), getCount().getType(),
                    "result", getType());
}

LogicalResult CrossEntropyGradOp::verify() {
  return verifyLoss(*this, getLogits().getType(), getLabels().getType(), getCount().getType(),
                    "grad", getGrad().getType());
}

LogicalResult AdamOp::verify() {
  if (failed(verifyInteger(*this, "step", "C2", getStep().getType())))
    return failure();
  if (!isScalar(getLearningRate().getType(), isFloat))
    return emitOpError() << "expected `learning_rate` to be a tensor<f32> or tensor<f64> (C2), got "
                         << getLearningRate().getType();
  for (auto [name, value] : {std::pair("beta1", getBeta1()), std::pair("beta2", getBeta2())})
    if (const double beta = value.convertToDouble(); !(beta >= 0.0 && beta < 1.0))
      return emitOpError() << "expected `" << name << "` of at least 0 and below 1 (C3), got "
                           << beta;
  return verifyEps(*this, "C3", getEps());
}

LogicalResult IncrementOp::verify() { return verifyInteger(*this, "input", "C1", getType()); }
