//===- emit_convolutions.cpp - planar convolutions as stages ----*- C++ -*-===//
//
// Images are [groups][channels][rows][columns]W. A task makes one row of one
// lane group: it copies the rows that its windows cover to scratch memory, where
// (channel, row of the kernel) is one depth, and multiplies with the weights.
//   conv2d            C(o, x) = sum_{(i, r), q} w(o, (i, r), q) x((i, r), x s + q)
//   conv_transpose2d  position p s + t of the result takes values r = t, t + s, ... of the kernel
//                     alone: s_y s_x convolutions of stride 1 with parts of the weights, turned
//                     around, on the input with zeros around it
//   conv2d_grad_weight  C(o, i) for each (r, q), a sum over lanes and positions
// Padding is done beforehand and undone (added back) afterwards.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

#include "dialects/nn/planar.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

#include "llvm/Support/MathExtras.h"

#include <utility>

namespace mlir::spherical {

/// Extents of a buffer of images.
Emitter::Image Emitter::imageOf(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return {type.getDimSize(0), type.getDimSize(1), type.getDimSize(2),
          type.getDimSize(3), type.getDimSize(4), type.getElementType()};
}

Value Emitter::temporaryImage(StringRef name, const Image &i) {
  return temporary(name, {i.groups, i.channels, i.rows, i.columns, i.lanes}, i.element);
}

/// index * factor + first
Value Emitter::linear(Value index, int64_t factor, int64_t first) {
  AffineExpr d = builder.getAffineDimExpr(0);
  return affine::AffineApplyOp::create(builder, loc, AffineMap::get(1, 0, d * factor + first),
                                       index);
}

/// target = source, or target += source, of one shape [...]W, axis by axis.
void Emitter::copyBlock(Value source, Value target, bool add) {
  auto type = cast<MemRefType>(source.getType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<Value> inputs = {source};
  if (add)
    inputs.push_back(target);
  map(
      type.getShape(), inputs, target, SmallVector<AffineMap>(inputs.size() + 1, identity),
      [add](OpBuilder &b, Location l, ValueRange v) {
        return SmallVector<Value>{add ? ScalarBuilder(b, l).add(v[0], v[1]) : v[0]};
      },
      std::nullopt, type.getShape().back());
}

/// Columns first ... of [...][columns]W.
Value Emitter::columns(Value image, int64_t first, int64_t size) {
  int64_t axis = cast<MemRefType>(image.getType()).getRank() - 2;
  return range(image, axis, builder.getIndexAttr(first), size);
}

/// Rows and columns of an image [rows][columns]W.
Value Emitter::window(Value image, int64_t row, int64_t rows, int64_t column, int64_t width) {
  return columns(range(image, 0, builder.getIndexAttr(row), rows), column, width);
}

/// The image with `value` around it, or with its own columns on the other side. The operations of
/// the op are not counted here.
Value Emitter::padImage(Value in, const Margins &m, double value) {
  Image image = imageOf(in), large = image;
  large.rows += m.above + m.below;
  large.columns += m.left + m.right;
  if (large.rows == image.rows && large.columns == image.columns)
    return in;
  Value out = temporaryImage("padded", large);
  bool before = std::exchange(counted, true);
  sweep("pad", {image.groups, image.channels}, {}, [&](ValueRange at, ValueRange) {
    Value from = slice(in, at), to = slice(out, at);
    stage::FillOp::create(builder, loc, to, builder.getFloatAttr(image.element, value));
    copyBlock(from, window(to, m.above, image.rows, m.left, image.columns), false);
    if (m.circular && m.left > 0)
      copyBlock(columns(from, image.columns - m.left, m.left),
                window(to, m.above, image.rows, 0, m.left), false);
    if (m.circular && m.right > 0)
      copyBlock(columns(from, 0, m.right),
                window(to, m.above, image.rows, m.left + image.columns, m.right), false);
  });
  counted = before;
  return out;
}

/// The adjoint of `padImage`.
void Emitter::cropImage(Value in, Value out, const Margins &m) {
  Image image = imageOf(out);
  sweep("crop", {image.groups, image.channels}, {}, [&](ValueRange at, ValueRange) {
    Value from = slice(in, at), to = slice(out, at);
    copyBlock(window(from, m.above, image.rows, m.left, image.columns), to, false);
    if (m.circular && m.left > 0)
      copyBlock(window(from, m.above, image.rows, 0, m.left),
                columns(to, image.columns - m.left, m.left), true);
    if (m.circular && m.right > 0)
      copyBlock(window(from, m.above, image.rows, m.left + image.columns, m.right),
                columns(to, 0, m.right), true);
  });
}

Emitter::Margins Emitter::marginsOf(const nn::Planar &planar) {
  return {planar.rows.before, planar.rows.after(), planar.columns.before, planar.columns.after(),
          planar.padding == nn::Padding::Circular};
}

/// The margins that let every position of the padded image be one of a window's, if its last row
/// and column are to be reached in steps of the stride.
Emitter::Margins Emitter::spreadMargins(const nn::Planar &planar) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  return {y.parts() - 1, (y.padded() - 1) / y.stride + 1 - y.windows, x.parts() - 1,
          (x.padded() - 1) / x.stride + 1 - x.windows, false};
}

/// Adds the bias of each channel to a block [channels][...]W.
void Emitter::addChannelBias(Value block, Value bias) {
  auto type = cast<MemRefType>(block.getType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  map(
      type.getShape(), {block, bias}, block, {identity, dims(type.getRank(), {0}), identity},
      [](OpBuilder &b, Location l, ValueRange v) {
        return SmallVector<Value>{ScalarBuilder(b, l).add(v[0], v[1])};
      },
      std::nullopt, type.getShape().back());
}

void Emitter::emitConv2d(nn::Conv2dOp op) {
  nn::Planar planar = planarOf(op);
  const nn::Windows &y = planar.rows, &x = planar.columns;
  Value in = padImage(buffer(op.getInput()), marginsOf(planar), 0.0);
  Value out = buffer(op.getResult()), weight = buffer(op.getWeight());
  Value bias = op.getBias() ? buffer(op.getBias()) : Value();
  Image from = imageOf(in), to = imageOf(out);
  int64_t depth = from.channels * y.kernel;
  Value problems = windowProblems({{"outer", 1},
                                   {"inner", to.rows},
                                   {"rows", to.channels},
                                   {"depth_outer", depth},
                                   {"depth", x.kernel},
                                   {"columns", to.columns},
                                   {"a_row", depth * x.kernel},
                                   {"a_outer", x.kernel},
                                   {"a_depth", 1},
                                   {"b_outer", from.columns},
                                   {"b_depth", 1},
                                   {"b_column", x.stride},
                                   {"c_row", to.rows * to.columns},
                                   {"c_column", 1},
                                   {"c_step", to.columns}},
                                  to.rows);
  Type rows = scratchType({from.channels, y.kernel, from.columns, from.lanes}, from.element);
  sweep("conv2d", {to.groups, to.rows}, rows, [&](ValueRange at, ValueRange scratch) {
    copyBlock(range(slice(in, at[0]), 1, linear(at[1], y.stride, 0), y.kernel), scratch[0], false);
    Value result = slice(out, at[0]);
    contract(stage::ContractKind::Scalar, weight, scratch[0], problemAt(problems, at[1]), result,
             to.lanes);
    if (bias)
      addChannelBias(range(result, 1, at[1], 1), bias);
  });
}

/// The table of a product at several offsets; parameters that are not given are 0.
Value Emitter::windowProblems(Parameters given, int64_t count) {
  SmallVector<std::pair<StringRef, int64_t>> parameters(given);
  for (StringRef name : {"c_first", "b_step_outer", "b_step", "c_step_outer", "c_step"})
    if (llvm::none_of(given, [&](auto &parameter) { return parameter.first == name; }))
      parameters.push_back({name, 0});
  return table("window_problems", parameters, {count, stage::kProblemFields}, builder.getI32Type());
}

/// Weights [in][out][rows][columns] as [phase y][phase x][out][in][parts y][parts x]: values phase,
/// phase + stride, ... of the kernel in descending order, behind zeros where there are fewer.
Value Emitter::emitPhases(Value weight, const nn::Planar &planar) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  auto type = cast<MemRefType>(weight.getType());
  int64_t in = type.getDimSize(0), out = type.getDimSize(1);
  Value phases = temporary("phases", {y.stride, x.stride, out, in, y.parts(), x.parts()},
                           type.getElementType());
  bool before = std::exchange(counted, true);
  sweep("conv_transpose2d.weights", {out}, {}, [&](ValueRange at, ValueRange) {
    for (int64_t py = 0; py < y.stride; ++py)
      for (int64_t px = 0; px < x.stride; ++px)
        emitPhase(select(weight, 1, at[0]), slicePhase(phases, py, px, at[0]), planar, py, px);
  });
  counted = before;
  return phases;
}

Value Emitter::slicePhase(Value phases, int64_t py, int64_t px, Value out) {
  Value phase = select(select(phases, 0, builder.getIndexAttr(py)), 0, builder.getIndexAttr(px));
  return out ? select(phase, 0, out) : phase;
}

/// One phase for one output channel, from [in][rows][columns] to [in][parts y][parts x].
void Emitter::emitPhase(Value weight, Value phase, const nn::Planar &planar, int64_t py,
                        int64_t px) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  int64_t ny = y.partsOf(py), nx = x.partsOf(px);
  auto type = cast<MemRefType>(phase.getType());
  if (ny < y.parts() || nx < x.parts())
    stage::FillOp::create(builder, loc, phase, builder.getFloatAttr(type.getElementType(), 0.0));
  if (ny == 0 || nx == 0)
    return;
  AffineExpr i, t, u;
  bindDims(builder.getContext(), i, t, u);
  AffineMap from = AffineMap::get(
      3, 0,
      {i, t * -y.stride + (py + (ny - 1) * y.stride), u * -x.stride + (px + (nx - 1) * x.stride)},
      builder.getContext());
  AffineMap to =
      AffineMap::get(3, 0, {i, t + (y.parts() - ny), u + (x.parts() - nx)}, builder.getContext());
  map({type.getDimSize(0), ny, nx}, weight, phase, {from, to},
      [](OpBuilder &, Location, ValueRange v) { return SmallVector<Value>{v[0]}; });
}

void Emitter::emitConvTranspose2d(nn::ConvTranspose2dOp op) {
  nn::Planar planar = planarOf(op);
  Margins margins = marginsOf(planar);
  Value out = buffer(op.getResult()), bias = op.getBias() ? buffer(op.getBias()) : Value();
  Image large = imageOf(out);
  large.rows = planar.rows.padded(), large.columns = planar.columns.padded();
  bool direct = planar.padding == nn::Padding::Valid;
  Value in = padImage(buffer(op.getInput()), spreadMargins(planar), 0.0);
  Value phases = emitPhases(buffer(op.getWeight()), planar);
  Value target = direct ? out : temporaryImage("padded", large);
  for (int64_t py = 0; py < std::min(planar.rows.stride, large.rows); ++py)
    emitPhaseRows(in, phases, target, direct ? bias : Value(), planar, py);
  if (direct)
    return;
  cropImage(target, out, margins);
  if (!bias)
    return;
  sweep("bias", {large.groups}, {},
        [&](ValueRange at, ValueRange) { addChannelBias(slice(out, at), bias); });
}

/// Rows py, py + stride, ... of a transposed convolution.
void Emitter::emitPhaseRows(Value in, Value phases, Value out, Value bias, const nn::Planar &planar,
                            int64_t py) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  Image from = imageOf(in), to = imageOf(out);
  int64_t rows = llvm::divideCeil(to.rows - py, y.stride), depth = from.channels * y.parts();
  SmallVector<Value> problems;
  for (int64_t px = 0; px < std::min(x.stride, to.columns); ++px)
    problems.push_back(windowProblems({{"outer", 1},
                                       {"inner", rows},
                                       {"rows", to.channels},
                                       {"depth_outer", depth},
                                       {"depth", x.parts()},
                                       {"columns", llvm::divideCeil(to.columns - px, x.stride)},
                                       {"a_row", depth * x.parts()},
                                       {"a_outer", x.parts()},
                                       {"a_depth", 1},
                                       {"b_outer", from.columns},
                                       {"b_depth", 1},
                                       {"b_column", 1},
                                       {"c_row", to.rows * to.columns},
                                       {"c_column", x.stride},
                                       {"c_first", py * to.columns + px},
                                       {"c_step", y.stride * to.columns}},
                                      rows));
  Type covered = scratchType({from.channels, y.parts(), from.columns, from.lanes}, from.element);
  sweep("conv_transpose2d", {to.groups, rows}, covered, [&](ValueRange at, ValueRange scratch) {
    copyBlock(range(slice(in, at[0]), 1, at[1], y.parts()), scratch[0], false);
    Value result = slice(out, at[0]);
    for (auto [px, list] : llvm::enumerate(problems))
      contract(stage::ContractKind::Scalar, slicePhase(phases, py, px, {}), scratch[0],
               problemAt(list, at[1]), result, to.lanes);
    if (bias)
      addChannelBias(range(result, 1, linear(at[1], y.stride, py), 1), bias);
  });
}

void Emitter::emitConv2dGradWeight(nn::Conv2dGradWeightOp op) {
  nn::Planar planar = planarOf(op);
  const nn::Windows &y = planar.rows, &x = planar.columns;
  Value in = padImage(buffer(op.getInput()), marginsOf(planar), 0.0);
  Value grad = buffer(op.getGrad()), out = buffer(op.getResult());
  Image from = imageOf(in), to = imageOf(grad);
  int64_t taps = y.kernel * x.kernel, weights = from.channels * taps;
  Value problems = windowProblems({{"outer", y.kernel},
                                   {"inner", x.kernel},
                                   {"rows", to.channels},
                                   {"depth_outer", to.rows},
                                   {"depth", to.columns},
                                   {"columns", from.channels},
                                   {"a_row", to.rows * to.columns},
                                   {"a_outer", to.columns},
                                   {"a_depth", 1},
                                   {"b_outer", y.stride * from.columns},
                                   {"b_depth", x.stride},
                                   {"b_column", from.rows * from.columns},
                                   {"c_row", weights},
                                   {"c_column", taps},
                                   {"b_step_outer", from.columns},
                                   {"b_step", 1},
                                   {"c_step_outer", x.kernel},
                                   {"c_step", 1}},
                                  taps);
  Value parts = temporary("weight_parts", {to.groups, to.channels, weights}, to.element);
  sweep("conv2d_grad_weight", {taps, to.groups}, {}, [&](ValueRange at, ValueRange) {
    contract(stage::ContractKind::Reduce, slice(grad, at[1]), slice(in, at[1]),
             problemAt(problems, at[0]), slice(parts, at[1]), to.lanes);
  });
  // The groups' parts are added in order, for any number of threads.
  sweep("conv2d_grad_weight.total", {to.channels}, {}, [&](ValueRange at, ValueRange) {
    Value row = slice(out, at);
    AffineMap target = AffineMap::get(2, 0, builder.getAffineDimExpr(0));
    map(
        {weights, to.groups}, select(parts, 1, at[0]), row, {dims(2, {1, 0}), target},
        [](OpBuilder &, Location, ValueRange v) { return SmallVector<Value>{v[0]}; },
        stage::Combine::Sum);
  });
}

} // namespace mlir::spherical
