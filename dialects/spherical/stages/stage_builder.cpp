//===- stage_builder.cpp - buffers, sweeps, maps and tables -----*- C++ -*-===//
//
// What the families of ops share when they become stages.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/stages/stage_builder.h"

#include "dialects/spherical/work.h"
#include "runtime/layout.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include "llvm/Support/MathExtras.h"

#include <utility>

namespace mlir::spherical {

Value TablePool::get(OpBuilder &builder, Location loc, stage::TableAttr value, MemRefType type) {
  stage::TableOp &op = tables[{value, type}];
  if (!op) {
    OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
    if (last)
      atStart.setInsertionPointAfter(last);
    std::string name = ("t" + Twine(tables.size() - 1)).str();
    op = last = stage::TableOp::create(atStart, loc, name, type, value);
  }
  return stage::TableRefOp::create(builder, loc, type, FlatSymbolRefAttr::get(op.getSymNameAttr()));
}

void StageBuilder::begin(Operation *op) {
  setLoc(op->getLoc());
  chosen = op->getAttrOfType<ChoiceAttr>("spherical.choice");
  counted = false;
}

/// Whether a layout with lanes is that of a kernel's spectrum.
static bool isKernelLayout(LayoutAttr layout) {
  return llvm::any_of(layout.getLaneAxes(), [](StringAttr axis) { return axis == kOutAxis; });
}

Extents extentsOf(Type type) {
  Extents extents;
  auto layout = dyn_cast_if_present<LayoutAttr>(getLayout(type));
  std::optional<Signal> signal = getSignal(type);
  if (!layout)
    return extents;
  if (layout.getLaneSizes().empty()) {
    extents.place = Place::Kernel;
    return extents;
  }
  const bool channels = hasChannelLanes(type);
  extents.place = isKernelLayout(layout) ? Place::Kernel : Place::Lanes;
  extents.lanes = layout.getLanes();
  extents.batched = layout.hasBatch();
  auto grouped = [&](int64_t count) { return llvm::divideCeil(count, extents.lanes); };
  if (signal) {
    const bool series = hasSeriesLanes(type);
    extents.groups = channels ? signal->batch
                              : grouped(series ? signal->batch * signal->channels : signal->batch);
    extents.channels = channels ? grouped(signal->channels) : series ? 1 : signal->channels;
    int64_t n = 2 * signal->bandLimit;
    extents.elements =
        signal->isSpectrum() ? coefficientsOf(*signal) : n * n * (signal->onSO3() ? n : 1);
    return extents;
  }
  auto tensor = cast<RankedTensorType>(type);
  extents.groups = channels ? tensor.getDimSize(0) : grouped(tensor.getDimSize(0));
  extents.channels = tensor.getRank() > 1 ? tensor.getDimSize(1) : 1;
  if (channels)
    extents.channels = grouped(extents.channels);
  for (int64_t axis = 2; axis < tensor.getRank(); ++axis)
    extents.elements *= tensor.getDimSize(axis);
  return extents;
}

Type StageBuilder::elementOf(Type type) const {
  const Type element = realElementOf(type);
  return doublePrecision && isa<FloatType>(element) ? Type(Float64Type::get(type.getContext()))
                                                    : element;
}

/// [groups][channels][rows][row] words with a bit for each lane, or positive values of more lanes
/// than a word has bits.
static MemRefType maskType(const Signal &mask, const Extents &e, Type element) {
  const int64_t n = 2 * mask.bandLimit, rows = mask.onSO3() ? n * n : n;
  if (e.lanes > kWordLanes)
    return MemRefType::get({e.groups, e.channels, rows, n, e.lanes}, element);
  Type word = IntegerType::get(mask.element.getContext(), stage::wordBits(e.lanes));
  return MemRefType::get({e.groups, e.channels, rows, n}, word);
}

MemRefType StageBuilder::bufferType(Type type) const {
  Extents e = extentsOf(type);
  std::optional<Signal> signal = getSignal(type);
  if (isMask(type) && e.place == Place::Lanes)
    return maskType(*signal, e,
                    doublePrecision ? Type(Float64Type::get(type.getContext()))
                                    : Type(Float32Type::get(type.getContext())));
  SmallVector<int64_t> shape;
  if (auto own = dyn_cast_if_present<MemoryLayout>(getLayout(type))) {
    shape = own.getMemoryShape(cast<RankedTensorType>(type).getShape());
  } else if (e.place == Place::File) {
    if (signal)
      shape = signal->fileShape();
    else {
      auto tensor = cast<RankedTensorType>(type);
      shape.assign(tensor.getShape().begin(), tensor.getShape().end());
      if (isa<ComplexType>(tensor.getElementType()))
        shape.push_back(2);
    }
  } else if (e.place == Place::Kernel && hasChannelLanes(type)) {
    shape = {e.groups, e.channels, e.elements, e.lanes};
  } else if (e.place == Place::Kernel) {
    int64_t size = coefficientsOf(*signal);
    shape = {signal->batch, signal->channels, ::spherical::runtime::padded(size)};
  } else if (signal) {
    shape = {e.groups, e.channels};
    if (signal->isSpectrum())
      shape.push_back(e.elements);
    else
      shape.append(signal->onSO3() ? 3 : 2, 2 * signal->bandLimit);
    shape.push_back(e.lanes);
  } else {
    shape = {e.groups};
    auto tensor = cast<RankedTensorType>(type);
    shape.append(tensor.getShape().begin() + 1, tensor.getShape().end());
    if (hasChannelLanes(type))
      shape[1] = e.channels;
    shape.push_back(e.lanes);
  }
  return MemRefType::get(shape, elementOf(type));
}

/// Points for each task: small points are put together, some 32 KiB or half a million operations.
static int64_t chunkOf(int64_t points, int64_t flop, int64_t bytes) {
  double work = (static_cast<double>(bytes) + static_cast<double>(flop) / 16) / points;
  return std::clamp<int64_t>(static_cast<int64_t>(32768 / std::max(work, 1.0)), 1, points);
}

stage::SweepOp StageBuilder::sweep(StringRef name, ArrayRef<int64_t> space, ArrayRef<Type> scratch,
                                   SweepBody body) {
  auto op = stage::SweepOp::create(*this, name, space, scratch,
                                   [&](OpBuilder &, Location, ValueRange indices,
                                       ValueRange buffers) { body(indices, buffers); });
  if (!counted)
    countShare(op, 1, 1);
  return op;
}

void StageBuilder::uncountedSweep(StringRef name, ArrayRef<int64_t> space, SweepBody body,
                                  ArrayRef<Type> scratch) {
  bool before = std::exchange(counted, true);
  sweep(name, space, scratch, body);
  counted = before;
}

Value linear(StageBuilder &stages, Value index, int64_t factor, int64_t first) {
  AffineExpr d = stages.getAffineDimExpr(0);
  return affine::AffineApplyOp::create(stages, AffineMap::get(1, 0, d * factor + first), index);
}

void forEach(StageBuilder &stages, int64_t count, function_ref<void(Value)> body) {
  Value zero = arith::ConstantIndexOp::create(stages, 0);
  Value one = arith::ConstantIndexOp::create(stages, 1);
  Value end = arith::ConstantIndexOp::create(stages, count);
  auto loop = scf::ForOp::create(stages, zero, end, one);
  OpBuilder::InsertionGuard guard(stages);
  stages.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

int64_t evenBlock(int64_t all, int64_t most) {
  return llvm::divideCeil(all, llvm::divideCeil(all, most));
}

void StageBuilder::countShare(stage::SweepOp sweep, int64_t done, int64_t all) {
  if (!chosen)
    return;
  auto share = [&](int64_t work) {
    return static_cast<int64_t>(static_cast<double>(work) * static_cast<double>(done) /
                                static_cast<double>(all));
  };
  counted = true;
  sweep.setFlop(share(chosen.getFlop()));
  sweep.setBytes(share(chosen.getBytes()));
  sweep.setChunk(chunkOf(sweep.getPoints(), sweep.getFlop(), sweep.getBytes()));
}

void StageBuilder::map(ArrayRef<int64_t> space, ValueRange inputs, ValueRange outputs,
                       ArrayRef<AffineMap> maps, Scalars scalars,
                       std::optional<stage::Combine> combine, std::optional<int64_t> lanes) {
  stage::MapOp::create(*this, space, inputs, outputs, maps, combine, lanes, scalars);
}

void StageBuilder::gather(stage::GatherMode mode, Value in, Value out, SparseTables tables,
                          int64_t count, int64_t lanes) {
  stage::GatherOp::create(*this, mode, in, out, /*group=*/Value(), tables.index, tables.values,
                          count, lanes);
}

void StageBuilder::gatherSamples(stage::GatherMode mode, Value in, Value out, SparseTables tables,
                                 int64_t count, const Extents &lanes, Value group) {
  stage::GatherOp::create(*this, mode, in, out, group, tables.index, tables.values, count,
                          lanes.lanes, /*all=*/!lanes.batched);
}

AffineMap StageBuilder::dims(int64_t rank, ArrayRef<int64_t> selected) {
  SmallVector<AffineExpr> results;
  for (int64_t dim : selected)
    results.push_back(dim < 0 ? getAffineConstantExpr(0) : getAffineDimExpr(dim));
  return AffineMap::get(rank, 0, results, getContext());
}

AffineMap StageBuilder::flat(ArrayRef<int64_t> extents) {
  AffineExpr position = getAffineConstantExpr(0);
  for (auto [dim, extent] : llvm::enumerate(extents))
    position = position * extent + getAffineDimExpr(dim);
  return AffineMap::get(extents.size(), 0, position);
}

Value StageBuilder::select(Value source, int64_t axis, OpFoldResult index) {
  auto type = cast<MemRefType>(source.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), getIndexAttr(0));
  SmallVector<OpFoldResult> sizes, strides(type.getRank(), getIndexAttr(1));
  SmallVector<int64_t> shape;
  for (auto [i, extent] : llvm::enumerate(type.getShape())) {
    bool dropped = static_cast<int64_t>(i) == axis;
    sizes.push_back(getIndexAttr(dropped ? 1 : extent));
    if (!dropped)
      shape.push_back(extent);
  }
  offsets[axis] = index;
  MemRefType result =
      memref::SubViewOp::inferRankReducedResultType(shape, type, offsets, sizes, strides);
  return memref::SubViewOp::create(*this, result, source, offsets, sizes, strides);
}

Value StageBuilder::slice(Value source, ValueRange leading) {
  for (Value index : leading)
    source = select(source, 0, index);
  return source;
}

Value StageBuilder::range(Value source, int64_t axis, OpFoldResult first, int64_t size) {
  auto type = cast<MemRefType>(source.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), getIndexAttr(0));
  SmallVector<OpFoldResult> sizes, strides(type.getRank(), getIndexAttr(1));
  for (int64_t extent : type.getShape())
    sizes.push_back(getIndexAttr(extent));
  offsets[axis] = first;
  sizes[axis] = getIndexAttr(size);
  return memref::SubViewOp::create(*this, source, offsets, sizes, strides);
}

Value StageBuilder::table(StringRef kind, Parameters parameters, ArrayRef<int64_t> shape,
                          Type element, ArrayRef<double> points, double scale) {
  auto attribute = stage::TableAttr::get(getContext(), kind, parameters, points, scale);
  return tables.get(*this, getLoc(), attribute, MemRefType::get(shape, element));
}

Value StageBuilder::problems(StringRef kind, Parameters parameters, int64_t count) {
  const MemRefType type = stage::problemListType(getContext(), count);
  return table(kind, parameters, type.getShape(), type.getElementType());
}

Value StageBuilder::temporary(StringRef name, ArrayRef<int64_t> shape, Type element) {
  return memref::AllocOp::create(*this, NameLoc::get(getStringAttr(name), getLoc()),
                                 MemRefType::get(shape, element));
}

void balance(stage::SweepOp sweep, int64_t bytes) {
  sweep.setChunk(std::clamp<int64_t>(32768 / std::max<int64_t>(bytes, 1), 1, sweep.getPoints()));
}

OpFoldResult RowBlock::position(StageBuilder &stages, int64_t weight) const {
  if (!block)
    return stages.getIndexAttr(first * weight);
  return linear(stages, block, size * weight, first * weight);
}

Value RowBlock::of(StageBuilder &stages, Value source, int64_t axis, int64_t weight) const {
  if (!block && first == 0 && cast<MemRefType>(source.getType()).getDimSize(axis) == size * weight)
    return source;
  return stages.range(source, axis, position(stages, weight), size * weight);
}

void sweepBlocks(StageBuilder &stages, StringRef name, ArrayRef<int64_t> space, int64_t count,
                 int64_t weight, function_ref<void(ValueRange at, const RowBlock &rows)> body,
                 function_ref<void(stage::SweepOp sweep, int64_t rows)> built) {
  constexpr int64_t enough = 16, values = 8192;
  const int64_t size = std::max<int64_t>(1, values / weight);
  auto sweep = [&](RowBlock rows, int64_t blocks) {
    SmallVector<int64_t> points(space);
    if (blocks > 0)
      points.push_back(blocks);
    auto op = stages.sweep(name, points, {}, [&](ValueRange at, ValueRange) {
      rows.block = blocks > 0 ? at.back() : Value();
      body(at.take_front(space.size()), rows);
    });
    if (built)
      built(op, rows.size * std::max<int64_t>(blocks, 1));
  };
  if (llvm::product_of(space) >= enough || count <= size)
    return sweep({Value(), 0, count}, 0);
  sweep({Value(), 0, size}, count / size);
  if (count % size)
    sweep({Value(), count / size * size, count % size}, 0);
}

void emitFill(StageBuilder &stages, StringRef name, Value buffer, double value) {
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getNumElements() == 0)
    return;
  bool split = type.getRank() > 1 && type.getNumElements() > 65536;
  TypedAttr attribute =
      isa<FloatType>(type.getElementType())
          ? TypedAttr(stages.getFloatAttr(type.getElementType(), value))
          : TypedAttr(stages.getIntegerAttr(type.getElementType(), static_cast<int64_t>(value)));
  stages.sweep(name, {split ? type.getDimSize(0) : 1}, {}, [&](ValueRange at, ValueRange) {
    stage::FillOp::create(stages, split ? stages.slice(buffer, at) : buffer, attribute);
  });
}

void emitCopy(StageBuilder &stages, Value source, Value target, bool batched) {
  auto type = cast<MemRefType>(source.getType());
  int64_t count = type.getNumElements();
  if (count == 0)
    return;
  if (!batched) {
    stages.sweep("copy", {1}, {}, [&](ValueRange, ValueRange) {
      stages.gather(stage::GatherMode::Scalar, source, target, {}, count, 1);
    });
    return;
  }
  int64_t samples = type.getDimSize(0);
  count /= samples;
  Extents one;
  one.batched = true;
  stages.sweep("copy", {samples}, {MemRefType::get({count, 1}, type.getElementType())},
               [&](ValueRange at, ValueRange scratch) {
                 stages.gatherSamples(stage::GatherMode::ToLanes, source, scratch[0], {}, count,
                                      one, at[0]);
                 stages.gatherSamples(stage::GatherMode::FromLanes, scratch[0], target, {}, count,
                                      one, at[0]);
               });
}

std::pair<SmallVector<int64_t>, int64_t> leadingAxes(MemRefType type) {
  SmallVector<int64_t> space;
  int64_t points = type.getNumElements();
  while (space.size() < 2 && static_cast<int64_t>(space.size()) + 1 < type.getRank() &&
         points > 4096) {
    points /= type.getDimSize(space.size());
    space.push_back(type.getDimSize(space.size()));
  }
  return {space, points};
}

void emitElementwise(StageBuilder &stages, StringRef name, Value result, ValueRange inputs,
                     Scalars scalars) {
  auto [space, points] = leadingAxes(cast<MemRefType>(result.getType()));
  const bool whole = space.empty();
  if (whole)
    space.push_back(1);
  bool wide = points % stages.vectorLanes() == 0;
  SmallVector<int64_t> extents = {points};
  if (wide)
    extents = {points / stages.vectorLanes(), stages.vectorLanes()};
  stages.sweep(name, space, {}, [&](ValueRange at, ValueRange) {
    auto part = [&](Value buffer) { return whole ? buffer : stages.slice(buffer, at); };
    SmallVector<AffineMap> maps(inputs.size() + 1, stages.flat(extents));
    stages.map(extents, llvm::map_to_vector(inputs, part), part(result), maps, scalars,
               std::nullopt, wide ? std::optional<int64_t>(stages.vectorLanes()) : std::nullopt);
  });
}

} // namespace mlir::spherical
