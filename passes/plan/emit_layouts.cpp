//===- emit_layouts.cpp - file order, lanes and kernel layout ---*- C++ -*-===//
//
// At the borders of an entry. Spectra change between the complex basis of files
// and the real basis inside on the way (math.md, section 2).
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"

#include "runtime/layout.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

static int64_t sizeOf(const Signal &signal) {
  return signal.onSO3() ? so3Size(signal.bandLimit) : s2Size(signal.bandLimit);
}

Emitter::SparseTables Emitter::fileTables(StringRef map, const Signal &signal, int64_t terms,
                                          int64_t count, Parameters extra) {
  SmallVector<std::pair<StringRef, int64_t>> parameters = {{"so3", signal.onSO3()},
                                                           {"degrees", signal.bandLimit}};
  parameters.append(extra.begin(), extra.end());
  Type element = elementOf(signal.element);
  return {table((map + "_index").str(), parameters, {count, terms}, builder.getI32Type()),
          table((map + "_values").str(), parameters, {count, terms}, element)};
}

void Emitter::emitToLanes(Value in, Value out, Type type) {
  Extents e = extentsOf(type);
  if (cast<MemRefType>(in.getType()).getRank() <= 2) {
    sweep("to_lanes", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      gatherSamples(stage::GatherMode::ToLanes, in, slice(out, at), {}, e.channels, e, at[0]);
    });
    return;
  }
  sweep("to_lanes", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    gatherSamples(stage::GatherMode::ToLanes, select(in, 1, at[1]), slice(out, at), {}, e.elements,
                  e, at[0]);
  });
}

void Emitter::emitFromLanes(Value in, Value out, Type type) {
  Extents e = extentsOf(type);
  std::optional<Signal> signal = getSignal(type);
  SparseTables map;
  int64_t count = e.elements;
  if (signal && signal->isSpectrum()) {
    count = 2 * e.elements;
    map = fileTables("basis_to_file", *signal, signal->onSO3() ? 2 : 1, count, {{"complex", 0}});
  }
  if (cast<MemRefType>(out.getType()).getRank() <= 2) {
    sweep("from_lanes", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      gatherSamples(stage::GatherMode::FromLanes, slice(in, at), out, map, e.channels, e, at[0]);
    });
    return;
  }
  sweep("from_lanes", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    gatherSamples(stage::GatherMode::FromLanes, slice(in, at), select(out, 1, at[1]), map, count, e,
                  at[0]);
  });
}

void Emitter::emitFromKernel(Value in, Value out, const Signal &signal) {
  int64_t count = 2 * sizeOf(signal);
  SparseTables map =
      fileTables("basis_to_file", signal, signal.onSO3() ? 2 : 1, count, {{"complex", 0}});
  sweep("from_kernel", {signal.batch, signal.channels}, {}, [&](ValueRange at, ValueRange) {
    gather(stage::GatherMode::Scalar, slice(in, at), slice(out, at), map, count, 1);
  });
}

/// Values in file order beside one of their real parts: at each point of `space` `count` values of
/// the part, and of the dense side what the first `leading` indices select.
struct Emitter::PartRows {
  SmallVector<int64_t> space;
  int64_t leading, count;
  Extents part;
  bool isSpectrum;

  bool inLanes() const { return part.place == Place::Lanes; }
};

/// Spectra channel by channel, the rest row by row of two axes behind the batch.
Emitter::PartRows Emitter::partRowsOf(Type part) const {
  PartRows rows{{}, 2, 1, extentsOf(part), false};
  std::optional<Signal> signal = getSignal(part);
  if (signal && signal->isSpectrum()) {
    rows.isSpectrum = true;
    rows.space = {rows.inLanes() ? rows.part.groups : signal->batch, signal->channels};
    rows.count = sizeOf(*signal);
    return rows;
  }
  MemRefType type = bufferType(part);
  ArrayRef<int64_t> shape = type.getShape().drop_back(rows.inLanes() ? 1 : 0);
  const int64_t first = rows.inLanes() ? 1 : 0, rank = static_cast<int64_t>(shape.size());
  rows.leading = first + std::clamp<int64_t>(rank - first - 1, 0, 2);
  rows.space.assign(shape.begin(), shape.begin() + rows.leading);
  for (int64_t extent : shape.drop_front(rows.leading))
    rows.count *= extent;
  if (rows.space.empty())
    rows.space = {1};
  return rows;
}

/// The dense side of a point: of all samples, if lanes are on the other side.
Value Emitter::denseRow(const PartRows &rows, Value dense, ValueRange at) {
  if (!rows.inLanes())
    return slice(dense, at.take_front(rows.leading));
  for (Value index : at.take_front(rows.leading).drop_front())
    dense = select(dense, 1, index);
  return dense;
}

/// The values of a part at a point.
Value Emitter::partRow(const PartRows &rows, Value part, ValueRange at) {
  Value row = slice(part, at.take_front(rows.leading));
  return rows.part.place == Place::Kernel ? range(row, 0, builder.getIndexAttr(0), rows.count)
                                          : row;
}

/// The real or the imaginary part of values in file order.
void Emitter::emitPart(Value in, Value out, Type type, bool imaginary) {
  PartRows rows = partRowsOf(type);
  SparseTables map;
  if (rows.isSpectrum)
    map = fileTables("file_to_basis", *getSignal(type), getSignal(type)->onSO3() ? 4 : 2,
                     rows.count, {{"imaginary", imaginary}});
  else
    map.index = table("pairs_to_part_index", {{"count", rows.count}, {"imaginary", imaginary}},
                      {rows.count, 1}, builder.getI32Type());
  StringRef name = rows.inLanes()                     ? "to_lanes"
                   : rows.part.place == Place::Kernel ? "to_kernel"
                                                      : "part";
  sweep(name, rows.space, {}, [&](ValueRange at, ValueRange) {
    Value source = denseRow(rows, in, at), target = partRow(rows, out, at);
    if (rows.inLanes())
      gatherSamples(stage::GatherMode::ToLanes, source, target, map, rows.count, rows.part, at[0]);
    else
      gather(stage::GatherMode::Scalar, source, target, map, rows.count, 1);
  });
}

/// Complex values in file order from their two parts, through both beside each other in scratch.
void Emitter::emitComplex(ComplexOp op) {
  Type type = op.getRe().getType();
  PartRows rows = partRowsOf(type);
  SparseTables map;
  if (rows.isSpectrum)
    map = fileTables("basis_to_file", *getSignal(type), getSignal(type)->onSO3() ? 4 : 2,
                     2 * rows.count, {{"complex", 1}});
  else
    map.index = table("parts_to_pairs_index", {{"count", rows.count}}, {2 * rows.count, 1},
                      builder.getI32Type());
  Value parts[] = {buffer(op.getRe()), buffer(op.getIm())}, out = buffer(op.getResult());
  SmallVector<int64_t> shape = {2, rows.count};
  if (rows.inLanes())
    shape.push_back(rows.part.lanes);
  auto mode = rows.inLanes() ? stage::GatherMode::Lanes : stage::GatherMode::Scalar;
  sweep("complex", rows.space, {scratchType(shape, elementOf(type))},
        [&](ValueRange at, ValueRange scratch) {
          for (auto [index, part] : llvm::enumerate(parts))
            gather(mode, partRow(rows, part, at),
                   select(scratch[0], 0, builder.getIndexAttr(static_cast<int64_t>(index))), {},
                   rows.count, rows.part.lanes);
          Value target = denseRow(rows, out, at);
          if (rows.inLanes())
            gatherSamples(stage::GatherMode::FromLanes, scratch[0], target, map, 2 * rows.count,
                          rows.part, at[0]);
          else
            gather(stage::GatherMode::Scalar, scratch[0], target, map, 2 * rows.count, 1);
        });
}

/// Rows of a kernel's spectrum to lanes and back: the basis stays.
void Emitter::emitRows(Value in, Value out, const Signal &signal, const Extents &lanes,
                       bool toLanes) {
  int64_t size = sizeOf(signal);
  sweep(toLanes ? "to_lanes" : "to_kernel", {lanes.groups, lanes.channels}, {},
        [&](ValueRange at, ValueRange) {
          Value kernel = select(toLanes ? in : out, 1, at[1]);
          Value dense = range(kernel, 1, builder.getIndexAttr(0), size);
          Value own = slice(toLanes ? out : in, at);
          gatherSamples(toLanes ? stage::GatherMode::ToLanes : stage::GatherMode::FromLanes,
                        toLanes ? dense : own, toLanes ? own : dense, {}, size, lanes, at[0]);
        });
}

LogicalResult Emitter::emitConvert(ConvertLayoutOp op) {
  Type from = op.getInput().getType(), to = op.getType();
  Extents before = extentsOf(from), after = extentsOf(to);
  Place source = before.place, target = after.place;
  std::optional<Signal> signal = getSignal(to);
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  if (source == Place::File && target != Place::File && signal && signal->isSpectrum())
    emitPart(in, out, to, /*imaginary=*/false);
  else if (source == Place::File && target == Place::Lanes)
    emitToLanes(in, out, to);
  else if (source == Place::Lanes && target == Place::File)
    emitFromLanes(in, out, from);
  else if (source == Place::Kernel && target == Place::File)
    emitFromKernel(in, out, *getSignal(from));
  else if (source == Place::Lanes && target == Place::Kernel)
    emitRows(in, out, *signal, before, /*toLanes=*/false);
  else if (source == Place::Kernel && target == Place::Lanes)
    emitRows(in, out, *signal, after, /*toLanes=*/true);
  else
    return failure();
  return success();
}

LogicalResult Emitter::emitLayout(Operation *op) {
  if (auto convert = dyn_cast<ConvertLayoutOp>(op))
    return emitConvert(convert);
  if (auto complex = dyn_cast<ComplexOp>(op)) {
    emitComplex(complex);
    return success();
  }
  if (!isa<RealPartOp, ImagPartOp>(op))
    return failure();
  emitPart(buffer(op->getOperand(0)), buffer(op->getResult(0)), op->getResult(0).getType(),
           isa<ImagPartOp>(op));
  return success();
}

void Emitter::emitCopy(Location location, Value source, Value target, bool batched) {
  loc = location;
  choice = {};
  auto type = cast<MemRefType>(source.getType());
  int64_t count = type.getNumElements();
  if (count == 0)
    return;
  if (!batched) {
    sweep("copy", {1}, {}, [&](ValueRange, ValueRange) {
      gather(stage::GatherMode::Scalar, source, target, {}, count, 1);
    });
    return;
  }
  int64_t samples = type.getDimSize(0);
  count /= samples;
  Extents one;
  one.batched = true;
  sweep("copy", {samples}, {scratchType({count, 1}, type.getElementType())},
        [&](ValueRange at, ValueRange scratch) {
          gatherSamples(stage::GatherMode::ToLanes, source, scratch[0], {}, count, one, at[0]);
          gatherSamples(stage::GatherMode::FromLanes, scratch[0], target, {}, count, one, at[0]);
        });
}

} // namespace mlir::spherical
