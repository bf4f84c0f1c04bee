//===- weight_packing.cpp - weights with output channels in the lanes -----===//
//
// Copies of weights in the order in which products read them (#nn.packing), zeros where there is no
// channel. Made once in @prepare, or by each run.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/window_products.h"

#include "dialects/nn/packing.h"
#include "dialects/nn/stages/linear_maps.h"
#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::nn {

using namespace mlir::spherical;

namespace {
/// Values of a kernel's axis at their places in packed weights: first, first + step, ... of it are
/// `skipped`, skipped + 1, ... there, so many.
struct TapAxis {
  int64_t first, step, skipped, count;
};

/// Weights on their way to the lanes, from [out][in][rows][columns], or with `inFirst` [in][out]
/// [rows][columns], to [lane group of out][row][lane group of in][column][in]W, or with
/// `columnsFirst` [row][column][lane group of in][in][lane group of out]W. Skipped rows and
/// columns, which products do not read, are left as they are unless `fills`.
struct Packing {
  Value weight, packed;
  TapAxis rows, columns;
  bool inFirst, columnsFirst;
  bool fills = false;

  bool skips() const { return rows.skipped > 0 || columns.skipped > 0; }

  ArrayRef<int64_t> shape() const { return cast<MemRefType>(weight.getType()).getShape(); }
  ArrayRef<int64_t> places() const { return cast<MemRefType>(packed.getType()).getShape(); }
  int64_t in() const { return shape()[inFirst ? 0 : 1]; }
  int64_t out() const { return shape()[inFirst ? 1 : 0]; }
  int64_t lanes() const { return places()[5]; }
  int64_t depth() const { return places()[columnsFirst ? 3 : 4]; }
  /// The axis of lane groups of output channels.
  int64_t outAxis() const { return columnsFirst ? 4 : 0; }
};
} // namespace

/// Zeros of one lane group of output channels, where there is no channel: [row][lane group of in,
/// or column][column, or lane group of in][in]W.
static void fillLanes(StageBuilder &stages, const Packing &p, Value target, int64_t channels) {
  const int64_t groups = llvm::divideCeil(p.in(), p.lanes());
  const int64_t rows = p.rows.count, columns = p.columns.count, depth = p.depth();
  AffineExpr r, i, q, c, w;
  bindDims(stages.getContext(), r, i, q, c, w);
  auto fill = [&](int64_t firstGroup, int64_t firstChannel, int64_t firstLane) {
    SmallVector<AffineExpr> to = {r + p.rows.skipped, i + firstGroup, q + p.columns.skipped,
                                  c + firstChannel, w + firstLane};
    if (p.columnsFirst)
      std::swap(to[1], to[2]);
    fillZeros(
        stages, target,
        {rows, groups - firstGroup, columns, depth - firstChannel, p.lanes() - firstLane}, to);
  };
  if (channels < p.lanes())
    fill(0, 0, channels);
  if (p.in() < groups * depth)
    fill(groups - 1, p.in() - (groups - 1) * depth, 0);
}

/// The output channels of lane group number `at` of a piece.
static void packGroup(StageBuilder &stages, const Packing &p, const LanePiece &out, Value at) {
  const int64_t lanes = p.lanes();
  Value group = linear(stages, at, 1, out.first);
  Value target = stages.select(p.packed, p.outAxis(), group);
  if (p.fills && p.skips()) {
    const Type element = cast<MemRefType>(target.getType()).getElementType();
    stage::FillOp::create(stages, target, stages.getFloatAttr(element, 0.0));
  }
  Value source =
      stages.range(p.weight, p.inFirst ? 1 : 0, linear(stages, group, lanes, 0), out.lanes);
  AffineExpr i, c, r, q, o; // in the order of the weights, which stay in the first cache
  bindDims(stages.getContext(), i, c, r, q, o);
  for (const LanePiece &in : lanePieces(p.in(), lanes)) {
    AffineExpr channel = (i + in.first) * lanes + c;
    AffineExpr row = r * p.rows.step + p.rows.first, column = q * p.columns.step + p.columns.first;
    SmallVector<AffineExpr> from = {o, channel, row, column};
    if (p.inFirst)
      std::swap(from[0], from[1]);
    SmallVector<AffineExpr> to = {r + p.rows.skipped, i + in.first, q + p.columns.skipped, c, o};
    if (p.columnsFirst)
      std::swap(to[1], to[2]);
    stages.map({in.groups, in.lanes, p.rows.count, p.columns.count, out.lanes}, source, target,
               {AffineMap::get(5, 0, from, stages.getContext()),
                AffineMap::get(5, 0, to, stages.getContext())},
               firstValue);
  }
  fillLanes(stages, p, target, out.lanes);
}

/// Packs the same weights several times: a task has a lane group of output channels, whose weights
/// are read from memory once.
static void packAll(StageBuilder &stages, StringRef name, ArrayRef<Packing> packings) {
  const Packing &first = packings.front();
  for (const LanePiece &piece : lanePieces(first.out(), first.lanes()))
    stages.uncountedSweep(name, {piece.groups}, [&](ValueRange at, ValueRange) {
      for (const Packing &packing : packings)
        packGroup(stages, packing, piece, at[0]);
    });
}

/// Values phase, phase + stride, ... of a kernel, in descending order behind zeros.
static TapAxis phaseTaps(const Windows &windows, int64_t phase) {
  const int64_t count = windows.partsOf(phase), stride = windows.stride;
  return {phase + (count - 1) * stride, -stride, windows.parts() - count, count};
}

/// The copies that make a packing: one, or one of each phase.
static SmallVector<Packing> packingsOf(StageBuilder &stages, PackingAttr packing, Value weight,
                                       Value packed, bool fills) {
  ArrayRef<int64_t> shape = cast<MemRefType>(weight.getType()).getShape();
  const int64_t rows = shape[2], columns = shape[3];
  if (packing.getForm() != PackingForm::Phases)
    return {{weight,
             packed,
             {0, 1, 0, rows},
             {0, 1, 0, columns},
             packing.isTransposed(),
             packing.getForm() != PackingForm::Windows}};
  const Windows y{.kernel = rows, .stride = packing.getStride()[0]};
  const Windows x{.kernel = columns, .stride = packing.getStride()[1]};
  SmallVector<Packing> phases;
  for (int64_t py = 0; py < y.phases(); ++py)
    for (int64_t px = 0; px < x.phases(); ++px)
      phases.push_back({weight, phaseOf(stages, packed, py, px), phaseTaps(y, py), phaseTaps(x, px),
                        true, false, fills});
  return phases;
}

Value phaseOf(StageBuilder &stages, Value phases, int64_t py, int64_t px) {
  return stages.select(stages.select(phases, 0, stages.getIndexAttr(py)), 0,
                       stages.getIndexAttr(px));
}

/// Packs a weight; of positions its taps first.
static void emitPacking(StageBuilder &stages, StringRef name, PackingAttr packing, Value weight,
                        Value packed, bool fills) {
  if (packing.getLength() == 0)
    return packAll(stages, name, packingsOf(stages, packing, weight, packed, fills));
  auto type = cast<MemRefType>(weight.getType());
  Value taps = stages.temporary("taps", packing.getTaps().getMemoryShape(type.getShape()),
                                type.getElementType());
  emitPacking(stages, name, packing.getTaps(), weight, taps, fills);
  const auto [y, x] = filtersOf(packing, type.getShape());
  mapBothAxes(stages, "winograd.kernel", taps, packed, minimalFilter(y).kernel,
              minimalFilter(x).kernel);
}

FailureOr<Value> packedWeight(StageBuilder &stages, StringRef name, Operation *op,
                              PackingAttr packing) {
  Value operand = op->getOperand(1), weight = stages.buffer(operand);
  const Attribute given = getLayout(operand.getType());
  if (given && given != packing)
    return op->emitOpError("expected a weight that is packed as `spherical.choice` reads it, ")
           << packing << ", got " << given;
  if (given)
    return weight;
  Value packed = stages.temporary(
      "weights", packing.getMemoryShape(cast<MemRefType>(weight.getType()).getShape()),
      stages.elementOf(operand.getType()));
  emitPacking(stages, name, packing, weight, packed, /*fills=*/false);
  return packed;
}

LogicalResult PackWeightOp::emitStages(StageBuilder &stages) {
  emitPacking(stages, "pack_weight", cast<PackingAttr>(getLayout(getType())),
              stages.buffer(getInput()), stages.buffer(getResult()), /*fills=*/true);
  return success();
}

} // namespace mlir::nn
