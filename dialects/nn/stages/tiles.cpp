//===- tiles.cpp - tiles of images ------------------------------*- C++ -*-===//
//
// Tiles at edges of an image have positions outside of it, which are zeros, or on its other side.
// Code for a tile knows these positions; tiles that share them are one run.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/tiles.h"

#include "dialects/nn/stages/window_products.h"
#include "dialects/spherical/stages/scalars.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::nn {

using namespace mlir::spherical;

/// The pieces of a tile that starts at `start` of an input of `extent` values.
static SmallVector<TilePiece> piecesOf(const TileAxis &axis, int64_t start) {
  SmallVector<TilePiece> pieces;
  for (int64_t to = 0; to < axis.length;) {
    int64_t from = start + to;
    if (axis.circular)
      from = (from % axis.in + axis.in) % axis.in;
    if (from >= axis.in)
      break;
    const int64_t skipped = std::max<int64_t>(0, -from);
    const int64_t size = std::min(axis.length - to, axis.in - from) - skipped;
    if (size > 0)
      pieces.push_back({to + skipped, from + skipped, size});
    to += skipped + std::max<int64_t>(size, 0);
  }
  return pieces;
}

/// Runs of tiles with pieces of the same sizes at places `step` apart.
static SmallVector<TileRun> runsOf(const TileAxis &axis, int64_t first, int64_t count,
                                   int64_t step,
                                   function_ref<SmallVector<TilePiece>(int64_t)> pieces) {
  SmallVector<TileRun> runs;
  for (int64_t tile = first; tile < first + count; ++tile) {
    SmallVector<TilePiece> now = pieces(tile);
    if (!runs.empty()) {
      TileRun &last = runs.back();
      SmallVector<TilePiece> moved = last.pieces;
      for (TilePiece &piece : moved)
        piece.from += last.count * step;
      if (moved == now && last.size == axis.sizeOf(tile)) {
        ++last.count;
        continue;
      }
    }
    runs.push_back({tile, 1, axis.sizeOf(tile), std::move(now)});
  }
  return runs;
}

SmallVector<TileRun> inputRuns(const TileAxis &axis, int64_t first, int64_t count) {
  const int64_t step = axis.inputOf(axis.step());
  return runsOf(axis, first, count, step,
                [&](int64_t tile) { return piecesOf(axis, tile * step - axis.before); });
}

SmallVector<TileRun> resultRuns(const TileAxis &axis, int64_t first, int64_t count) {
  return runsOf(axis, first, count, axis.step(), [&](int64_t tile) {
    return SmallVector<TilePiece>{{0, tile * axis.step(), axis.sizeOf(tile)}};
  });
}

/// Whether pieces hold all positions of a side.
static bool isWhole(ArrayRef<TilePiece> pieces, int64_t length) {
  int64_t held = 0;
  for (const TilePiece &piece : pieces)
    held += piece.size;
  return held == length;
}

void copyTile(StageBuilder &stages, Value image, Value tile, std::array<const TileRun *, 2> runs,
              std::array<int64_t, 2> steps, ValueRange at, bool turned) {
  auto type = cast<MemRefType>(tile.getType());
  const int64_t height = type.getDimSize(1), width = type.getDimSize(2), lanes = type.getDimSize(3);
  if (!isWhole(runs[0]->pieces, height) || !isWhole(runs[1]->pieces, width))
    stage::FillOp::create(stages, tile, stages.getFloatAttr(type.getElementType(), 0.0));
  AffineExpr y, x, w, zero = stages.getAffineConstantExpr(0);
  bindDims(stages.getContext(), y, x, w);
  auto place = [&](AffineExpr position, int64_t to, int64_t length) {
    return turned ? (length - 1 - to) - position : position + to;
  };
  for (const TilePiece &rows : runs[0]->pieces)
    for (const TilePiece &columns : runs[1]->pieces) {
      Value part = stages.range(image, 0, linear(stages, at[0], steps[0], rows.from), rows.size);
      part = stages.range(part, 1, linear(stages, at[1], steps[1], columns.from), columns.size);
      stages.map(
          {rows.size, columns.size, lanes}, part, tile,
          {stages.getMultiDimIdentityMap(3),
           AffineMap::get(3, 0, {zero, place(y, rows.to, height), place(x, columns.to, width), w},
                          stages.getContext())},
          firstValue, std::nullopt, lanes);
    }
}

void placeResults(StageBuilder &stages, Value values, Value out, const Epilogue &epilogue,
                  std::array<const TileRun *, 2> runs, std::array<int64_t, 2> steps, ValueRange at,
                  Value group, Value channel) {
  const int64_t height = runs[0]->size, width = runs[1]->size;
  auto part = [&](Value whole) {
    Value image = stages.range(stages.slice(whole, group), 0, channel, 1);
    image =
        stages.range(image, 1, linear(stages, at[0], steps[0], runs[0]->first * steps[0]), height);
    return stages.range(image, 2, linear(stages, at[1], steps[1], runs[1]->first * steps[1]),
                        width);
  };
  if (epilogue.isEmpty())
    copyBlock(stages, values, part(out), false);
  else
    epilogue.ofChannel(stages, channel)
        .emit(stages, out, {1, height, width, imageOf(out).lanes}, stages.getMultiDimIdentityMap(4),
              part, values);
}

/// Values [in][out] of a tap to pairs (out, in): eight output channels at a time, in the order of
/// the weights, whose lines have them all.
static void turnPairs(StageBuilder &stages, Value tap, Value to) {
  constexpr int64_t together = 8;
  ArrayRef<int64_t> shape = cast<MemRefType>(tap.getType()).getShape();
  const int64_t in = shape[0], out = shape[1], whole = out / together;
  AffineExpr block, i, o;
  bindDims(stages.getContext(), block, i, o);
  auto turn = [&](int64_t first, int64_t blocks, int64_t size) {
    AffineExpr channel = block * together + o + first;
    stages.map({blocks, in, size}, tap, to,
               {AffineMap::get(3, 0, {i, channel}, stages.getContext()),
                AffineMap::get(3, 0, channel * in + i)},
               firstValue);
  };
  if (whole > 0)
    turn(0, whole, together);
  if (out % together)
    turn(whole * together, 1, out % together);
}

/// Weights [out][in][rows][columns], of an adjoint [in][out][rows][columns], as
/// [row][column][pairs (out, in)]V, with zeros behind the last pair.
static Value pairsInLanes(StageBuilder &stages, StringRef name, Value weight, bool adjoint) {
  auto type = cast<MemRefType>(weight.getType());
  ArrayRef<int64_t> shape = type.getShape();
  const int64_t lanes = stages.vectorLanes(), pairs = shape[0] * shape[1];
  const int64_t vectors = llvm::divideCeil(pairs, lanes), rest = vectors * lanes - pairs;
  Value packed =
      stages.temporary("taps", {shape[2], shape[3], vectors, lanes}, type.getElementType());
  stages.uncountedSweep(name, {shape[2], shape[3]}, [&](ValueRange at, ValueRange) {
    Value tap = stages.select(stages.select(weight, 2, at[0]), 2, at[1]);
    Value to = stages.slice(packed, at);
    if (adjoint)
      turnPairs(stages, tap, to);
    else
      stages.map({shape[0], shape[1]}, tap, to,
                 {stages.getMultiDimIdentityMap(2), stages.flat({shape[0], shape[1]})}, firstValue);
    if (rest > 0)
      fillZeros(stages, to, {rest}, stages.getAffineDimExpr(0) + pairs);
  });
  return packed;
}

FailureOr<TapsInLanes> tapsInLanes(StageBuilder &stages, StringRef name, Operation *op,
                                   bool adjoint, PackingAttr packing) {
  Value weight = op->getOperand(1);
  if (!packing)
    return TapsInLanes{pairsInLanes(stages, name, stages.buffer(weight), adjoint)};
  FailureOr<Value> packed = packedWeight(stages, name, op, packing);
  if (failed(packed))
    return failure();
  const int64_t in = cast<RankedTensorType>(weight.getType()).getDimSize(adjoint ? 0 : 1);
  return TapsInLanes{*packed, packing.getDepth(in)};
}

CorrelationShape shapeOf(const Correlation &c, const Image &from, const Image &to) {
  return {c,
          from.channels,
          to.channels,
          to.groups,
          to.lanes,
          to.element.getIntOrFloatBitWidth() / 8,
          /*epilogueFlop=*/0};
}

Value affineIndex(StageBuilder &stages, ValueRange indices, ArrayRef<int64_t> factors,
                  int64_t constant) {
  AffineExpr sum = stages.getAffineConstantExpr(constant);
  for (auto [dim, factor] : llvm::enumerate(factors))
    sum = sum + stages.getAffineDimExpr(dim) * factor;
  return affine::AffineApplyOp::create(stages, AffineMap::get(indices.size(), 0, sum), indices);
}

Value equalProblems(StageBuilder &stages, Parameters fields, int64_t count) {
  SmallVector<std::pair<StringRef, int64_t>> parameters(fields);
  parameters.push_back({"count", count});
  return stages.problems("equal_problems", parameters, count);
}

} // namespace mlir::nn
