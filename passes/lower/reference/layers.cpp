//===- layers.cpp - convolutions and resampling by definition ---*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/spherical/signal.h"
#include "runtime/reference/convolution.h"

namespace mlir::spherical {
namespace reference = ::spherical::reference;
namespace {

std::vector<double> parts(const std::vector<Complex> &values, bool imaginary) {
  std::vector<double> result;
  result.reserve(values.size());
  for (const Complex &value : values)
    result.push_back(imaginary ? value.imag() : value.real());
  return result;
}

template <typename Op>
LogicalResult evaluateConvolution(Op op, std::optional<High> high, Operands operands,
                                  Results &results) {
  const Signal from = *getSignal(op.getInput().getType()), to = *getSignal(op.getType());
  if (failed(expectShape(op, 1, hostShape(op.getKernel().getType()), *operands[1])))
    return failure();
  const auto points = op.getGrid().points();
  reference::Convolution layer;
  layer.domain = from.onSO3() ? reference::Domain::SO3 : reference::Domain::S2;
  layer.batch = operands[0]->shape[0];
  layer.inputs = from.channels;
  layer.outputs = to.channels;
  layer.bIn = from.bandLimit;
  layer.bOut = to.bandLimit;
  layer.high = high == High::Quadrature ? reference::High::Quadrature : reference::High::Zero;
  layer.points.assign(points.begin(), points.end());
  const std::vector<Complex> x = toComplex(*operands[0], from.isComplex());
  const std::vector<Complex> kernel = toComplex(*operands[1], from.isComplex());
  std::vector<Complex> y = reference::convolution(layer, x, parts(kernel, false));
  if (from.isComplex()) {
    // The kernel's spectrum enters conjugated.
    const auto imaginary = reference::convolution(layer, x, parts(kernel, true));
    for (size_t i = 0; i < y.size(); ++i)
      y[i] -= Complex(0, 1) * imaginary[i];
  }
  results.push_back(fromComplex(hostShape(op.getType(), layer.batch), y, to.isComplex()));
  return success();
}

LogicalResult evaluateResample(ResampleOp op, const HostTensor &input, Results &results) {
  const Signal from = *getSignal(op.getInput().getType()), to = *getSignal(op.getType());
  const int64_t batch = input.shape[0];
  reference::Transform transform{from.onSO3() ? reference::Domain::SO3 : reference::Domain::S2,
                                 batch * from.channels, from.bandLimit,
                                 std::min(from.bandLimit, to.bandLimit), reference::High::Zero};
  const std::vector<Complex> spectra =
      reference::analysis(transform, toComplex(input, from.isComplex()));
  transform.b = to.bandLimit;
  results.push_back(fromComplex(hostShape(op.getType(), batch),
                                reference::synthesis(transform, spectra), to.isComplex()));
  return success();
}

} // namespace

LogicalResult evaluateLayer(Operation *op, Operands operands, Results &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case(
          [&](S2ConvOp conv) { return evaluateConvolution(conv, std::nullopt, operands, results); })
      .Case([&](SO3ConvOp conv) {
        return evaluateConvolution(conv, conv.getHigh(), operands, results);
      })
      .Case([&](ResampleOp resample) { return evaluateResample(resample, *operands[0], results); })
      .Default([](Operation *other) {
        return other->emitOpError() << "is not a layer that the reference target knows";
      });
}

} // namespace mlir::spherical
