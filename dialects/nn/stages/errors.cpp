//===- errors.cpp - mean errors and their gradients as stages ---*- C++ -*-===//
//
// The mean squared, the mean absolute and the Huber error: sums of the errors and
// of their weights, row by row, each in double precision, so that a loss does not depend
// on threads. Where the target is missing (NaN), both are 0.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/stages/rows.h"
#include "dialects/spherical/stages/scalars.h"

namespace mlir::nn {

using namespace mlir::spherical;

namespace {
/// What grows with an error: its square, its absolute value, or half its square up to `delta` and a
/// straight line from there on.
struct Growth {
  enum { Square, Absolute, Huber } kind = Square;
  double delta = 1.0;
};

/// The values of a mean error as rows.
struct Errors {
  Rows rows;
  RowOperands operands; ///< input, target and the count
  Value latitudes;      ///< weights of the rows with `area`
  Type element;
};
} // namespace

template <typename Op> static Errors errorsOf(StageBuilder &stages, Op op) {
  Type type = op.getInput().getType();
  Errors e;
  e.rows = rowsOf(stages, type);
  e.element = stages.elementOf(type);
  e.operands.rows = {stages.buffer(op.getInput()), stages.buffer(op.getTarget())};
  e.operands.count = stages.buffer(op.getCount());
  if (op.getWeights() == Measure::Area)
    e.latitudes = latitudeWeights(stages, e.rows.rows, cast<RankedTensorType>(type).getRank() == 5,
                                  e.element);
  return e;
}

/// `value` where the target has one, else 0.
static Value wherePresent(ScalarBuilder &s, Value target, Value value) {
  return s.select(s.isNaN(target), s.constant(value.getType(), 0.0), value);
}

/// (y - target)^2, |y - target| or h(y - target) in double precision.
static Value errorOf(ScalarBuilder &s, const Growth &growth, Value y, Value target, Type wide) {
  Value difference = s.sub(y, target);
  if (growth.kind == Growth::Square)
    return s.wideSquare(difference);
  Value size = s.to(s.max(difference, s.sub(target, y)), wide);
  if (growth.kind == Growth::Absolute)
    return size;
  // With m = min(|e|, delta), both branches are m (|e| - m / 2).
  Value delta = s.constant(wide, growth.delta);
  Value least = s.select(s.above(size, delta), delta, size);
  return s.mul(least, s.sub(size, s.mul(least, s.constant(wide, 0.5))));
}

/// The derivative of half the square, of the absolute value or of h of y - target; NaN where that
/// is.
static Value slopeOf(ScalarBuilder &s, const Growth &growth, Value y, Value target) {
  Value difference = s.sub(y, target);
  if (growth.kind == Growth::Square)
    return difference;
  Type type = y.getType();
  if (growth.kind == Growth::Huber) {
    Value high = s.constant(type, growth.delta), low = s.constant(type, -growth.delta);
    return s.select(s.above(difference, high), high,
                    s.select(s.above(low, difference), low, difference));
  }
  Value zero = s.constant(type, 0.0);
  Value falling = s.select(s.above(zero, difference), s.constant(type, -1.0), difference);
  return s.select(s.above(difference, zero), s.constant(type, 1.0), falling);
}

/// Sums of rows of one number for each value: [channels][groups][rows].
static Value partialsOf(StageBuilder &stages, const Errors &e, StringRef name) {
  return stages.temporary(name, {e.rows.channels, e.rows.groups, e.rows.rows}, stages.getF64Type());
}

template <typename Op>
static LogicalResult emitMeanError(StageBuilder &stages, Op op, StringRef name,
                                   const Growth &growth) {
  Errors e = errorsOf(stages, op);
  Type wide = stages.getF64Type();
  Value sums = partialsOf(stages, e, "errors"), weights = partialsOf(stages, e, "error_weights");
  sumRows(stages, name, e.rows, e.operands, {sums, weights},
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            return SmallVector<Value>{wherePresent(s, v[1], errorOf(s, growth, v[0], v[1], wide)),
                                      wherePresent(s, v[1], s.constant(wide, 1.0))};
          });
  stages.sweep((name + ".total").str(), {1}, {MemRefType::get({2}, wide)},
               [&](ValueRange, ValueRange scratch) {
                 Value sum = stages.range(scratch[0], 0, stages.getIndexAttr(0), 1);
                 Value weight = stages.range(scratch[0], 0, stages.getIndexAttr(1), 1);
                 addUp(stages, sums, e.latitudes, sum);
                 addUp(stages, weights, e.latitudes, weight);
                 stages.map({}, {sum, weight}, stages.buffer(op.getResult()),
                            {stages.dims(0, {-1}), stages.dims(0, {-1}), stages.dims(0, {})},
                            [&](OpBuilder &b, Location l, ValueRange v) {
                              ScalarBuilder s(b, l);
                              Value mean = s.select(s.isZero(v[1]), s.constant(wide, 0.0),
                                                    s.div(v[0], v[1]));
                              return SmallVector<Value>{s.to(mean, e.element)};
                            });
               });
  return success();
}

/// grad / (sum of all weights), twice that of squares, 0 if nothing counts: a scalar.
template <typename Op>
static Value emitErrorFactor(StageBuilder &stages, Op op, const Errors &e, StringRef name,
                             const Growth &growth) {
  Type wide = stages.getF64Type();
  Value weights = partialsOf(stages, e, "error_weights");
  Value factor = stages.temporary("error_factor", {}, e.element);
  RowOperands targets;
  targets.rows = {e.operands.rows[1]};
  targets.count = e.operands.count;
  sumRows(stages, (name + ".weights").str(), e.rows, targets, weights,
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            return SmallVector<Value>{wherePresent(s, v[0], s.constant(wide, 1.0))};
          });
  stages.sweep((name + ".total").str(), {1}, {MemRefType::get({1}, wide)},
               [&](ValueRange, ValueRange scratch) {
                 addUp(stages, weights, e.latitudes, scratch[0]);
                 stages.map({}, {scratch[0], stages.buffer(op.getGrad())}, factor,
                            {stages.dims(0, {-1}), stages.dims(0, {}), stages.dims(0, {})},
                            [&](OpBuilder &b, Location l, ValueRange v) {
                              ScalarBuilder s(b, l);
                              double share = growth.kind == Growth::Square ? 0.5 : 1.0;
                              Value n = s.to(s.mul(v[0], s.constant(wide, share)), e.element);
                              Value zero = s.constant(e.element, 0.0);
                              return SmallVector<Value>{
                                  s.select(s.isZero(v[0]), zero, s.div(v[1], n))};
                            });
               });
  return factor;
}

template <typename Op>
static LogicalResult emitMeanErrorGrad(StageBuilder &stages, Op op, StringRef name,
                                       const Growth &growth) {
  Errors e = errorsOf(stages, op);
  Value factor = emitErrorFactor(stages, op, e, name, growth);
  if (e.latitudes)
    e.operands.latitudes = {e.latitudes};
  e.operands.scalars = {factor};
  mapRows(stages, name, e.rows, e.operands, stages.buffer(op.getResult()),
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value weight = e.latitudes ? s.mul(v[3], v[2]) : v[2];
            return SmallVector<Value>{
                wherePresent(s, v[1], s.mul(weight, slopeOf(s, growth, v[0], v[1])))};
          });
  return success();
}

LogicalResult MeanSquaredErrorOp::emitStages(StageBuilder &stages) {
  return emitMeanError(stages, *this, "mean_squared_error", {Growth::Square});
}

LogicalResult MeanSquaredErrorGradOp::emitStages(StageBuilder &stages) {
  return emitMeanErrorGrad(stages, *this, "mean_squared_error_grad", {Growth::Square});
}

LogicalResult MeanAbsoluteErrorOp::emitStages(StageBuilder &stages) {
  return emitMeanError(stages, *this, "mean_absolute_error", {Growth::Absolute});
}

LogicalResult MeanAbsoluteErrorGradOp::emitStages(StageBuilder &stages) {
  return emitMeanErrorGrad(stages, *this, "mean_absolute_error_grad", {Growth::Absolute});
}

LogicalResult HuberOp::emitStages(StageBuilder &stages) {
  return emitMeanError(stages, *this, "huber", {Growth::Huber, getDelta().convertToDouble()});
}

LogicalResult HuberGradOp::emitStages(StageBuilder &stages) {
  return emitMeanErrorGrad(stages, *this, "huber_grad",
                           {Growth::Huber, getDelta().convertToDouble()});
}

} // namespace mlir::nn
