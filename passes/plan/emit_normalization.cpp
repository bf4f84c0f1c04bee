//===- emit_normalization.cpp - batch normalisation as stages ---*- C++ -*-===//
//
// One task for each channel: sums over the valid samples, statistics, values
// (Ioffe and Szegedy 2015; ops of the nn dialect state the equations).
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

namespace mlir::spherical {

void Emitter::emitBatchNorm(nn::BatchNormOp op) {
  Extents e = extentsOf(op.getInput().getType());
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  SmallVector<Value> statistics = {buffer(op.getWeight()), buffer(op.getBias()),
                                   buffer(op.getMean()), buffer(op.getVar())};
  double eps = op.getEps().convertToDouble();
  SmallVector<int64_t> space = {e.channels, e.elements, e.lanes};
  sweep("batch_norm", {e.groups}, {}, [&](ValueRange at, ValueRange) {
    SmallVector<Value> inputs = {slice(in, at)};
    inputs.append(statistics);
    AffineMap channel = dims(3, {0});
    map(
        space, inputs, slice(out, at),
        {flat(space), channel, channel, channel, channel, flat(space)},
        [&](OpBuilder &b, Location l, ValueRange v) {
          ScalarBuilder s(b, l);
          Value root = s.sqrt(s.add(v[4], s.constant(v[4].getType(), eps)));
          Value normal = s.div(s.sub(v[0], v[3]), root);
          return SmallVector<Value>{s.add(s.mul(normal, v[1]), v[2])};
        },
        std::nullopt, e.lanes);
  });
}

namespace {

/// The values of one channel: [groups][...]W, the axes' maps, and the count of values.
struct ChannelView {
  SmallVector<int64_t> space;
  AffineMap all;    ///< the value at a point
  AffineMap single; ///< the one element of a statistic
  int64_t elements; ///< values of a sample

  int64_t rank() const { return space.size(); }
};

ChannelView viewOf(OpBuilder &builder, MemRefType type, int64_t elements) {
  ChannelView view;
  view.space.assign(type.getShape().begin(), type.getShape().end());
  view.space.erase(view.space.begin() + 1);
  view.all = builder.getMultiDimIdentityMap(view.rank());
  view.single = AffineMap::get(view.rank(), 0, builder.getAffineConstantExpr(0));
  view.elements = elements;
  return view;
}

/// count (i64) times the values of a sample, as a number.
Value valuesOf(ScalarBuilder &s, Value count, int64_t elements, Type type) {
  return s.mul(s.toFloat(count, type), s.constant(type, static_cast<double>(elements)));
}

/// inv_std, new_mean and new_var from n values with the squares' sum v[0], mean v[2] and the
/// running statistics v[3], v[4].
SmallVector<Value> statistics(ScalarBuilder &s, Value n, ValueRange v, double eps,
                              double momentum) {
  Type element = n.getType();
  Value unit = s.constant(element, 1.0);
  Value root = s.sqrt(s.add(s.div(v[0], n), s.constant(element, eps)));
  // n = 1 has no unbiased variance: the divisor stays 1.
  Value unbiased = s.div(v[0], s.max(s.sub(n, unit), unit));
  Value keep = s.constant(element, 1.0 - momentum), take = s.constant(element, momentum);
  return {s.div(unit, root), s.add(s.mul(keep, v[3]), s.mul(take, v[2])),
          s.add(s.mul(keep, v[4]), s.mul(take, unbiased))};
}

} // namespace

void Emitter::emitBatchNormTrain(nn::BatchNormTrainOp op) {
  Extents e = extentsOf(op.getInput().getType());
  Value in = buffer(op.getInput()), count = buffer(op.getCount());
  ChannelView view = viewOf(builder, cast<MemRefType>(in.getType()), e.elements);
  Type element = elementOf(op.getInput().getType());
  AffineMap scalar = AffineMap::get(view.rank(), 0, ArrayRef<AffineExpr>(), builder.getContext());
  AffineMap one = dims(1, {0}), none = dims(1, {});
  double eps = op.getEps().convertToDouble(), momentum = op.getMomentum().convertToDouble();
  int64_t last = view.rank() - 1;
  auto masked = [&](ScalarBuilder &s, Value counted, Value value) {
    Value valid = s.below(s.sample(0, last, e.lanes), counted);
    return s.select(valid, value, s.constant(element, 0.0));
  };
  sweep(
      "batch_norm_train", {e.channels}, {scratchType({2}, element)},
      [&](ValueRange at, ValueRange scratch) {
        auto channel = [&](Value statistic) { return range(buffer(statistic), 0, at[0], 1); };
        Value x = select(in, 1, at[0]), mean = channel(op.getBatchMean());
        Value inverse = channel(op.getInvStd()), newMean = channel(op.getNewMean());
        Value newVar = channel(op.getNewVar()), weight = channel(op.getWeight());
        Value bias = channel(op.getBias()), oldMean = channel(op.getMean());
        Value oldVar = channel(op.getVar());
        Value sum = range(scratch[0], 0, builder.getIndexAttr(0), 1);
        Value squares = range(scratch[0], 0, builder.getIndexAttr(1), 1);
        map(
            view.space, {x, count}, sum, {view.all, scalar, view.single},
            [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              return SmallVector<Value>{masked(s, v[1], v[0])};
            },
            stage::Combine::Sum, e.lanes);
        map({1}, {sum, count}, mean, {one, none, one}, [&](OpBuilder &b, Location l, ValueRange v) {
          ScalarBuilder s(b, l);
          return SmallVector<Value>{s.div(v[0], valuesOf(s, v[1], e.elements, element))};
        });
        map(
            view.space, {x, mean, count}, squares, {view.all, view.single, scalar, view.single},
            [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              Value difference = s.sub(v[0], v[1]);
              return SmallVector<Value>{masked(s, v[2], s.mul(difference, difference))};
            },
            stage::Combine::Sum, e.lanes);
        map({1}, {squares, count, mean, oldMean, oldVar}, {inverse, newMean, newVar},
            {one, none, one, one, one, one, one, one}, [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              return statistics(s, valuesOf(s, v[1], e.elements, element), v, eps, momentum);
            });
        map(
            view.space, {x, mean, inverse, weight, bias, count},
            select(buffer(op.getResult()), 1, at[0]),
            {view.all, view.single, view.single, view.single, view.single, scalar, view.all},
            [&](OpBuilder &b, Location l, ValueRange v) {
              ScalarBuilder s(b, l);
              Value normal = s.mul(s.sub(v[0], v[1]), v[2]);
              return SmallVector<Value>{masked(s, v[5], s.add(s.mul(normal, v[3]), v[4]))};
            },
            std::nullopt, e.lanes);
      });
}

void Emitter::emitBatchNormGrad(nn::BatchNormGradOp op) {
  Extents e = extentsOf(op.getGrad().getType());
  Value grad = buffer(op.getGrad()), in = buffer(op.getInput());
  Value count = op.getCount() ? buffer(op.getCount()) : Value();
  ChannelView view = viewOf(builder, cast<MemRefType>(in.getType()), e.elements);
  Type element = elementOf(op.getInput().getType());
  AffineMap scalar = AffineMap::get(view.rank(), 0, ArrayRef<AffineExpr>(), builder.getContext());
  int64_t last = view.rank() - 1;
  auto valid = [&](ScalarBuilder &s, Value counted, Value value) {
    if (!count)
      return value;
    return s.select(s.below(s.sample(0, last, e.lanes), counted), value, s.constant(element, 0.0));
  };
  sweep("batch_norm_grad", {e.channels}, {}, [&](ValueRange at, ValueRange) {
    auto channel = [&](Value statistic) { return range(buffer(statistic), 0, at[0], 1); };
    Value g = select(grad, 1, at[0]), x = select(in, 1, at[0]), mean = channel(op.getBatchMean());
    Value inverse = channel(op.getInvStd()), weight = channel(op.getWeight());
    Value gradWeight = channel(op.getGradWeight()), gradBias = channel(op.getGradBias());
    SmallVector<Value> inputs = {g, x, mean, inverse};
    SmallVector<AffineMap> maps = {view.all, view.all, view.single, view.single};
    if (count) {
      inputs.push_back(count);
      maps.push_back(scalar);
    }
    SmallVector<AffineMap> sums = maps;
    sums.append(2, view.single);
    map(
        view.space, inputs, {gradWeight, gradBias}, sums,
        [&](OpBuilder &b, Location l, ValueRange v) {
          ScalarBuilder s(b, l);
          Value normal = s.mul(s.sub(v[1], v[2]), v[3]);
          Value counted = count ? v[4] : Value();
          return SmallVector<Value>{valid(s, counted, s.mul(v[0], normal)),
                                    valid(s, counted, v[0])};
        },
        stage::Combine::Sum, e.lanes);
    inputs.append({weight, gradWeight, gradBias});
    maps.append(3, view.single);
    maps.push_back(view.all);
    int64_t first = count ? 5 : 4;
    map(
        view.space, inputs, select(buffer(op.getGradInput()), 1, at[0]), maps,
        [&](OpBuilder &b, Location l, ValueRange v) {
          ScalarBuilder s(b, l);
          Value inner = v[0];
          if (op.getTraining()) {
            Value n = valuesOf(s, v[4], e.elements, element);
            Value normal = s.mul(s.sub(v[1], v[2]), v[3]);
            inner = s.sub(inner, s.div(v[first + 2], n));
            inner = s.sub(inner, s.div(s.mul(normal, v[first + 1]), n));
          }
          Value result = s.mul(s.mul(v[first], v[3]), inner);
          return SmallVector<Value>{valid(s, count ? v[4] : Value(), result)};
        },
        std::nullopt, e.lanes);
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
