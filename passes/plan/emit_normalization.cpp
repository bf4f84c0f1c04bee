//===- emit_normalization.cpp - batch normalisation as stages ---*- C++ -*-===//
//
// Sums over the valid samples, statistics of each channel, values (Ioffe and
// Szegedy 2015; ops of the nn dialect state the equations). A spectrum has its
// mean in degree 0, and squares add up as (2l + 1) |X|^2; the integral over a
// function has weights for latitudes. Statistics are summed in double precision:
// squares of 1e20 are no number in single precision, their root is.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

namespace mlir::spherical {

/// What the statistics of an input are made of.
struct Emitter::Statistics {
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

/// `area` counts on functions only; a spectrum has it in any case.
Emitter::Statistics Emitter::statisticsOf(Type input, nn::Measure measure) {
  Statistics how;
  std::optional<Signal> signal = getSignal(input);
  how.rows = rowsOf(input);
  how.spectrum = signal && signal->isSpectrum();
  how.area = signal && !how.spectrum && measure == nn::Measure::Area;
  how.element = elementOf(input);
  if (how.area)
    how.latitudes = latitudeWeights(how.rows.rows, signal->onSO3(), how.element);
  if (how.spectrum)
    how.degrees =
        table("degree_weights", {{"so3", signal->onSO3()}, {"degrees", signal->bandLimit}},
              {how.rows.points}, how.element);
  return how;
}

void Emitter::emitBatchNorm(nn::BatchNormOp op) {
  Statistics how = statisticsOf(op.getInput().getType(), nn::Measure::Grid);
  RowOperands operands;
  operands.rows = {buffer(op.getInput())};
  operands.channels = {buffer(op.getWeight()), buffer(op.getBias()), buffer(op.getMean()),
                       buffer(op.getVar())};
  double eps = op.getEps().convertToDouble();
  mapRows("batch_norm", how.rows, operands, buffer(op.getResult()),
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value root = s.sqrt(s.add(v[4], s.constant(how.element, eps)));
            Value normal = s.div(s.sub(v[0], how.constantPart(s, v[3])), root);
            return SmallVector<Value>{s.add(s.mul(normal, v[1]), how.constantPart(s, v[2]))};
          });
}

/// The mean of each channel over the valid samples.
void Emitter::emitChannelMean(nn::BatchNormTrainOp op, Value sums, const Statistics &how) {
  RowOperands operands;
  operands.rows = {buffer(op.getInput())};
  operands.count = buffer(op.getCount());
  Rows rows = how.rows;
  if (how.spectrum)
    rows.points = 1;
  Type wide = builder.getF64Type();
  sumRows("batch_norm_train.mean", rows, operands, sums,
          [&](OpBuilder &b, Location l, ValueRange v) {
            return SmallVector<Value>{ScalarBuilder(b, l).to(v[0], wide)};
          });
  totalRows("batch_norm_train.mean", how.rows, sums, how.latitudes, buffer(op.getCount()),
            buffer(op.getBatchMean()), [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              return SmallVector<Value>{s.to(s.div(v[0], how.number(s, v[1], wide)), how.element)};
            });
}

/// inv_std and the running statistics, from the squares of all differences from the mean.
void Emitter::emitChannelVariance(nn::BatchNormTrainOp op, Value sums, const Statistics &how) {
  RowOperands operands;
  operands.rows = {buffer(op.getInput())};
  operands.channels = {buffer(op.getBatchMean())};
  if (how.spectrum)
    operands.coefficients = {how.degrees};
  operands.count = buffer(op.getCount());
  sumRows("batch_norm_train.variance", how.rows, operands, sums,
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value difference = s.sub(v[0], how.constantPart(s, v[1]));
            Value square = s.wideSquare(difference);
            return SmallVector<Value>{how.spectrum ? s.mul(square, s.to(v[2], square.getType()))
                                                   : square};
          });
  SmallVector<Value> more = {buffer(op.getCount()), buffer(op.getBatchMean()), buffer(op.getMean()),
                             buffer(op.getVar())};
  SmallVector<Value> outputs = {buffer(op.getInvStd()), buffer(op.getNewMean()),
                                buffer(op.getNewVar())};
  double eps = op.getEps().convertToDouble(), momentum = op.getMomentum().convertToDouble();
  totalRows("batch_norm_train.variance", how.rows, sums, how.latitudes, more, outputs,
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

void Emitter::emitBatchNormTrain(nn::BatchNormTrainOp op) {
  Statistics how = statisticsOf(op.getInput().getType(), op.getStatistics());
  const Rows &rows = how.rows;
  Value sums =
      temporary("batch_norm_sums", {rows.channels, rows.groups, rows.rows}, builder.getF64Type());
  emitChannelMean(op, sums, how);
  emitChannelVariance(op, sums, how);
  RowOperands operands;
  operands.rows = {buffer(op.getInput())};
  operands.channels = {buffer(op.getBatchMean()), buffer(op.getInvStd()), buffer(op.getWeight()),
                       buffer(op.getBias())};
  operands.count = buffer(op.getCount());
  mapRows("batch_norm_train", rows, operands, buffer(op.getResult()),
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value normal = s.mul(s.sub(v[0], how.constantPart(s, v[1])), v[2]);
            return SmallVector<Value>{s.add(s.mul(normal, v[3]), how.constantPart(s, v[4]))};
          });
}

/// grad_weight and grad_bias: sums over all valid values.
void Emitter::emitNormSums(nn::BatchNormGradOp op, const Statistics &how) {
  const Rows &rows = how.rows;
  SmallVector<Value> sums;
  for (StringRef name : {"batch_norm_grad_weight", "batch_norm_grad_bias"})
    sums.push_back(temporary(name, {rows.channels, rows.groups, rows.rows}, how.element));
  RowOperands operands;
  operands.rows = {buffer(op.getGrad()), buffer(op.getInput())};
  operands.channels = {buffer(op.getBatchMean()), buffer(op.getInvStd())};
  operands.count = op.getCount() ? buffer(op.getCount()) : Value();
  sumRows("batch_norm_grad.sums", rows, operands, sums,
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value normal = s.mul(s.sub(v[1], how.constantPart(s, v[2])), v[3]);
            return SmallVector<Value>{s.mul(v[0], normal), how.constantPart(s, v[0])};
          });
  totalRows("batch_norm_grad.sums", rows, sums, {}, {},
            {buffer(op.getGradWeight()), buffer(op.getGradBias())},
            [](OpBuilder &, Location, ValueRange v) {
              return SmallVector<Value>{v[0], v[1]};
            });
}

void Emitter::emitBatchNormGrad(nn::BatchNormGradOp op) {
  Statistics how = statisticsOf(op.getInput().getType(), op.getStatistics());
  emitNormSums(op, how);
  RowOperands operands;
  bool training = op.getTraining();
  operands.rows = {buffer(op.getGrad())};
  operands.channels = {buffer(op.getWeight()), buffer(op.getInvStd())};
  operands.count = op.getCount() ? buffer(op.getCount()) : Value();
  if (training) {
    operands.rows.push_back(buffer(op.getInput()));
    operands.channels.append(
        {buffer(op.getBatchMean()), buffer(op.getGradWeight()), buffer(op.getGradBias())});
    if (how.area)
      operands.latitudes = {how.latitudes};
    if (how.spectrum)
      operands.coefficients = {how.degrees};
  }
  mapRows("batch_norm_grad", how.rows, operands, buffer(op.getGradInput()),
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
}

LogicalResult Emitter::emitNormalization(Operation *op) {
  if (auto norm = dyn_cast<nn::BatchNormOp>(op))
    emitBatchNorm(norm);
  else if (auto norm = dyn_cast<nn::BatchNormTrainOp>(op))
    emitBatchNormTrain(norm);
  else if (auto norm = dyn_cast<nn::BatchNormGradOp>(op))
    emitBatchNormGrad(norm);
  else
    return failure();
  return success();
}

} // namespace mlir::spherical
