//===- optimizer.cpp - Adam's step as stages --------------------*- C++ -*-===//
//
// Bias corrections in fp64 (Kingma and Ba 2015), decay apart from the gradient
// (Loshchilov and Hutter 2019), and the norm that clips the gradient.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/stages/stage_builder.h"

namespace mlir::nn {

using namespace mlir::spherical;
namespace {

/// beta^step in fp64 for 0 <= beta < 1 and step >= 0: the product of the powers beta^(2^k) of the
/// bits of the step, which are constants. Powers below half an ulp of 1 are 0.
Value powerOf(ScalarBuilder &s, double beta, Value step, Type f64) {
  SmallVector<double> powers;
  for (long double power = beta; power > 0x1p-54L; power *= power)
    powers.push_back(static_cast<double>(power));
  Value result = s.constant(f64, 1.0), rest = step;
  for (size_t bit = powers.size(); bit-- > 0;) {
    Value zero = s.isBelow(rest, int64_t(1) << bit);
    result = s.select(zero, result, s.mul(result, s.constant(f64, powers[bit])));
    rest = s.select(zero, rest, s.minus(rest, int64_t(1) << bit));
  }
  Value reached = s.isBelow(step, int64_t(1) << powers.size());
  return s.select(reached, result, s.constant(f64, 0.0));
}

/// 1 / (1 - beta^step) in fp64, rounded to the element.
Value correction(ScalarBuilder &s, OpBuilder &b, Location l, double beta, Value step,
                 Type element) {
  Type f64 = b.getF64Type();
  Value one = s.constant(f64, 1.0);
  return s.to(s.div(one, s.sub(one, powerOf(s, beta, step, f64))), element);
}

} // namespace

LogicalResult AdamFactorsOp::emitStages(StageBuilder &stages) {
  Value factors = stages.buffer(getResult());
  Type element = cast<MemRefType>(factors.getType()).getElementType();
  SmallVector<Value> inputs = {stages.buffer(getStep()), stages.buffer(getLearningRate())};
  if (getScale())
    inputs.push_back(stages.buffer(getScale()));
  SmallVector<AffineMap> maps(inputs.size(), stages.dims(1, {}));
  maps.append(4, stages.dims(1, {0}));
  double beta1 = getBeta1().convertToDouble(), beta2 = getBeta2().convertToDouble();
  double weightDecay = getWeightDecay().convertToDouble();
  stages.sweep("adam_factors", {1}, {}, [&](ValueRange, ValueRange) {
    SmallVector<Value> outputs;
    for (int64_t i = 0; i < 4; ++i)
      outputs.push_back(stages.range(factors, 0, stages.getIndexAttr(i), 1));
    stages.map({1}, inputs, outputs, maps, [&](OpBuilder &b, Location l, ValueRange v) {
      ScalarBuilder s(b, l);
      Value rate = s.to(v[1], element);
      Value decay = s.mul(rate, s.constant(element, weightDecay));
      Value scale = v.size() > 2 ? s.to(v[2], element) : s.constant(element, 1.0);
      return SmallVector<Value>{s.mul(rate, correction(s, b, l, beta1, v[0], element)),
                                correction(s, b, l, beta2, v[0], element), decay, scale};
    });
  });
  return success();
}

LogicalResult AdamUpdateOp::emitStages(StageBuilder &stages) {
  SmallVector<Value> inputs = {stages.buffer(getParam()), stages.buffer(getGrad()),
                               stages.buffer(getM()), stages.buffer(getV())};
  SmallVector<Value> outputs = {stages.buffer(getNewParam()), stages.buffer(getNewM()),
                                stages.buffer(getNewV())};
  Value factors = stages.buffer(getFactors());
  double beta1 = getBeta1().convertToDouble(), beta2 = getBeta2().convertToDouble();
  double eps = getEps().convertToDouble();
  bool scaled = getScaled();
  auto type = cast<MemRefType>(outputs[0].getType());
  Type element = type.getElementType();
  bool split = type.getRank() > 1 && type.getNumElements() > 4096;
  int64_t points = type.getNumElements() / (split ? type.getDimSize(0) : 1);
  bool wide = points % stages.vectorLanes() == 0;
  SmallVector<int64_t> space = {points};
  if (wide)
    space = {points / stages.vectorLanes(), stages.vectorLanes()};
  stages.sweep("adam", {split ? type.getDimSize(0) : 1}, {}, [&](ValueRange at, ValueRange) {
    auto part = [&](Value buffer) { return split ? stages.slice(buffer, at) : buffer; };
    SmallVector<Value> in = llvm::map_to_vector(inputs, part);
    SmallVector<AffineMap> maps(4, stages.flat(space));
    for (int64_t i = 0; i < 4; ++i) {
      in.push_back(stages.range(factors, 0, stages.getIndexAttr(i), 1));
      maps.push_back(AffineMap::get(space.size(), 0, stages.getAffineConstantExpr(0)));
    }
    maps.append(3, stages.flat(space));
    stages.map(
        space, in, llvm::map_to_vector(outputs, part), maps,
        [&](OpBuilder &b, Location l, ValueRange v) {
          ScalarBuilder s(b, l);
          auto mix = [&](double beta, Value old, Value update) {
            return s.add(s.mul(s.constant(element, beta), old),
                         s.mul(s.constant(element, 1.0 - beta), update));
          };
          Value grad = scaled ? s.mul(v[7], v[1]) : v[1];
          Value m = mix(beta1, v[2], grad), squares = mix(beta2, v[3], s.mul(grad, grad));
          Value root = s.add(s.sqrt(s.mul(squares, v[5])), s.constant(element, eps));
          Value update = s.add(s.div(s.mul(v[4], m), root), s.mul(v[6], v[0]));
          return SmallVector<Value>{s.sub(v[0], update), m, squares};
        },
        std::nullopt, wide ? std::optional<int64_t>(stages.vectorLanes()) : std::nullopt);
  });
  return success();
}

LogicalResult SumSquaresOp::emitStages(StageBuilder &stages) {
  Value in = stages.buffer(getInput());
  auto type = cast<MemRefType>(in.getType());
  const auto [space, points] = leadingAxes(type);
  const int64_t tasks = type.getNumElements() / points;
  SmallVector<int64_t> parts = space.empty() ? SmallVector<int64_t>{1} : space;
  Value sums = stages.temporary("squares", parts, stages.getF64Type());
  stage::SweepOp rows = stages.sweep("sum_squares", parts, {}, [&](ValueRange at, ValueRange) {
    Value part = space.empty() ? in : stages.slice(in, at);
    Value out = stages.range(stages.slice(sums, at.drop_back()), 0, at.back(), 1);
    stages.map(
        {points}, part, out, {stages.flat({points}), stages.dims(1, {-1})},
        [](OpBuilder &b, Location l, ValueRange v) {
          return SmallVector<Value>{ScalarBuilder(b, l).wideSquare(v[0])};
        },
        stage::Combine::Sum);
  });
  balance(rows, points * 4);
  stages.sweep("sum_squares.total", {1}, {}, [&](ValueRange, ValueRange) {
    stages.map({tasks}, sums, stages.buffer(getResult()),
               {stages.flat({tasks}), stages.dims(1, {})}, firstValue, stage::Combine::Sum);
  });
  return success();
}

LogicalResult ClipFactorOp::emitStages(StageBuilder &stages) {
  double norm = getMaxNorm().convertToDouble();
  stages.sweep("clip_factor", {1}, {}, [&](ValueRange, ValueRange) {
    stages.map({}, stages.buffer(getSquares()), stages.buffer(getResult()),
               {stages.dims(0, {}), stages.dims(0, {})},
               [&](OpBuilder &b, Location l, ValueRange v) {
                 ScalarBuilder s(b, l);
                 Type type = v[0].getType();
                 Value length = s.add(s.sqrt(v[0]), s.constant(type, 1e-6));
                 Value share = s.div(s.constant(type, norm), length), one = s.constant(type, 1.0);
                 return SmallVector<Value>{s.select(s.above(one, share), share, one)};
               });
  });
  return success();
}

} // namespace mlir::nn
