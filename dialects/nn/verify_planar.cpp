//===- verify_planar.cpp - constraints of planar layers ---------*- C++ -*-===//
//
// The numbered constraints of planar_ops.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/planar.h"
#include "dialects/nn/verify.h"
#include "dialects/spherical/signal.h"
#include "dialects/spherical/work.h"

using namespace mlir;
using namespace mlir::nn;

static RankedTensorType tensorOf(Value value) { return cast<RankedTensorType>(value.getType()); }

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// Two positive integers (C2).
static LogicalResult verifyPair(Operation *op, StringRef name, ArrayRef<int64_t> pair) {
  if (pair.size() == 2 && pair[0] > 0 && pair[1] > 0)
    return success();
  return op->emitOpError() << "expected `" << name << "` to be two positive integers (C2), got ["
                           << pair << "]";
}

/// As many windows as the image has room for (C3).
static LogicalResult verifyWindows(Operation *op, StringRef name, const Planar &planar,
                                   RankedTensorType windows) {
  const int64_t rows = planar.rows.windows, columns = planar.columns.windows;
  if (rows < 1 || columns < 1)
    return op->emitOpError() << "expected a kernel or window of at most " << planar.rows.extent
                             << " x " << planar.columns.extent << " (C3), got "
                             << planar.rows.kernel << " x " << planar.columns.kernel;
  if (windows.getDimSize(2) == rows && windows.getDimSize(3) == columns)
    return success();
  return op->emitOpError() << "expected `" << name << "` to have " << rows << " x " << columns
                           << " positions (C3), got " << windows;
}

/// C2 to C4; `windows` is the value with one position a window.
template <typename Op>
static LogicalResult verifyConvolution(Op op, StringRef name, RankedTensorType windows) {
  if (failed(verifyPair(op, "stride", op.getStride())))
    return failure();
  const Planar planar = planarOf(op);
  if (failed(verifyWindows(op, name, planar, windows)))
    return failure();
  if (planar.padding != Padding::Circular || planar.columns.kernel <= planar.columns.extent)
    return success();
  return op.emitOpError() << "with `padding` circular expected a kernel of at most "
                          << planar.columns.extent << " columns (C4), got "
                          << planar.columns.kernel;
}

/// The weight is as it came, or packed for this op (C5).
static LogicalResult verifyPacking(Operation *op, Value weight, ArrayRef<PackingForm> forms,
                                   ArrayRef<int64_t> stride) {
  const Attribute encoding = spherical::getLayout(weight.getType());
  const auto packing = dyn_cast_if_present<PackingAttr>(encoding);
  const Type result = op->getResult(0).getType();
  const bool own = packing && llvm::is_contained(forms, packing.getForm()) &&
                   spherical::hasChannelLanes(result) &&
                   packing.getLanes() == spherical::lanesOf(result) &&
                   packing.isFor(stride);
  if (!encoding || own)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError("expected `weight` to be packed as ");
  llvm::interleave(
      forms, diagnostic, [&](PackingForm form) { diagnostic << stringifyPackingForm(form); },
      " or ");
  return diagnostic << " for the lanes of `result` and the stride (C5), got " << weight.getType()
                    << " for " << result;
}

LogicalResult PackWeightOp::verify() {
  const Type result = getType();
  if (isa_and_present<PackingAttr>(spherical::getLayout(result)) &&
      spherical::withLayout(result, {}) == getInput().getType())
    return success();
  return emitOpError() << "expected `result` to be " << getInput().getType()
                       << " with a #nn.packing (C1), got " << result;
}

LogicalResult Conv2dOp::verify() {
  SmallVector<Shaped> shapes = {{"input", getInput().getType(), "NIHW"},
                                {"weight", getWeight().getType(), "OIKL"}};
  if (getBias())
    shapes.push_back({"bias", getBias().getType(), "O"});
  shapes.push_back({"result", getType(), "NOYX"});
  if (failed(verifyShapes(*this, shapes)) ||
      failed(verifyPacking(*this, getWeight(),
                           {PackingForm::Windows, PackingForm::Taps, PackingForm::Positions},
                           getStride())))
    return failure();
  return verifyConvolution(*this, "result", tensorOf(getResult()));
}

LogicalResult ConvTranspose2dOp::verify() {
  SmallVector<Shaped> shapes = {{"input", getInput().getType(), "NIYX"},
                                {"weight", getWeight().getType(), "IOKL"}};
  if (getBias())
    shapes.push_back({"bias", getBias().getType(), "O"});
  shapes.push_back({"result", getType(), "NOHW"});
  if (failed(verifyShapes(*this, shapes)) ||
      failed(verifyPacking(*this, getWeight(),
                           {PackingForm::Phases, PackingForm::TransposedTaps,
                            PackingForm::TransposedPositions},
                           getStride())))
    return failure();
  return verifyConvolution(*this, "input", tensorOf(getInput()));
}

LogicalResult Conv2dGradWeightOp::verify() {
  if (failed(verifyShapes(*this, {{"grad", getGrad().getType(), "NOYX"},
                                  {"input", getInput().getType(), "NIHW"},
                                  {"result", getType(), "OIKL"}})))
    return failure();
  return verifyConvolution(*this, "grad", tensorOf(getGrad()));
}

//===----------------------------------------------------------------------===//
// Pools and resizing
//===----------------------------------------------------------------------===//

/// C1 to C3 of a pool from `image` to `pooled`.
template <typename Op>
static LogicalResult verifyPool(Op op, StringRef imageName, Value image, StringRef pooledName,
                                Value pooled) {
  if (failed(verifyShapes(
          op, {{imageName, image.getType(), "NCHW"}, {pooledName, pooled.getType(), "NCYX"}})) ||
      failed(verifyPair(op, "window", op.getWindow())) ||
      failed(verifyPair(op, "stride", op.getStride())))
    return failure();
  return verifyWindows(op, pooledName, planarOf(tensorOf(image), op.getWindow(), op.getStride()),
                       tensorOf(pooled));
}

LogicalResult MaxPool2dOp::verify() {
  return verifyPool(*this, "input", getInput(), "result", getResult());
}

LogicalResult MaxPool2dGradOp::verify() {
  return verifyPool(*this, "input", getInput(), "grad", getGrad());
}

LogicalResult AvgPool2dOp::verify() {
  if (getAdjoint())
    return verifyPool(*this, "result", getResult(), "input", getInput());
  return verifyPool(*this, "input", getInput(), "result", getResult());
}

LogicalResult GlobalAvgPoolOp::verify() {
  const bool adjoint = getAdjoint();
  if (failed(verifyShapes(*this, {{"input", getInput().getType(), adjoint ? "NC" : "NCHW"},
                                  {"result", getType(), adjoint ? "NCHW" : "NC"}})))
    return failure();
  const RankedTensorType image = tensorOf(adjoint ? getResult() : getInput());
  const RankedTensorType means = tensorOf(adjoint ? getInput() : getResult());
  if (image.getNumElements() > 0 || means.getNumElements() == 0)
    return success();
  return emitOpError() << "expected at least one position (C2), got " << image;
}

LogicalResult UpsampleNearestOp::verify() {
  if (failed(verifyShapes(
          *this, {{"input", getInput().getType(), "NCHW"}, {"result", getType(), "NCYX"}})))
    return failure();
  RankedTensorType small = tensorOf(getInput()), large = tensorOf(getResult());
  if (getAdjoint())
    std::swap(small, large);
  if (small.getNumElements() == 0 && large.getNumElements() > 0)
    return emitOpError() << "expected positions to read from (C2), got " << small;
  return success();
}

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

/// The type but for the channels is that of the other (C1).
static LogicalResult verifyLike(Operation *op, StringRef name, RankedTensorType type,
                                RankedTensorType other) {
  bool fits = type.getRank() >= 2 && type.getRank() == other.getRank() &&
              type.getElementType() == other.getElementType();
  for (int64_t axis = 0; fits && axis < type.getRank(); ++axis)
    fits = axis == 1 || type.getDimSize(axis) == other.getDimSize(axis);
  if (fits)
    return success();
  return op->emitOpError() << "expected `" << name << "` to be [N, C, ...] and as " << other
                           << " but for C (C1), got " << type;
}

LogicalResult ConcatOp::verify() {
  int64_t channels = 0;
  for (Value input : getInputs()) {
    if (failed(verifyLike(*this, "inputs", tensorOf(input), tensorOf(getResult()))))
      return failure();
    channels += tensorOf(input).getDimSize(1);
  }
  if (channels == tensorOf(getResult()).getDimSize(1))
    return success();
  return emitOpError() << "expected `result` to have " << channels << " channels (C1), got "
                       << getType();
}

LogicalResult SliceChannelsOp::verify() {
  if (failed(verifyLike(*this, "input", tensorOf(getInput()), tensorOf(getResult()))))
    return failure();
  const int64_t first = getFirst(), channels = tensorOf(getInput()).getDimSize(1);
  const int64_t last = first + tensorOf(getResult()).getDimSize(1);
  if (first >= 0 && last <= channels)
    return success();
  return emitOpError() << "expected channels from 0 to " << channels << " (C2), got " << first
                       << " to " << last;
}

LogicalResult SumChannelsOp::verify() {
  return verifyShapes(*this, {{"input", getInput().getType(), "NCHW"}, {"result", getType(), "C"}});
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

template <typename Op> static LogicalResult verifyLeaky(Op op) {
  const double slope = op.getSlope().convertToDouble();
  if (!(slope >= 0.0 && slope < 1.0))
    return op.emitOpError() << "expected `slope` of at least 0 and below 1 (C2), got " << slope;
  return verifyReal(op, op.getType());
}

LogicalResult LeakyReluOp::verify() { return verifyLeaky(*this); }
LogicalResult LeakyReluGradOp::verify() { return verifyLeaky(*this); }
LogicalResult GeluOp::verify() { return verifyReal(*this, getType()); }
LogicalResult GeluGradOp::verify() { return verifyReal(*this, getType()); }
