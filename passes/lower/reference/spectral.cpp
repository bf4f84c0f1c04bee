//===- spectral.cpp - work on spectra by definition -------------*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/spherical/signal.h"
#include "runtime/reference/product.h"

namespace mlir::spherical {
namespace reference = ::spherical::reference;
namespace {

reference::Domain domainOf(const Signal &signal) {
  return signal.onSO3() ? reference::Domain::SO3 : reference::Domain::S2;
}

/// The extents that two operands must share.
LogicalResult expectSame(Operation *op, StringRef what, int64_t expected, int64_t got) {
  if (expected == got)
    return success();
  return op->emitOpError() << "expected " << expected << " " << what << " in both operands, got "
                           << got;
}

LogicalResult evaluateProduct(SpectralMatmulOp op, Operands operands, Results &results) {
  const HostTensor &lhs = *operands[0], &rhs = *operands[1];
  const std::vector<Complex> left = toComplex(lhs, true), right = toComplex(rhs, true);
  const bool gradKernel = op.getForm() == ProductForm::GradKernel;
  // x is [batch][inputs], the kernel [inputs][outputs], z and its cotangent [batch][outputs].
  reference::Product extents;
  extents.domain = domainOf(*getSignal(op.getRhs().getType()));
  extents.degrees = getSignal(op.getType())->bandLimit;
  extents.batch = lhs.shape[0];
  extents.inputs = gradKernel ? rhs.shape[1] : rhs.shape[0];
  extents.outputs = gradKernel ? lhs.shape[1] : rhs.shape[1];
  std::vector<Complex> result;
  switch (op.getForm()) {
  case ProductForm::Forward:
    if (failed(expectSame(op, "channels", extents.inputs, lhs.shape[1])))
      return failure();
    result = reference::product(extents, left, right);
    break;
  case ProductForm::GradInput:
    if (failed(expectSame(op, "channels", extents.outputs, lhs.shape[1])))
      return failure();
    result = reference::productGradInput(extents, left, right);
    break;
  case ProductForm::GradKernel:
    if (failed(expectSame(op, "samples", extents.batch, rhs.shape[0])))
      return failure();
    result = reference::productGradKernel(extents, left, right);
    break;
  }
  const int64_t leading = gradKernel ? extents.inputs : extents.batch;
  results.push_back(fromComplex(hostShape(op.getType(), leading), result, true));
  return success();
}

/// truncate and pad: the degrees that both have, zeros for others.
LogicalResult evaluateDegrees(Operation *op, const HostTensor &input, Results &results) {
  HostTensor result = zeros(hostShape(op->getResult(0).getType(), input.shape[0]));
  const int64_t rows = input.shape[0] * input.shape[1];
  const int64_t from = 2 * input.shape[2], to = 2 * result.shape[2];
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 0; i < std::min(from, to); ++i)
      result.values[row * to + i] = input.values[row * from + i];
  results.push_back(std::move(result));
  return success();
}

/// X = A + iB, of a spectrum with Hermitian A and B.
LogicalResult evaluatePart(Operation *op, const HostTensor &input, bool imaginary,
                           Results &results) {
  const Type type = op->getResult(0).getType();
  const std::optional<Signal> signal = getSignal(type);
  std::vector<Complex> values = toComplex(input, true), result;
  if (imaginary)
    for (Complex &value : values)
      value *= Complex(0, -1);
  const bool isSpectrum = signal && signal->isSpectrum();
  if (isSpectrum) {
    const int64_t size = input.shape[2];
    for (int64_t row = 0; row < input.shape[0] * input.shape[1]; ++row)
      llvm::append_range(result, reference::hermitianPart(domainOf(*signal), signal->bandLimit,
                                                          &values[row * size]));
  } else {
    result = std::move(values);
  }
  results.push_back(fromComplex(hostShape(type, input.shape[0]), result, isSpectrum));
  return success();
}

LogicalResult evaluateComplex(ComplexOp op, Operands operands, Results &results) {
  HostTensor re = *operands[0], im = *operands[1];
  if (failed(alignSamples(op, re, im)))
    return failure();
  const bool pairs = holdsPairs(op.getRe().getType());
  std::vector<Complex> result = toComplex(re, pairs);
  const std::vector<Complex> imaginary = toComplex(im, pairs);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] += Complex(0, 1) * imaginary[i];
  const int64_t leading = re.shape.empty() ? -1 : re.shape[0];
  results.push_back(fromComplex(hostShape(op.getType(), leading), result, true));
  return success();
}

} // namespace

LogicalResult evaluateSpectral(Operation *op, Operands operands, Results &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](SpectralMatmulOp product) { return evaluateProduct(product, operands, results); })
      .Case<TruncateOp, PadOp>(
          [&](auto degrees) { return evaluateDegrees(degrees, *operands[0], results); })
      .Case([&](RealPartOp part) { return evaluatePart(part, *operands[0], false, results); })
      .Case([&](ImagPartOp part) { return evaluatePart(part, *operands[0], true, results); })
      .Case([&](ComplexOp complex) { return evaluateComplex(complex, operands, results); })
      .Default([](Operation *other) {
        return other->emitOpError() << "is no work on spectra that the reference target knows";
      });
}

} // namespace mlir::spherical
