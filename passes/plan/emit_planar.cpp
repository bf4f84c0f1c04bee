//===- emit_planar.cpp - pools, resizing, channels as stages ----*- C++ -*-===//
//
// Images are [groups][channels][rows][columns]W; a task makes one row of one
// channel, or all of them. Gradients of pools gather: position p s + t of an image is value t, t
// + s, ... of the windows p, p - 1, ...
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

#include "dialects/nn/planar.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace mlir::spherical {

/// out = factor times the sum or the maximum of the values of each window: first of its rows, then
/// of these.
void Emitter::emitWindows(StringRef name, const nn::Planar &planar, Value in, Value out,
                          stage::Combine combine, double factor) {
  Image from = imageOf(in), to = imageOf(out);
  Type rows = scratchType({from.rows, to.columns, to.lanes}, to.element);
  sweep(name, {to.groups, to.channels}, rows, [&](ValueRange at, ValueRange scratch) {
    combineColumns(planar, slice(in, at), scratch[0], combine);
    combineRows(planar, scratch[0], slice(out, at), combine, factor);
  });
}

/// The map of an image's windows on one axis: position (y, x) of [rows][columns]W has, on the axis
/// of columns, the values (y, x s + q), or on the axis of rows (y s + q, x).
AffineMap Emitter::windowMap(int64_t stride, bool columns) {
  AffineExpr y, x, q, w;
  bindDims(builder.getContext(), y, x, q, w);
  if (columns)
    return AffineMap::get(4, 0, {y, x * stride + q, w}, builder.getContext());
  return AffineMap::get(4, 0, {y * stride + q, x, w}, builder.getContext());
}

/// [rows][columns]W to [rows][windows]W.
void Emitter::combineColumns(const nn::Planar &planar, Value in, Value out,
                             stage::Combine combine) {
  const nn::Windows &x = planar.columns;
  auto shape = cast<MemRefType>(out.getType()).getShape();
  map(
      {shape[0], shape[1], x.kernel, shape[2]}, in, out,
      {windowMap(x.stride, true), dims(4, {0, 1, 3})},
      firstValue, combine,
      shape[2]);
}

/// [rows][columns]W to [windows][columns]W, times `factor`.
void Emitter::combineRows(const nn::Planar &planar, Value in, Value out, stage::Combine combine,
                          double factor) {
  const nn::Windows &y = planar.rows;
  auto type = cast<MemRefType>(out.getType());
  map(
      {type.getDimSize(0), type.getDimSize(1), y.kernel, type.getDimSize(2)}, in, out,
      {windowMap(y.stride, false), dims(4, {0, 1, 3})},
      [&](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        bool scaled = factor != 1.0;
        return SmallVector<Value>{scaled ? s.mul(v[0], s.constant(type.getElementType(), factor))
                                         : v[0]};
      },
      combine, type.getDimSize(2));
}

/// out[p s + t] = sum over the windows with this position of scalars(images at the window, code),
/// codes being [phase y][phase x][parts y][parts x]; images have margins of `spreadMargins`.
void Emitter::spreadWindows(StringRef name, const nn::Planar &planar, ValueRange images,
                            Value codes, Value out, Scalars scalars) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  Image to = imageOf(out);
  int64_t ny = y.parts(), nx = x.parts();
  AffineExpr p, t, u, w;
  bindDims(builder.getContext(), p, t, u, w);
  AffineMap from = AffineMap::get(4, 0, {t, p + u, w}, builder.getContext());
  for (int64_t py = 0; py < std::min(y.stride, to.rows); ++py)
    sweep(name, {to.groups, to.channels, (to.rows - py + y.stride - 1) / y.stride}, {},
          [&](ValueRange at, ValueRange) {
            SmallVector<Value> inputs;
            for (Value image : images)
              inputs.push_back(range(slice(image, at.take_front(2)), 0, at[2], ny));
            inputs.push_back(codes);
            Value row = select(slice(out, at.take_front(2)), 0, linear(at[2], y.stride, py));
            for (int64_t px = 0; px < std::min(x.stride, to.columns); ++px) {
              SmallVector<AffineMap> maps(images.size(), from);
              maps.push_back(AffineMap::get(4, 0, t * nx + u + (py * x.stride + px) * ny * nx));
              maps.push_back(AffineMap::get(4, 0, {p * x.stride + px, w}, builder.getContext()));
              map({(to.columns - px + x.stride - 1) / x.stride, ny, nx, to.lanes}, inputs, row,
                  maps, scalars, stage::Combine::Sum, to.lanes);
            }
          });
}

/// A number for each value of a window in each phase and part; code(r, q) for values of the window,
/// `none` for others.
static SmallVector<double> codesOf(const nn::Planar &planar, double none,
                                   llvm::function_ref<double(int64_t, int64_t)> code) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  SmallVector<double> codes;
  for (int64_t py = 0; py < y.stride; ++py)
    for (int64_t px = 0; px < x.stride; ++px)
      for (int64_t t = y.parts() - 1; t >= 0; --t)
        for (int64_t u = x.parts() - 1; u >= 0; --u) {
          int64_t r = py + t * y.stride, q = px + u * x.stride;
          codes.push_back(r < y.kernel && q < x.kernel ? code(r, q) : none);
        }
  return codes;
}

/// The place of the first largest value in each window as a number, -1, -2, ... in row-major order,
/// with the margins of `spreadMargins` (0): the place in each row of a window, then the first row
/// with the largest value.
Value Emitter::emitFirstLargest(nn::MaxPool2dGradOp op, const nn::Planar &planar) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  Value in = buffer(op.getInput());
  Image from = imageOf(in), to = imageOf(buffer(op.getGrad())), large = to;
  Margins margins = spreadMargins(planar);
  large.rows += margins.above + margins.below;
  large.columns += margins.left + margins.right;
  Value out = temporaryImage("largest", large);
  emitFill(loc, "largest.margins", out, 0.0);
  auto numbers = [&](int64_t count, int64_t first, int64_t step) {
    SmallVector<double> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(static_cast<double>(first + i * step));
    return table("constants", {}, {count}, to.element, values);
  };
  Value inRow = numbers(x.kernel, -1, -1), ofRow = numbers(y.kernel, 0, -x.kernel);
  Type row = scratchType({from.rows, to.columns, to.lanes}, to.element);
  Type whole = scratchType({to.rows, to.columns, to.lanes}, to.element);
  sweep("largest", {to.groups, to.channels}, {row, row, whole},
        [&](ValueRange at, ValueRange scratch) {
          Value image = slice(in, at), rowMaxima = scratch[0], places = scratch[1];
          combineColumns(planar, image, rowMaxima, stage::Combine::Max);
          combineRows(planar, rowMaxima, scratch[2], stage::Combine::Max, 1.0);
          firstPlaces({image, rowMaxima, inRow}, windowMap(x.stride, true), places, x.kernel);
          Value target = window(slice(out, at), margins.above, to.rows, margins.left, to.columns);
          firstPlaces({rowMaxima, scratch[2], ofRow, places}, windowMap(y.stride, false), target,
                      y.kernel);
        });
  return out;
}

/// out = the largest number (plus that of the value itself, if given) of the values of windows on
/// one axis that are maxima. Inputs: values, maxima, numbers of the positions in a window [,
/// numbers of the values].
void Emitter::firstPlaces(ValueRange inputs, AffineMap windows, Value out, int64_t kernel) {
  auto type = cast<MemRefType>(out.getType());
  SmallVector<AffineMap> maps = {windows, dims(4, {0, 1, 3}), dims(4, {2})};
  if (inputs.size() == 4)
    maps.push_back(windows);
  maps.push_back(dims(4, {0, 1, 3}));
  map(
      {type.getDimSize(0), type.getDimSize(1), kernel, type.getDimSize(2)}, inputs, out, maps,
      [&](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        Value number = v.size() == 4 ? s.add(v[2], v[3]) : v[2];
        Value none = s.constant(type.getElementType(), -1e9);
        return SmallVector<Value>{s.select(s.above(v[1], v[0]), none, number)};
      },
      stage::Combine::Max, type.getDimSize(2));
}

void Emitter::emitMaxPoolGrad(nn::MaxPool2dGradOp op) {
  nn::Planar planar =
      nn::planarOf(cast<RankedTensorType>(op.getInput().getType()), op.getWindow(), op.getStride());
  Value places = emitFirstLargest(op, planar);
  Value grad = padImage(buffer(op.getGrad()), spreadMargins(planar), 0.0);
  Image image = imageOf(grad);
  SmallVector<double> values = codesOf(planar, 1.0, [&](int64_t r, int64_t q) {
    return static_cast<double>(-1 - r * planar.columns.kernel - q);
  });
  Value codes =
      table("constants", {}, {static_cast<int64_t>(values.size())}, image.element, values);
  spreadWindows("max_pool2d_grad", planar, {grad, places}, codes, buffer(op.getResult()),
                [&](OpBuilder &b, Location l, ValueRange v) {
                  Value same = arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ, v[1], v[2]);
                  Value zero = constant(b, l, image.element, 0.0);
                  return SmallVector<Value>{arith::SelectOp::create(b, l, same, v[0], zero)};
                });
}

void Emitter::emitAveragePool(nn::AvgPool2dOp op) {
  Value image = op.getAdjoint() ? op.getResult() : op.getInput();
  nn::Planar planar =
      nn::planarOf(cast<RankedTensorType>(image.getType()), op.getWindow(), op.getStride());
  double factor = 1.0 / static_cast<double>(planar.rows.kernel * planar.columns.kernel);
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  if (!op.getAdjoint())
    return emitWindows("avg_pool2d", planar, in, out, stage::Combine::Sum, factor);
  SmallVector<double> values = codesOf(planar, 0.0, [&](int64_t, int64_t) { return factor; });
  Value grad = padImage(in, spreadMargins(planar), 0.0);
  Value codes =
      table("constants", {}, {static_cast<int64_t>(values.size())}, imageOf(grad).element, values);
  spreadWindows("avg_pool2d.adjoint", planar, grad, codes, out,
                [](OpBuilder &b, Location l, ValueRange v) {
                  return SmallVector<Value>{ScalarBuilder(b, l).mul(v[0], v[1])};
                });
}

void Emitter::emitGlobalMean(nn::GlobalAvgPoolOp op) {
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  Image image = imageOf(op.getAdjoint() ? out : in);
  double factor = 1.0 / static_cast<double>(image.rows * image.columns);
  std::optional<stage::Combine> combine;
  if (!op.getAdjoint())
    combine = stage::Combine::Sum;
  AffineMap all = dims(3, {0, 1, 2}), lane = dims(3, {2});
  sweep("global_avg_pool", {image.groups, image.channels}, {}, [&](ValueRange at, ValueRange) {
    map(
        {image.rows, image.columns, image.lanes}, slice(in, at), slice(out, at),
        {op.getAdjoint() ? lane : all, op.getAdjoint() ? all : lane},
        [&](OpBuilder &b, Location l, ValueRange v) {
          ScalarBuilder s(b, l);
          return SmallVector<Value>{s.mul(v[0], s.constant(image.element, factor))};
        },
        combine, image.lanes);
  });
}

void Emitter::emitNearest(nn::UpsampleNearestOp op) {
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  Image image = imageOf(in), nearest = imageOf(out);
  if (op.getAdjoint())
    std::swap(image, nearest);
  std::pair<StringRef, int64_t> sizes[] = {{"height", image.rows},
                                           {"width", image.columns},
                                           {"rows", nearest.rows},
                                           {"columns", nearest.columns}};
  int64_t count = nearest.rows * nearest.columns, terms = 1;
  if (op.getAdjoint()) {
    count = image.rows * image.columns;
    terms = static_cast<int64_t>(llvm::divideCeil(nearest.rows, image.rows) *
                                 llvm::divideCeil(nearest.columns, image.columns));
  }
  SparseTables tables;
  tables.index = table(op.getAdjoint() ? "nearest_adjoint_index" : "nearest_index", sizes,
                       {count, terms}, builder.getI32Type());
  if (op.getAdjoint())
    tables.values = table("nearest_adjoint_values", sizes, {count, terms}, image.element);
  sweep("upsample_nearest", {image.groups, image.channels}, {}, [&](ValueRange at, ValueRange) {
    gather(stage::GatherMode::Lanes, slice(in, at), slice(out, at), tables, count, image.lanes);
  });
}

/// Channels from ... of `in` to channels to ... of `out`.
void Emitter::copyChannels(StringRef name, Value in, Value out, int64_t from, int64_t to,
                           int64_t count) {
  int64_t groups = cast<MemRefType>(in.getType()).getDimSize(0);
  sweep(name, {groups, count}, {}, [&](ValueRange at, ValueRange) {
    copyBlock(select(slice(in, at[0]), 0, linear(at[1], 1, from)),
              select(slice(out, at[0]), 0, linear(at[1], 1, to)), false);
  });
}

void Emitter::emitConcat(nn::ConcatOp op) {
  int64_t first = 0;
  for (Value input : op.getInputs()) {
    int64_t channels = cast<RankedTensorType>(input.getType()).getDimSize(1);
    copyChannels("concat", buffer(input), buffer(op.getResult()), 0, first, channels);
    first += channels;
  }
}

void Emitter::emitSumChannels(nn::SumChannelsOp op) {
  Rows rows = rowsOf(op.getInput().getType());
  RowOperands operands;
  operands.rows = {buffer(op.getInput())};
  Value sums = temporary("channel_sums", {rows.channels, rows.groups, rows.rows},
                         elementOf(op.getInput().getType()));
  sumRows("sum_channels", rows, operands, sums, firstValue);
  totalRows("sum_channels.total", rows, sums, {}, {}, buffer(op.getResult()), firstValue);
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

LogicalResult Emitter::emitActivation(Operation *op) {
  Value out = buffer(op->getResult(0));
  SmallVector<Value> in =
      llvm::map_to_vector(op->getOperands(), [&](Value v) { return buffer(v); });
  /// The first operand where the last is positive, else slope times it.
  auto leaky = [&](StringRef name, double slope) {
    emitElementwise(name, out, in, [&](OpBuilder &b, Location l, ValueRange v) {
      ScalarBuilder s(b, l);
      Type type = v[0].getType();
      Value small = s.mul(v[0], s.constant(type, slope));
      return SmallVector<Value>{s.select(s.above(v.back(), s.constant(type, 0.0)), v[0], small)};
    });
  };
  if (auto relu = dyn_cast<nn::LeakyReluOp>(op))
    leaky("leaky_relu", relu.getSlope().convertToDouble());
  else if (auto grad = dyn_cast<nn::LeakyReluGradOp>(op))
    leaky("leaky_relu_grad", grad.getSlope().convertToDouble());
  else if (isa<nn::GeluOp>(op))
    emitElementwise("gelu", out, in, [](OpBuilder &b, Location l, ValueRange v) {
      ScalarBuilder s(b, l);
      return SmallVector<Value>{gelu(s, v[0])};
    });
  else if (isa<nn::GeluGradOp>(op))
    emitElementwise("gelu_grad", out, in, [](OpBuilder &b, Location l, ValueRange v) {
      ScalarBuilder s(b, l);
      return SmallVector<Value>{s.mul(v[0], geluDerivative(s, v[1]))};
    });
  else
    return failure();
  return success();
}

LogicalResult Emitter::emitPlanar(Operation *op) {
  if (auto conv = dyn_cast<nn::Conv2dOp>(op)) {
    emitConv2d(conv);
  } else if (auto transposed = dyn_cast<nn::ConvTranspose2dOp>(op)) {
    emitConvTranspose2d(transposed);
  } else if (auto grad = dyn_cast<nn::Conv2dGradWeightOp>(op)) {
    emitConv2dGradWeight(grad);
  } else if (auto pool = dyn_cast<nn::MaxPool2dOp>(op)) {
    nn::Planar planar = nn::planarOf(cast<RankedTensorType>(pool.getInput().getType()),
                                     pool.getWindow(), pool.getStride());
    emitWindows("max_pool2d", planar, buffer(pool.getInput()), buffer(pool.getResult()),
                stage::Combine::Max, 1.0);
  } else if (auto pool = dyn_cast<nn::MaxPool2dGradOp>(op)) {
    emitMaxPoolGrad(pool);
  } else if (auto pool = dyn_cast<nn::AvgPool2dOp>(op)) {
    emitAveragePool(pool);
  } else if (auto mean = dyn_cast<nn::GlobalAvgPoolOp>(op)) {
    emitGlobalMean(mean);
  } else if (auto up = dyn_cast<nn::UpsampleNearestOp>(op)) {
    emitNearest(up);
  } else if (auto concat = dyn_cast<nn::ConcatOp>(op)) {
    emitConcat(concat);
  } else if (auto some = dyn_cast<nn::SliceChannelsOp>(op)) {
    int64_t channels = cast<RankedTensorType>(some.getType()).getDimSize(1);
    copyChannels("slice_channels", buffer(some.getInput()), buffer(some.getResult()),
                 some.getFirst(), 0, channels);
  } else if (auto sum = dyn_cast<nn::SumChannelsOp>(op)) {
    emitSumChannels(sum);
  } else {
    return emitActivation(op);
  }
  return success();
}

} // namespace mlir::spherical
