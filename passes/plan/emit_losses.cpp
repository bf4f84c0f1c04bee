//===- emit_losses.cpp - losses and optimizer steps as stages ---*- C++ -*-===//
//
// Softmax cross-entropy over lanes, with the maximum taken out; Adam's step with
// its bias corrections in fp64 (Kingma and Ba 2015).
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

#include <algorithm>

namespace mlir::spherical {

/// Largest logit and sum of exponentials, [elements]W each, of one lane group's logits.
void Emitter::emitSoftmax(Value logits, Value maxima, Value sums, const Extents &e) {
  SmallVector<int64_t> space = {e.channels, e.elements, e.lanes};
  AffineMap all = flat(space), perSample = dims(3, {1, 2});
  map(
      space, logits, maxima, {all, perSample},
      [](OpBuilder &, Location, ValueRange v) { return SmallVector<Value>{v[0]}; },
      stage::Combine::Max, e.lanes);
  map(
      space, {logits, maxima}, sums, {all, perSample, perSample},
      [](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        return SmallVector<Value>{s.exp(s.sub(v[0], v[1]))};
      },
      stage::Combine::Sum, e.lanes);
}

void Emitter::emitCrossEntropy(nn::CrossEntropyOp op) {
  Extents e = extentsOf(op.getLogits().getType());
  Type element = elementOf(op.getLogits().getType());
  Value logits = buffer(op.getLogits()), labels = buffer(op.getLabels());
  Value count = buffer(op.getCount()), out = buffer(op.getResult());
  MemRefType perSample = scratchType({e.elements, e.lanes}, element);
  SmallVector<int64_t> space = {e.channels, e.elements, e.lanes};
  // One task: groups in order, so that the sum does not depend on threads.
  sweep("cross_entropy", {1}, {perSample, perSample, scratchType({e.groups}, element)},
        [&](ValueRange, ValueRange scratch) {
          for (int64_t group = 0; group < e.groups; ++group) {
            OpFoldResult at = builder.getIndexAttr(group);
            Value z = select(logits, 0, at), label = select(labels, 0, at);
            emitSoftmax(z, scratch[0], scratch[1], e);
            AffineMap sample = dims(3, {1, 2}), scalar = dims(3, {}), one = dims(3, {-1});
            map(
                space, {z, label, scratch[0], scratch[1], count}, range(scratch[2], 0, at, 1),
                {flat(space),
                 flat(space).replaceDimsAndSymbols({builder.getAffineConstantExpr(0),
                                                    builder.getAffineDimExpr(1),
                                                    builder.getAffineDimExpr(2)},
                                                   {}, 3, 0),
                 sample, sample, scalar, one},
                [&](OpBuilder &b, Location l, ValueRange v) {
                  ScalarBuilder s(b, l);
                  Value groupIndex = arith::ConstantIndexOp::create(b, l, group);
                  Value valid = s.below(s.sampleOf(groupIndex, 2, e.lanes), v[4]);
                  Value loss = s.sub(s.add(s.log(v[3]), v[2]), v[0]);
                  Value zero = s.constant(element, 0.0);
                  Value chosen = s.select(s.equals(s.index(0), v[1]), loss, zero);
                  return SmallVector<Value>{s.select(valid, chosen, zero)};
                },
                stage::Combine::Sum, e.lanes);
          }
          map(
              {e.groups}, {scratch[2], count}, out, {dims(1, {0}), dims(1, {}), dims(1, {})},
              [&](OpBuilder &b, Location l, ValueRange v) {
                ScalarBuilder s(b, l);
                Value values = s.mul(s.toFloat(v[1], element),
                                     s.constant(element, static_cast<double>(e.elements)));
                return SmallVector<Value>{s.div(v[0], values)};
              },
              stage::Combine::Sum);
        });
}

void Emitter::emitCrossEntropyGrad(nn::CrossEntropyGradOp op) {
  Extents e = extentsOf(op.getLogits().getType());
  Type element = elementOf(op.getLogits().getType());
  Value logits = buffer(op.getLogits()), labels = buffer(op.getLabels());
  Value count = buffer(op.getCount()), grad = buffer(op.getGrad()), out = buffer(op.getResult());
  MemRefType perSample = scratchType({e.elements, e.lanes}, element);
  SmallVector<int64_t> space = {e.channels, e.elements, e.lanes};
  sweep("cross_entropy_grad", {e.groups}, {perSample, perSample},
        [&](ValueRange at, ValueRange scratch) {
          Value z = slice(logits, at);
          emitSoftmax(z, scratch[0], scratch[1], e);
          AffineMap sample = dims(3, {1, 2}), scalar = dims(3, {}), all = flat(space);
          AffineMap labelMap =
              all.replaceDimsAndSymbols({builder.getAffineConstantExpr(0),
                                         builder.getAffineDimExpr(1), builder.getAffineDimExpr(2)},
                                        {}, 3, 0);
          map(
              space, {z, slice(labels, at), scratch[0], scratch[1], count, grad}, slice(out, at),
              {all, labelMap, sample, sample, scalar, scalar, all},
              [&](OpBuilder &b, Location l, ValueRange v) {
                ScalarBuilder s(b, l);
                Value zero = s.constant(element, 0.0), one = s.constant(element, 1.0);
                Value chance = s.div(s.exp(s.sub(v[0], v[2])), v[3]);
                Value truth = s.select(s.equals(s.index(0), v[1]), one, zero);
                Value values = s.mul(s.toFloat(v[4], element),
                                     s.constant(element, static_cast<double>(e.elements)));
                Value result = s.mul(s.div(v[5], values), s.sub(chance, truth));
                Value valid = s.below(s.sampleOf(at[0], 2, e.lanes), v[4]);
                return SmallVector<Value>{s.select(valid, result, zero)};
              },
              std::nullopt, e.lanes);
        });
}

namespace {

/// 1 / (1 - beta^step) in fp64, rounded to the element.
Value correction(ScalarBuilder &s, OpBuilder &b, Location l, double beta, Value step,
                 Type element) {
  Type f64 = b.getF64Type();
  Value power = math::PowFOp::create(b, l, s.constant(f64, beta), s.toFloat(step, f64));
  Value one = s.constant(f64, 1.0);
  Value inverse = s.div(one, s.sub(one, power));
  return element == f64 ? inverse : arith::TruncFOp::create(b, l, element, inverse).getResult();
}

} // namespace

void Emitter::emitAdam(nn::AdamOp op) {
  Type element = elementOf(op.getParam().getType());
  SmallVector<Value> inputs = {buffer(op.getParam()), buffer(op.getGrad()), buffer(op.getM()),
                               buffer(op.getV())};
  SmallVector<Value> outputs = {buffer(op.getNewParam()), buffer(op.getNewM()),
                                buffer(op.getNewV())};
  Value step = buffer(op.getStep()), rate = buffer(op.getLearningRate());
  double beta1 = op.getBeta1().convertToDouble(), beta2 = op.getBeta2().convertToDouble();
  double eps = op.getEps().convertToDouble();
  auto type = cast<MemRefType>(outputs[0].getType());
  bool split = type.getRank() > 1 && type.getNumElements() > 4096;
  int64_t points = type.getNumElements() / (split ? type.getDimSize(0) : 1);
  bool wide = points % vectorLanes == 0;
  SmallVector<int64_t> space = {points};
  if (wide)
    space = {points / vectorLanes, vectorLanes};
  sweep("adam", {split ? type.getDimSize(0) : 1}, {scratchType({2}, element)},
        [&](ValueRange at, ValueRange scratch) {
          Value first = range(scratch[0], 0, builder.getIndexAttr(0), 1);
          Value second = range(scratch[0], 0, builder.getIndexAttr(1), 1);
          map({1}, {step, rate}, {first, second},
              {dims(1, {}), dims(1, {}), dims(1, {0}), dims(1, {0})},
              [&](OpBuilder &b, Location l, ValueRange v) {
                ScalarBuilder s(b, l);
                Value size = v[1];
                if (size.getType() != element)
                  size = arith::TruncFOp::create(b, l, element, size);
                return SmallVector<Value>{s.mul(size, correction(s, b, l, beta1, v[0], element)),
                                          correction(s, b, l, beta2, v[0], element)};
              });
          auto part = [&](Value buffer) { return split ? slice(buffer, at) : buffer; };
          SmallVector<Value> in = llvm::map_to_vector(inputs, part);
          in.append({first, second});
          SmallVector<AffineMap> maps(9, flat(space));
          maps[4] = maps[5] = AffineMap::get(space.size(), 0, builder.getAffineConstantExpr(0));
          map(
              space, in, llvm::map_to_vector(outputs, part), maps,
              [&](OpBuilder &b, Location l, ValueRange v) {
                ScalarBuilder s(b, l);
                auto mix = [&](double beta, Value old, Value update) {
                  return s.add(s.mul(s.constant(element, beta), old),
                               s.mul(s.constant(element, 1.0 - beta), update));
                };
                Value m = mix(beta1, v[2], v[1]), squares = mix(beta2, v[3], s.mul(v[1], v[1]));
                Value root = s.add(s.sqrt(s.mul(squares, v[5])), s.constant(element, eps));
                return SmallVector<Value>{s.sub(v[0], s.div(s.mul(v[4], m), root)), m, squares};
              },
              std::nullopt, wide ? std::optional<int64_t>(vectorLanes) : std::nullopt);
        });
}

/// Sum over lane groups and lanes for each channel.
static SmallVector<Value> identity(OpBuilder &, Location, ValueRange v) { return {v[0]}; }

LogicalResult Emitter::emitLoss(Operation *op) {
  if (auto loss = dyn_cast<nn::CrossEntropyOp>(op))
    emitCrossEntropy(loss);
  else if (auto grad = dyn_cast<nn::CrossEntropyGradOp>(op))
    emitCrossEntropyGrad(grad);
  else if (auto adam = dyn_cast<nn::AdamOp>(op))
    emitAdam(adam);
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
