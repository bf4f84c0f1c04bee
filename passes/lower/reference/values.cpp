//===- values.cpp - values of the IR as doubles -----------------*- C++ -*-===//

#include "passes/lower/reference/values.h"

#include "dialects/spherical/signal.h"

#include <algorithm>

namespace mlir::spherical {

int64_t HostTensor::size() const {
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  return size;
}

bool holdsPairs(Type type) {
  if (std::optional<Signal> signal = getSignal(type))
    return signal->isSpectrum() || signal->isComplex();
  return isa<ComplexType>(getElementTypeOrSelf(type));
}

std::vector<int64_t> hostShape(Type type, int64_t leading) {
  SmallVector<int64_t> shape;
  if (std::optional<Signal> signal = getSignal(type)) {
    shape = signal->fileShape();
  } else if (auto shaped = dyn_cast<ShapedType>(type)) {
    llvm::append_range(shape, shaped.getShape());
    if (holdsPairs(type))
      shape.push_back(2);
  }
  const bool hasAxes = shape.size() > (holdsPairs(type) ? 1 : 0);
  if (hasAxes && leading >= 0)
    shape[0] = leading;
  return {shape.begin(), shape.end()};
}

std::string shapeText(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::interleave(shape, stream, "x");
  return text;
}

HostTensor zeros(std::vector<int64_t> shape) {
  HostTensor tensor{std::move(shape), {}};
  tensor.values.resize(tensor.size());
  return tensor;
}

std::vector<Complex> toComplex(const HostTensor &tensor, bool pairs) {
  if (!pairs)
    return {tensor.values.begin(), tensor.values.end()};
  std::vector<Complex> values;
  values.reserve(tensor.values.size() / 2);
  for (size_t i = 0; i + 1 < tensor.values.size(); i += 2)
    values.emplace_back(tensor.values[i], tensor.values[i + 1]);
  return values;
}

HostTensor fromComplex(std::vector<int64_t> shape, const std::vector<Complex> &values, bool pairs) {
  HostTensor tensor{std::move(shape), {}};
  tensor.values.reserve(values.size() * (pairs ? 2 : 1));
  for (const Complex &value : values) {
    tensor.values.push_back(value.real());
    if (pairs)
      tensor.values.push_back(value.imag());
  }
  return tensor;
}

HostTensor leadingSlices(const HostTensor &tensor, int64_t count) {
  HostTensor slices = tensor;
  slices.shape[0] = count;
  slices.values.resize(slices.size());
  return slices;
}

LogicalResult expectShape(Operation *op, unsigned operand, ArrayRef<int64_t> expected,
                          const HostTensor &got) {
  if (expected == ArrayRef<int64_t>(got.shape))
    return success();
  return op->emitOpError() << "expected values of shape " << shapeText(expected) << " in operand "
                           << operand << ", got " << shapeText(got.shape);
}

LogicalResult alignSamples(Operation *op, HostTensor &a, HostTensor &b) {
  if (!a.shape.empty() && a.shape.size() == b.shape.size()) {
    const int64_t samples = std::min(a.shape[0], b.shape[0]);
    a = leadingSlices(a, samples);
    b = leadingSlices(b, samples);
  }
  return expectShape(op, 1, a.shape, b);
}

} // namespace mlir::spherical
