//===- planar.cpp - pools, resizing, channels as stages ---------*- C++ -*-===//
//
// Images are [groups][channels][rows][columns]W; a task makes one row of one
// channel, or all of them. Gradients of pools gather: position p s + t of an image is value t, t
// + s, ... of the windows p, p - 1, ...
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/nn/stages/epilogue.h"
#include "dialects/nn/stages/images.h"
#include "dialects/spherical/stages/rows.h"
#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/work.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace mlir::nn {

using namespace mlir::spherical;

/// The map of an image's windows on one axis: position (y, x) of [rows][columns]W has, on the axis
/// of columns, the values (y, x s + q), or on the axis of rows (y s + q, x).
static AffineMap windowMap(StageBuilder &stages, int64_t stride, bool columns) {
  AffineExpr y, x, q, w;
  bindDims(stages.getContext(), y, x, q, w);
  if (columns)
    return AffineMap::get(4, 0, {y, x * stride + q, w}, stages.getContext());
  return AffineMap::get(4, 0, {y * stride + q, x, w}, stages.getContext());
}

/// [rows][columns]W to [rows][windows]W.
static void combineColumns(StageBuilder &stages, const Planar &planar, Value in, Value out,
                           stage::Combine combine) {
  const Windows &x = planar.columns;
  auto shape = cast<MemRefType>(out.getType()).getShape();
  stages.map({shape[0], shape[1], x.kernel, shape[2]}, in, out,
             {windowMap(stages, x.stride, true), stages.dims(4, {0, 1, 3})}, firstValue, combine,
             shape[2]);
}

/// [rows][columns]W to [windows][columns]W, times `factor`.
static void combineRows(StageBuilder &stages, const Planar &planar, Value in, Value out,
                        stage::Combine combine, double factor) {
  const Windows &y = planar.rows;
  auto type = cast<MemRefType>(out.getType());
  stages.map(
      {type.getDimSize(0), type.getDimSize(1), y.kernel, type.getDimSize(2)}, in, out,
      {windowMap(stages, y.stride, false), stages.dims(4, {0, 1, 3})},
      [&](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        bool scaled = factor != 1.0;
        return SmallVector<Value>{scaled ? s.mul(v[0], s.constant(type.getElementType(), factor))
                                         : v[0]};
      },
      combine, type.getDimSize(2));
}

/// out = factor times the sum or the maximum of the values of each window: first of its rows, then
/// of these.
static void emitWindows(StageBuilder &stages, StringRef name, const Planar &planar, Value in,
                        Value out, stage::Combine combine, double factor) {
  Image from = imageOf(in), to = imageOf(out);
  Type rows = MemRefType::get({from.rows, to.columns, to.lanes}, to.element);
  stages.sweep(name, {to.groups, to.channels}, rows, [&](ValueRange at, ValueRange scratch) {
    combineColumns(stages, planar, stages.slice(in, at), scratch[0], combine);
    combineRows(stages, planar, scratch[0], stages.slice(out, at), combine, factor);
  });
}

/// out[p s + t] = sum over the windows with this position of scalars(images at the window, code),
/// codes being [phase y][phase x][parts y][parts x]; images have margins of `spreadMargins`.
static void spreadWindows(StageBuilder &stages, StringRef name, const Planar &planar,
                          ValueRange images, Value codes, Value out, Scalars scalars) {
  const Windows &y = planar.rows, &x = planar.columns;
  Image to = imageOf(out);
  int64_t ny = y.parts(), nx = x.parts();
  AffineExpr p, t, u, w;
  bindDims(stages.getContext(), p, t, u, w);
  AffineMap from = AffineMap::get(4, 0, {t, p + u, w}, stages.getContext());
  for (int64_t py = 0; py < std::min(y.stride, to.rows); ++py)
    stages.sweep(
        name, {to.groups, to.channels, (to.rows - py + y.stride - 1) / y.stride}, {},
        [&](ValueRange at, ValueRange) {
          SmallVector<Value> inputs;
          for (Value image : images)
            inputs.push_back(stages.range(stages.slice(image, at.take_front(2)), 0, at[2], ny));
          inputs.push_back(codes);
          Value row = stages.select(stages.slice(out, at.take_front(2)), 0,
                                    linear(stages, at[2], y.stride, py));
          for (int64_t px = 0; px < std::min(x.stride, to.columns); ++px) {
            SmallVector<AffineMap> maps(images.size(), from);
            maps.push_back(AffineMap::get(4, 0, t * nx + u + (py * x.stride + px) * ny * nx));
            maps.push_back(AffineMap::get(4, 0, {p * x.stride + px, w}, stages.getContext()));
            stages.map({(to.columns - px + x.stride - 1) / x.stride, ny, nx, to.lanes}, inputs, row,
                       maps, scalars, stage::Combine::Sum, to.lanes);
          }
        });
}

/// A number for each value of a window in each phase and part; code(r, q) for values of the window,
/// `none` for others.
static SmallVector<double> codesOf(const Planar &planar, double none,
                                   llvm::function_ref<double(int64_t, int64_t)> code) {
  const Windows &y = planar.rows, &x = planar.columns;
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

/// out = the largest number (plus that of the value itself, if given) of the values of windows on
/// one axis that are maxima. Inputs: values, maxima, numbers of the positions in a window [,
/// numbers of the values].
static void firstPlaces(StageBuilder &stages, ValueRange inputs, AffineMap windows, Value out,
                        int64_t kernel) {
  auto type = cast<MemRefType>(out.getType());
  SmallVector<AffineMap> maps = {windows, stages.dims(4, {0, 1, 3}), stages.dims(4, {2})};
  if (inputs.size() == 4)
    maps.push_back(windows);
  maps.push_back(stages.dims(4, {0, 1, 3}));
  stages.map(
      {type.getDimSize(0), type.getDimSize(1), kernel, type.getDimSize(2)}, inputs, out, maps,
      [&](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        Value number = v.size() == 4 ? s.add(v[2], v[3]) : v[2];
        Value none = s.constant(type.getElementType(), -1e9);
        return SmallVector<Value>{s.select(s.above(v[1], v[0]), none, number)};
      },
      stage::Combine::Max, type.getDimSize(2));
}

/// The place of the first largest value in each window as a number, -1, -2, ... in row-major order,
/// with the margins of `spreadMargins` (0): the place in each row of a window, then the first row
/// with the largest value.
static Value emitFirstLargest(StageBuilder &stages, MaxPool2dGradOp op, const Planar &planar) {
  const Windows &y = planar.rows, &x = planar.columns;
  Value in = stages.buffer(op.getInput());
  Image from = imageOf(in), to = imageOf(stages.buffer(op.getGrad())), large = to;
  Margins margins = spreadMargins(planar);
  large.rows += margins.above + margins.below;
  large.columns += margins.left + margins.right;
  Value out = temporaryImage(stages, "largest", large);
  emitFill(stages, "largest.margins", out, 0.0);
  auto numbers = [&](int64_t count, int64_t first, int64_t step) {
    SmallVector<double> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(static_cast<double>(first + i * step));
    return stages.table("constants", {}, {count}, to.element, values);
  };
  Value inRow = numbers(x.kernel, -1, -1), ofRow = numbers(y.kernel, 0, -x.kernel);
  Type row = MemRefType::get({from.rows, to.columns, to.lanes}, to.element);
  Type whole = MemRefType::get({to.rows, to.columns, to.lanes}, to.element);
  stages.sweep("largest", {to.groups, to.channels}, {row, row, whole},
               [&](ValueRange at, ValueRange scratch) {
                 Value image = stages.slice(in, at), rowMaxima = scratch[0], places = scratch[1];
                 combineColumns(stages, planar, image, rowMaxima, stage::Combine::Max);
                 combineRows(stages, planar, rowMaxima, scratch[2], stage::Combine::Max, 1.0);
                 firstPlaces(stages, {image, rowMaxima, inRow}, windowMap(stages, x.stride, true),
                             places, x.kernel);
                 Value target = window(stages, stages.slice(out, at), margins.above, to.rows,
                                       margins.left, to.columns);
                 firstPlaces(stages, {rowMaxima, scratch[2], ofRow, places},
                             windowMap(stages, y.stride, false), target, y.kernel);
               });
  return out;
}

LogicalResult MaxPool2dGradOp::emitStages(StageBuilder &stages) {
  Planar planar = planarOf(cast<RankedTensorType>(getInput().getType()), getWindow(), getStride());
  Value places = emitFirstLargest(stages, *this, planar);
  Value grad = padImage(stages, stages.buffer(getGrad()), spreadMargins(planar), 0.0);
  Image image = imageOf(grad);
  SmallVector<double> values = codesOf(planar, 1.0, [&](int64_t r, int64_t q) {
    return static_cast<double>(-1 - r * planar.columns.kernel - q);
  });
  Value codes =
      stages.table("constants", {}, {static_cast<int64_t>(values.size())}, image.element, values);
  spreadWindows(stages, "max_pool2d_grad", planar, {grad, places}, codes,
                stages.buffer(getResult()), [&](OpBuilder &b, Location l, ValueRange v) {
                  Value same = arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ, v[1], v[2]);
                  Value zero = ScalarBuilder(b, l).constant(image.element, 0.0);
                  return SmallVector<Value>{arith::SelectOp::create(b, l, same, v[0], zero)};
                });
  return success();
}

LogicalResult AvgPool2dOp::emitStages(StageBuilder &stages) {
  Value image = getAdjoint() ? getResult() : getInput();
  Planar planar = planarOf(cast<RankedTensorType>(image.getType()), getWindow(), getStride());
  double factor = 1.0 / static_cast<double>(planar.rows.kernel * planar.columns.kernel);
  Value in = stages.buffer(getInput()), out = stages.buffer(getResult());
  if (!getAdjoint()) {
    emitWindows(stages, "avg_pool2d", planar, in, out, stage::Combine::Sum, factor);
    return success();
  }
  SmallVector<double> values = codesOf(planar, 0.0, [&](int64_t, int64_t) { return factor; });
  Value grad = padImage(stages, in, spreadMargins(planar), 0.0);
  Value codes = stages.table("constants", {}, {static_cast<int64_t>(values.size())},
                             imageOf(grad).element, values);
  spreadWindows(stages, "avg_pool2d.adjoint", planar, grad, codes, out,
                [](OpBuilder &b, Location l, ValueRange v) {
                  return SmallVector<Value>{ScalarBuilder(b, l).mul(v[0], v[1])};
                });
  return success();
}

LogicalResult GlobalAvgPoolOp::emitStages(StageBuilder &stages) {
  Value in = stages.buffer(getInput()), out = stages.buffer(getResult());
  Image image = imageOf(getAdjoint() ? out : in);
  double factor = 1.0 / static_cast<double>(image.rows * image.columns);
  std::optional<stage::Combine> combine;
  if (!getAdjoint())
    combine = stage::Combine::Sum;
  AffineMap all = stages.dims(3, {0, 1, 2}), lane = stages.dims(3, {2});
  stages.sweep("global_avg_pool", {image.groups, image.channels}, {},
               [&](ValueRange at, ValueRange) {
                 stages.map(
                     {image.rows, image.columns, image.lanes}, stages.slice(in, at),
                     stages.slice(out, at), {getAdjoint() ? lane : all, getAdjoint() ? all : lane},
                     [&](OpBuilder &b, Location l, ValueRange v) {
                       ScalarBuilder s(b, l);
                       return SmallVector<Value>{s.mul(v[0], s.constant(image.element, factor))};
                     },
                     combine, image.lanes);
               });
  return success();
}

LogicalResult UpsampleNearestOp::emitStages(StageBuilder &stages) {
  Value in = stages.buffer(getInput()), out = stages.buffer(getResult());
  const Epilogue epilogue(stages, *this, {});
  if (in == out && epilogue.isEmpty())
    return success(); // an image of the same size, which ends here
  const Image result = imageOf(out);
  Image image = imageOf(in), nearest = result;
  if (getAdjoint())
    std::swap(image, nearest);
  std::pair<StringRef, int64_t> sizes[] = {{"height", image.rows},
                                           {"width", image.columns},
                                           {"rows", nearest.rows},
                                           {"columns", nearest.columns}};
  int64_t count = nearest.rows * nearest.columns, terms = 1;
  if (getAdjoint()) {
    count = image.rows * image.columns;
    terms = static_cast<int64_t>(llvm::divideCeil(nearest.rows, image.rows) *
                                 llvm::divideCeil(nearest.columns, image.columns));
  }
  SparseTables tables;
  tables.index = stages.table(getAdjoint() ? "nearest_adjoint_index" : "nearest_index", sizes,
                              {count, terms}, stages.getI32Type());
  if (getAdjoint())
    tables.values = stages.table("nearest_adjoint_values", sizes, {count, terms}, image.element);
  // An extra may lie where the result does: it is read before that is written.
  SmallVector<Type> scratch;
  if (!epilogue.isEmpty())
    scratch.push_back(MemRefType::get({result.rows, result.columns, result.lanes}, result.element));
  stages.sweep("upsample_nearest", {image.groups, image.channels}, scratch,
               [&](ValueRange at, ValueRange memory) {
                 auto part = [&](Value whole) { return stages.slice(whole, at); };
                 Value values = epilogue.isEmpty() ? part(out) : memory[0];
                 stages.gather(stage::GatherMode::Lanes, part(in), values, tables, count,
                               image.lanes);
                 epilogue.emit(stages, out, {result.rows, result.columns, result.lanes},
                               stages.getMultiDimIdentityMap(3), part, values);
               });
  return success();
}

/// Channels from ... of `in` to channels to ... of `out`.
static void copyChannels(StageBuilder &stages, StringRef name, Value in, Value out, int64_t from,
                         int64_t to, int64_t count) {
  int64_t groups = cast<MemRefType>(in.getType()).getDimSize(0);
  stages.sweep(name, {groups, count}, {}, [&](ValueRange at, ValueRange) {
    copyBlock(stages, stages.select(stages.slice(in, at[0]), 0, linear(stages, at[1], 1, from)),
              stages.select(stages.slice(out, at[0]), 0, linear(stages, at[1], 1, to)), false);
  });
}

LogicalResult ConcatOp::emitStages(StageBuilder &stages) {
  int64_t first = 0;
  for (Value input : getInputs()) {
    int64_t channels = cast<RankedTensorType>(input.getType()).getDimSize(1);
    copyChannels(stages, "concat", stages.buffer(input), stages.buffer(getResult()), 0, first,
                 channels);
    first += channels;
  }
  return success();
}

/// With channels in the lanes: sums of blocks of rows, and then of these.
static void sumChannelLanes(StageBuilder &stages, Value in, Value out) {
  const Image image = imageOf(in);
  const int64_t channels = cast<MemRefType>(out.getType()).getDimSize(0);
  Value sums = stages.temporary(
      "channel_sums", {image.channels, image.groups, image.rows, image.lanes}, image.element);
  auto op = stages.sweep("sum_channels", {image.groups, image.channels, image.rows}, {},
                         [&](ValueRange at, ValueRange) {
                           stages.map({image.columns, image.lanes}, stages.slice(in, at),
                                      stages.slice(sums, {at[1], at[0], at[2]}),
                                      {stages.dims(2, {0, 1}), stages.dims(2, {1})}, firstValue,
                                      stage::Combine::Sum, image.lanes);
                         });
  balance(op, image.columns * image.lanes * 4);
  Type total = MemRefType::get({image.lanes}, image.element);
  for (const LanePiece &piece : lanePieces(channels, image.lanes))
    stages.sweep(
        "sum_channels.total", {piece.groups}, total, [&](ValueRange at, ValueRange memory) {
          Value group = linear(stages, at[0], 1, piece.first);
          stages.map({image.groups, image.rows, image.lanes}, stages.slice(sums, group), memory[0],
                     {stages.dims(3, {0, 1, 2}), stages.dims(3, {2})}, firstValue,
                     stage::Combine::Sum, image.lanes);
          Value own = stages.range(out, 0, linear(stages, group, image.lanes, 0), piece.lanes);
          stages.map({piece.lanes}, memory[0], own, {stages.dims(1, {0}), stages.dims(1, {0})},
                     firstValue);
        });
}

LogicalResult SumChannelsOp::emitStages(StageBuilder &stages) {
  if (hasChannelLanes(getInput().getType())) {
    sumChannelLanes(stages, stages.buffer(getInput()), stages.buffer(getResult()));
    return success();
  }
  Rows rows = rowsOf(stages, getInput().getType());
  RowOperands operands;
  operands.rows = {stages.buffer(getInput())};
  Value sums = stages.temporary("channel_sums", {rows.channels, rows.groups, rows.rows},
                                stages.elementOf(getInput().getType()));
  sumRows(stages, "sum_channels", rows, operands, sums, firstValue);
  totalRows(stages, "sum_channels.total", rows, sums, {}, {}, stages.buffer(getResult()),
            firstValue);
  return success();
}

LogicalResult MaxPool2dOp::emitStages(StageBuilder &stages) {
  Planar planar = planarOf(cast<RankedTensorType>(getInput().getType()), getWindow(), getStride());
  emitWindows(stages, "max_pool2d", planar, stages.buffer(getInput()), stages.buffer(getResult()),
              stage::Combine::Max, 1.0);
  return success();
}

LogicalResult SliceChannelsOp::emitStages(StageBuilder &stages) {
  int64_t channels = cast<RankedTensorType>(getType()).getDimSize(1);
  copyChannels(stages, "slice_channels", stages.buffer(getInput()), stages.buffer(getResult()),
               getFirst(), 0, channels);
  return success();
}

/// Sum over lane groups and lanes for each channel.
LogicalResult SumBatchOp::emitStages(StageBuilder &stages) {
  Extents e = extentsOf(getInput().getType());
  stages.sweep("sum_batch", {1}, {}, [&](ValueRange, ValueRange) {
    stages.map({e.channels, e.groups, e.lanes}, stages.buffer(getInput()),
               stages.buffer(getResult()), {stages.dims(3, {1, 0, 2}), stages.dims(3, {0})},
               firstValue, stage::Combine::Sum, e.lanes);
  });
  return success();
}

} // namespace mlir::nn
