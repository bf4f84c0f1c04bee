//===- grids.cpp - users' fields and rotations by definition ----*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/spherical/signal.h"
#include "runtime/reference/sample_grid.h"

namespace mlir::spherical {
namespace reference = ::spherical::reference;
namespace {

reference::SampleGrid gridOf(SampleGridAttr grid) {
  return {static_cast<reference::GridKind>(grid.getKind()), grid.getRows(), grid.getColumns(),
          grid.getNside()};
}

/// Analysis or its adjoint, synthesis or its.
template <typename Op>
LogicalResult evaluateGridTransform(Op op, const HostTensor &input, bool forward,
                                    Results &results) {
  const std::optional<Signal> from = getSignal(op.getInput().getType());
  const Signal spectrum = from ? *from : *getSignal(op.getType());
  const int64_t batch = input.shape[0];
  const reference::GridTransform transform{gridOf(op.getGrid()), batch * spectrum.channels,
                                           spectrum.bandLimit};
  HostTensor result = zeros(hostShape(op.getType(), batch));
  if (from) {
    const std::vector<Complex> values = toComplex(input, true);
    result.values = forward ? reference::gridAnalysisAdjoint(transform, values)
                            : reference::gridSynthesis(transform, values);
  } else {
    result = fromComplex(result.shape,
                         forward ? reference::gridAnalysis(transform, input.values)
                                 : reference::gridSynthesisAdjoint(transform, input.values),
                         true);
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult evaluateInterpolate(InterpolateOp op, const HostTensor &input, Results &results) {
  const Signal function = *getSignal(op.getType());
  HostTensor result = zeros(hostShape(op.getType(), input.shape[0]));
  result.values = reference::gridLinear(gridOf(op.getGrid()), function.bandLimit,
                                        input.shape[0] * function.channels, input.values);
  results.push_back(std::move(result));
  return success();
}

/// Rotates each sample by three angles that `anglesOf` makes of its own.
template <typename Op, typename Angles>
LogicalResult evaluateRotation(Op op, Operands operands, Results &results, Angles anglesOf) {
  const int64_t samples = std::min(operands[0]->shape[0], operands[1]->shape[0]);
  const HostTensor input = leadingSlices(*operands[0], samples), &given = *operands[1];
  const Signal signal = *getSignal(op.getType());
  std::vector<double> angles;
  for (int64_t s = 0; s < samples; ++s)
    for (double angle : anglesOf(&given.values[3 * s]))
      angles.push_back(angle);
  results.push_back(
      fromComplex(input.shape,
                  reference::rotateSamples(samples, signal.channels, signal.bandLimit,
                                           toComplex(input, true), angles),
                  true));
  return success();
}

} // namespace

LogicalResult evaluateGrid(Operation *op, Operands operands, Results &results) {
  using Angles = std::array<double, 3>;
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](GridFTOp ft) {
        return evaluateGridTransform(ft, *operands[0], /*forward=*/true, results);
      })
      .Case([&](GridIFTOp ift) {
        return evaluateGridTransform(ift, *operands[0], /*forward=*/false, results);
      })
      .Case([&](InterpolateOp linear) {
        return evaluateInterpolate(linear, *operands[0], results);
      })
      .Case([&](RotateByOp rotate) {
        return evaluateRotation(rotate, operands, results,
                                [](const double *a) { return Angles{a[0], a[1], a[2]}; });
      })
      .Case([&](RotateZOp rotate) {
        return evaluateRotation(rotate, operands, results, [&](const double *a) {
          return Angles{a[rotate.getAt()], 0.0, 0.0};
        });
      })
      .Default([](Operation *other) {
        return other->emitOpError() << "is no op on grids that the reference target knows";
      });
}

} // namespace mlir::spherical
