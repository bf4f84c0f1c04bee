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

void Emitter::emitToLanes(Value in, Value out, Type type, bool imaginary) {
  Extents e = extentsOf(type);
  std::optional<Signal> signal = getSignal(type);
  SparseTables map;
  if (signal && signal->isSpectrum())
    map = fileTables("file_to_basis", *signal, signal->onSO3() ? 4 : 2, e.elements,
                     {{"imaginary", imaginary}});
  auto fileType = cast<MemRefType>(in.getType());
  if (fileType.getRank() <= 2) {
    sweep("to_lanes", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      gather(stage::GatherMode::ToLanes, in, slice(out, at), map, e.channels, e.lanes, at[0]);
    });
    return;
  }
  sweep("to_lanes", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    gather(stage::GatherMode::ToLanes, select(in, 1, at[1]), slice(out, at), map, e.elements,
           e.lanes, at[0]);
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
      gather(stage::GatherMode::FromLanes, slice(in, at), out, map, e.channels, e.lanes, at[0]);
    });
    return;
  }
  sweep("from_lanes", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    gather(stage::GatherMode::FromLanes, slice(in, at), select(out, 1, at[1]), map, count, e.lanes,
           at[0]);
  });
}

void Emitter::emitToKernel(Value in, Value out, const Signal &signal, bool imaginary) {
  int64_t size = sizeOf(signal);
  SparseTables map =
      fileTables("file_to_basis", signal, signal.onSO3() ? 4 : 2, size, {{"imaginary", imaginary}});
  sweep("to_kernel", {signal.batch, signal.channels}, {}, [&](ValueRange at, ValueRange) {
    Value target = range(slice(out, at), 0, builder.getIndexAttr(0), size);
    gather(stage::GatherMode::Scalar, slice(in, at), target, map, size, 1);
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

/// A complex spectrum in file order from its two parts, through both beside each other in scratch.
void Emitter::emitComplex(ComplexOp op) {
  Signal signal = *getSignal(op.getRe().getType());
  Extents e = extentsOf(op.getRe().getType());
  int64_t size = sizeOf(signal);
  SparseTables map =
      fileTables("basis_to_file", signal, signal.onSO3() ? 4 : 2, 2 * size, {{"complex", 1}});
  bool lanes = e.place == Place::Lanes;
  Value re = buffer(op.getRe()), im = buffer(op.getIm()), out = buffer(op.getResult());
  SmallVector<int64_t> shape = {2, size};
  if (lanes)
    shape.push_back(e.lanes);
  SmallVector<int64_t> space = {lanes ? e.groups : signal.batch, signal.channels};
  auto mode = lanes ? stage::GatherMode::Lanes : stage::GatherMode::Scalar;
  sweep("complex", space, {scratchType(shape, elementOf(op.getRe().getType()))},
        [&](ValueRange at, ValueRange scratch) {
          for (int64_t part : {0, 1}) {
            Value source = range(slice(part == 0 ? re : im, at), 0, builder.getIndexAttr(0), size);
            gather(mode, source, select(scratch[0], 0, builder.getIndexAttr(part)), {}, size,
                   lanes ? e.lanes : 1);
          }
          if (lanes)
            gather(stage::GatherMode::FromLanes, scratch[0], select(out, 1, at[1]), map, 2 * size,
                   e.lanes, at[0]);
          else
            gather(stage::GatherMode::Scalar, scratch[0], slice(out, at), map, 2 * size, 1);
        });
}

LogicalResult Emitter::emitConvert(ConvertLayoutOp op) {
  Type from = op.getInput().getType(), to = op.getType();
  Place source = extentsOf(from).place, target = extentsOf(to).place;
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  if (source == Place::File && target == Place::Lanes)
    emitToLanes(in, out, to, false);
  else if (source == Place::Lanes && target == Place::File)
    emitFromLanes(in, out, from);
  else if (source == Place::File && target == Place::Kernel)
    emitToKernel(in, out, *getSignal(to), false);
  else if (source == Place::Kernel && target == Place::File)
    emitFromKernel(in, out, *getSignal(from));
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
  Value in = buffer(op->getOperand(0)), out = buffer(op->getResult(0));
  Type type = op->getResult(0).getType();
  if (extentsOf(type).place == Place::Lanes)
    emitToLanes(in, out, type, isa<ImagPartOp>(op));
  else
    emitToKernel(in, out, *getSignal(type), isa<ImagPartOp>(op));
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
  sweep("copy", {samples}, {scratchType({count, 1}, type.getElementType())},
        [&](ValueRange at, ValueRange scratch) {
          gather(stage::GatherMode::ToLanes, source, scratch[0], {}, count, 1, at[0]);
          gather(stage::GatherMode::FromLanes, scratch[0], target, {}, count, 1, at[0]);
        });
}

} // namespace mlir::spherical
