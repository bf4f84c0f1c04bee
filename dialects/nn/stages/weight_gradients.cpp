//===- weight_gradients.cpp - gradients of planar weights -------*- C++ -*-===//
//
//   conv2d_grad_weight  C(o, i) = sum_{(y, x), lanes} g(o, (y, x)) x(i, (y s + r, x s + q))
//                       for each value (r, q) of the kernel
// A task makes all (r, q) of a few rows y, output channels o and input channels i, whose part of
// both images stays in cache. The columns of a product are its channels i or, if these are fewer,
// the values q. The parts are added in order, for any number of threads.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/nn/stages/fourier_convolutions.h"
#include "dialects/nn/stages/window_products.h"
#include "dialects/nn/stages/winograd_convolutions.h"
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
  Image from, to;                  ///< input with margins, gradient of the output
  int64_t rows, channels, outputs; ///< of a task
  int64_t rowBlocks() const { return llvm::divideCeil(to.rows, rows); }
  int64_t taps() const { return planar.rows.kernel * planar.columns.kernel; }
};

/// Tasks of one size, from a row, channel and output channel on: of all whole blocks, or of the
/// last block if it is smaller.
struct WeightTasks {
  WeightTasks(const WeightParts &p, int64_t row, int64_t channel, int64_t output)
      : row(row), channel(channel), output(output), rows(std::min(p.rows, p.to.rows - row)),
        channels(std::min(p.channels, p.from.channels - channel)),
        outputs(std::min(p.outputs, p.to.channels - output)), rowBlocks((p.to.rows - row) / rows),
        channelBlocks((p.from.channels - channel) / channels),
        outputBlocks((p.to.channels - output) / outputs),
        across(channels < p.planar.columns.kernel),
        inner(across ? channels : p.planar.columns.kernel), products(p.planar.rows.kernel * inner) {
  }

  int64_t row, channel, output;                   ///< the first
  int64_t rows, channels, outputs;                ///< of a task
  int64_t rowBlocks, channelBlocks, outputBlocks; ///< numbers of tasks
  bool across;      ///< the columns of a product are those of the kernel, not channels
  int64_t inner;    ///< products of a row of the kernel
  int64_t products; ///< of a task
};
} // namespace

/// Rows so that some rows of the product's left operand, as many as a tile has, stay in the first
/// cache; but the parts of all tasks take no more memory than half of both images, or there are
/// two. Output channels so that the left operand stays in the second cache for all values of the
/// kernel. Channels so that their rows do, or, if there are several blocks of output channels, for
/// one value.
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
  int64_t most = std::max<int64_t>(4 * tileRows, secondCache / (rows * to.columns * lane));
  int64_t points = most < to.channels ? rows * to.columns : covered;
  int64_t channels = std::clamp<int64_t>(secondCache / (points * lane),
                                         std::min<int64_t>(8, from.channels), from.channels);
  return {planar, from, to, rows, evenBlock(from.channels, channels), evenBlock(to.channels, most)};
}

/// The products of tasks, [row block][channel block][row of the kernel][its column or a channel].
static Value weightProblems(StageBuilder &stages, const WeightParts &p, const WeightTasks &t) {
  const Windows &y = p.planar.rows, &x = p.planar.columns;
  const Image &from = p.from, &to = p.to;
  const int64_t plane = from.rows * from.columns, taps = p.taps();
  return windowProblems(stages,
                        {{"row_blocks", t.rowBlocks},
                         {"channel_blocks", t.channelBlocks},
                         {"outer", y.kernel},
                         {"inner", t.inner},
                         {"rows", t.outputs},
                         {"depth_outer", t.rows},
                         {"depth", to.columns},
                         {"columns", t.across ? x.kernel : t.channels},
                         {"a_first", t.row * to.columns},
                         {"a_row", to.rows * to.columns},
                         {"a_outer", to.columns},
                         {"a_depth", 1},
                         {"a_row_block", t.rows * to.columns},
                         {"b_first", t.channel * plane + t.row * y.stride * from.columns},
                         {"b_outer", y.stride * from.columns},
                         {"b_depth", x.stride},
                         {"b_column", t.across ? 1 : plane},
                         {"b_row_block", t.rows * y.stride * from.columns},
                         {"b_channel_block", t.channels * plane},
                         {"b_step_outer", from.columns},
                         {"b_step", t.across ? plane : 1},
                         {"c_first", t.channel * taps},
                         {"c_row", from.channels * taps},
                         {"c_column", t.across ? 1 : taps},
                         {"c_channel_block", t.channels * taps},
                         {"c_step_outer", x.kernel},
                         {"c_step", t.across ? taps : 1}},
                        t.rowBlocks * t.channelBlocks * t.products);
}

/// The parts [groups][row blocks][out][weights] of tasks of one size.
static void emitWeightParts(StageBuilder &stages, const WeightParts &p, Value in, Value grad,
                            Value sums, const WeightTasks &t) {
  const Image &from = p.from, &to = p.to;
  Value problems = weightProblems(stages, p, t);
  auto taskProblems = [&](Value rowBlock, Value channelBlock) -> Value {
    AffineExpr d0, d1;
    bindDims(stages.getContext(), d0, d1);
    AffineMap first = AffineMap::get(2, 0, (d0 * t.channelBlocks + d1) * t.products);
    return affine::AffineApplyOp::create(stages, first, ValueRange{rowBlock, channelBlock});
  };
  auto op = stages.sweep(
      "conv2d_grad_weight", {to.groups, t.rowBlocks, t.channelBlocks, t.outputBlocks}, {},
      [&](ValueRange at, ValueRange) {
        Value block = linear(stages, at[1], 1, t.row / p.rows);
        Value list = stages.range(problems, 0, taskProblems(at[1], at[2]), t.products);
        auto own = [&](Value buffer) {
          return stages.range(buffer, 0, linear(stages, at[3], t.outputs, t.output), t.outputs);
        };
        contract(stages, stage::ContractKind::Reduce, own(stages.slice(grad, at[0])),
                 stages.slice(in, at[0]), list, own(stages.slice(stages.slice(sums, at[0]), block)),
                 to.lanes);
      });
  stages.countShare(
      op, t.rows * t.rowBlocks * t.channels * t.channelBlocks * t.outputs * t.outputBlocks,
      to.rows * from.channels * to.channels);
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
  if (isWinograd(stages))
    return emitWinogradGradient(stages, *this);
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
      for (int64_t output : {int64_t(0), p.to.channels / p.outputs * p.outputs})
        if (row < p.to.rows && channel < p.from.channels && output < p.to.channels)
          emitWeightParts(stages, p, in, grad, sums, {p, row, channel, output});
  addWeightParts(stages, sums, stages.buffer(getResult()));
  return success();
}

} // namespace mlir::nn
