//===- verify.cpp - constraints of the nn ops -------------------*- C++ -*-===//
//
// The numbered constraints of the ops' descriptions; those of losses and optimizer
// steps are in verify_training.cpp.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/verify.h"

#include "dialects/spherical/signal.h"

#include <map>

using namespace mlir;
using namespace mlir::nn;

//===----------------------------------------------------------------------===//
// Pointwise
//===----------------------------------------------------------------------===//

LogicalResult mlir::nn::verifyReal(Operation *op, Type type) {
  std::optional<spherical::Signal> signal = spherical::getSignal(type);
  if (!signal || !signal->isComplex())
    return success();
  return op->emitOpError() << "expected a real element (C1), got " << type;
}

LogicalResult mlir::nn::verifyHasSample(Operation *op, StringRef name, StringRef constraint,
                                        Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || tensor.getDimSize(0) > 0)
    return success();
  return op->emitOpError() << "expected `" << name << "` to have at least one sample ("
                           << constraint << "), got " << type;
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

static std::string axesText(StringRef axes) {
  std::string text = "[";
  for (size_t i = 0; i < axes.size(); ++i)
    (text += i ? ", " : "") += axes[i];
  return text + "]";
}

LogicalResult mlir::nn::verifyShapes(Operation *op, ArrayRef<Shaped> values) {
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

/// Weights and statistics are tensor<channels x element> of the input (C1).
static LogicalResult verifyPerChannel(Operation *op, Type input, Type channels) {
  std::optional<spherical::Signal> signal = spherical::getSignal(input);
  if (failed(verifyReal(op, input)))
    return failure();
  auto tensor = dyn_cast<RankedTensorType>(input);
  if (tensor && tensor.getRank() < 2)
    return op->emitOpError() << "expected `input` to be [N, C, ...] (C1), got " << input;
  auto expected = signal ? RankedTensorType::get({signal->channels}, signal->element)
                         : RankedTensorType::get({tensor.getDimSize(1)}, tensor.getElementType());
  if (spherical::withLayout(channels, {}) == expected)
    return success();
  return op->emitOpError() << "expected parameters and statistics to be " << expected
                           << " (C1), got " << channels;
}

/// `statistics grid` is on functions only (C3).
template <typename Op> static LogicalResult verifyStatistics(Op op) {
  std::optional<spherical::Signal> signal = spherical::getSignal(op.getInput().getType());
  if (op.getStatistics() == Measure::Area || (signal && !signal->isSpectrum()))
    return success();
  return op.emitOpError() << "expected `statistics` grid on a function on S2 or SO(3) only (C3), "
                             "got "
                          << op.getInput().getType();
}

template <typename Op> static LogicalResult verifyNormalisation(Op op) {
  if (failed(verifyPerChannel(op, op.getInput().getType(), op.getWeight().getType())) ||
      failed(verifyEps(op, "C2", op.getEps())) || failed(verifyStatistics(op)))
    return failure();
  const double momentum = op.getMomentum().convertToDouble();
  if (momentum >= 0.0 && momentum <= 1.0)
    return success();
  return op.emitOpError() << "expected `momentum` from 0 to 1 (C2), got " << momentum;
}

LogicalResult BatchNormOp::verify() { return verifyNormalisation(*this); }

LogicalResult BatchNormTrainOp::verify() {
  if (failed(verifyNormalisation(*this)) ||
      failed(verifyHasSample(*this, "input", "C4", getInput().getType())))
    return failure();
  // Without channels there is nothing to measure.
  auto tensor = dyn_cast<RankedTensorType>(getInput().getType());
  if (tensor && tensor.getNumElements() == 0 && tensor.getDimSize(1) > 0)
    return emitOpError() << "expected `input` to have at least one position (C4), got " << tensor;
  return verifyInteger(*this, "count", "C4", getCount().getType());
}

LogicalResult BatchNormGradOp::verify() {
  if (failed(verifyPerChannel(*this, getInput().getType(), getWeight().getType())) ||
      failed(verifyStatistics(*this)))
    return failure();
  if (getTraining() && !getCount())
    return emitOpError("with `training` expected a `count` (C2), got none");
  if (!getCount())
    return success();
  if (failed(verifyHasSample(*this, "input", "C2", getInput().getType())))
    return failure();
  return verifyInteger(*this, "count", "C2", getCount().getType());
}

LogicalResult InverseStdOp::verify() { return verifyEps(*this, "C1", getEps()); }
