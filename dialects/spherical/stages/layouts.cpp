//===- layouts.cpp - file order, lanes and kernel layout --------*- C++ -*-===//
//
// At the borders of an entry. Spectra change between the complex basis of files
// and the real basis inside on the way (math.md, section 2).
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/stage_builder.h"
#include "dialects/spherical/work.h"

namespace mlir::spherical {

static SparseTables fileTables(StageBuilder &stages, StringRef map, const Signal &signal,
                               int64_t terms, int64_t count, Parameters extra) {
  SmallVector<std::pair<StringRef, int64_t>> parameters = {{"so3", signal.onSO3()},
                                                           {"degrees", signal.bandLimit}};
  parameters.append(extra.begin(), extra.end());
  Type element = stages.elementOf(signal.element);
  return {stages.table((map + "_index").str(), parameters, {count, terms}, stages.getI32Type()),
          stages.table((map + "_values").str(), parameters, {count, terms}, element)};
}

/// Rows of a sparse map's tables, of `weight` positions each.
static SparseTables rowsOf(StageBuilder &stages, const SparseTables &map, const RowBlock &rows,
                           int64_t weight) {
  return {rows.of(stages, map.index, 0, weight), rows.of(stages, map.values, 0, weight)};
}

/// A sweep over lane groups and channels and, where lanes hold one sample, over blocks of `count`
/// rows of each: what has more lanes may become one sweep with its neighbours.
static void sweepSamples(StageBuilder &stages, StringRef name, const Extents &e, int64_t count,
                         int64_t weight, function_ref<void(ValueRange, const RowBlock &)> body) {
  if (e.lanes == 1)
    return sweepBlocks(stages, name, {e.groups, e.channels}, count, weight, body);
  stages.sweep(name, {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    body(at, {Value(), 0, count});
  });
}

static void emitToLanes(StageBuilder &stages, Value in, Value out, Type type) {
  Extents e = extentsOf(type);
  if (cast<MemRefType>(in.getType()).getRank() <= 2) {
    stages.sweep("to_lanes", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      stages.gatherSamples(stage::GatherMode::ToLanes, in, stages.slice(out, at), {}, e.channels, e,
                           at[0]);
    });
    return;
  }
  const int64_t count = cast<MemRefType>(in.getType()).getDimSize(2), row = e.elements / count;
  sweepSamples(stages, "to_lanes", e, count, row, [&](ValueRange at, const RowBlock &rows) {
    stages.gatherSamples(stage::GatherMode::ToLanes,
                         rows.of(stages, stages.select(in, 1, at[1]), 1),
                         rows.of(stages, stages.slice(out, at), 0), {}, rows.size * row, e, at[0]);
  });
}

static void emitFromLanes(StageBuilder &stages, Value in, Value out, Type type) {
  Extents e = extentsOf(type);
  std::optional<Signal> signal = getSignal(type);
  SparseTables map;
  if (signal && signal->isSpectrum())
    map = fileTables(stages, "basis_to_file", *signal, signal->onSO3() ? 2 : 1, 2 * e.elements,
                     {{"complex", 0}});
  if (cast<MemRefType>(out.getType()).getRank() <= 2) {
    stages.sweep("from_lanes", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      stages.gatherSamples(stage::GatherMode::FromLanes, stages.slice(in, at), out, map, e.channels,
                           e, at[0]);
    });
    return;
  }
  const int64_t count = cast<MemRefType>(out.getType()).getDimSize(2);
  const int64_t row = (map.index ? 2 : 1) * e.elements / count;
  sweepSamples(stages, "from_lanes", e, count, row, [&](ValueRange at, const RowBlock &rows) {
    Value own = stages.slice(in, at), dense = rows.of(stages, stages.select(out, 1, at[1]), 1);
    const SparseTables sums = map.index ? rowsOf(stages, map, rows, row) : map;
    if (!map.index)
      own = rows.of(stages, own, 0);
    stages.gatherSamples(stage::GatherMode::FromLanes, own, dense, sums, rows.size * row, e, at[0]);
  });
}

static void emitFromKernel(StageBuilder &stages, Value in, Value out, const Signal &signal) {
  int64_t count = 2 * coefficientsOf(signal);
  SparseTables map =
      fileTables(stages, "basis_to_file", signal, signal.onSO3() ? 2 : 1, count, {{"complex", 0}});
  stages.sweep("from_kernel", {signal.batch, signal.channels}, {}, [&](ValueRange at, ValueRange) {
    stages.gather(stage::GatherMode::Scalar, stages.slice(in, at), stages.slice(out, at), map,
                  count, 1);
  });
}

namespace {
/// Values in file order beside one of their real parts: at each point of `space` `count` values of
/// the part, and of the dense side what the first `leading` indices select.
struct PartRows {
  SmallVector<int64_t> space;
  int64_t leading, count;
  Extents part;
  bool isSpectrum;

  bool inLanes() const { return part.place == Place::Lanes; }
};
} // namespace

/// Spectra channel by channel, the rest row by row of two axes behind the batch.
static PartRows partRowsOf(StageBuilder &stages, Type part) {
  PartRows rows{{}, 2, 1, extentsOf(part), false};
  std::optional<Signal> signal = getSignal(part);
  if (signal && signal->isSpectrum()) {
    rows.isSpectrum = true;
    rows.space = {rows.inLanes() ? rows.part.groups : signal->batch, signal->channels};
    rows.count = coefficientsOf(*signal);
    return rows;
  }
  MemRefType type = stages.bufferType(part);
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
static Value denseRow(StageBuilder &stages, const PartRows &rows, Value dense, ValueRange at) {
  if (!rows.inLanes())
    return stages.slice(dense, at.take_front(rows.leading));
  for (Value index : at.take_front(rows.leading).drop_front())
    dense = stages.select(dense, 1, index);
  return dense;
}

/// The values of a part at a point.
static Value partRow(StageBuilder &stages, const PartRows &rows, Value part, ValueRange at) {
  Value row = stages.slice(part, at.take_front(rows.leading));
  return rows.part.place == Place::Kernel ? stages.range(row, 0, stages.getIndexAttr(0), rows.count)
                                          : row;
}

/// The real or the imaginary part of values in file order.
static void emitPart(StageBuilder &stages, Value in, Value out, Type type, bool imaginary) {
  PartRows rows = partRowsOf(stages, type);
  SparseTables map;
  if (rows.isSpectrum)
    map = fileTables(stages, "file_to_basis", *getSignal(type), getSignal(type)->onSO3() ? 4 : 2,
                     rows.count, {{"imaginary", imaginary}});
  else
    map.index =
        stages.table("pairs_to_part_index", {{"count", rows.count}, {"imaginary", imaginary}},
                     {rows.count, 1}, stages.getI32Type());
  StringRef name = rows.inLanes()                     ? "to_lanes"
                   : rows.part.place == Place::Kernel ? "to_kernel"
                                                      : "part";
  if (rows.inLanes() && rows.isSpectrum)
    return sweepSamples(
        stages, name, rows.part, rows.count, 1, [&](ValueRange at, const RowBlock &block) {
          stages.gatherSamples(stage::GatherMode::ToLanes, denseRow(stages, rows, in, at),
                               block.of(stages, partRow(stages, rows, out, at), 0),
                               rowsOf(stages, map, block, 1), block.size, rows.part, at[0]);
        });
  stages.sweep(name, rows.space, {}, [&](ValueRange at, ValueRange) {
    Value source = denseRow(stages, rows, in, at), target = partRow(stages, rows, out, at);
    if (rows.inLanes())
      stages.gatherSamples(stage::GatherMode::ToLanes, source, target, map, rows.count, rows.part,
                           at[0]);
    else
      stages.gather(stage::GatherMode::Scalar, source, target, map, rows.count, 1);
  });
}

/// Complex values in file order from their two parts, through both beside each other in scratch.
LogicalResult ComplexOp::emitStages(StageBuilder &stages) {
  Type type = getRe().getType();
  PartRows rows = partRowsOf(stages, type);
  SparseTables map;
  if (rows.isSpectrum)
    map = fileTables(stages, "basis_to_file", *getSignal(type), getSignal(type)->onSO3() ? 4 : 2,
                     2 * rows.count, {{"complex", 1}});
  else
    map.index = stages.table("parts_to_pairs_index", {{"count", rows.count}}, {2 * rows.count, 1},
                             stages.getI32Type());
  Value parts[] = {stages.buffer(getRe()), stages.buffer(getIm())},
        out = stages.buffer(getResult());
  SmallVector<int64_t> shape = {2, rows.count};
  if (rows.inLanes())
    shape.push_back(rows.part.lanes);
  auto mode = rows.inLanes() ? stage::GatherMode::Lanes : stage::GatherMode::Scalar;
  stages.sweep("complex", rows.space, {MemRefType::get(shape, stages.elementOf(type))},
               [&](ValueRange at, ValueRange scratch) {
                 for (auto [index, part] : llvm::enumerate(parts))
                   stages.gather(mode, partRow(stages, rows, part, at),
                                 stages.select(scratch[0], 0,
                                               stages.getIndexAttr(static_cast<int64_t>(index))),
                                 {}, rows.count, rows.part.lanes);
                 Value target = denseRow(stages, rows, out, at);
                 if (rows.inLanes())
                   stages.gatherSamples(stage::GatherMode::FromLanes, scratch[0], target, map,
                                        2 * rows.count, rows.part, at[0]);
                 else
                   stages.gather(stage::GatherMode::Scalar, scratch[0], target, map, 2 * rows.count,
                                 1);
               });
  return success();
}

/// Rows of a kernel's spectrum to lanes and back: the basis stays.
static void emitRows(StageBuilder &stages, Value in, Value out, const Signal &signal,
                     const Extents &lanes, bool toLanes) {
  int64_t size = coefficientsOf(signal);
  stages.sweep(toLanes ? "to_lanes" : "to_kernel", {lanes.groups, lanes.channels}, {},
               [&](ValueRange at, ValueRange) {
                 Value kernel = stages.select(toLanes ? in : out, 1, at[1]);
                 Value dense = stages.range(kernel, 1, stages.getIndexAttr(0), size);
                 Value own = stages.slice(toLanes ? out : in, at);
                 stages.gatherSamples(
                     toLanes ? stage::GatherMode::ToLanes : stage::GatherMode::FromLanes,
                     toLanes ? dense : own, toLanes ? own : dense, {}, size, lanes, at[0]);
               });
}

Value rowsOfSample(StageBuilder &stages, Value rows, Value sample, int64_t channels) {
  if (cast<MemRefType>(rows.getType()).getRank() > 2)
    return stages.select(rows, 0, sample);
  return stages.range(rows, 0, linear(stages, sample, channels, 0), channels);
}

static StringRef rowsName(Type lanes, bool toLanes) {
  if (extentsOf(lanes).place == Place::Kernel)
    return toLanes ? "to_kernel_lanes" : "to_kernel";
  if (hasSeriesLanes(lanes))
    return toLanes ? "to_series_lanes" : "from_series_lanes";
  return toLanes ? "to_channel_lanes" : "from_channel_lanes";
}

void emitChannelRows(StageBuilder &stages, Type lanes, Value in, Value out, bool toLanes) {
  const Extents e = extentsOf(lanes);
  const auto mode = toLanes ? stage::GatherMode::ToLanes : stage::GatherMode::FromLanes;
  const bool series = hasSeriesLanes(lanes);
  const std::optional<Signal> signal = getSignal(lanes);
  stages.sweep(rowsName(lanes, toLanes), {e.groups, e.channels}, {},
               [&](ValueRange at, ValueRange) {
                 Value dense = toLanes ? in : out;
                 if (!series)
                   dense = rowsOfSample(stages, dense, at[0], signal ? signal->channels : 1);
                 if (e.place == Place::Kernel) // without the padding
                   dense = stages.range(dense, 1, stages.getIndexAttr(0), e.elements);
                 Value own = stages.slice(toLanes ? out : in, at);
                 stages.gatherSamples(mode, toLanes ? dense : own, toLanes ? own : dense, {},
                                      e.elements, e, at[series ? 0 : 1]);
               });
}

/// Samples that a value has in file order.
static int64_t samplesOf(Type type) {
  std::optional<Signal> signal = getSignal(type);
  return signal ? signal->batch : cast<RankedTensorType>(type).getDimSize(0);
}

/// Between samples and channels in the lanes, through rows [samples][channels][elements], which a
/// single sample in the lanes lies in already.
static void emitExchange(StageBuilder &stages, Value in, Value out, Type from, Type to) {
  const bool toChannels = hasChannelLanes(to);
  const Extents samples = extentsOf(toChannels ? from : to);
  if (samples.lanes == 1)
    return emitChannelRows(stages, toChannels ? to : from, in, out, toChannels);
  Extents all = samples; // on the way to channels samples beyond the count are the zeros they were
  all.batched &= !toChannels;
  auto type = cast<MemRefType>((toChannels ? in : out).getType());
  SmallVector<int64_t> shape = {samplesOf(from), samples.channels, samples.elements};
  Value rows = stages.temporary("rows", shape, type.getElementType());
  const auto mode = toChannels ? stage::GatherMode::FromLanes : stage::GatherMode::ToLanes;
  auto exchange = [&] {
    stages.sweep(toChannels ? "from_lanes" : "to_lanes", {samples.groups, samples.channels}, {},
                 [&](ValueRange at, ValueRange) {
                   Value dense = stages.select(rows, 1, at[1]);
                   Value own = stages.slice(toChannels ? in : out, at);
                   stages.gatherSamples(mode, toChannels ? own : dense, toChannels ? dense : own,
                                        {}, samples.elements, all, at[0]);
                 });
  };
  if (toChannels)
    exchange();
  emitChannelRows(stages, toChannels ? to : from, toChannels ? rows : in, toChannels ? out : rows,
                  toChannels);
  if (!toChannels)
    exchange();
}

/// Between channels of each sample and those of all in the lanes, through rows [series][elements].
static void emitPacking(StageBuilder &stages, Value in, Value out, Type from, Type to) {
  const Signal signal = *getSignal(from);
  Value rows = stages.temporary("rows", {signal.batch * signal.channels, extentsOf(from).elements},
                                cast<MemRefType>(in.getType()).getElementType());
  emitChannelRows(stages, from, in, rows, /*toLanes=*/false);
  emitChannelRows(stages, to, rows, out, /*toLanes=*/true);
}

LogicalResult ConvertLayoutOp::emitStages(StageBuilder &stages) {
  Type from = getInput().getType(), to = getType();
  Extents before = extentsOf(from), after = extentsOf(to);
  Place source = before.place, target = after.place;
  std::optional<Signal> signal = getSignal(to);
  Value in = stages.buffer(getInput()), out = stages.buffer(getResult());
  if (source == Place::Kernel && target == Place::Kernel)
    emitChannelRows(stages, hasChannelLanes(to) ? to : from, in, out, hasChannelLanes(to));
  else if ((hasSeriesLanes(from) && hasChannelLanes(to)) ||
           (hasChannelLanes(from) && hasSeriesLanes(to)))
    emitPacking(stages, in, out, from, to);
  else if (hasSeriesLanes(from) || hasSeriesLanes(to))
    return emitOpError("is not supported by the plan with types ") << from << " -> " << to;
  else if (source == Place::Lanes && target == Place::Lanes &&
           hasChannelLanes(from) != hasChannelLanes(to))
    emitExchange(stages, in, out, from, to);
  else if (hasChannelLanes(from) || hasChannelLanes(to))
    return emitOpError("is not supported by the plan with types ") << from << " -> " << to;
  else if (source == Place::File && target != Place::File && signal && signal->isSpectrum())
    emitPart(stages, in, out, to, /*imaginary=*/false);
  else if (source == Place::File && target == Place::Lanes)
    emitToLanes(stages, in, out, to);
  else if (source == Place::Lanes && target == Place::File)
    emitFromLanes(stages, in, out, from);
  else if (source == Place::Kernel && target == Place::File)
    emitFromKernel(stages, in, out, *getSignal(from));
  else if (source == Place::Lanes && target == Place::Kernel)
    emitRows(stages, in, out, *signal, before, /*toLanes=*/false);
  else if (source == Place::Kernel && target == Place::Lanes)
    emitRows(stages, in, out, *signal, after, /*toLanes=*/true);
  else
    return emitOpError("is not supported by the plan with types ") << from << " -> " << to;
  return success();
}

LogicalResult RealPartOp::emitStages(StageBuilder &stages) {
  emitPart(stages, stages.buffer(getInput()), stages.buffer(getResult()), getType(),
           /*imaginary=*/false);
  return success();
}

LogicalResult ImagPartOp::emitStages(StageBuilder &stages) {
  emitPart(stages, stages.buffer(getInput()), stages.buffer(getResult()), getType(),
           /*imaginary=*/true);
  return success();
}

LogicalResult SamplesOp::emitStages(StageBuilder &) { return success(); }

LogicalResult ZeroOp::emitStages(StageBuilder &stages) {
  emitFill(stages, "zero", stages.buffer(getResult()), 0.0);
  return success();
}

} // namespace mlir::spherical
