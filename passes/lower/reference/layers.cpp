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

/// The definition of a layer from its types, points and what it does with missing degrees.
reference::Convolution layerOf(Type input, Type result, int64_t batch,
                               std::vector<reference::Point> points, std::optional<High> high) {
  const Signal from = *getSignal(input), to = *getSignal(result);
  reference::Convolution layer;
  layer.domain = from.onSO3() ? reference::Domain::SO3 : reference::Domain::S2;
  layer.batch = batch;
  layer.inputs = from.channels;
  layer.outputs = to.channels;
  layer.bIn = from.bandLimit;
  layer.bOut = to.bandLimit;
  layer.high =
      high.value_or(High::Zero) == High::Zero ? reference::High::Zero : reference::High::Quadrature;
  layer.points = std::move(points);
  return layer;
}

/// `apply` is the layer for real kernels; a complex kernel's spectrum enters conjugated.
template <typename Op, typename Apply>
LogicalResult evaluateKernelLayer(Op op, Operands operands, Results &results, Apply apply) {
  const bool isComplex = getSignal(op.getInput().getType())->isComplex();
  if (failed(expectShape(op, 1, hostShape(op.getKernel().getType()), *operands[1])))
    return failure();
  const std::vector<Complex> x = toComplex(*operands[0], isComplex);
  const std::vector<Complex> kernel = toComplex(*operands[1], isComplex);
  std::vector<Complex> y = apply(x, parts(kernel, false));
  if (isComplex) {
    const auto imaginary = apply(x, parts(kernel, true));
    for (size_t i = 0; i < y.size(); ++i)
      y[i] -= Complex(0, 1) * imaginary[i];
  }
  results.push_back(fromComplex(hostShape(op.getType(), operands[0]->shape[0]), y, isComplex));
  return success();
}

std::vector<reference::Point> pointsOf(GridAttr grid) {
  const auto points = grid.points();
  return {points.begin(), points.end()};
}

template <typename Op>
LogicalResult evaluateConvolution(Op op, std::vector<reference::Point> points,
                                  std::optional<High> high, Operands operands, Results &results) {
  const reference::Convolution layer = layerOf(op.getInput().getType(), op.getType(),
                                               operands[0]->shape[0], std::move(points), high);
  return evaluateKernelLayer(op, operands, results, [&](const auto &x, const auto &kernel) {
    return reference::convolution(layer, x, kernel);
  });
}

LogicalResult evaluateProjected(SO3ToS2Op op, Operands operands, Results &results) {
  const reference::Convolution layer =
      layerOf(op.getInput().getType(), op.getType(), operands[0]->shape[0], pointsOf(op.getGrid()),
              op.getHigh());
  const auto projection = op.getProjection() == Projection::SumN ? reference::Projection::SumN
                          : op.getProjection() == Projection::OrbitMean
                              ? reference::Projection::OrbitMean
                              : reference::Projection::InvariantKernel;
  return evaluateKernelLayer(op, operands, results, [&](const auto &x, const auto &kernel) {
    return reference::projectedConvolution(layer, projection, x, kernel);
  });
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
      .Case([&](S2ConvOp conv) {
        return evaluateConvolution(conv, pointsOf(conv.getGrid()), std::nullopt, operands, results);
      })
      .Case([&](SO3ConvOp conv) {
        return evaluateConvolution(conv, pointsOf(conv.getGrid()), conv.getHigh(), operands,
                                   results);
      })
      .Case([&](SO3ToS2Op conv) { return evaluateProjected(conv, operands, results); })
      .Case([&](SO3ShortcutOp shortcut) {
        return evaluateConvolution(shortcut, {{0.0, 0.0, 0.0}}, shortcut.getHigh(), operands,
                                   results);
      })
      .Case([&](ResampleOp resample) { return evaluateResample(resample, *operands[0], results); })
      .Default([](Operation *other) {
        return other->emitOpError() << "is not a layer that the reference target knows";
      });
}

} // namespace mlir::spherical
