//===- rows.cpp - large sums and maps, shared out by rows -------*- C++ -*-===//
//
// Sums over a batch of functions are made in two stages, so that they are
// parallel and yet the same for any number of threads: each task adds up whole
// rows (one latitude of one channel of one lane group) into a buffer, then the
// rows' sums are added in order, for each channel.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/stages/rows.h"

#include "dialects/spherical/stages/scalars.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <algorithm>

namespace mlir::spherical {

Rows rowsOf(StageBuilder &stages, Type type) {
  Extents e = extentsOf(type);
  Rows rows{e.groups, e.channels, 1, e.elements, e.lanes};
  std::optional<Signal> signal = getSignal(type);
  if (signal && signal->isSpectrum())
    return rows;
  auto buffer = stages.bufferType(type);
  if (buffer.getRank() > 3)
    rows.rows = buffer.getDimSize(2);
  rows.points = e.elements / rows.rows;
  return rows;
}

static Value row(StageBuilder &stages, Value source, const Rows &rows, ValueRange at) {
  auto type = cast<MemRefType>(source.getType());
  // A tensor of rank 1 has no axis of channels, a spectrum none of rows.
  Value channel =
      type.getRank() > 2 ? stages.slice(source, at.take_front(2)) : stages.slice(source, at[0]);
  return rows.rows > 1 ? stages.select(channel, 0, at[2]) : channel;
}

Value latitudeWeights(StageBuilder &stages, int64_t rows, bool so3, Type element) {
  return stages.table("integral_weights", {{"b", rows / 2}, {"so3", so3}}, {rows}, element);
}

/// Inputs and their maps of a map over [points]W at a point of the sweep.
static std::pair<SmallVector<Value>, SmallVector<AffineMap>>
operandsOf(StageBuilder &stages, const Rows &rows, const RowOperands &operands, ValueRange at) {
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  auto add = [&](Value value, AffineMap map) {
    inputs.push_back(value);
    maps.push_back(map);
  };
  AffineMap single = stages.dims(2, {-1});
  for (Value value : operands.rows)
    add(row(stages, value, rows, at), stages.flat({rows.points, rows.lanes}));
  for (Value value : operands.channels)
    add(stages.range(value, 0, at[1], 1), single);
  for (Value value : operands.latitudes)
    add(stages.range(value, 0, at[2], 1), single);
  for (Value value : operands.coefficients)
    add(value, stages.dims(2, {0}));
  for (Value value : operands.scalars)
    add(value, stages.dims(2, {}));
  if (operands.count)
    add(operands.count, stages.dims(2, {}));
  return {inputs, maps};
}

/// The values of `scalars`, 0 for samples from the count on.
static SmallVector<Value> validOnly(StageBuilder &stages, OpBuilder &b, Location l, ValueRange v,
                                    Value group, const Rows &rows, bool counted, Scalars scalars) {
  SmallVector<Value> values = scalars(b, l, v);
  if (!counted)
    return values;
  ScalarBuilder s(b, l);
  Value valid = s.below(s.sampleOf(group, 1, rows.lanes), v.back());
  for (Value &value : values)
    value = s.select(valid, value, s.constant(value.getType(), 0.0));
  return values;
}

void sumRows(StageBuilder &stages, StringRef name, const Rows &rows, const RowOperands &operands,
             ValueRange partials, Scalars scalars) {
  stage::SweepOp op = stages.sweep(
      name, {rows.groups, rows.channels, rows.rows}, {}, [&](ValueRange at, ValueRange) {
        auto [inputs, maps] = operandsOf(stages, rows, operands, at);
        SmallVector<Value> outputs;
        for (Value partial : partials) {
          outputs.push_back(stages.range(stages.slice(partial, {at[1], at[0]}), 0, at[2], 1));
          maps.push_back(stages.dims(2, {-1}));
        }
        stages.map(
            {rows.points, rows.lanes}, inputs, outputs, maps,
            [&](OpBuilder &b, Location l, ValueRange v) {
              return validOnly(stages, b, l, v, at[0], rows, static_cast<bool>(operands.count),
                               scalars);
            },
            stage::Combine::Sum, rows.lanes);
      });
  balance(op, rows.bytes() * static_cast<int64_t>(operands.rows.size()));
}

void mapRows(StageBuilder &stages, StringRef name, const Rows &rows, const RowOperands &operands,
             Value out, Scalars scalars) {
  stage::SweepOp op = stages.sweep(
      name, {rows.groups, rows.channels, rows.rows}, {}, [&](ValueRange at, ValueRange) {
        auto [inputs, maps] = operandsOf(stages, rows, operands, at);
        maps.push_back(stages.flat({rows.points, rows.lanes}));
        stages.map(
            {rows.points, rows.lanes}, inputs, row(stages, out, rows, at), maps,
            [&](OpBuilder &b, Location l, ValueRange v) {
              return validOnly(stages, b, l, v, at[0], rows, static_cast<bool>(operands.count),
                               scalars);
            },
            std::nullopt, rows.lanes);
      });
  balance(op, rows.bytes() * static_cast<int64_t>(operands.rows.size() + 1));
}

void totalRows(StageBuilder &stages, StringRef name, const Rows &rows, ValueRange partials,
               Value weights, ValueRange more, ValueRange outputs, Scalars scalars) {
  Type element = cast<MemRefType>(partials[0].getType()).getElementType();
  int64_t number = partials.size();
  stages.sweep(name, {rows.channels}, {MemRefType::get({number}, element)},
               [&](ValueRange at, ValueRange scratch) {
                 SmallVector<Value> totals;
                 for (int64_t i = 0; i < number; ++i) {
                   totals.push_back(stages.range(scratch[0], 0, stages.getIndexAttr(i), 1));
                   addUp(stages, stages.slice(partials[i], at[0]), weights, totals[i]);
                 }
                 SmallVector<AffineMap> maps(number, stages.dims(1, {0}));
                 auto channel = [&](Value value) {
                   bool scalar = cast<MemRefType>(value.getType()).getRank() == 0;
                   maps.push_back(
                       stages.dims(1, scalar ? ArrayRef<int64_t>() : ArrayRef<int64_t>{0}));
                   return scalar ? value : stages.range(value, 0, at[0], 1);
                 };
                 for (Value value : more)
                   totals.push_back(channel(value));
                 SmallVector<Value> results;
                 for (Value value : outputs)
                   results.push_back(channel(value));
                 stages.map({1}, totals, results, maps, scalars);
               });
}

void addUp(StageBuilder &stages, Value partials, Value weights, Value total) {
  auto type = cast<MemRefType>(partials.getType());
  int64_t rows = type.getShape().back(), outer = type.getNumElements() / rows;
  SmallVector<Value> inputs = {partials};
  SmallVector<AffineMap> maps = {stages.flat({outer, rows})};
  if (weights) {
    inputs.push_back(weights);
    maps.push_back(stages.dims(2, {1}));
  }
  maps.push_back(AffineMap::get(2, 0, stages.getAffineConstantExpr(0)));
  stages.map(
      {outer, rows}, inputs, total, maps,
      [](OpBuilder &b, Location l, ValueRange v) {
        ScalarBuilder s(b, l);
        return SmallVector<Value>{v.size() == 1 ? v[0] : s.mul(v[0], s.to(v[1], v[0].getType()))};
      },
      stage::Combine::Sum);
}

} // namespace mlir::spherical
