//===- emit_spectra.cpp - degrees, biases and integrals ---------*- C++ -*-===//
//
// A constant and an integral are the coefficient of degree 0 (D^0_00 = 1).
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"

#include "runtime/layout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

static int64_t sizeOf(const Signal &signal) {
  return signal.onSO3() ? so3Size(signal.bandLimit) : s2Size(signal.bandLimit);
}

static SmallVector<Value> forward(OpBuilder &, Location, ValueRange values) { return {values[0]}; }

static SmallVector<Value> sumOfTwo(OpBuilder &b, Location l, ValueRange v) {
  return {arith::AddFOp::create(b, l, v[0], v[1])};
}

/// truncate and pad: the shared coefficients lead in both.
void Emitter::emitResize(Value in, Value out, const Signal &from, const Signal &to) {
  Extents e = extentsOf(to.get(builder.getContext()));
  bool lanes = e.place == Place::Lanes;
  int64_t size = sizeOf(to), shared = std::min(sizeOf(from), size);
  auto mode = lanes ? stage::GatherMode::Lanes : stage::GatherMode::Scalar;
  int64_t outer = lanes ? e.groups : to.batch;
  sweep("resize", {outer, to.channels}, {}, [&](ValueRange at, ValueRange) {
    Value target = slice(out, at);
    gather(mode, slice(in, at), range(target, 0, builder.getIndexAttr(0), shared), {}, shared,
           lanes ? e.lanes : 1);
    if (shared < size)
      stage::FillOp::create(builder, loc,
                            range(target, 0, builder.getIndexAttr(shared), size - shared),
                            builder.getFloatAttr(elementOf(to.element), 0.0));
  });
}

void Emitter::emitIntegral(SO3IntegrateOp op) {
  Signal signal = *getSignal(op.getInput().getType());
  Extents e = extentsOf(op.getInput().getType());
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  if (signal.isSpectrum()) {
    sweep("so3_integrate", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      map({e.channels, e.lanes}, slice(in, at), slice(out, at),
          {dims(2, {0, -1, 1}), dims(2, {0, 1})}, forward, std::nullopt, e.lanes);
    });
    return;
  }
  int64_t n = 2 * signal.bandLimit;
  Value weights =
      table("integral_weights", {{"b", signal.bandLimit}}, {n}, elementOf(signal.element));
  // First each latitude alone: then latitudes can be summed as they come into being.
  Type sums = scratchType({n, e.lanes}, elementOf(signal.element));
  sweep("so3_integrate", {e.groups, e.channels}, sums, [&](ValueRange at, ValueRange scratch) {
    map({n, n * n, e.lanes}, slice(in, at), scratch[0],
        {flat({n, n * n, e.lanes}), dims(3, {0, 2})}, forward, stage::Combine::Sum, e.lanes);
    map(
        {n, e.lanes}, {scratch[0], weights}, slice(out, at),
        {dims(2, {0, 1}), dims(2, {0}), dims(2, {1})},
        [](OpBuilder &b, Location l, ValueRange v) {
          return SmallVector<Value>{arith::MulFOp::create(b, l, v[0], v[1])};
        },
        stage::Combine::Sum, e.lanes);
  });
}

void Emitter::emitIntegralAdjoint(SO3IntegrateOp op) {
  Signal signal = *getSignal(op.getType());
  Extents e = extentsOf(op.getType());
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  if (signal.isSpectrum()) {
    sweep("so3_integrate.adjoint", {e.groups}, {}, [&](ValueRange at, ValueRange) {
      Value target = slice(out, at);
      stage::FillOp::create(builder, loc, target,
                            builder.getFloatAttr(elementOf(signal.element), 0.0));
      map({e.channels, e.lanes}, slice(in, at), target, {dims(2, {0, 1}), dims(2, {0, -1, 1})},
          forward, std::nullopt, e.lanes);
    });
    return;
  }
  int64_t n = 2 * signal.bandLimit;
  Value weights =
      table("integral_weights", {{"b", signal.bandLimit}}, {n}, elementOf(signal.element));
  sweep("so3_integrate.adjoint", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    map(
        {n, n * n, e.lanes}, {slice(in, at), weights}, slice(out, at),
        {dims(3, {2}), dims(3, {0}), flat({n, n * n, e.lanes})},
        [](OpBuilder &b, Location l, ValueRange v) {
          return SmallVector<Value>{arith::MulFOp::create(b, l, v[0], v[1])};
        },
        std::nullopt, e.lanes);
  });
}

/// Sum over the batch of the coefficient of degree 0, or over batch and grid.
void Emitter::emitBiasGrad(BiasGradOp op) {
  Extents e = extentsOf(op.getInput().getType());
  Value in = buffer(op.getInput()), out = buffer(op.getResult());
  if (getSignal(op.getInput().getType())->isSpectrum()) {
    sweep("bias_grad", {1}, {}, [&](ValueRange, ValueRange) {
      map({e.channels, e.groups, e.lanes}, in, out, {dims(3, {1, 0, -1, 2}), dims(3, {0})}, forward,
          stage::Combine::Sum, e.lanes);
    });
    return;
  }
  Rows rows = rowsOf(op.getInput().getType());
  RowOperands operands;
  operands.rows = {in};
  Value sums = temporary("bias_sums", {rows.channels, rows.groups, rows.rows},
                         elementOf(op.getInput().getType()));
  sumRows("bias_grad", rows, operands, sums, forward);
  totalRows("bias_grad.total", rows, sums, {}, {}, out, forward);
}

void Emitter::emitAddBias(AddBiasOp op) {
  Extents e = extentsOf(op.getInput().getType());
  Value in = buffer(op.getInput()), bias = buffer(op.getBias()), out = buffer(op.getResult());
  if (!getSignal(op.getType())->isSpectrum()) {
    sweep("add_bias", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
      AffineMap points = flat({e.elements, e.lanes});
      map({e.elements, e.lanes}, {slice(in, at), range(bias, 0, at[1], 1)}, slice(out, at),
          {points, dims(2, {-1}), points}, sumOfTwo, std::nullopt, e.lanes);
    });
    return;
  }
  sweep("add_bias", {e.groups}, {}, [&](ValueRange at, ValueRange) {
    Value source = slice(in, at), target = slice(out, at);
    if (in != out)
      gather(stage::GatherMode::Lanes, source, target, {}, e.channels * e.elements, e.lanes);
    map({e.channels, e.lanes}, {in == out ? target : source, bias}, target,
        {dims(2, {0, -1, 1}), dims(2, {0}), dims(2, {0, -1, 1})}, sumOfTwo, std::nullopt, e.lanes);
  });
}

LogicalResult Emitter::emitSpectrum(Operation *op) {
  if (isa<TruncateOp, PadOp>(op)) {
    emitResize(buffer(op->getOperand(0)), buffer(op->getResult(0)),
               *getSignal(op->getOperand(0).getType()), *getSignal(op->getResult(0).getType()));
    return success();
  }
  if (auto integrate = dyn_cast<SO3IntegrateOp>(op)) {
    integrate.getAdjoint() ? emitIntegralAdjoint(integrate) : emitIntegral(integrate);
    return success();
  }
  if (auto grad = dyn_cast<BiasGradOp>(op)) {
    emitBiasGrad(grad);
    return success();
  }
  if (auto bias = dyn_cast<AddBiasOp>(op)) {
    emitAddBias(bias);
    return success();
  }
  return failure();
}

} // namespace mlir::spherical
