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

/// s2_ft, so3_ft and their adjoints.
template <typename Op>
LogicalResult evaluateAnalysis(Op op, const HostTensor &input, Results &results) {
  const Signal from = *getSignal(op.getInput().getType()), to = *getSignal(op.getType());
  const int64_t batch = input.shape[0];
  const std::vector<Complex> values = toComplex(input, holdsPairs(op.getInput().getType()));
  const reference::Transform transform = op.getAdjoint()
                                             ? transformOf(to, from, batch, op.getHigh(), true)
                                             : transformOf(from, to, batch, op.getHigh(), false);
  results.push_back(fromComplex(hostShape(op.getType(), batch),
                                op.getAdjoint() ? reference::analysisAdjoint(transform, values)
                                                : reference::analysis(transform, values),
                                holdsPairs(op.getType())));
  return success();
}

/// s2_ift, so3_ift, their adjoints, and what is fused to them.
template <typename Op> LogicalResult evaluateSynthesis(Op op, Operands operands, Results &results) {
  const Signal from = *getSignal(op.getInput().getType()), to = *getSignal(op.getType());
  HostTensor input = *operands[0];
  const int64_t batch = input.shape[0];
  if (op.getMask()) {
    if (failed(expectShape(op, 1, input.shape, *operands[1])))
      return failure();
    for (size_t i = 0; i < input.values.size(); ++i)
      if (operands[1]->values[i] <= 0)
        input.values[i] = 0.0;
  }
  const std::vector<Complex> values = toComplex(input, holdsPairs(op.getInput().getType()));
  const reference::Transform transform = op.getAdjoint()
                                             ? transformOf(from, to, batch, std::nullopt, true)
                                             : transformOf(to, from, batch, std::nullopt, false);
  HostTensor result = fromComplex(hostShape(op.getType(), batch),
                                  op.getAdjoint() ? reference::synthesisAdjoint(transform, values)
                                                  : reference::synthesis(transform, values),
                                  holdsPairs(op.getType()));
  if (op.getRelu())
    for (double &value : result.values)
      value = std::max(value, 0.0);
  results.push_back(std::move(result));
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
      .Case<S2FTOp, SO3FTOp>(
          [&](auto analysis) { return evaluateAnalysis(analysis, *operands[0], results); })
      .Case<S2IFTOp, SO3IFTOp>(
          [&](auto synthesis) { return evaluateSynthesis(synthesis, operands, results); })
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
