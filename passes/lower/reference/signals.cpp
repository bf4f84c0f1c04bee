//===- signals.cpp - biases, samples and layouts by definition --*- C++ -*-===//

#include "passes/lower/reference/evaluate.h"

#include "dialects/spherical/signal.h"

namespace mlir::spherical {
namespace {

/// Visits the first value of each (sample, channel) of a function or spectrum and, in a function,
/// all the others: visit(position, channel) in units of one (complex) value.
template <typename Visit>
void eachBiasedValue(const Signal &signal, const HostTensor &tensor, bool pairs, Visit visit) {
  const int64_t channels = signal.channels, rows = tensor.shape[0] * channels;
  const int64_t size = tensor.size() / (pairs ? 2 : 1) / rows;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 0; i < (signal.isSpectrum() ? 1 : size); ++i)
      visit(row * size + i, row % channels);
}

LogicalResult evaluateAddBias(AddBiasOp op, Operands operands, Results &results) {
  const Signal signal = *getSignal(op.getInput().getType());
  const bool pairs = holdsPairs(op.getInput().getType());
  std::vector<Complex> values = toComplex(*operands[0], pairs);
  const std::vector<Complex> bias = toComplex(*operands[1], holdsPairs(op.getBias().getType()));
  eachBiasedValue(signal, *operands[0], pairs,
                  [&](int64_t at, int64_t channel) { values[at] += bias[channel]; });
  results.push_back(fromComplex(operands[0]->shape, values, pairs));
  return success();
}

LogicalResult evaluateBiasGrad(BiasGradOp op, const HostTensor &input, Results &results) {
  const Signal signal = *getSignal(op.getInput().getType());
  const bool pairs = holdsPairs(op.getInput().getType());
  const std::vector<Complex> values = toComplex(input, pairs);
  std::vector<Complex> sums(signal.channels);
  eachBiasedValue(signal, input, pairs,
                  [&](int64_t at, int64_t channel) { sums[channel] += values[at]; });
  results.push_back(fromComplex(hostShape(op.getType()), sums, holdsPairs(op.getType())));
  return success();
}

} // namespace

LogicalResult evaluateSignal(Operation *op, Operands operands, Results &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](AddBiasOp add) { return evaluateAddBias(add, operands, results); })
      .Case([&](BiasGradOp grad) { return evaluateBiasGrad(grad, *operands[0], results); })
      .Case<SamplesOp, ConvertLayoutOp>([&](auto) {
        // The values keep file order in every layout.
        results.push_back(*operands[0]);
        return success();
      })
      .Case([&](ZeroOp zero) {
        results.push_back(zeros(hostShape(zero.getType())));
        return success();
      })
      .Default([](Operation *other) {
        return other->emitOpError() << "is no op on signals that the reference target knows";
      });
}

} // namespace mlir::spherical
