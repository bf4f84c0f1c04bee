//===- pointwise.cpp - value by value ---------------------------*- C++ -*-===//
//
// Activations, sums and step counters.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/stages/stage_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace mlir::nn {

using namespace mlir::spherical;

/// The stages of an op with one result and operands of its shape.
static LogicalResult emitElementwise(StageBuilder &stages, Operation *op, Scalars scalars) {
  SmallVector<Value> inputs =
      llvm::map_to_vector(op->getOperands(), [&](Value value) { return stages.buffer(value); });
  emitElementwise(stages, op->getName().stripDialect(), stages.buffer(op->getResult(0)), inputs,
                  scalars);
  return success();
}

/// The first operand where the last is positive, else `slope` times it.
static LogicalResult emitLeakyRelu(StageBuilder &stages, Operation *op, double slope) {
  return emitElementwise(stages, op, [&](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    Type type = v[0].getType();
    Value small = s.mul(v[0], s.constant(type, slope));
    return SmallVector<Value>{s.select(s.above(v.back(), s.constant(type, 0.0)), v[0], small)};
  });
}

LogicalResult ReluOp::emitStages(StageBuilder &stages) {
  return emitElementwise(stages, *this, [](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    return SmallVector<Value>{s.max(v[0], s.constant(v[0].getType(), 0.0))};
  });
}

LogicalResult ReluGradOp::emitStages(StageBuilder &stages) {
  return emitElementwise(stages, *this, [](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    Value zero = s.constant(v[0].getType(), 0.0);
    return SmallVector<Value>{s.select(s.above(v[1], zero), v[0], zero)};
  });
}

LogicalResult LeakyReluOp::emitStages(StageBuilder &stages) {
  return emitLeakyRelu(stages, *this, getSlope().convertToDouble());
}

LogicalResult LeakyReluGradOp::emitStages(StageBuilder &stages) {
  return emitLeakyRelu(stages, *this, getSlope().convertToDouble());
}

LogicalResult AddOp::emitStages(StageBuilder &stages) {
  return emitElementwise(stages, *this, [](OpBuilder &b, Location l, ValueRange v) {
    return SmallVector<Value>{ScalarBuilder(b, l).add(v[0], v[1])};
  });
}

LogicalResult SubOp::emitStages(StageBuilder &stages) {
  return emitElementwise(stages, *this, [](OpBuilder &b, Location l, ValueRange v) {
    return SmallVector<Value>{ScalarBuilder(b, l).sub(v[0], v[1])};
  });
}

LogicalResult InverseStdOp::emitStages(StageBuilder &stages) {
  const double eps = getEps().convertToDouble();
  return emitElementwise(stages, *this, [&](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    Type type = v[0].getType();
    Value root = s.sqrt(s.add(v[0], s.constant(type, eps)));
    return SmallVector<Value>{s.div(s.constant(type, 1.0), root)};
  });
}

LogicalResult IncrementOp::emitStages(StageBuilder &stages) {
  AffineMap scalar = stages.dims(0, {});
  stages.sweep("increment", {1}, {}, [&](ValueRange, ValueRange) {
    stages.map({}, stages.buffer(getOperand()), stages.buffer(getResult()), {scalar, scalar},
               [](OpBuilder &b, Location l, ValueRange v) {
                 Value one = arith::ConstantOp::create(b, l, b.getI64IntegerAttr(1));
                 return SmallVector<Value>{arith::AddIOp::create(b, l, v[0], one)};
               });
  });
  return success();
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

LogicalResult GeluOp::emitStages(StageBuilder &stages) {
  return emitElementwise(stages, *this, [](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    return SmallVector<Value>{gelu(s, v[0])};
  });
}

LogicalResult GeluGradOp::emitStages(StageBuilder &stages) {
  return emitElementwise(stages, *this, [](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    return SmallVector<Value>{s.mul(v[0], geluDerivative(s, v[1]))};
  });
}

} // namespace mlir::nn
