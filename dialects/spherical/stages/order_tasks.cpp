//===- order_tasks.cpp - transforms whose orders are tasks ------*- C++ -*-===//
//
// Few lane groups and channels leave workers without a task. Then one after the other
// is transformed by all workers, in a sweep for each step. On SO(3), analysis:
//   x [beta][alpha][gamma] --gamma DFT--> half [n][beta][alpha]            over beta
//     --alpha DFT--> bins [m][beta][+m, mirrored -m]
//     --Wigner product--> columns (n, m)[l]                                over n
//     --sparse map--> real basis                                           over coefficients
// and synthesis the reverse.
//
// A function alone fills no lanes with samples or channels, either; its latitudes do.
// Group q of them, from the north pole on, and its mirror image, group G - 1 - q from
// the south pole on, are loaded together and transposed (ringInLanes, layout.h), so that
// mirrored values meet in one lane: half [n][group][alpha]W, and products add up the
// lanes. On S2 there is no gamma, and half [m][q][sum, difference]W are the bins.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/stages/order_tasks.h"

#include "dialects/spherical/work.h"

#include <cmath>

namespace mlir::spherical {

bool isByRecursion(const StageBuilder &stages) {
  return stages.choice() && stages.choice().getAlgorithm() == kRecursionTransforms;
}

bool isByRingLanes(const StageBuilder &stages) {
  return isByRecursion(stages) ||
         (stages.choice() && stages.choice().getAlgorithm() == kRingTransforms);
}

bool isByOrders(const StageBuilder &stages) {
  return isByRingLanes(stages) ||
         (stages.choice() && stages.choice().getAlgorithm() == kOrderTransforms);
}

Value Series::of(StageBuilder &stages, Value buffer) const {
  Value own = stages.select(buffer, 0, stages.getIndexAttr(group));
  return stages.select(own, 0, stages.getIndexAttr(channel));
}

void forEachSeries(const Extents &extents, function_ref<void(Series)> body) {
  for (int64_t group = 0; group < extents.groups; ++group)
    for (int64_t channel = 0; channel < extents.channels; ++channel)
      body({group, channel});
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

/// A complex transform of n points, nominally.
static double transformWork(const Transform &t) {
  const auto n = static_cast<double>(t.n);
  return 5 * n * std::log2(n);
}

static double rowWork(const Transform &t) {
  return static_cast<double>(t.rows()) / 2 * transformWork(t);
}

static double orderWork(const Transform &t) {
  const auto products = static_cast<double>(2 * t.columns() * t.width() * t.n);
  return t.so3 ? static_cast<double>(t.orders * t.n) * transformWork(t) + products : products / 2;
}

static double sumWork(const Transform &t) {
  return static_cast<double>(2 * t.columns() * t.width());
}

void OrderTasks::count(stage::SweepOp sweep, double done) {
  stages.countShare(sweep, static_cast<int64_t>(done), static_cast<int64_t>(work));
}

void OrderTasks::countRows(stage::SweepOp sweep) { count(sweep, rowWork(t)); }

/// Rows of a task that stay in a second-level cache with what a transform makes of them.
static int64_t meridiansOf(const Transform &t) {
  constexpr int64_t cache = 64 << 10;
  const int64_t bytes = t.n * t.lanes * t.element.getIntOrFloatBitWidth() / 8;
  int64_t best = 2;
  for (int64_t count = 2; count <= t.n && count * bytes <= cache; count += 2)
    if (t.n % count == 0)
      best = count;
  return best;
}

OrderTasks::OrderTasks(StageBuilder &stages, StringRef name, const Transform &t, int64_t series,
                       ArrayRef<const Transform *> all)
    : stages(stages), name(name.str()), t(t), meridians(meridiansOf(t)) {
  for (const Transform *each : all)
    work += static_cast<double>(series) * (rowWork(*each) + orderWork(*each) + sumWork(*each));
  SmallVector<int64_t> shape = {t.columns() * t.width()};
  if (!t.ringLanes)
    shape.push_back(t.lanes);
  columns = stages.temporary("columns", shape, t.element);
}

Value OrderTasks::makeHalf(StageBuilder &stages, const Transform &t, int64_t orders) {
  SmallVector<int64_t> shape(halfType(t, orders).getShape());
  if (t.ringLanes && t.so3)
    shape = {orders, t.rings(), t.n, 2, t.lanes};
  else if (t.ringLanes)
    shape = {orders, t.rings(), 2, t.lanes};
  return stages.temporary("half", shape, t.element);
}

//===----------------------------------------------------------------------===//
// Between the half-transformed function and the spectrum
//===----------------------------------------------------------------------===//

/// The Wigner products of each n on SO(3), of each order m and parity on S2.
void OrderTasks::emitOrders(Value half) {
  SmallVector<Type> scratch;
  if (t.so3)
    scratch.push_back(MemRefType::get({t.orders, t.rings(), t.width(), t.lanes}, t.element));
  const int64_t points = t.so3 ? t.orders : t.products();
  auto body = [&](ValueRange at, ValueRange memory) {
    if (t.so3)
      emitOrder(stages, t, t.ringLanes ? half : halfOf(stages, t, half), columns, memory[0], at[0]);
    else
      emitWignerProduct(stages, t, columns, half, at[0]);
  };
  count(stages.sweep(nameOf("orders"), {points}, scratch, body), orderWork(t));
}

void OrderTasks::emitSums(Value spectrum) {
  const int64_t all = t.analysis ? t.coefficients() : t.columns() * t.width();
  const int64_t lanes = t.ringLanes ? 1 : t.lanes;
  Value in = t.analysis ? columns : spectrum, out = t.analysis ? spectrum : columns;
  auto body = [&](ValueRange, const RowBlock &rows) {
    stages.gather(t.ringLanes ? stage::GatherMode::Scalar : stage::GatherMode::Lanes, in,
                  rows.of(stages, out, 0),
                  {rows.of(stages, t.map.index, 0), rows.of(stages, t.map.values, 0)}, rows.size,
                  lanes);
  };
  auto share = [&](stage::SweepOp sweep, int64_t rows) {
    count(sweep, sumWork(t) * static_cast<double>(rows) / static_cast<double>(all));
    balance(sweep, 2 * rows / sweep.getPoints() * lanes * t.element.getIntOrFloatBitWidth() / 8);
  };
  sweepBlocks(stages, nameOf(t.analysis ? "basis" : "columns"), {1}, all, lanes, body, share);
}

//===----------------------------------------------------------------------===//
// Between the function and its half-transformed one
//===----------------------------------------------------------------------===//

/// Rings of one half of `function` [beta][...], group `pair` of them from the pole on, to rows
/// [...]W or back.
void OrderTasks::moveRings(Value function, bool south, Value pair, Value rows) {
  Value rings = stages.range(function, 0, stages.getIndexAttr(south ? t.b : 0), t.b);
  const int64_t count = cast<MemRefType>(rings.getType()).getNumElements() / t.b;
  Value from = t.analysis ? rings : rows, to = t.analysis ? rows : rings;
  stage::GatherOp::create(
      stages, t.analysis ? stage::GatherMode::ToLanes : stage::GatherMode::FromLanes, from, to,
      pair, /*indices=*/Value(), /*coefficients=*/Value(), count, t.lanes, /*all=*/true,
      /*mirrored=*/south);
}

/// A group and its mirror image are the two rows of one real transform.
void OrderTasks::ringsOnS2(Value function, Value half, Value pair, Value rows) {
  Value bins = stages.range(half, 1, linear(stages, pair, 2, 0), 2);
  auto move = [&] {
    for (const bool south : {false, true})
      moveRings(function, south, pair, stages.select(rows, 0, stages.getIndexAttr(south)));
  };
  if (t.analysis)
    move();
  spherical::emitRows(stages, t, bins, rows, 2);
  if (!t.analysis)
    move();
}

/// Some values of alpha of a group and of its mirror image, one after the other.
void OrderTasks::ringsOnSO3(Value function, Value half, ValueRange at, Value rows) {
  Value pair = at[0], alpha = linear(stages, at[1], meridians, 0);
  Value part = stages.range(function, 1, alpha, meridians);
  for (const bool south : {false, true}) {
    Value group = south ? linear(stages, pair, -1, t.rings() - 1) : pair;
    Value bins = stages.range(stages.select(half, 1, group), 1, alpha, meridians);
    if (t.analysis)
      moveRings(part, south, pair, rows);
    spherical::emitRows(stages, t, bins, rows, meridians);
    if (!t.analysis)
      moveRings(part, south, pair, rows);
  }
}

void OrderTasks::emitRings(Value function, Value half) {
  SmallVector<int64_t> space = {pairs()};
  if (t.so3)
    space.push_back(t.n / meridians);
  Type scratch = MemRefType::get({t.so3 ? meridians : 2, t.n, t.lanes}, t.element);
  countRows(stages.sweep(nameOf("rings"), space, scratch, [&](ValueRange at, ValueRange memory) {
    // One sample, or channel, in the lanes: the function is dense as it is.
    Value own = stages.select(function, t.so3 ? 3 : 2, stages.getIndexAttr(0));
    if (t.so3)
      ringsOnSO3(own, half, at, memory[0]);
    else
      ringsOnS2(own, half, at[0], memory[0]);
  }));
}

void OrderTasks::emitRows(Value function, Value half) {
  if (t.ringLanes)
    return emitRings(function, half);
  // A task has the rows of one beta.
  auto body = [&](ValueRange at, ValueRange) {
    Value bins = stages.range(halfOf(stages, t, half), 1, linear(stages, at[0], t.n, 0), t.n);
    spherical::emitRows(stages, t, bins, stages.select(function, 0, at[0]), t.n);
  };
  countRows(stages.sweep(nameOf("rows"), {t.n}, {}, body));
}

void emitOrderTransform(StageBuilder &stages, Operation *op, const Transform &t) {
  const Extents extents = extentsOf(op->getOperand(0).getType());
  Value from = stages.buffer(op->getOperand(0)), to = stages.buffer(op->getResult(0));
  OrderTasks tasks(stages, op->getName().stripDialect(), t, extents.groups * extents.channels,
                   {&t});
  Value half = OrderTasks::makeHalf(stages, t, t.orders);
  forEachSeries(extents, [&](Series series) {
    Value function = series.of(stages, t.analysis ? from : to);
    Value spectrum = series.of(stages, t.analysis ? to : from);
    if (t.ringLanes)
      spectrum = stages.select(spectrum, 1, stages.getIndexAttr(0));
    if (t.analysis) {
      tasks.emitRows(function, half);
      tasks.emitOrders(half);
      tasks.emitSums(spectrum);
    } else {
      tasks.emitSums(spectrum);
      tasks.emitOrders(half);
      tasks.emitRows(function, half);
    }
  });
}

} // namespace mlir::spherical
