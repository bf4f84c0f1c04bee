//===- channel_gradients.cpp - gradients with channels in the lanes -------===//
//
// Images are [samples][lane groups of channels][rows][columns]W. An output channel has a lane:
//   C((r, i), q)(o) = sum_{(y, x)} x(i, y s + r, x s + q) g(y, x)(o)
// is a product for each column q of the kernel whose scalar factor is the input. A task makes all
// (r, q) of a lane group of input channels, from a few rows y of a sample. The parts are added in
// order, for any number of threads.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/tiles.h"
#include "dialects/nn/stages/window_products.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

namespace {
/// How a gradient is cut into tasks.
struct GradientParts {
  const Planar &planar;
  Value in, grad, sums; ///< sums [sample][block][lane group of in][column][row][in][out]W
  Image from, to;
  int64_t depth; ///< input channels of a lane group
  int64_t rows;  ///< of a block of the result's image

  int64_t taps() const { return planar.rows.kernel * planar.columns.kernel; }
};
} // namespace

/// Rows of a block: so that there are some tasks, but parts take no more memory than the images.
static int64_t rowsOfBlock(const GradientParts &p) {
  constexpr int64_t tasks = 16;
  const int64_t images =
      p.from.channels * p.from.rows * p.from.columns + p.to.channels * p.to.rows * p.to.columns;
  const int64_t part = p.from.channels * p.taps() * p.depth * p.to.channels;
  const int64_t most = std::max<int64_t>(1, images / part);
  const int64_t wanted = llvm::divideCeil(tasks, p.to.groups * p.from.channels);
  const int64_t blocks = std::clamp<int64_t>(wanted, 1, std::min(most, p.to.rows));
  return evenBlock(p.to.rows, llvm::divideCeil(p.to.rows, blocks));
}

/// The product of column q of the kernel in each of `blocks` blocks of `rows` rows from `first` on.
static Value columnProblems(StageBuilder &stages, const GradientParts &p, int64_t q, int64_t first,
                            int64_t blocks, int64_t rows) {
  const Windows &y = p.planar.rows, &x = p.planar.columns;
  const int64_t row = p.from.columns * p.from.lanes, out = p.to.channels;
  return equalProblems(stages,
                       {{"R1", y.kernel},
                        {"R0", p.depth},
                        {"K1", rows},
                        {"K0", p.to.columns},
                        {"N", out},
                        {"aOff", first * y.stride * row + q * p.from.lanes},
                        {"aR1", row},
                        {"aR0", 1},
                        {"aK1", y.stride * row},
                        {"aK0", x.stride * p.from.lanes},
                        {"aStep", rows * y.stride * row},
                        {"bOff", first * p.to.columns},
                        {"bK1", p.to.columns},
                        {"bK0", 1},
                        {"bV", p.to.rows * p.to.columns},
                        {"bStep", rows * p.to.columns},
                        {"cOff", q * y.kernel * p.depth * out},
                        {"cR1", p.depth * out},
                        {"cR0", out},
                        {"cV", 1}},
                       blocks);
}

/// The parts of blocks of `rows` rows each, from row `first` on.
static void emitParts(StageBuilder &stages, const GradientParts &p, int64_t first, int64_t rows) {
  const int64_t blocks = (p.to.rows - first) / rows;
  SmallVector<Value> lists;
  for (int64_t q = 0; q < p.planar.columns.kernel; ++q)
    lists.push_back(columnProblems(stages, p, q, first, blocks, rows));
  auto op = stages.sweep(
      "conv2d_grad_weight", {p.to.groups, blocks, p.from.channels}, {},
      [&](ValueRange at, ValueRange) {
        Value block = linear(stages, at[1], 1, first / p.rows);
        Value sums = stages.slice(p.sums, {at[0], block, at[2]});
        for (Value list : lists)
          contract(stages, stage::ContractKind::Scalar, stages.slice(p.in, {at[0], at[2]}),
                   stages.slice(p.grad, at[0]), problemAt(stages, list, at[1]), sums, p.to.lanes);
      });
  stages.countShare(op, rows * blocks, p.to.rows);
}

/// The sum of the parts, for the output channels of `out`: all weights of a channel are written
/// side by side.
static void addParts(StageBuilder &stages, const GradientParts &p, const LanePiece &out,
                     Value result) {
  auto type = cast<MemRefType>(p.sums.getType());
  ArrayRef<int64_t> shape = cast<MemRefType>(result.getType()).getShape();
  const int64_t samples = type.getDimSize(0), blocks = type.getDimSize(1);
  AffineExpr o, g, i, r, q, n, k;
  bindDims(stages.getContext(), o, g, i, r, q, n, k);
  stages.sweep("conv2d_grad_weight.total", {out.groups}, {}, [&](ValueRange at, ValueRange) {
    Value group = linear(stages, at[0], 1, out.first);
    Value from = stages.select(p.sums, 6, group);
    Value to = stages.range(result, 0, linear(stages, group, p.to.lanes, 0), out.lanes);
    for (const LanePiece &in : lanePieces(shape[1], p.from.lanes)) {
      AffineExpr of = g + in.first;
      stages.map({out.lanes, in.groups, in.lanes, shape[2], shape[3], samples, blocks}, from, to,
                 {AffineMap::get(7, 0, {n, k, of, q, r, i, o}, stages.getContext()),
                  AffineMap::get(7, 0, {o, of * p.from.lanes + i, r, q}, stages.getContext())},
                 firstValue, stage::Combine::Sum);
    }
  });
}

void emitChannelGradient(StageBuilder &stages, const Planar &planar, Value in, Value grad,
                         Value result) {
  ArrayRef<int64_t> shape = cast<MemRefType>(result.getType()).getShape();
  const Image from = imageOf(in), to = imageOf(grad);
  GradientParts p{planar, in, grad, {}, from, to, std::min(shape[1], from.lanes), 1};
  p.rows = rowsOfBlock(p);
  const int64_t blocks = llvm::divideCeil(to.rows, p.rows);
  p.sums = stages.temporary(
      "weight_parts",
      {to.groups, blocks, from.channels, shape[3], shape[2], p.depth, to.channels, to.lanes},
      to.element);
  emitParts(stages, p, 0, p.rows);
  if (to.rows % p.rows)
    emitParts(stages, p, to.rows / p.rows * p.rows, to.rows % p.rows);
  for (const LanePiece &piece : lanePieces(shape[0], to.lanes))
    addParts(stages, p, piece, result);
}

} // namespace mlir::nn
