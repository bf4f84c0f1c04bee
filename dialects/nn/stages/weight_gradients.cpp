//===- weight_gradients.cpp - gradients of planar weights -------*- C++ -*-===//
//
//   conv2d_grad_weight  C(o, i) = sum_{(y, x), lanes} g(o, (y, x)) x(i, (y s + r, x s + q))
//                       for each value (r, q) of the kernel
// A task makes all (r, q) of a few rows y and input channels i, whose part of both images stays in
// cache. The parts are added in order, for any number of threads.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/nn/stages/fourier_convolutions.h"
#include "dialects/nn/stages/window_products.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/work.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

namespace {
/// How a weight gradient is cut into tasks.
struct WeightParts {
  const Planar &planar;
  Image from, to;         ///< input with margins, gradient of the output
  int64_t rows, channels; ///< of a task
  int64_t rowBlocks() const { return llvm::divideCeil(to.rows, rows); }
  int64_t taps() const { return planar.rows.kernel * planar.columns.kernel; }
};
} // namespace

/// Rows so that some rows of the product's left operand, as many as a tile has, stay in the first
/// cache; but the parts of all tasks take no more memory than half of both images, or there are
/// two. Channels so that their rows stay in the second cache for all values of the kernel, or, if
/// the left operand does not fit in it and is read again for each value, for one.
static WeightParts weightPartsOf(StageBuilder &stages, const Image &from, const Image &to,
                                 const Planar &planar) {
  constexpr int64_t tileRows = 5, firstCache = 24 << 10, secondCache = 256 << 10;
  int64_t bytes = to.element.getIntOrFloatBitWidth() / 8, lane = to.lanes * bytes;
  auto imageBytes = [&](const Image &image) {
    return image.groups * image.channels * image.rows * image.columns * lane;
  };
  int64_t taps = planar.rows.kernel * planar.columns.kernel;
  int64_t partBytes = to.groups * to.channels * from.channels * taps * bytes;
  int64_t parts = std::max<int64_t>(2, (imageBytes(from) + imageBytes(to)) / 2 / partBytes);
  int64_t rows = std::max<int64_t>(1, firstCache / (tileRows * to.columns * lane));
  rows = evenBlock(to.rows, std::clamp<int64_t>(rows, llvm::divideCeil(to.rows, parts), to.rows));
  int64_t covered = ((rows - 1) * planar.rows.stride + planar.rows.kernel) * from.columns;
  int64_t left = to.channels * rows * to.columns * lane;
  int64_t points = left > secondCache ? rows * to.columns : covered;
  int64_t channels = std::clamp<int64_t>(secondCache / (points * lane),
                                         std::min<int64_t>(8, from.channels), from.channels);
  return {planar, from, to, rows, evenBlock(from.channels, channels)};
}

/// The parts from row `row` and channel `channel` on: of all whole blocks, or of the last block if
/// it is smaller.
static void emitWeightParts(StageBuilder &stages, const WeightParts &p, Value in, Value grad,
                            Value sums, int64_t row, int64_t channel) {
  const Windows &y = p.planar.rows, &x = p.planar.columns;
  const Image &from = p.from, &to = p.to;
  int64_t rows = std::min(p.rows, to.rows - row);
  int64_t channels = std::min(p.channels, from.channels - channel);
  int64_t rowBlocks = (to.rows - row) / rows, channelBlocks = (from.channels - channel) / channels;
  int64_t plane = from.rows * from.columns, taps = p.taps();
  int64_t rowStep = rows * y.stride * from.columns;
  Value problems = windowProblems(stages,
                                  {{"row_blocks", rowBlocks},
                                   {"channel_blocks", channelBlocks},
                                   {"outer", y.kernel},
                                   {"inner", x.kernel},
                                   {"rows", to.channels},
                                   {"depth_outer", rows},
                                   {"depth", to.columns},
                                   {"columns", channels},
                                   {"a_first", row * to.columns},
                                   {"a_row", to.rows * to.columns},
                                   {"a_outer", to.columns},
                                   {"a_depth", 1},
                                   {"a_row_block", rows * to.columns},
                                   {"b_first", channel * plane + row * y.stride * from.columns},
                                   {"b_outer", y.stride * from.columns},
                                   {"b_depth", x.stride},
                                   {"b_column", plane},
                                   {"b_row_block", rowStep},
                                   {"b_channel_block", channels * plane},
                                   {"b_step_outer", from.columns},
                                   {"b_step", 1},
                                   {"c_first", channel * taps},
                                   {"c_row", from.channels * taps},
                                   {"c_column", taps},
                                   {"c_channel_block", channels * taps},
                                   {"c_step_outer", x.kernel},
                                   {"c_step", 1}},
                                  rowBlocks * channelBlocks * taps);
  // Problems of a task: [row block][channel block][value of the kernel].
  auto taskProblems = [&](Value rowBlock, Value channelBlock) -> Value {
    AffineExpr d0, d1;
    bindDims(stages.getContext(), d0, d1);
    return affine::AffineApplyOp::create(stages,
                                         AffineMap::get(2, 0, (d0 * channelBlocks + d1) * taps),
                                         ValueRange{rowBlock, channelBlock});
  };
  auto op = stages.sweep("conv2d_grad_weight", {to.groups, rowBlocks, channelBlocks}, {},
                         [&](ValueRange at, ValueRange) {
                           Value block = linear(stages, at[1], 1, row / p.rows);
                           Value list = stages.range(problems, 0, taskProblems(at[1], at[2]), taps);
                           contract(stages, stage::ContractKind::Reduce, stages.slice(grad, at[0]),
                                    stages.slice(in, at[0]), list,
                                    stages.slice(stages.slice(sums, at[0]), block), to.lanes);
                         });
  stages.countShare(op, rows * rowBlocks * channels * channelBlocks, to.rows * from.channels);
}

/// The sum of parts [groups][blocks][out][weights], whose values lie side by side in the lanes as
/// far as they fill them.
static void addWeightParts(StageBuilder &stages, Value parts, Value out) {
  auto type = cast<MemRefType>(parts.getType());
  int64_t groups = type.getDimSize(0), blocks = type.getDimSize(1), weights = type.getDimSize(3);
  int64_t whole = weights / stages.vectorLanes() * stages.vectorLanes();
  AffineExpr v, g, k, w;
  bindDims(stages.getContext(), v, g, k, w);
  AffineExpr weight = v * stages.vectorLanes() + w;
  stages.sweep(
      "conv2d_grad_weight.total", {type.getDimSize(2)}, {}, [&](ValueRange at, ValueRange) {
        Value from = stages.select(parts, 2, at[0]), to = stages.slice(out, at);
        if (whole > 0)
          stages.map({whole / stages.vectorLanes(), groups, blocks, stages.vectorLanes()}, from, to,
                     {AffineMap::get(4, 0, {g, k, weight}, stages.getContext()),
                      AffineMap::get(4, 0, weight)},
                     firstValue, stage::Combine::Sum, stages.vectorLanes());
        if (whole < weights)
          stages.map({weights - whole, groups, blocks}, from, to,
                     {AffineMap::get(3, 0, {g, k, v + whole}, stages.getContext()),
                      AffineMap::get(3, 0, v + whole)},
                     firstValue, stage::Combine::Sum);
      });
}

LogicalResult Conv2dGradWeightOp::emitStages(StageBuilder &stages) {
  if (isFourier(stages))
    return emitFourierGradient(stages, *this);
  Planar planar = planarOf(*this);
  Value in = padImage(stages, stages.buffer(getInput()), marginsOf(planar), 0.0);
  Value grad = stages.buffer(getGrad());
  if (hasChannelLanes(getGrad().getType())) {
    emitChannelGradient(stages, planar, in, grad, stages.buffer(getResult()));
    return success();
  }
  WeightParts p = weightPartsOf(stages, imageOf(in), imageOf(grad), planar);
  Value sums = stages.temporary(
      "weight_parts", {p.to.groups, p.rowBlocks(), p.to.channels, p.from.channels * p.taps()},
      p.to.element);
  for (int64_t row : {int64_t(0), p.to.rows / p.rows * p.rows})
    for (int64_t channel : {int64_t(0), p.from.channels / p.channels * p.channels})
      if (row < p.to.rows && channel < p.from.channels)
        emitWeightParts(stages, p, in, grad, sums, row, channel);
  addWeightParts(stages, sums, stages.buffer(getResult()));
  return success();
}

} // namespace mlir::nn
