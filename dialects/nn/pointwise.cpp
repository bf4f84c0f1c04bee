//===- pointwise.cpp - activations and sums on one value --------*- C++ -*-===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/stages/scalars.h"

#include <cmath>
#include <numbers>

namespace mlir::nn {

using spherical::ScalarBuilder;

Value ReluOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  ScalarBuilder s(builder, loc);
  return s.max(values[0], s.constant(values[0].getType(), 0.0));
}

/// Whether a value, or the mask in its place, is positive.
static Value isPositive(ScalarBuilder &s, Value value) {
  return value.getType().isInteger(1) ? value : s.above(value, s.constant(value.getType(), 0.0));
}

Value ReluGradOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  ScalarBuilder s(builder, loc);
  Value zero = s.constant(values[0].getType(), 0.0);
  return s.select(isPositive(s, values[1]), values[0], zero);
}

std::optional<unsigned> ReluGradOp::getMaskOperand() { return 1; }

/// The first value where the last is positive, else `slope` times it.
static Value leakyRelu(ScalarBuilder s, ValueRange values, const APFloat &slope) {
  Value small = s.mul(values[0], s.constant(values[0].getType(), slope.convertToDouble()));
  return s.select(isPositive(s, values.back()), values[0], small);
}

Value LeakyReluOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  return leakyRelu(ScalarBuilder(builder, loc), values, getSlope());
}

Value LeakyReluGradOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  return leakyRelu(ScalarBuilder(builder, loc), values, getSlope());
}

std::optional<unsigned> LeakyReluGradOp::getMaskOperand() { return 1; }

Value AddOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  return ScalarBuilder(builder, loc).add(values[0], values[1]);
}

Value SubOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  return ScalarBuilder(builder, loc).sub(values[0], values[1]);
}

Value InverseStdOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  ScalarBuilder s(builder, loc);
  Type type = values[0].getType();
  Value root = s.sqrt(s.add(values[0], s.constant(type, getEps().convertToDouble())));
  return s.div(s.constant(type, 1.0), root);
}

/// s = 1 / (1 + exp(-2 u)) of `gelu`, with exponents that do not overflow.
static Value geluFactor(ScalarBuilder &s, Value x) {
  Type type = x.getType();
  double c = 2 * std::sqrt(2 / std::numbers::pi);
  Value square = s.add(s.mul(s.mul(x, x), s.constant(type, 0.044715 * c)), s.constant(type, c));
  Value exponent = s.mul(s.mul(x, square), s.constant(type, -1.0));
  Value least = s.constant(type, -80.0);
  exponent = s.max(exponent, least);
  exponent = s.select(s.above(exponent, s.constant(type, 80.0)), s.constant(type, 80.0), exponent);
  Value one = s.constant(type, 1.0);
  return s.div(one, s.add(one, s.exp(exponent)));
}

/// x from -40 to 40: beyond, s is 0 or 1, and what it is multiplied by must not overflow or outgrow
/// the exponents' limit.
static Value geluClamped(ScalarBuilder &s, Value x) {
  Value most = s.constant(x.getType(), 40.0);
  Value bounded = s.max(x, s.constant(x.getType(), -40.0));
  return s.select(s.above(bounded, most), most, bounded);
}

static Value gelu(ScalarBuilder &s, Value x) {
  return s.mul(s.max(x, s.constant(x.getType(), -40.0)), geluFactor(s, x));
}

static Value geluDerivative(ScalarBuilder &s, Value x) {
  Type type = x.getType();
  double c = 2 * std::sqrt(2 / std::numbers::pi);
  x = geluClamped(s, x);
  Value factor = geluFactor(s, x), one = s.constant(type, 1.0);
  Value slope = s.add(s.mul(s.mul(x, x), s.constant(type, 3 * 0.044715 * c)), s.constant(type, c));
  return s.add(factor, s.mul(s.mul(s.mul(x, factor), s.sub(one, factor)), slope));
}

Value GeluOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  ScalarBuilder s(builder, loc);
  return gelu(s, values[0]);
}

Value GeluGradOp::buildScalar(OpBuilder &builder, Location loc, ValueRange values) {
  ScalarBuilder s(builder, loc);
  return s.mul(values[0], geluDerivative(s, values[1]));
}

} // namespace mlir::nn
