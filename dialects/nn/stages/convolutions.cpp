//===- convolutions.cpp - planar convolutions as stages ---------*- C++ -*-===//
//
// Images are [groups][channels][rows][columns]W. A task makes a few rows of one
// lane group: it copies the rows that their windows cover to scratch memory,
// where (row of the window, channel) is one depth, and multiplies with weights in
// the same order. Rows of windows of one row, and of one channel, are one depth in
// the image itself.
//   conv2d            C(o, x) = sum_{(r, i), q} w(o, (r, i), q) x((r, i), x s + q)
//   conv_transpose2d  position p s + t of the result takes values r = t, t + s, ... of the kernel
//                     alone: s_y s_x convolutions of stride 1 with parts of the weights, turned
//                     around, on the input with zeros around it
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/packing.h"

#include "dialects/nn/stages/epilogue.h"
#include "dialects/nn/stages/fourier_convolutions.h"
#include "dialects/nn/stages/window_products.h"
#include "dialects/nn/stages/winograd_convolutions.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/rows.h"
#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

bool WindowProducts::isDirect() const {
  const Image image = imageOf(in);
  return (image.channels == 1 || kernelRows == 1) && (depth == 0 || depth == image.lanes);
}

/// Rows of a task: enough for the copied rows to serve several windows, few enough for these to
/// stay in cache and for all workers to have tasks.
static int64_t rowsOfTask(StageBuilder &stages, const WindowProducts &p) {
  constexpr int64_t most = 8, tasks = 16, cache = 768 << 10;
  Image from = imageOf(p.in);
  int64_t bytes = from.element.getIntOrFloatBitWidth() / 8;
  int64_t covered = cache / (from.channels * from.columns * from.lanes * bytes);
  int64_t inCache = (covered - p.kernelRows) / p.rowStride + 1;
  int64_t shared = llvm::divideCeil(p.rows * from.groups, tasks);
  int64_t rows = std::max<int64_t>(1, std::min({most, inCache, shared, p.rows}));
  return evenBlock(p.rows, rows);
}

/// One problem for each row: [block][row of the block]. Zeros of the weights are left out.
static Value rowProblems(StageBuilder &stages, const WindowProducts &p,
                         const WindowColumns &columns, int64_t first, int64_t blocks,
                         int64_t size) {
  Image from = imageOf(p.in), to = imageOf(p.out);
  bool direct = p.isDirect();
  int64_t depth = p.kernelRows * from.channels, zeros = p.zeroRows * from.channels;
  int64_t plane = from.rows * from.columns;
  int64_t step = direct && p.kernelRows == 1 ? plane : from.columns;
  int64_t row = p.rowStride * (direct ? from.columns : from.channels * from.columns);
  int64_t firstRow = p.firstRow + first * p.rowStep;
  int64_t used = p.kernelColumns - columns.zeros;
  bool single = used == 1; // one long depth in place of many of 1
  return windowProblems(stages,
                        {{"outer", blocks},
                         {"inner", size},
                         {"rows", to.channels},
                         {"depth_outer", single ? 1 : depth - zeros},
                         {"depth", single ? depth - zeros : used},
                         {"columns", llvm::divideCeil(to.columns - columns.first, columns.step)},
                         {"a_first", zeros * p.kernelColumns + columns.zeros},
                         {"a_row", depth * p.kernelColumns},
                         {"a_outer", p.kernelColumns},
                         {"a_depth", single ? p.kernelColumns : 1},
                         {"b_first", (direct ? first * row : 0) + zeros * step + columns.zeros},
                         {"b_outer", step},
                         {"b_depth", single ? step : 1},
                         {"b_column", p.columnStride},
                         {"b_step_outer", direct ? size * row : 0},
                         {"b_step", row},
                         {"c_first", firstRow * to.columns + columns.first},
                         {"c_row", to.rows * to.columns},
                         {"c_column", columns.step},
                         {"c_step_outer", size * p.rowStep * to.columns},
                         {"c_step", p.rowStep * to.columns}},
                        blocks * size);
}

/// Bias and epilogue of the rows of the block at[1] of a lane group.
static void finishRows(StageBuilder &stages, const WindowProducts &p, ValueRange at, int64_t first,
                       int64_t size) {
  if (p.epilogue.isEmpty())
    return;
  Image to = imageOf(p.out);
  AffineExpr o, y, x, w;
  bindDims(stages.getContext(), o, y, x, w);
  Value row = linear(stages, at[1], size * p.rowStep, first * p.rowStep + p.firstRow);
  p.epilogue.emit(
      stages, p.out, {to.channels, size, to.columns, to.lanes},
      AffineMap::get(4, 0, {o, y * p.rowStep, x, w}, stages.getContext()), [&](Value image) {
        return stages.range(stages.slice(image, at[0]), 1, row, (size - 1) * p.rowStep + 1);
      });
}

/// Blocks of `size` rows each, from row number `first` of those of `p` on.
static void emitWindowRows(StageBuilder &stages, const WindowProducts &p, int64_t first,
                           int64_t blocks, int64_t size) {
  Image from = imageOf(p.in), to = imageOf(p.out);
  bool direct = p.isDirect();
  int64_t covered = (size - 1) * p.rowStride + p.kernelRows;
  SmallVector<Value> problems;
  for (const WindowColumns &columns : p.columns)
    problems.push_back(rowProblems(stages, p, columns, first, blocks, size));
  SmallVector<Type> scratch;
  if (!direct)
    scratch.push_back(
        MemRefType::get({covered, from.channels, from.columns, from.lanes}, from.element));
  auto op =
      stages.sweep(p.name, {to.groups, blocks}, scratch, [&](ValueRange at, ValueRange memory) {
        Value source = stages.slice(p.in, at[0]), result = stages.slice(p.out, at[0]);
        if (!direct) {
          copyRows(stages, source,
                   linear(stages, at[1], size * p.rowStride, first * p.rowStride), memory[0]);
          source = memory[0];
        }
        for (auto [columns, list] : llvm::zip_equal(p.columns, problems))
          contract(stages, stage::ContractKind::Scalar, columns.weight, source,
                   stages.range(list, 0, linear(stages, at[1], size, 0), size), result, to.lanes);
        finishRows(stages, p, at, first, size);
      });
  stages.countShare(op, blocks * size * (p.kernelRows - p.zeroRows), p.work);
}

static void emitWindowProducts(StageBuilder &stages, const WindowProducts &p) {
  if (p.depth > 0)
    return emitChannelWindows(stages, p);
  int64_t size = rowsOfTask(stages, p);
  emitWindowRows(stages, p, 0, p.rows / size, size);
  if (p.rows % size)
    emitWindowRows(stages, p, p.rows / size * size, 1, p.rows % size);
}

/// Weights [out][in][rows][columns] as [out][rows][in][columns].
static Value rowsOutermost(StageBuilder &stages, Value weight) {
  auto type = cast<MemRefType>(weight.getType());
  ArrayRef<int64_t> shape = type.getShape();
  if (shape[1] == 1 || shape[2] == 1)
    return weight;
  Value packed =
      stages.temporary("weights", {shape[0], shape[2], shape[1], shape[3]}, type.getElementType());
  stages.uncountedSweep("conv2d.weights", {shape[0]}, [&](ValueRange at, ValueRange) {
    stages.map({shape[2], shape[1], shape[3]}, stages.slice(weight, at), stages.slice(packed, at),
               {stages.dims(3, {1, 0, 2}), stages.dims(3, {0, 1, 2})}, firstValue);
  });
  return packed;
}

LogicalResult Conv2dOp::emitStages(StageBuilder &stages) {
  Planar planar = planarOf(*this);
  const Epilogue epilogue(stages, *this, biasOf(stages, getBias(), getResult()));
  if (isFourier(stages))
    return emitFourierConvolution(stages, *this, planar, /*adjoint=*/false, packingOf(*this),
                                  epilogue);
  if (isWinograd(stages))
    return emitWinogradConvolution(stages, *this, planar, /*adjoint=*/false, packingOf(*this),
                                   epilogue);
  const Windows &y = planar.rows, &x = planar.columns;
  WindowProducts p;
  p.name = "conv2d";
  p.in = padImage(stages, stages.buffer(getInput()), marginsOf(planar), 0.0);
  p.out = stages.buffer(getResult());
  p.epilogue = epilogue;
  p.kernelRows = y.kernel, p.kernelColumns = x.kernel;
  p.rowStride = y.stride, p.columnStride = x.stride;
  p.rows = imageOf(p.out).rows;
  p.work = p.rows * p.kernelRows;
  if (const PackingAttr packing = packingOf(*this)) {
    FailureOr<Value> weight = packedWeight(stages, "conv2d.weights", *this, packing);
    if (failed(weight))
      return failure();
    p.depth = packing.getDepth(getWeight().getType().getDimSize(1));
    p.columns.push_back({*weight, 0, 1, 0});
  } else {
    p.columns.push_back({rowsOutermost(stages, stages.buffer(getWeight())), 0, 1, 0});
  }
  p.byRows = sharedRows(stages, p);
  emitWindowProducts(stages, p);
  return success();
}

/// One phase for one output channel, from [in][rows][columns] to [parts y][in][parts x].
static void emitPhase(StageBuilder &stages, Value weight, Value phase, const Planar &planar,
                      int64_t py, int64_t px) {
  const Windows &y = planar.rows, &x = planar.columns;
  int64_t ny = y.partsOf(py), nx = x.partsOf(px);
  auto type = cast<MemRefType>(phase.getType());
  if (ny < y.parts() || nx < x.parts())
    stage::FillOp::create(stages, phase, stages.getFloatAttr(type.getElementType(), 0.0));
  AffineExpr i, t, u;
  bindDims(stages.getContext(), i, t, u);
  AffineMap from = AffineMap::get(
      3, 0,
      {i, t * -y.stride + (py + (ny - 1) * y.stride), u * -x.stride + (px + (nx - 1) * x.stride)},
      stages.getContext());
  AffineMap to =
      AffineMap::get(3, 0, {t + (y.parts() - ny), i, u + (x.parts() - nx)}, stages.getContext());
  stages.map({type.getDimSize(1), ny, nx}, weight, phase, {from, to}, firstValue);
}

/// Weights [in][out][rows][columns] as [phase y][phase x][out][parts y][in][parts x]: values phase,
/// phase + stride, ... of the kernel in descending order, behind zeros where there are fewer.
static Value emitPhases(StageBuilder &stages, Value weight, const Planar &planar) {
  const Windows &y = planar.rows, &x = planar.columns;
  auto type = cast<MemRefType>(weight.getType());
  int64_t in = type.getDimSize(0), out = type.getDimSize(1);
  Value phases = stages.temporary(
      "phases", {y.phases(), x.phases(), out, y.parts(), in, x.parts()}, type.getElementType());
  stages.uncountedSweep("conv_transpose2d.weights", {out}, [&](ValueRange at, ValueRange) {
    for (int64_t py = 0; py < y.phases(); ++py)
      for (int64_t px = 0; px < x.phases(); ++px)
        emitPhase(stages, stages.select(weight, 1, at[0]),
                  stages.select(phaseOf(stages, phases, py, px), 0, at[0]), planar, py, px);
  });
  return phases;
}

/// Leading values of a phase that are zeros: all of one that no value of the kernel belongs to, of
/// which sums have no terms.
static int64_t zerosOf(const Windows &windows, int64_t phase) {
  return windows.parts() - windows.partsOf(phase);
}

LogicalResult ConvTranspose2dOp::emitStages(StageBuilder &stages) {
  Planar planar = planarOf(*this);
  Margins margins = marginsOf(planar);
  Value out = stages.buffer(getResult());
  const PackingAttr packing = packingOf(*this);
  const Epilogue epilogue(stages, *this, biasOf(stages, getBias(), getResult()));
  if (isFourier(stages))
    return emitFourierConvolution(stages, *this, planar, /*adjoint=*/true, packing, epilogue);
  if (isWinograd(stages))
    return emitWinogradConvolution(stages, *this, planar, /*adjoint=*/true, packing, epilogue);
  Image large = imageOf(out);
  large.rows = planar.rows.padded(), large.columns = planar.columns.padded();
  bool direct = planar.padding == Padding::Valid;
  Value in = padImage(stages, stages.buffer(getInput()), spreadMargins(planar), 0.0);
  const FailureOr<Value> phases =
      packing ? packedWeight(stages, "conv_transpose2d.weights", *this, packing)
              : emitPhases(stages, stages.buffer(getWeight()), planar);
  if (failed(phases))
    return failure();
  Value target = direct ? out : temporaryImage(stages, "padded", large);
  int64_t work = 0, phasesUsed = std::min(planar.rows.stride, large.rows);
  auto rowsOf = [&](int64_t py) { return (large.rows - py - 1) / planar.rows.stride + 1; };
  for (int64_t py = 0; py < phasesUsed; ++py)
    work += rowsOf(py) * (planar.rows.parts() - zerosOf(planar.rows, py));
  WindowProducts all;
  all.work = work;
  all.name = "conv_transpose2d";
  all.in = in, all.out = target, all.epilogue = direct ? epilogue : Epilogue();
  all.kernelRows = planar.rows.parts(), all.kernelColumns = planar.columns.parts();
  all.rowStride = all.columnStride = 1;
  all.rows = rowsOf(0), all.rowStep = planar.rows.stride;
  all.depth = packing ? packing.getDepth(getWeight().getType().getDimSize(0)) : 0;
  all.byRows = sharedRows(stages, all);
  for (int64_t py = 0; py < phasesUsed; ++py) {
    WindowProducts p = all;
    p.firstRow = py, p.rows = rowsOf(py);
    p.zeroRows = zerosOf(planar.rows, py);
    for (int64_t px = 0; px < std::min(planar.columns.stride, large.columns); ++px) {
      const bool isEmpty = py >= planar.rows.phases() || px >= planar.columns.phases();
      Value weight = isEmpty ? phaseOf(stages, *phases, 0, 0) : phaseOf(stages, *phases, py, px);
      p.columns.push_back({weight, px, planar.columns.stride, zerosOf(planar.columns, px)});
    }
    emitWindowProducts(stages, p);
  }
  if (direct)
    return success();
  Image image = imageOf(out);
  cropImage(stages, target, out, margins, [&](ValueRange at) {
    epilogue.ofChannel(stages, at[1])
        .emit(stages, out, {1, image.rows, image.columns, image.lanes},
              stages.getMultiDimIdentityMap(4),
              [&](Value whole) { return stages.range(stages.slice(whole, at[0]), 0, at[1], 1); });
  });
  return success();
}

} // namespace mlir::nn
