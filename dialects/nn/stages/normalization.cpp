//===- normalization.cpp - batch normalisation as stages --------*- C++ -*-===//
//
// Sums over the valid samples, statistics of each channel, values (Ioffe and
// Szegedy 2015; ops of the nn dialect state the equations). A spectrum has its
// mean in degree 0, and squares add up as (2l + 1) |X|^2; the integral over a
// function has weights for latitudes. Statistics are summed in double precision:
// squares of 1e20 are no number in single precision, their root is.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/stages/rows.h"
#include "dialects/spherical/stages/scalars.h"

namespace mlir::nn {

using namespace mlir::spherical;

namespace {
/// What the statistics of an input are made of.
struct Statistics {
  Rows rows;
  bool spectrum = false, area = false;
  Type element;
  Value latitudes; ///< weights of the rows' values, of a function with `area`
  Value degrees;   ///< 2l + 1, of a spectrum

  /// Values by which count is multiplied where all have one weight.
  double valuesOfSample() const {
    return area || spectrum ? 1.0 : static_cast<double>(rows.elements());
  }
  /// count (i64) times the values of a sample, as a number of that type.
  Value number(ScalarBuilder &s, Value count, Type type) const {
    return s.mul(s.toFloat(count, type), s.constant(type, valuesOfSample()));
  }
  /// `value` at degree 0 of a spectrum, everywhere on other inputs.
  Value constantPart(ScalarBuilder &s, Value value) const {
    return spectrum ? s.select(s.isFirst(0), value, s.constant(element, 0.0)) : value;
  }
};
} // namespace

/// `area` counts on functions only; a spectrum has it in any case.
static Statistics statisticsOf(StageBuilder &stages, Type input, Measure measure) {
  Statistics how;
  std::optional<Signal> signal = getSignal(input);
  how.rows = rowsOf(stages, input);
  how.spectrum = signal && signal->isSpectrum();
  how.area = signal && !how.spectrum && measure == Measure::Area;
  how.element = stages.elementOf(input);
  if (how.area)
    how.latitudes = latitudeWeights(stages, how.rows.rows, signal->onSO3(), how.element);
  if (how.spectrum)
    how.degrees =
        stages.table("degree_weights", {{"so3", signal->onSO3()}, {"degrees", signal->bandLimit}},
                     {how.rows.points}, how.element);
  return how;
}

LogicalResult BatchNormOp::emitStages(StageBuilder &stages) {
  Statistics how = statisticsOf(stages, getInput().getType(), Measure::Grid);
  RowOperands operands;
  operands.rows = {stages.buffer(getInput())};
  operands.channels = {stages.buffer(getWeight()), stages.buffer(getBias()),
                       stages.buffer(getMean()), stages.buffer(getVar())};
  double eps = getEps().convertToDouble();
  mapRows(stages, "batch_norm", how.rows, operands, stages.buffer(getResult()),
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value root = s.sqrt(s.add(v[4], s.constant(how.element, eps)));
            Value normal = s.div(s.sub(v[0], how.constantPart(s, v[3])), root);
            return SmallVector<Value>{s.add(s.mul(normal, v[1]), how.constantPart(s, v[2]))};
          });
  return success();
}

/// The mean of each channel over the valid samples.
static void emitChannelMean(StageBuilder &stages, BatchNormTrainOp op, Value sums,
                            const Statistics &how) {
  RowOperands operands;
  operands.rows = {stages.buffer(op.getInput())};
  operands.count = stages.buffer(op.getCount());
  Rows rows = how.rows;
  if (how.spectrum)
    rows.points = 1;
  Type wide = stages.getF64Type();
  sumRows(stages, "batch_norm_train.mean", rows, operands, sums,
          [&](OpBuilder &b, Location l, ValueRange v) {
            return SmallVector<Value>{ScalarBuilder(b, l).to(v[0], wide)};
          });
  totalRows(stages, "batch_norm_train.mean", how.rows, sums, how.latitudes,
            stages.buffer(op.getCount()), stages.buffer(op.getBatchMean()),
            [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              return SmallVector<Value>{s.to(s.div(v[0], how.number(s, v[1], wide)), how.element)};
            });
}

/// inv_std and the running statistics, from the squares of all differences from the mean.
static void emitChannelVariance(StageBuilder &stages, BatchNormTrainOp op, Value sums,
                                const Statistics &how) {
  RowOperands operands;
  operands.rows = {stages.buffer(op.getInput())};
  operands.channels = {stages.buffer(op.getBatchMean())};
  if (how.spectrum)
    operands.coefficients = {how.degrees};
  operands.count = stages.buffer(op.getCount());
  sumRows(stages, "batch_norm_train.variance", how.rows, operands, sums,
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value difference = s.sub(v[0], how.constantPart(s, v[1]));
            Value square = s.wideSquare(difference);
            return SmallVector<Value>{how.spectrum ? s.mul(square, s.to(v[2], square.getType()))
                                                   : square};
          });
  SmallVector<Value> more = {stages.buffer(op.getCount()), stages.buffer(op.getBatchMean()),
                             stages.buffer(op.getMean()), stages.buffer(op.getVar())};
  SmallVector<Value> outputs = {stages.buffer(op.getInvStd()), stages.buffer(op.getNewMean()),
                                stages.buffer(op.getNewVar())};
  double eps = op.getEps().convertToDouble(), momentum = op.getMomentum().convertToDouble();
  totalRows(stages, "batch_norm_train.variance", how.rows, sums, how.latitudes, more, outputs,
            [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              Type wide = b.getF64Type();
              Value unit = s.constant(wide, 1.0), n = how.number(s, v[1], wide);
              Value root = s.sqrt(s.add(s.div(v[0], n), s.constant(wide, eps)));
              // One value has no unbiased variance: the divisor stays 1. Integrals have none.
              bool unbiased = !how.area && !how.spectrum;
              Value spread = s.div(v[0], unbiased ? s.max(s.sub(n, unit), unit) : n);
              auto next = [&](Value old, Value now) {
                Value kept = s.mul(s.constant(wide, 1.0 - momentum), s.to(old, wide));
                Value taken = s.mul(s.constant(wide, momentum), s.to(now, wide));
                return s.to(s.add(kept, taken), how.element);
              };
              return SmallVector<Value>{s.to(s.div(unit, root), how.element), next(v[3], v[2]),
                                        next(v[4], spread)};
            });
}

LogicalResult BatchNormTrainOp::emitStages(StageBuilder &stages) {
  Statistics how = statisticsOf(stages, getInput().getType(), getStatistics());
  const Rows &rows = how.rows;
  Value sums = stages.temporary("batch_norm_sums", {rows.channels, rows.groups, rows.rows},
                                stages.getF64Type());
  emitChannelMean(stages, *this, sums, how);
  emitChannelVariance(stages, *this, sums, how);
  RowOperands operands;
  operands.rows = {stages.buffer(getInput())};
  operands.channels = {stages.buffer(getBatchMean()), stages.buffer(getInvStd()),
                       stages.buffer(getWeight()), stages.buffer(getBias())};
  operands.count = stages.buffer(getCount());
  mapRows(stages, "batch_norm_train", rows, operands, stages.buffer(getResult()),
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value normal = s.mul(s.sub(v[0], how.constantPart(s, v[1])), v[2]);
            return SmallVector<Value>{s.add(s.mul(normal, v[3]), how.constantPart(s, v[4]))};
          });
  return success();
}

/// grad_weight and grad_bias: sums over all valid values.
static void emitNormSums(StageBuilder &stages, BatchNormGradOp op, const Statistics &how) {
  const Rows &rows = how.rows;
  SmallVector<Value> sums;
  for (StringRef name : {"batch_norm_grad_weight", "batch_norm_grad_bias"})
    sums.push_back(stages.temporary(name, {rows.channels, rows.groups, rows.rows}, how.element));
  RowOperands operands;
  operands.rows = {stages.buffer(op.getGrad()), stages.buffer(op.getInput())};
  operands.channels = {stages.buffer(op.getBatchMean()), stages.buffer(op.getInvStd())};
  operands.count = op.getCount() ? stages.buffer(op.getCount()) : Value();
  sumRows(stages, "batch_norm_grad.sums", rows, operands, sums,
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value normal = s.mul(s.sub(v[1], how.constantPart(s, v[2])), v[3]);
            return SmallVector<Value>{s.mul(v[0], normal), how.constantPart(s, v[0])};
          });
  totalRows(stages, "batch_norm_grad.sums", rows, sums, {}, {},
            {stages.buffer(op.getGradWeight()), stages.buffer(op.getGradBias())},
            [](OpBuilder &, Location, ValueRange v) {
              return SmallVector<Value>{v[0], v[1]};
            });
}

LogicalResult BatchNormGradOp::emitStages(StageBuilder &stages) {
  Statistics how = statisticsOf(stages, getInput().getType(), getStatistics());
  emitNormSums(stages, *this, how);
  RowOperands operands;
  bool training = getTraining();
  operands.rows = {stages.buffer(getGrad())};
  operands.channels = {stages.buffer(getWeight()), stages.buffer(getInvStd())};
  operands.count = getCount() ? stages.buffer(getCount()) : Value();
  if (training) {
    operands.rows.push_back(stages.buffer(getInput()));
    operands.channels.append({stages.buffer(getBatchMean()), stages.buffer(getGradWeight()),
                              stages.buffer(getGradBias())});
    if (how.area)
      operands.latitudes = {how.latitudes};
    if (how.spectrum)
      operands.coefficients = {how.degrees};
  }
  mapRows(stages, "batch_norm_grad", how.rows, operands, stages.buffer(getGradInput()),
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            if (!training)
              return SmallVector<Value>{s.mul(s.mul(v[1], v[2]), v[0])};
            // grad, input, weight, inv_std, mean, grad_weight, grad_bias, weights or 2l + 1, count
            Value weight = v[2], inverse = v[3];
            Value normal = s.mul(s.sub(v[1], how.constantPart(s, v[4])), inverse);
            Value along = s.mul(normal, v[5]);
            if (how.spectrum)
              along = s.mul(along, v[7]);
            Value removed = s.div(s.add(how.constantPart(s, v[6]), along),
                                  how.number(s, v.back(), how.element));
            if (how.area)
              removed = s.mul(removed, v[7]);
            return SmallVector<Value>{s.mul(s.mul(weight, inverse), s.sub(v[0], removed))};
          });
  return success();
}

} // namespace mlir::nn
