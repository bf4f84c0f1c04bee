//===- emit_losses.cpp - losses and their gradients as stages ---*- C++ -*-===//
//
// Softmax cross-entropy of each position, with the maximum taken out, and the
// mean squared error. Rows of positions are tasks; their sums are added up in
// order afterwards, so that a loss does not depend on threads.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

#include <limits>

namespace mlir::spherical {

/// What classifies positions: logits [groups][classes][rows][...]W, labels [groups][rows][...]W.
struct Emitter::Pixels {
  Rows rows;
  Type element;
  SmallVector<int64_t> space;           ///< of one row: classes, positions, lanes
  AffineMap all, position, one, scalar; ///< logits, labels, a total, a number
  Value latitudes;                      ///< weights of the rows with `area`
  Value classes;                        ///< class weights
  std::optional<int64_t> ignore;

  int64_t lane() const { return static_cast<int64_t>(space.size()) - 1; }
  /// One value for each position of a row.
  MemRefType positions() const { return MemRefType::get(ArrayRef(space).drop_front(), element); }
};

Emitter::Pixels Emitter::pixelsOf(Operation *op, Type logits) {
  Pixels p;
  p.rows = rowsOf(logits);
  p.element = elementOf(logits);
  p.space = llvm::to_vector(bufferType(logits).getShape().drop_front());
  if (bufferType(logits).getRank() > 3)
    p.space.erase(p.space.begin() + 1);
  int64_t rank = p.space.size();
  p.all = builder.getMultiDimIdentityMap(rank);
  SmallVector<int64_t> behind = llvm::to_vector(llvm::seq<int64_t>(1, rank));
  p.position = dims(rank, behind);
  p.one = dims(rank, {-1});
  p.scalar = dims(rank, {});
  if (cast<nn::MeasureAttr>(op->getAttr("weights")).getValue() == nn::Measure::Area)
    p.latitudes =
        latitudeWeights(p.rows.rows, cast<RankedTensorType>(logits).getRank() == 5, p.element);
  if (auto weights = op->getAttrOfType<DenseF64ArrayAttr>("class_weights"))
    p.classes = table("constants", {}, {weights.size()}, p.element, weights.asArrayRef());
  if (auto ignore = op->getAttrOfType<IntegerAttr>("ignore"))
    p.ignore = ignore.getInt();
  return p;
}

/// The logits of a row, [classes][...]W.
Value Emitter::logitsOf(const Pixels &p, Value logits, ValueRange at) {
  Value group = slice(logits, at[0]);
  return p.space.size() + 2 == static_cast<size_t>(cast<MemRefType>(logits.getType()).getRank())
             ? select(group, 1, at[1])
             : group;
}

/// The labels of a row, [...]W.
Value Emitter::labelsOf(const Pixels &p, Value labels, ValueRange at) {
  Value group = slice(labels, at[0]);
  return p.space.size() + 1 == static_cast<size_t>(cast<MemRefType>(labels.getType()).getRank())
             ? select(group, 0, at[1])
             : group;
}

/// Largest logit and sum of exponentials at each position of a row.
void Emitter::emitSoftmax(const Pixels &p, Value logits, Value maxima, Value sums) {
  map(
      p.space, logits, maxima, {p.all, p.position},
      firstValue,
      stage::Combine::Max, p.rows.lanes);
  map(
      p.space, {logits, maxima}, sums, {p.all, p.position, p.position},
      [](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        return SmallVector<Value>{s.exp(s.sub(v[0], v[1]))};
      },
      stage::Combine::Sum, p.rows.lanes);
}

/// `value` at the class of the label times its weight, 0 elsewhere, at the label to ignore and in
/// samples from the count on. A label of no class makes it NaN, so that the loss shows it.
Value Emitter::atLabel(const Pixels &p, ScalarBuilder &s, Value value, Value label, Value weight,
                       Value count, Value group) {
  Value zero = s.constant(p.element, 0.0);
  Value chosen = s.select(s.equals(s.index(0), label), weight ? s.mul(value, weight) : value, zero);
  Value unknown = s.constant(p.element, std::numeric_limits<double>::quiet_NaN());
  chosen = s.select(s.isBelow(label, 0), unknown, chosen);
  chosen = s.select(s.isBelow(label, p.space.front()), chosen, unknown);
  if (p.ignore)
    chosen = s.select(s.isInteger(label, *p.ignore), zero, chosen);
  return s.select(s.below(s.sampleOf(group, p.lane(), p.rows.lanes), count), chosen, zero);
}

/// Sums of the weights of a row's labels: over the row, or at each position.
void Emitter::emitLabelWeights(const Pixels &p, Value labels, Value count, Value group,
                               AffineMap target, Value out) {
  SmallVector<Value> inputs = {labels, count};
  SmallVector<AffineMap> maps = {p.position, p.scalar};
  if (p.classes) {
    inputs.push_back(p.classes);
    maps.push_back(dims(p.space.size(), {0}));
  }
  maps.push_back(target);
  map(
      p.space, inputs, out, maps,
      [&](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        return SmallVector<Value>{atLabel(p, s, s.constant(p.element, 1.0), v[0],
                                          p.classes ? v[2] : Value(), v[1], group)};
      },
      stage::Combine::Sum, p.rows.lanes);
}

void Emitter::emitCrossEntropy(nn::CrossEntropyOp op) {
  Pixels p = pixelsOf(op, op.getLogits().getType());
  Value logits = buffer(op.getLogits()), labels = buffer(op.getLabels());
  Value count = buffer(op.getCount());
  Value losses = temporary("losses", {p.rows.groups, p.rows.rows}, p.element);
  Value weights = temporary("loss_weights", {p.rows.groups, p.rows.rows}, p.element);
  stage::SweepOp rows = sweep(
      "cross_entropy", {p.rows.groups, p.rows.rows}, {p.positions(), p.positions()},
      [&](ValueRange at, ValueRange scratch) {
        Value z = logitsOf(p, logits, at), label = labelsOf(p, labels, at);
        emitSoftmax(p, z, scratch[0], scratch[1]);
        SmallVector<Value> inputs = {z, label, scratch[0], scratch[1], count};
        SmallVector<AffineMap> maps = {p.all, p.position, p.position, p.position, p.scalar};
        if (p.classes) {
          inputs.push_back(p.classes);
          maps.push_back(dims(p.space.size(), {0}));
        }
        maps.push_back(p.one);
        map(
            p.space, inputs, range(slice(losses, at[0]), 0, at[1], 1), maps,
            [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              Value loss = s.sub(s.add(s.log(v[3]), v[2]), v[0]);
              return SmallVector<Value>{
                  atLabel(p, s, loss, v[1], p.classes ? v[5] : Value(), v[4], at[0])};
            },
            stage::Combine::Sum, p.rows.lanes);
        emitLabelWeights(p, label, count, at[0], p.one, range(slice(weights, at[0]), 0, at[1], 1));
      });
  balance(rows, p.rows.bytes() * p.rows.channels);
  sweep("cross_entropy.total", {1}, {scratchType({2}, p.element)},
        [&](ValueRange, ValueRange scratch) {
          Value loss = range(scratch[0], 0, builder.getIndexAttr(0), 1);
          Value weight = range(scratch[0], 0, builder.getIndexAttr(1), 1);
          addUp(losses, p.latitudes, loss);
          addUp(weights, p.latitudes, weight);
          map({}, {loss, weight}, buffer(op.getResult()),
              {dims(0, {-1}), dims(0, {-1}), dims(0, {})},
              [](OpBuilder &b, Location l, ValueRange v) {
                ScalarBuilder s(b, l);
                Value zero = s.constant(v[0].getType(), 0.0);
                return SmallVector<Value>{s.select(s.isZero(v[1]), zero, s.div(v[0], v[1]))};
              });
        });
}

/// grad / (sum of all weights), 0 if that is 0: a buffer of one value.
Value Emitter::emitLossFactor(nn::CrossEntropyGradOp op, const Pixels &p) {
  Value labels = buffer(op.getLabels()), count = buffer(op.getCount());
  Value weights = temporary("loss_weights", {p.rows.groups, p.rows.rows}, p.element);
  Value factor = temporary("loss_factor", {1}, p.element);
  stage::SweepOp rows = sweep("cross_entropy_grad.weights", {p.rows.groups, p.rows.rows}, {},
                              [&](ValueRange at, ValueRange) {
                                emitLabelWeights(p, labelsOf(p, labels, at), count, at[0], p.one,
                                                 range(slice(weights, at[0]), 0, at[1], 1));
                              });
  balance(rows, p.rows.bytes());
  sweep("cross_entropy_grad.total", {1}, {scratchType({1}, p.element)},
        [&](ValueRange, ValueRange scratch) {
          addUp(weights, p.latitudes, scratch[0]);
          map({1}, {scratch[0], buffer(op.getGrad())}, factor,
              {dims(1, {0}), dims(1, {}), dims(1, {0})},
              [](OpBuilder &b, Location l, ValueRange v) {
                ScalarBuilder s(b, l);
                Value zero = s.constant(v[0].getType(), 0.0);
                return SmallVector<Value>{s.select(s.isZero(v[0]), zero, s.div(v[1], v[0]))};
              });
        });
  return factor;
}

void Emitter::emitCrossEntropyGrad(nn::CrossEntropyGradOp op) {
  Pixels p = pixelsOf(op, op.getLogits().getType());
  Value logits = buffer(op.getLogits()), labels = buffer(op.getLabels());
  Value count = buffer(op.getCount()), out = buffer(op.getResult());
  Value factor = emitLossFactor(op, p);
  stage::SweepOp rows =
      sweep("cross_entropy_grad", {p.rows.groups, p.rows.rows},
            {p.positions(), p.positions(), p.positions()}, [&](ValueRange at, ValueRange scratch) {
              Value z = logitsOf(p, logits, at), label = labelsOf(p, labels, at);
              emitSoftmax(p, z, scratch[0], scratch[1]);
              emitLabelWeights(p, label, count, at[0], p.position, scratch[2]);
              SmallVector<Value> inputs = {z, label, scratch[0], scratch[1], scratch[2], factor};
              SmallVector<AffineMap> maps = {p.all,      p.position, p.position,
                                             p.position, p.position, p.one};
              if (p.latitudes) {
                inputs.push_back(range(p.latitudes, 0, at[1], 1));
                maps.push_back(p.one);
              }
              maps.push_back(p.all);
              map(
                  p.space, inputs, logitsOf(p, out, at), maps,
                  [&](OpBuilder &b, Location l, ValueRange v) {
                    ScalarBuilder s(b, l);
                    Value zero = s.constant(p.element, 0.0), one = s.constant(p.element, 1.0);
                    Value chance = s.div(s.exp(s.sub(v[0], v[2])), v[3]);
                    Value truth = s.select(s.equals(s.index(0), v[1]), one, zero);
                    Value weight = p.latitudes ? s.mul(v[5], v[6]) : v[5];
                    Value result = s.mul(s.mul(v[4], weight), s.sub(chance, truth));
                    // Logits of samples from the count on may be anything.
                    return SmallVector<Value>{s.select(s.isZero(v[4]), zero, result)};
                  },
                  std::nullopt, p.rows.lanes);
            });
  balance(rows, 2 * p.rows.bytes() * p.rows.channels);
}

void Emitter::emitSquaredError(nn::MeanSquaredErrorOp op) {
  Type type = op.getInput().getType(), element = elementOf(type);
  Rows rows = rowsOf(type);
  bool area = op.getWeights() == nn::Measure::Area;
  Value latitudes;
  if (area)
    latitudes = latitudeWeights(rows.rows, cast<RankedTensorType>(type).getRank() == 5, element);
  RowOperands operands;
  operands.rows = {buffer(op.getInput()), buffer(op.getTarget())};
  operands.count = buffer(op.getCount());
  Type wide = builder.getF64Type();
  Value sums = temporary("squared_errors", {rows.channels, rows.groups, rows.rows}, wide);
  sumRows("mean_squared_error", rows, operands, sums, [](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    return SmallVector<Value>{s.wideSquare(s.sub(v[0], v[1]))};
  });
  double values = static_cast<double>(rows.channels * (area ? 1 : rows.elements()));
  sweep("mean_squared_error.total", {1}, {scratchType({1}, wide)},
        [&](ValueRange, ValueRange scratch) {
          addUp(sums, latitudes, scratch[0]);
          map({}, {scratch[0], operands.count}, buffer(op.getResult()),
              {dims(0, {-1}), dims(0, {}), dims(0, {})},
              [&](OpBuilder &b, Location l, ValueRange v) {
                ScalarBuilder s(b, l);
                Value n = s.mul(s.toFloat(v[1], wide), s.constant(wide, values));
                return SmallVector<Value>{s.to(s.div(v[0], n), element)};
              });
        });
}

void Emitter::emitSquaredErrorGrad(nn::MeanSquaredErrorGradOp op) {
  Type type = op.getInput().getType(), element = elementOf(type);
  Rows rows = rowsOf(type);
  bool area = op.getWeights() == nn::Measure::Area;
  RowOperands operands;
  operands.rows = {buffer(op.getInput()), buffer(op.getTarget())};
  if (area)
    operands.latitudes = {
        latitudeWeights(rows.rows, cast<RankedTensorType>(type).getRank() == 5, element)};
  operands.scalars = {buffer(op.getGrad())};
  operands.count = buffer(op.getCount());
  double values = static_cast<double>(rows.channels * (area ? 1 : rows.elements()));
  mapRows("mean_squared_error_grad", rows, operands, buffer(op.getResult()),
          [&](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            Value n = s.mul(s.toFloat(v.back(), element), s.constant(element, values / 2));
            Value factor = s.div(v[area ? 3 : 2], n);
            if (area)
              factor = s.mul(factor, v[2]);
            return SmallVector<Value>{s.mul(factor, s.sub(v[0], v[1]))};
          });
}

/// Sum over lane groups and lanes for each channel.
static SmallVector<Value> identity(OpBuilder &, Location, ValueRange v) { return {v[0]}; }

LogicalResult Emitter::emitLoss(Operation *op) {
  if (auto loss = dyn_cast<nn::CrossEntropyOp>(op))
    emitCrossEntropy(loss);
  else if (auto grad = dyn_cast<nn::CrossEntropyGradOp>(op))
    emitCrossEntropyGrad(grad);
  else if (auto loss = dyn_cast<nn::MeanSquaredErrorOp>(op))
    emitSquaredError(loss);
  else if (auto grad = dyn_cast<nn::MeanSquaredErrorGradOp>(op))
    emitSquaredErrorGrad(grad);
  else if (auto sum = dyn_cast<nn::SumBatchOp>(op)) {
    Extents e = extentsOf(sum.getInput().getType());
    sweep("sum_batch", {1}, {}, [&](ValueRange, ValueRange) {
      map({e.channels, e.groups, e.lanes}, buffer(sum.getInput()), buffer(sum.getResult()),
          {dims(3, {1, 0, 2}), dims(3, {0})}, identity, stage::Combine::Sum, e.lanes);
    });
  } else {
    return failure();
  }
  return success();
}

} // namespace mlir::spherical
