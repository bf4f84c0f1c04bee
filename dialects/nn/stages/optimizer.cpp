//===- optimizer.cpp - optimizer steps as stages ----------------*- C++ -*-===//
//
// Adam with bias corrections in fp64 (Kingma and Ba 2015) and decay apart from the
// gradient (Loshchilov and Hutter 2019), gradient descent, the norm that clips the
// gradient, sums of gradients and moving averages.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/stages/rows.h"
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

/// outputs = scalars(values, numbers), value by value, in place where outputs lie on values;
/// numbers are buffers of one number or of a few, behind the values in the region.
static void emitUpdate(StageBuilder &stages, StringRef name, ArrayRef<Value> values,
                       ArrayRef<Value> numbers, ArrayRef<Value> outputs, Scalars scalars) {
  auto type = cast<MemRefType>(outputs[0].getType());
  bool split = type.getRank() > 1 && type.getNumElements() > 4096;
  int64_t points = type.getNumElements() / (split ? type.getDimSize(0) : 1);
  bool wide = points % stages.vectorLanes() == 0;
  SmallVector<int64_t> space = {points};
  if (wide)
    space = {points / stages.vectorLanes(), stages.vectorLanes()};
  const auto rank = static_cast<int64_t>(space.size());
  stages.sweep(name, {split ? type.getDimSize(0) : 1}, {}, [&](ValueRange at, ValueRange) {
    auto part = [&](Value buffer) { return split ? stages.slice(buffer, at) : buffer; };
    SmallVector<Value> in = llvm::map_to_vector(values, part);
    SmallVector<AffineMap> maps(values.size(), stages.flat(space));
    for (Value number : numbers) {
      auto several = cast<MemRefType>(number.getType());
      if (several.getRank() == 0) {
        in.push_back(number);
        maps.push_back(stages.dims(rank, {}));
      }
      for (int64_t i = 0; several.getRank() == 1 && i < several.getNumElements(); ++i) {
        in.push_back(stages.range(number, 0, stages.getIndexAttr(i), 1));
        maps.push_back(stages.dims(rank, {-1}));
      }
    }
    maps.append(outputs.size(), stages.flat(space));
    stages.map(space, in, llvm::map_to_vector(outputs, part), maps, scalars, std::nullopt,
               wide ? std::optional<int64_t>(stages.vectorLanes()) : std::nullopt);
  });
}

LogicalResult AdamUpdateOp::emitStages(StageBuilder &stages) {
  SmallVector<Value> values = {stages.buffer(getParam()), stages.buffer(getGrad()),
                               stages.buffer(getM()), stages.buffer(getV())};
  SmallVector<Value> outputs = {stages.buffer(getNewParam()), stages.buffer(getNewM()),
                                stages.buffer(getNewV())};
  Value factors = stages.buffer(getFactors());
  double beta1 = getBeta1().convertToDouble(), beta2 = getBeta2().convertToDouble();
  double eps = getEps().convertToDouble();
  bool scaled = getScaled();
  Type element = cast<MemRefType>(outputs[0].getType()).getElementType();
  emitUpdate(stages, "adam", values, {factors}, outputs,
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
             });
  return success();
}

/// The gradient of a step of gradient descent: scale grad + decay param.
static Value descent(ScalarBuilder &s, Value param, Value grad, Value scale, double decay) {
  Type element = param.getType();
  if (scale)
    grad = s.mul(s.to(scale, element), grad);
  return decay == 0.0 ? grad : s.add(grad, s.mul(s.constant(element, decay), param));
}

LogicalResult SgdOp::emitStages(StageBuilder &stages) {
  SmallVector<Value> numbers = {stages.buffer(getLearningRate())};
  if (getScale())
    numbers.push_back(stages.buffer(getScale()));
  double decay = getWeightDecay().convertToDouble();
  emitUpdate(stages, "sgd", {stages.buffer(getParam()), stages.buffer(getGrad())}, numbers,
             {stages.buffer(getNewParam())}, [&](OpBuilder &b, Location l, ValueRange v) {
               ScalarBuilder s(b, l);
               Value grad = descent(s, v[0], v[1], v.size() > 3 ? v[3] : Value(), decay);
               Value rate = s.to(v[2], v[0].getType());
               return SmallVector<Value>{s.sub(v[0], s.mul(rate, grad))};
             });
  return success();
}

LogicalResult SgdMomentumOp::emitStages(StageBuilder &stages) {
  SmallVector<Value> numbers = {stages.buffer(getLearningRate())};
  if (getScale())
    numbers.push_back(stages.buffer(getScale()));
  double decay = getWeightDecay().convertToDouble(), momentum = getMomentum().convertToDouble();
  bool nesterov = getNesterov();
  emitUpdate(stages, "sgd",
             {stages.buffer(getParam()), stages.buffer(getGrad()), stages.buffer(getM())}, numbers,
             {stages.buffer(getNewParam()), stages.buffer(getNewM())},
             [&](OpBuilder &b, Location l, ValueRange v) {
               ScalarBuilder s(b, l);
               Value grad = descent(s, v[0], v[1], v.size() > 4 ? v[4] : Value(), decay);
               Value keep = s.constant(v[0].getType(), momentum);
               Value m = s.add(s.mul(keep, v[2]), grad);
               Value update = nesterov ? s.add(grad, s.mul(keep, m)) : m;
               Value rate = s.to(v[3], v[0].getType());
               return SmallVector<Value>{s.sub(v[0], s.mul(rate, update)), m};
             });
  return success();
}

/// A number of numbers.
static void emitNumber(StageBuilder &stages, StringRef name, ArrayRef<Value> inputs, Value output,
                       Scalars scalars) {
  stages.sweep(name, {1}, {}, [&](ValueRange, ValueRange) {
    SmallVector<AffineMap> maps(inputs.size() + 1, stages.dims(0, {}));
    stages.map({}, inputs, output, maps, scalars);
  });
}

LogicalResult AverageFactorOp::emitStages(StageBuilder &stages) {
  Type element = cast<MemRefType>(stages.buffer(getResult()).getType()).getElementType();
  double decay = getDecay().convertToDouble();
  emitNumber(stages, "average_factor", {stages.buffer(getStep())}, stages.buffer(getResult()),
             [&](OpBuilder &b, Location l, ValueRange v) {
               ScalarBuilder s(b, l);
               Type wide = b.getF64Type();
               Value one = s.constant(wide, 1.0), steps = s.toFloat(v[0], wide);
               Value share = s.div(s.add(one, steps), s.add(s.constant(wide, 10.0), steps));
               Value most = s.constant(wide, decay);
               Value least = s.select(s.above(share, most), most, share);
               return SmallVector<Value>{s.to(s.sub(one, least), element)};
             });
  return success();
}

LogicalResult MovingAverageOp::emitStages(StageBuilder &stages) {
  emitUpdate(stages, "moving_average", {stages.buffer(getAverage()), stages.buffer(getValue())},
             {stages.buffer(getFactor())}, {stages.buffer(getResult())},
             [](OpBuilder &b, Location l, ValueRange v) {
               ScalarBuilder s(b, l);
               return SmallVector<Value>{s.add(v[0], s.mul(v[2], s.sub(v[1], v[0])))};
             });
  return success();
}

LogicalResult AccumulateOp::emitStages(StageBuilder &stages) {
  emitUpdate(stages, "accumulate", {stages.buffer(getSum()), stages.buffer(getGrad())},
             {stages.buffer(getTotal()), stages.buffer(getCount())}, {stages.buffer(getResult())},
             [](OpBuilder &b, Location l, ValueRange v) {
               ScalarBuilder s(b, l);
               Type element = v[0].getType();
               Value before = s.select(s.isInteger(v[2], 0), s.constant(element, 0.0), v[0]);
               return SmallVector<Value>{s.add(before, s.mul(s.toFloat(v[3], element), v[1]))};
             });
  return success();
}

LogicalResult MeanScaleOp::emitStages(StageBuilder &stages) {
  emitNumber(stages, "mean_scale", {stages.buffer(getTotal())}, stages.buffer(getResult()),
             [](OpBuilder &b, Location l, ValueRange v) {
               ScalarBuilder s(b, l);
               Type wide = b.getF64Type();
               Value share = s.div(s.constant(wide, 1.0), s.toFloat(v[0], wide));
               return SmallVector<Value>{
                   s.select(s.isInteger(v[0], 0), s.constant(wide, 0.0), share)};
             });
  return success();
}

/// Adds up partial sums.
static void emitTotal(StageBuilder &stages, Value sums, Value result) {
  const int64_t tasks = cast<MemRefType>(sums.getType()).getNumElements();
  stages.sweep("sum_squares.total", {1}, {}, [&](ValueRange, ValueRange) {
    stages.map({tasks}, sums, result, {stages.flat({tasks}), stages.dims(1, {})}, firstValue,
               stage::Combine::Sum);
  });
}

static SmallVector<Value> squareOf(OpBuilder &b, Location l, ValueRange v) {
  return {ScalarBuilder(b, l).wideSquare(v[0])};
}

/// Of samples in lanes, the first `count` of them.
static void emitCountedSquares(StageBuilder &stages, SumSquaresOp op) {
  const Rows rows = rowsOf(stages, op.getInput().getType());
  RowOperands operands;
  operands.rows = {stages.buffer(op.getInput())};
  operands.count = stages.buffer(op.getCount());
  Value sums =
      stages.temporary("squares", {rows.channels, rows.groups, rows.rows}, stages.getF64Type());
  sumRows(stages, "sum_squares", rows, operands, sums, squareOf);
  emitTotal(stages, sums, stages.buffer(op.getResult()));
}

LogicalResult SumSquaresOp::emitStages(StageBuilder &stages) {
  if (getCount()) {
    emitCountedSquares(stages, *this);
    return success();
  }
  Value in = stages.buffer(getInput());
  const auto [space, points] = leadingAxes(cast<MemRefType>(in.getType()));
  SmallVector<int64_t> parts = space.empty() ? SmallVector<int64_t>{1} : space;
  Value sums = stages.temporary("squares", parts, stages.getF64Type());
  stage::SweepOp rows = stages.sweep("sum_squares", parts, {}, [&](ValueRange at, ValueRange) {
    Value part = space.empty() ? in : stages.slice(in, at);
    Value out = stages.range(stages.slice(sums, at.drop_back()), 0, at.back(), 1);
    stages.map({points}, part, out, {stages.flat({points}), stages.dims(1, {-1})}, squareOf,
               stage::Combine::Sum);
  });
  balance(rows, points * 4);
  emitTotal(stages, sums, stages.buffer(getResult()));
  return success();
}

LogicalResult ClipFactorOp::emitStages(StageBuilder &stages) {
  SmallVector<Value> inputs = {stages.buffer(getSquares())};
  if (getScale())
    inputs.push_back(stages.buffer(getScale()));
  double norm = getMaxNorm().convertToDouble();
  emitNumber(stages, "clip_factor", inputs, stages.buffer(getResult()),
             [&](OpBuilder &b, Location l, ValueRange v) {
               ScalarBuilder s(b, l);
               Type type = v[0].getType();
               Value length = s.sqrt(v[0]), one = s.constant(type, 1.0);
               if (v.size() > 1)
                 length = s.mul(v[1], length);
               Value share = s.div(s.constant(type, norm), s.add(length, s.constant(type, 1e-6)));
               Value factor = s.select(s.above(one, share), share, one);
               return SmallVector<Value>{v.size() > 1 ? s.mul(v[1], factor) : factor};
             });
  return success();
}

} // namespace mlir::nn
