//===- integer_bounds.cpp - labels, counts and steps of nn ops --*- C++ -*-===//
//
// What the descriptions of the ops say of their integer operands.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/signal.h"

using namespace mlir;
using namespace mlir::nn;
using spherical::IntegerBounds;

/// A number of valid samples of the batch.
static IntegerBounds countOf(Type batched) {
  const std::optional<spherical::Signal> signal = spherical::getSignal(batched);
  const int64_t capacity = signal ? signal->batch : cast<ShapedType>(batched).getDimSize(0);
  return {"a count", 1, capacity, {}, {}};
}

/// The bounds of `operand`: those of a count where it is the op's count, else none.
template <typename Op>
static std::optional<IntegerBounds> countBounds(Op op, unsigned operand, Type batched) {
  if (op->getOperand(operand) == op.getCount())
    return countOf(batched);
  return std::nullopt;
}

template <typename Op>
static std::optional<IntegerBounds> crossEntropyBounds(Op op, unsigned operand) {
  auto logits = cast<ShapedType>(op.getLogits().getType());
  if (op->getOperand(operand) == op.getLabels())
    return IntegerBounds{"labels", 0, logits.getDimSize(1) - 1, op.getIgnore(), op.getCount()};
  return countBounds(op, operand, logits);
}

std::optional<IntegerBounds> CrossEntropyOp::getIntegerBounds(unsigned operand) {
  return crossEntropyBounds(*this, operand);
}

std::optional<IntegerBounds> CrossEntropyGradOp::getIntegerBounds(unsigned operand) {
  return crossEntropyBounds(*this, operand);
}

std::optional<IntegerBounds> MeanSquaredErrorOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

std::optional<IntegerBounds> MeanSquaredErrorGradOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

std::optional<IntegerBounds> MeanAbsoluteErrorOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

std::optional<IntegerBounds> MeanAbsoluteErrorGradOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

std::optional<IntegerBounds> HuberOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

std::optional<IntegerBounds> HuberGradOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

// Labels and targets alone: a prediction that is NaN is a failure and must show.
bool CrossEntropyOp::mayBeMissing(unsigned operand) { return operand == 1; }
bool CrossEntropyGradOp::mayBeMissing(unsigned operand) { return operand == 2; }
bool MeanSquaredErrorOp::mayBeMissing(unsigned operand) { return operand == 1; }
bool MeanSquaredErrorGradOp::mayBeMissing(unsigned operand) { return operand == 2; }
bool MeanAbsoluteErrorOp::mayBeMissing(unsigned operand) { return operand == 1; }
bool MeanAbsoluteErrorGradOp::mayBeMissing(unsigned operand) { return operand == 2; }
bool HuberOp::mayBeMissing(unsigned operand) { return operand == 1; }
bool HuberGradOp::mayBeMissing(unsigned operand) { return operand == 2; }

std::optional<IntegerBounds> BatchNormTrainOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

std::optional<IntegerBounds> BatchNormGradOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

std::optional<IntegerBounds> SumSquaresOp::getIntegerBounds(unsigned operand) {
  return countBounds(*this, operand, getInput().getType());
}

/// Samples since the last step: their gradients are summed.
static IntegerBounds totalBounds() { return {"a number of samples", 0, INT64_MAX, {}, {}}; }

std::optional<IntegerBounds> AccumulateOp::getIntegerBounds(unsigned operand) {
  if (getOperand(operand) == getTotal())
    return totalBounds();
  if (getOperand(operand) == getCount())
    return IntegerBounds{"a count", 1, INT64_MAX, {}, {}};
  return std::nullopt;
}

std::optional<IntegerBounds> MeanScaleOp::getIntegerBounds(unsigned) { return totalBounds(); }

/// Steps count from 1 on.
template <typename Op> static std::optional<IntegerBounds> stepBounds(Op op, unsigned operand) {
  if (op->getOperand(operand) == op.getStep())
    return IntegerBounds{"a step", 1, INT64_MAX, {}, {}};
  return std::nullopt;
}

std::optional<IntegerBounds> AdamOp::getIntegerBounds(unsigned operand) {
  return stepBounds(*this, operand);
}

std::optional<IntegerBounds> AdamFactorsOp::getIntegerBounds(unsigned operand) {
  return stepBounds(*this, operand);
}

std::optional<IntegerBounds> AverageFactorOp::getIntegerBounds(unsigned operand) {
  return stepBounds(*this, operand);
}
