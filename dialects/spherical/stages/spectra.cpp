//===- spectra.cpp - degrees, biases and integrals --------------*- C++ -*-===//
//
// A constant and an integral are the coefficient of degree 0 (D^0_00 = 1).
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/rows.h"
#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/work.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {

static SmallVector<Value> sumOfTwo(OpBuilder &b, Location l, ValueRange v) {
  return {arith::AddFOp::create(b, l, v[0], v[1])};
}

/// truncate and pad: the shared coefficients lead in both.
static void emitResize(StageBuilder &stages, Value in, Value out, const Signal &from,
                       const Signal &to) {
  Extents e = extentsOf(to.get(stages.getContext()));
  bool lanes = e.place == Place::Lanes;
  int64_t size = coefficientsOf(to), shared = std::min(coefficientsOf(from), size);
  auto mode = lanes ? stage::GatherMode::Lanes : stage::GatherMode::Scalar;
  int64_t outer = lanes ? e.groups : to.batch, inner = lanes ? e.channels : to.channels;
  stages.sweep("resize", {outer, inner}, {}, [&](ValueRange at, ValueRange) {
    Value target = stages.slice(out, at);
    auto leading = [&](Value row) { return stages.range(row, 0, stages.getIndexAttr(0), shared); };
    stages.gather(mode, leading(stages.slice(in, at)), leading(target), {}, shared,
                  lanes ? e.lanes : 1);
    if (shared < size)
      stage::FillOp::create(stages,
                            stages.range(target, 0, stages.getIndexAttr(shared), size - shared),
                            stages.getFloatAttr(stages.elementOf(to.element), 0.0));
  });
}

static void emitIntegral(StageBuilder &stages, SO3IntegrateOp op) {
  Signal signal = *getSignal(op.getInput().getType());
  Extents e = extentsOf(op.getInput().getType());
  Value in = stages.buffer(op.getInput()), out = stages.buffer(op.getResult());
  if (signal.isSpectrum()) {
    stages.sweep("so3_integrate", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      stages.map({e.channels, e.lanes}, stages.slice(in, at), stages.slice(out, at),
                 {stages.dims(2, {0, -1, 1}), stages.dims(2, {0, 1})}, firstValue, std::nullopt,
                 e.lanes);
    });
    return;
  }
  int64_t n = 2 * signal.bandLimit;
  Value weights = stages.table("integral_weights", {{"b", signal.bandLimit}}, {n},
                               stages.elementOf(signal.element));
  // First each latitude alone: then latitudes can be summed as they come into being.
  Type sums = MemRefType::get({n, e.lanes}, stages.elementOf(signal.element));
  stages.sweep("so3_integrate", {e.groups, e.channels}, sums,
               [&](ValueRange at, ValueRange scratch) {
                 stages.map({n, n * n, e.lanes}, stages.slice(in, at), scratch[0],
                            {stages.flat({n, n * n, e.lanes}), stages.dims(3, {0, 2})}, firstValue,
                            stage::Combine::Sum, e.lanes);
                 stages.map(
                     {n, e.lanes}, {scratch[0], weights}, stages.slice(out, at),
                     {stages.dims(2, {0, 1}), stages.dims(2, {0}), stages.dims(2, {1})},
                     [](OpBuilder &b, Location l, ValueRange v) {
                       return SmallVector<Value>{arith::MulFOp::create(b, l, v[0], v[1])};
                     },
                     stage::Combine::Sum, e.lanes);
               });
}

static void emitIntegralAdjoint(StageBuilder &stages, SO3IntegrateOp op) {
  Signal signal = *getSignal(op.getType());
  Extents e = extentsOf(op.getType());
  Value in = stages.buffer(op.getInput()), out = stages.buffer(op.getResult());
  if (signal.isSpectrum()) {
    stages.sweep("so3_integrate.adjoint", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      Value target = stages.slice(out, at);
      stage::FillOp::create(stages, target,
                            stages.getFloatAttr(stages.elementOf(signal.element), 0.0));
      stages.map({e.channels, e.lanes}, stages.slice(in, at), target,
                 {stages.dims(2, {0, 1}), stages.dims(2, {0, -1, 1})}, firstValue, std::nullopt,
                 e.lanes);
    });
    return;
  }
  int64_t n = 2 * signal.bandLimit;
  Value weights = stages.table("integral_weights", {{"b", signal.bandLimit}}, {n},
                               stages.elementOf(signal.element));
  stages.sweep("so3_integrate.adjoint", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    stages.map(
        {n, n * n, e.lanes}, {stages.slice(in, at), weights}, stages.slice(out, at),
        {stages.dims(3, {2}), stages.dims(3, {0}), stages.flat({n, n * n, e.lanes})},
        [](OpBuilder &b, Location l, ValueRange v) {
          return SmallVector<Value>{arith::MulFOp::create(b, l, v[0], v[1])};
        },
        std::nullopt, e.lanes);
  });
}

/// The sum over samples of channels in lanes, which leave these for file order.
static void emitBiasGradOfChannels(StageBuilder &stages, const Extents &e, Value in, Value out) {
  Type element = cast<MemRefType>(out.getType()).getElementType();
  stages.sweep("bias_grad", {e.channels}, {MemRefType::get({1, e.lanes}, element)},
               [&](ValueRange at, ValueRange scratch) {
                 stages.map({1, e.groups, e.lanes}, stages.select(in, 1, at[0]), scratch[0],
                            {stages.dims(3, {1, -1, 2}), stages.dims(3, {0, 2})}, firstValue,
                            stage::Combine::Sum, e.lanes);
                 stages.gatherSamples(stage::GatherMode::FromLanes, scratch[0], out, {}, 1, e,
                                      at[0]);
               });
}

/// The bias of channels in lanes.
static void emitAddBiasToChannels(StageBuilder &stages, const Extents &e, Value in, Value bias,
                                  Value out) {
  Type element = cast<MemRefType>(out.getType()).getElementType();
  stages.sweep("add_bias", {e.groups, e.channels}, {MemRefType::get({1, e.lanes}, element)},
               [&](ValueRange at, ValueRange scratch) {
                 Value source = stages.slice(in, at), target = stages.slice(out, at);
                 if (in != out)
                   stages.gather(stage::GatherMode::Lanes, source, target, {}, e.elements, e.lanes);
                 stages.gatherSamples(stage::GatherMode::ToLanes, bias, scratch[0], {}, 1, e,
                                      at[1]);
                 stages.map({1, e.lanes}, {in == out ? target : source, scratch[0]}, target,
                            SmallVector<AffineMap>(3, stages.dims(2, {0, 1})), sumOfTwo,
                            std::nullopt, e.lanes);
               });
}

/// Sum over the batch of the coefficient of degree 0, or over batch and grid.
LogicalResult BiasGradOp::emitStages(StageBuilder &stages) {
  Extents e = extentsOf(getInput().getType());
  Value in = stages.buffer(getInput()), out = stages.buffer(getResult());
  if (hasChannelLanes(getInput().getType())) {
    emitBiasGradOfChannels(stages, e, in, out);
    return success();
  }
  if (getSignal(getInput().getType())->isSpectrum()) {
    stages.sweep("bias_grad", {1}, {}, [&](ValueRange, ValueRange) {
      stages.map({e.channels, e.groups, e.lanes}, in, out,
                 {stages.dims(3, {1, 0, -1, 2}), stages.dims(3, {0})}, firstValue,
                 stage::Combine::Sum, e.lanes);
    });
    return success();
  }
  Rows rows = rowsOf(stages, getInput().getType());
  RowOperands operands;
  operands.rows = {in};
  Value sums = stages.temporary("bias_sums", {rows.channels, rows.groups, rows.rows},
                                stages.elementOf(getInput().getType()));
  sumRows(stages, "bias_grad", rows, operands, sums, firstValue);
  totalRows(stages, "bias_grad.total", rows, sums, {}, {}, out, firstValue);
  return success();
}

LogicalResult AddBiasOp::emitStages(StageBuilder &stages) {
  Extents e = extentsOf(getInput().getType());
  Value in = stages.buffer(getInput()), bias = stages.buffer(getBias()),
        out = stages.buffer(getResult());
  if (hasChannelLanes(getType())) {
    emitAddBiasToChannels(stages, e, in, bias, out);
    return success();
  }
  if (!getSignal(getType())->isSpectrum()) {
    stages.sweep("add_bias", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
      AffineMap points = stages.flat({e.elements, e.lanes});
      stages.map({e.elements, e.lanes}, {stages.slice(in, at), stages.range(bias, 0, at[1], 1)},
                 stages.slice(out, at), {points, stages.dims(2, {-1}), points}, sumOfTwo,
                 std::nullopt, e.lanes);
    });
    return success();
  }
  stages.sweep("add_bias", {e.groups}, {}, [&](ValueRange at, ValueRange) {
    Value source = stages.slice(in, at), target = stages.slice(out, at);
    if (in != out)
      stages.gather(stage::GatherMode::Lanes, source, target, {}, e.channels * e.elements, e.lanes);
    stages.map({e.channels, e.lanes}, {in == out ? target : source, bias}, target,
               {stages.dims(2, {0, -1, 1}), stages.dims(2, {0}), stages.dims(2, {0, -1, 1})},
               sumOfTwo, std::nullopt, e.lanes);
  });
  return success();
}

LogicalResult SO3IntegrateOp::emitStages(StageBuilder &stages) {
  if (getAdjoint())
    emitIntegralAdjoint(stages, *this);
  else
    emitIntegral(stages, *this);
  return success();
}

LogicalResult TruncateOp::emitStages(StageBuilder &stages) {
  emitResize(stages, stages.buffer(getInput()), stages.buffer(getResult()),
             *getSignal(getInput().getType()), *getSignal(getType()));
  return success();
}

LogicalResult PadOp::emitStages(StageBuilder &stages) {
  emitResize(stages, stages.buffer(getInput()), stages.buffer(getResult()),
             *getSignal(getInput().getType()), *getSignal(getType()));
  return success();
}

} // namespace mlir::spherical
