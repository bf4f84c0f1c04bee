//===- projections.cpp - from SO(3) to S2 by definition ---------*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/spherical/signal.h"
#include "runtime/reference/product.h"
#include "runtime/reference/projection.h"
#include "runtime/reference/rotation.h"
#include "runtime/reference/transform.h"

namespace mlir::spherical {
namespace reference = ::spherical::reference;

reference::Orders projectedOrders(Projection projection) {
  return projection == Projection::SumN ? reference::Orders::Even : reference::Orders::Zero;
}

namespace {

reference::Domain domainOf(const Signal &signal) {
  return signal.onSO3() ? reference::Domain::SO3 : reference::Domain::S2;
}

/// The result of a map of `count` signals of the band-limit of the op's operand.
template <typename Map>
LogicalResult evaluateMap(Operation *op, const HostTensor &input, Results &results, Map map) {
  const Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  const Signal signal = *getSignal(from);
  const int64_t batch = input.shape[0];
  const std::vector<Complex> values = toComplex(input, holdsPairs(from));
  results.push_back(fromComplex(hostShape(to, batch),
                                map(batch * signal.channels, signal.bandLimit, values),
                                holdsPairs(to)));
  return success();
}

LogicalResult evaluateSumN(SumNOp op, const HostTensor &input, Results &results) {
  const bool complex = getSignal(op.getType())->isComplex();
  const reference::Orders orders = complex       ? reference::Orders::All
                                   : op.getOdd() ? reference::Orders::Odd
                                                 : reference::Orders::Even;
  return evaluateMap(op, input, results, [&](int64_t count, int64_t degrees, const auto &values) {
    return op.getAdjoint() ? reference::sumOrdersAdjoint(orders, count, degrees, values)
                           : reference::sumOrders(orders, count, degrees, values);
  });
}

LogicalResult evaluateOrbitMean(SO3OrbitMeanOp op, const HostTensor &input, Results &results) {
  const bool spectrum = getSignal(op.getType())->isSpectrum();
  constexpr reference::Orders zero = reference::Orders::Zero;
  return evaluateMap(op, input, results, [&](int64_t count, int64_t b, const auto &values) {
    if (spectrum)
      return op.getAdjoint() ? reference::sumOrdersAdjoint(zero, count, b, values)
                             : reference::sumOrders(zero, count, b, values);
    return op.getAdjoint() ? reference::orbitMeanAdjoint(count, b, values)
                           : reference::orbitMean(count, b, values);
  });
}

LogicalResult evaluateProjectKernel(ProjectKernelOp op, const HostTensor &input, Results &results) {
  const reference::Orders orders = projectedOrders(op.getProjection());
  return evaluateMap(op, input, results, [&](int64_t count, int64_t degrees, const auto &values) {
    return op.getAdjoint() ? reference::projectKernelAdjoint(orders, count, degrees, values)
                           : reference::projectKernel(orders, count, degrees, values);
  });
}

LogicalResult evaluateThinProduct(ThinMatmulOp op, Operands operands, Results &results) {
  const HostTensor &lhs = *operands[0], &rhs = *operands[1];
  const std::vector<Complex> left = toComplex(lhs, true), right = toComplex(rhs, true);
  const bool gradKernel = op.getForm() == ProductForm::GradKernel;
  const bool forward = op.getForm() == ProductForm::Forward;
  // x is [batch][inputs], the columns [inputs][outputs], h and its cotangent [batch][outputs].
  reference::Product extents;
  extents.degrees = getSignal(op.getType())->bandLimit;
  extents.batch = lhs.shape[0];
  extents.inputs = gradKernel ? rhs.shape[1] : rhs.shape[0];
  extents.outputs = gradKernel ? lhs.shape[1] : rhs.shape[1];
  const int64_t shared = gradKernel ? rhs.shape[0] : lhs.shape[1];
  const int64_t expected = gradKernel ? extents.batch : forward ? extents.inputs : extents.outputs;
  if (shared != expected)
    return op.emitOpError() << "expected " << expected << (gradKernel ? " samples" : " channels")
                            << " in both operands, got " << shared;
  std::vector<Complex> result;
  if (forward)
    result = reference::thinProduct(extents, left, right);
  else
    result = gradKernel ? reference::thinProductGradKernel(extents, left, right)
                        : reference::thinProductGradInput(extents, left, right);
  results.push_back(fromComplex(
      hostShape(op.getType(), gradKernel ? extents.inputs : extents.batch), result, true));
  return success();
}

/// A spectrum degree by degree, a function through its spectrum.
LogicalResult evaluateRotate(RotateOp op, const HostTensor &input, Results &results) {
  const Signal signal = *getSignal(op.getType());
  const reference::Domain domain = domainOf(signal);
  const std::array<double, 3> angles = {op.getAngles()[0], op.getAngles()[1], op.getAngles()[2]};
  return evaluateMap(op, input, results, [&](int64_t count, int64_t b, const auto &values) {
    if (signal.isSpectrum())
      return reference::rotate(domain, count, b, values, angles);
    const reference::Transform transform{domain, count, b, b, reference::High::Zero};
    const std::vector<Complex> spectra = reference::analysis(transform, values);
    return reference::synthesis(transform, reference::rotate(domain, count, b, spectra, angles));
  });
}

} // namespace

LogicalResult evaluateProjection(Operation *op, Operands operands, Results &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](SumNOp sum) { return evaluateSumN(sum, *operands[0], results); })
      .Case([&](SO3OrbitMeanOp mean) { return evaluateOrbitMean(mean, *operands[0], results); })
      .Case([&](ProjectKernelOp kernel) {
        return evaluateProjectKernel(kernel, *operands[0], results);
      })
      .Case([&](ThinMatmulOp product) { return evaluateThinProduct(product, operands, results); })
      .Case([&](RotateOp rotate) { return evaluateRotate(rotate, *operands[0], results); })
      .Default([](Operation *other) {
        return other->emitOpError() << "is no projection that the reference target knows";
      });
}

} // namespace mlir::spherical
