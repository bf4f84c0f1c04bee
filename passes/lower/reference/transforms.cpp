//===- transforms.cpp - Fourier transforms by their definitions -*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/spherical/signal.h"
#include "runtime/reference/kernel_transform.h"
#include "runtime/reference/transform.h"

namespace mlir::spherical {
namespace reference = ::spherical::reference;
namespace {

reference::Domain domainOf(const Signal &signal) {
  return signal.onSO3() ? reference::Domain::SO3 : reference::Domain::S2;
}

/// The transform between a function and a spectrum for `batch` samples. What an adjoint sees of
/// truncated degrees is nothing.
reference::Transform transformOf(const Signal &function, const Signal &spectrum, int64_t batch,
                                 std::optional<High> high, bool adjoint) {
  const bool aliased = high == High::Quadrature || (high == High::Truncated && !adjoint);
  return {domainOf(function), batch * function.channels, function.bandLimit, spectrum.bandLimit,
          aliased ? reference::High::Quadrature : reference::High::Zero};
}

/// One transform of values of type `from` to those of type `to`: the Fourier transform (`forward`)
/// or the inverse one, or the adjoint of either.
HostTensor transformed(const HostTensor &input, Type from, Type to, bool forward, bool adjoint,
                       std::optional<High> high) {
  const Signal in = *getSignal(from), out = *getSignal(to);
  const int64_t batch = input.shape[0];
  const std::vector<Complex> values = toComplex(input, holdsPairs(from));
  const bool toSpectrum = out.isSpectrum();
  const reference::Transform transform = transformOf(toSpectrum ? in : out, toSpectrum ? out : in,
                                                     batch, forward ? high : std::nullopt, adjoint);
  std::vector<Complex> result;
  if (forward)
    result = adjoint ? reference::analysisAdjoint(transform, values)
                     : reference::analysis(transform, values);
  else
    result = adjoint ? reference::synthesisAdjoint(transform, values)
                     : reference::synthesis(transform, values);
  return fromComplex(hostShape(to, batch), result, holdsPairs(to));
}

LogicalResult evaluateBoundary(BoundaryOp op, Operands operands, Results &results) {
  const Type function = op.getFunction().get(op.getContext()), result = op.getResult().getType();
  HostTensor values = *operands[0];
  if (op.hasSynthesis())
    values = transformed(values, op.getInput().getType(), function, /*forward=*/op.getAdjoint(),
                         op.getAdjoint(), op.getHigh());
  for (unsigned index = 1; index < operands.size(); ++index)
    if (failed(expectShape(op, index, values.shape, *operands[index])))
      return failure();
  if (failed(mapNumbers(op.getPointwise().front(), values, operands.drop_front())))
    return failure();
  HostTensor mask = values;
  if (op.hasAnalysis())
    values = transformed(values, function, result, /*forward=*/!op.getAdjoint(), op.getAdjoint(),
                         op.getHigh());
  results.push_back(std::move(values));
  if (op.getMask()) {
    for (double &value : mask.values)
      value = value > 0;
    results.push_back(std::move(mask));
  }
  return success();
}

std::vector<double> parts(const std::vector<Complex> &values, bool imaginary) {
  std::vector<double> result;
  result.reserve(values.size());
  for (const Complex &value : values)
    result.push_back(imaginary ? value.imag() : value.real());
  return result;
}

/// The matrix of the transform: of its spectrum, or of the columns of a projection.
std::vector<Complex> matrixOf(KernelFTOp op, const Signal &spectrum) {
  const auto points = op.getGrid().points();
  const std::vector<reference::Point> list(points.begin(), points.end());
  const double scale = op.getScale().convertToDouble();
  if (!op.getProjection())
    return reference::kernelMatrix(domainOf(spectrum), spectrum.bandLimit, list, scale);
  return reference::projectKernel(
      projectedOrders(*op.getProjection()), static_cast<int64_t>(list.size()), spectrum.bandLimit,
      reference::kernelMatrix(reference::Domain::SO3, spectrum.bandLimit, list, scale));
}

LogicalResult evaluateKernelTransform(KernelFTOp op, const HostTensor &input, Results &results) {
  const Type tensorType = op.getAdjoint() ? op.getType() : op.getInput().getType();
  const Signal spectrum = *getSignal(op.getAdjoint() ? op.getInput().getType() : op.getType());
  if (failed(expectShape(op, 0, hostShape(op.getInput().getType()), input)))
    return failure();
  const std::vector<Complex> matrix = matrixOf(op, spectrum);
  const int64_t count = spectrum.batch * spectrum.channels;
  const int64_t numPoints = op.getGrid().numPoints();
  const bool complexWeights = holdsPairs(tensorType);
  std::vector<Complex> values = toComplex(input, holdsPairs(op.getInput().getType()));
  if (!op.getAdjoint()) {
    std::vector<Complex> result =
        reference::kernelTransform(count, numPoints, parts(values, false), matrix);
    if (complexWeights) {
      const auto imaginary =
          reference::kernelTransform(count, numPoints, parts(values, true), matrix);
      for (size_t i = 0; i < result.size(); ++i)
        result[i] += Complex(0, 1) * imaginary[i];
    }
    results.push_back(fromComplex(hostShape(op.getType()), result, true));
    return success();
  }
  const auto real = reference::kernelTransformAdjoint(count, numPoints, values, matrix);
  std::vector<Complex> result(real.begin(), real.end());
  if (complexWeights) {
    // i k contributes i Y: its cotangent is the real inner product with i Y, that of -i G with Y.
    for (Complex &value : values)
      value *= Complex(0, -1);
    const auto imaginary = reference::kernelTransformAdjoint(count, numPoints, values, matrix);
    for (size_t i = 0; i < result.size(); ++i)
      result[i] += Complex(0, imaginary[i]);
  }
  results.push_back(fromComplex(hostShape(op.getType()), result, complexWeights));
  return success();
}

/// Integral of a function, degree 0 of a spectrum, and the adjoints of both.
LogicalResult evaluateIntegrate(SO3IntegrateOp op, const HostTensor &input, Results &results) {
  const Type from = op.getInput().getType(), to = op.getType();
  const Signal signal = *getSignal(op.getAdjoint() ? to : from);
  const int64_t batch = input.shape[0], count = batch * signal.channels;
  const std::vector<Complex> values = toComplex(input, holdsPairs(from));
  std::vector<Complex> result;
  if (!signal.isSpectrum()) {
    result = op.getAdjoint() ? reference::so3IntegrateAdjoint(count, signal.bandLimit, values)
                             : reference::so3Integrate(count, signal.bandLimit, values);
  } else {
    const int64_t size = reference::spectrumSize(reference::Domain::SO3, signal.bandLimit);
    result.resize(op.getAdjoint() ? count * size : count);
    for (int64_t s = 0; s < count; ++s)
      (op.getAdjoint() ? result[s * size] : result[s]) =
          op.getAdjoint() ? values[s] : values[s * size];
  }
  results.push_back(fromComplex(hostShape(to, batch), result, holdsPairs(to)));
  return success();
}

} // namespace

LogicalResult evaluateTransform(Operation *op, Operands operands, Results &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case<S2FTOp, SO3FTOp>([&](auto ft) {
        results.push_back(transformed(*operands[0], ft.getInput().getType(), ft.getType(),
                                      /*forward=*/true, ft.getAdjoint(), ft.getHigh()));
        return success();
      })
      .Case<S2IFTOp, SO3IFTOp>([&](auto ift) {
        results.push_back(transformed(*operands[0], ift.getInput().getType(), ift.getType(),
                                      /*forward=*/false, ift.getAdjoint(), std::nullopt));
        return success();
      })
      .Case([&](BoundaryOp boundary) { return evaluateBoundary(boundary, operands, results); })
      .Case(
          [&](KernelFTOp kernel) { return evaluateKernelTransform(kernel, *operands[0], results); })
      .Case([&](SO3IntegrateOp integrate) {
        return evaluateIntegrate(integrate, *operands[0], results);
      })
      .Default([](Operation *other) {
        return other->emitOpError() << "is not a transform that the reference target knows";
      });
}

} // namespace mlir::spherical
