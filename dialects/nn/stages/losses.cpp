//===- losses.cpp - cross-entropy and its gradient as stages ----*- C++ -*-===//
//
// Softmax cross-entropy of each position, with the maximum taken out. Rows of
// positions are tasks; their sums are added up in order afterwards, so that a
// loss does not depend on threads.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/stages/rows.h"
#include "dialects/spherical/stages/scalars.h"

#include <limits>

namespace mlir::nn {

using namespace mlir::spherical;

namespace {
/// What classifies positions: logits [groups][classes][rows][...]W, labels [groups][rows][...]W.
struct Pixels {
  Rows rows;
  Type element;
  SmallVector<int64_t> space;           ///< of one row: classes, positions, lanes
  AffineMap all, position, one, scalar; ///< logits, labels, a total, a number
  Value latitudes;                      ///< weights of the rows with `area`
  Value classes;                        ///< class weights
  std::optional<int64_t> ignore;
  double smoothing = 0.0; ///< share of all classes together

  int64_t lane() const { return static_cast<int64_t>(space.size()) - 1; }
  /// One value for each position of a row.
  MemRefType positions() const { return MemRefType::get(ArrayRef(space).drop_front(), element); }
};
} // namespace

static Pixels pixelsOf(StageBuilder &stages, Operation *op, Type logits) {
  Pixels p;
  p.rows = rowsOf(stages, logits);
  p.element = stages.elementOf(logits);
  p.space = llvm::to_vector(stages.bufferType(logits).getShape().drop_front());
  if (stages.bufferType(logits).getRank() > 3)
    p.space.erase(p.space.begin() + 1);
  int64_t rank = p.space.size();
  p.all = stages.getMultiDimIdentityMap(rank);
  SmallVector<int64_t> behind = llvm::to_vector(llvm::seq<int64_t>(1, rank));
  p.position = stages.dims(rank, behind);
  p.one = stages.dims(rank, {-1});
  p.scalar = stages.dims(rank, {});
  if (cast<MeasureAttr>(op->getAttr("weights")).getValue() == Measure::Area)
    p.latitudes = latitudeWeights(stages, p.rows.rows,
                                  cast<RankedTensorType>(logits).getRank() == 5, p.element);
  if (auto weights = op->getAttrOfType<DenseF64ArrayAttr>("class_weights"))
    p.classes = stages.table("constants", {}, {weights.size()}, p.element, weights.asArrayRef());
  if (auto ignore = op->getAttrOfType<IntegerAttr>("ignore"))
    p.ignore = ignore.getInt();
  p.smoothing = cast<FloatAttr>(op->getAttr("label_smoothing")).getValueAsDouble();
  return p;
}

/// The logits of a row, [classes][...]W.
static Value logitsOf(StageBuilder &stages, const Pixels &p, Value logits, ValueRange at) {
  Value group = stages.slice(logits, at[0]);
  return p.space.size() + 2 == static_cast<size_t>(cast<MemRefType>(logits.getType()).getRank())
             ? stages.select(group, 1, at[1])
             : group;
}

/// The labels of a row, [...]W.
static Value labelsOf(StageBuilder &stages, const Pixels &p, Value labels, ValueRange at) {
  Value group = stages.slice(labels, at[0]);
  return p.space.size() + 1 == static_cast<size_t>(cast<MemRefType>(labels.getType()).getRank())
             ? stages.select(group, 0, at[1])
             : group;
}

/// Largest logit and sum of exponentials at each position of a row.
static void emitSoftmax(StageBuilder &stages, const Pixels &p, Value logits, Value maxima,
                        Value sums) {
  stages.map(p.space, logits, maxima, {p.all, p.position}, firstValue, stage::Combine::Max,
             p.rows.lanes);
  stages.map(
      p.space, {logits, maxima}, sums, {p.all, p.position, p.position},
      [](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        return SmallVector<Value>{s.exp(s.sub(v[0], v[1]))};
      },
      stage::Combine::Sum, p.rows.lanes);
}

/// The share of the map's class in the truth, without its weight: of the label's class
/// 1 - smoothing + smoothing / C, of the others smoothing / C.
static Value shareOfClass(const Pixels &p, ScalarBuilder &s, Value label) {
  const double others = p.smoothing / static_cast<double>(p.space.front());
  return s.select(s.equals(s.index(0), label), s.constant(p.element, 1.0 - p.smoothing + others),
                  s.constant(p.element, others));
}

/// What counts of a map's values: those at the class of the label, or each by its share in the
/// truth.
enum class Counted { Label, Truth };

/// `value` times the weight of its class where it counts, 0 elsewhere, where the label is missing
/// or to ignore and in samples from the count on. A label of no class makes it NaN, so that the
/// loss shows it.
static Value atLabel(const Pixels &p, ScalarBuilder &s, Counted counted, Value value, Value label,
                     Value weight, Value count, Value group) {
  Value zero = s.constant(p.element, 0.0);
  Value weighted = weight ? s.mul(value, weight) : value, chosen;
  if (counted == Counted::Truth && p.smoothing > 0.0)
    chosen = s.select(s.isInteger(label, kMissingLabel), zero,
                      s.mul(weighted, shareOfClass(p, s, label)));
  else
    chosen = s.select(s.equals(s.index(0), label), weighted, zero);
  Value unknown = s.constant(p.element, std::numeric_limits<double>::quiet_NaN());
  chosen = s.select(s.isBelow(label, kMissingLabel), unknown, chosen);
  chosen = s.select(s.isBelow(label, p.space.front()), chosen, unknown);
  if (p.ignore)
    chosen = s.select(s.isInteger(label, *p.ignore), zero, chosen);
  return s.select(s.below(s.sampleOf(group, p.lane(), p.rows.lanes), count), chosen, zero);
}

/// Sums of the weights of a row's labels, or of all that is true: over the row, or at each
/// position.
static void emitLabelWeights(StageBuilder &stages, const Pixels &p, Counted counted, Value labels,
                             Value count, Value group, AffineMap target, Value out) {
  SmallVector<Value> inputs = {labels, count};
  SmallVector<AffineMap> maps = {p.position, p.scalar};
  if (p.classes) {
    inputs.push_back(p.classes);
    maps.push_back(stages.dims(p.space.size(), {0}));
  }
  maps.push_back(target);
  stages.map(
      p.space, inputs, out, maps,
      [&](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        return SmallVector<Value>{atLabel(p, s, counted, s.constant(p.element, 1.0), v[0],
                                          p.classes ? v[2] : Value(), v[1], group)};
      },
      stage::Combine::Sum, p.rows.lanes);
}

LogicalResult CrossEntropyOp::emitStages(StageBuilder &stages) {
  Pixels p = pixelsOf(stages, *this, getLogits().getType());
  Value logits = stages.buffer(getLogits()), labels = stages.buffer(getLabels());
  Value count = stages.buffer(getCount());
  Value losses = stages.temporary("losses", {p.rows.groups, p.rows.rows}, p.element);
  Value weights = stages.temporary("loss_weights", {p.rows.groups, p.rows.rows}, p.element);
  stage::SweepOp rows = stages.sweep(
      "cross_entropy", {p.rows.groups, p.rows.rows}, {p.positions(), p.positions()},
      [&](ValueRange at, ValueRange scratch) {
        Value z = logitsOf(stages, p, logits, at), label = labelsOf(stages, p, labels, at);
        emitSoftmax(stages, p, z, scratch[0], scratch[1]);
        SmallVector<Value> inputs = {z, label, scratch[0], scratch[1], count};
        SmallVector<AffineMap> maps = {p.all, p.position, p.position, p.position, p.scalar};
        if (p.classes) {
          inputs.push_back(p.classes);
          maps.push_back(stages.dims(p.space.size(), {0}));
        }
        maps.push_back(p.one);
        stages.map(
            p.space, inputs, stages.range(stages.slice(losses, at[0]), 0, at[1], 1), maps,
            [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              Value loss = s.sub(s.add(s.log(v[3]), v[2]), v[0]);
              return SmallVector<Value>{atLabel(p, s, Counted::Truth, loss, v[1],
                                                p.classes ? v[5] : Value(), v[4], at[0])};
            },
            stage::Combine::Sum, p.rows.lanes);
        emitLabelWeights(stages, p, Counted::Label, label, count, at[0], p.one,
                         stages.range(stages.slice(weights, at[0]), 0, at[1], 1));
      });
  balance(rows, p.rows.bytes() * p.rows.channels);
  stages.sweep("cross_entropy.total", {1}, {MemRefType::get({2}, p.element)},
               [&](ValueRange, ValueRange scratch) {
                 Value loss = stages.range(scratch[0], 0, stages.getIndexAttr(0), 1);
                 Value weight = stages.range(scratch[0], 0, stages.getIndexAttr(1), 1);
                 addUp(stages, losses, p.latitudes, loss);
                 addUp(stages, weights, p.latitudes, weight);
                 stages.map({}, {loss, weight}, stages.buffer(getResult()),
                            {stages.dims(0, {-1}), stages.dims(0, {-1}), stages.dims(0, {})},
                            [](OpBuilder &b, Location l, ValueRange v) {
                              ScalarBuilder s(b, l);
                              Value zero = s.constant(v[0].getType(), 0.0);
                              return SmallVector<Value>{
                                  s.select(s.isZero(v[1]), zero, s.div(v[0], v[1]))};
                            });
               });
  return success();
}

/// grad / (sum of all weights), 0 if that is 0: a buffer of one value.
static Value emitLossFactor(StageBuilder &stages, CrossEntropyGradOp op, const Pixels &p) {
  Value labels = stages.buffer(op.getLabels()), count = stages.buffer(op.getCount());
  Value weights = stages.temporary("loss_weights", {p.rows.groups, p.rows.rows}, p.element);
  Value factor = stages.temporary("loss_factor", {1}, p.element);
  stage::SweepOp rows = stages.sweep(
      "cross_entropy_grad.weights", {p.rows.groups, p.rows.rows}, {},
      [&](ValueRange at, ValueRange) {
        emitLabelWeights(stages, p, Counted::Label, labelsOf(stages, p, labels, at), count, at[0],
                         p.one, stages.range(stages.slice(weights, at[0]), 0, at[1], 1));
      });
  balance(rows, p.rows.bytes());
  stages.sweep("cross_entropy_grad.total", {1}, {MemRefType::get({1}, p.element)},
               [&](ValueRange, ValueRange scratch) {
                 addUp(stages, weights, p.latitudes, scratch[0]);
                 stages.map({1}, {scratch[0], stages.buffer(op.getGrad())}, factor,
                            {stages.dims(1, {0}), stages.dims(1, {}), stages.dims(1, {0})},
                            [](OpBuilder &b, Location l, ValueRange v) {
                              ScalarBuilder s(b, l);
                              Value zero = s.constant(v[0].getType(), 0.0);
                              return SmallVector<Value>{
                                  s.select(s.isZero(v[0]), zero, s.div(v[1], v[0]))};
                            });
               });
  return factor;
}

LogicalResult CrossEntropyGradOp::emitStages(StageBuilder &stages) {
  Pixels p = pixelsOf(stages, *this, getLogits().getType());
  Value logits = stages.buffer(getLogits()), labels = stages.buffer(getLabels());
  Value count = stages.buffer(getCount()), out = stages.buffer(getResult());
  Value factor = emitLossFactor(stages, *this, p);
  stage::SweepOp rows = stages.sweep(
      "cross_entropy_grad", {p.rows.groups, p.rows.rows},
      {p.positions(), p.positions(), p.positions()}, [&](ValueRange at, ValueRange scratch) {
        Value z = logitsOf(stages, p, logits, at), label = labelsOf(stages, p, labels, at);
        emitSoftmax(stages, p, z, scratch[0], scratch[1]);
        emitLabelWeights(stages, p, Counted::Truth, label, count, at[0], p.position, scratch[2]);
        SmallVector<Value> inputs = {z, label, scratch[0], scratch[1], scratch[2], factor};
        SmallVector<AffineMap> maps = {p.all,      p.position, p.position,
                                       p.position, p.position, p.one};
        if (p.latitudes) {
          inputs.push_back(stages.range(p.latitudes, 0, at[1], 1));
          maps.push_back(p.one);
        }
        const bool weighted = p.smoothing > 0.0 && p.classes;
        if (weighted) {
          inputs.push_back(p.classes);
          maps.push_back(stages.dims(p.space.size(), {0}));
        }
        maps.push_back(p.all);
        stages.map(
            p.space, inputs, logitsOf(stages, p, out, at), maps,
            [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              Value zero = s.constant(p.element, 0.0), one = s.constant(p.element, 1.0);
              Value chance = s.div(s.exp(s.sub(v[0], v[2])), v[3]);
              Value weight = p.latitudes ? s.mul(v[5], v[6]) : v[5], result;
              if (p.smoothing > 0.0) {
                Value truth = shareOfClass(p, s, v[1]);
                truth = weighted ? s.mul(v.back(), truth) : truth;
                result = s.mul(weight, s.sub(s.mul(v[4], chance), truth));
              } else {
                Value truth = s.select(s.equals(s.index(0), v[1]), one, zero);
                result = s.mul(s.mul(v[4], weight), s.sub(chance, truth));
              }
              // Logits of samples from the count on may be anything.
              return SmallVector<Value>{s.select(s.isZero(v[4]), zero, result)};
            },
            std::nullopt, p.rows.lanes);
      });
  balance(rows, 2 * p.rows.bytes() * p.rows.channels);
  return success();
}

} // namespace mlir::nn
