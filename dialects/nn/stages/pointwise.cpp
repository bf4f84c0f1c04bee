//===- pointwise.cpp - value by value ---------------------------*- C++ -*-===//
//
// Activations, sums and step counters.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/stages/stage_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::nn {

using namespace mlir::spherical;

static LogicalResult emitPointwise(StageBuilder &stages, Pointwise op) {
  SmallVector<Value> inputs =
      llvm::map_to_vector(op->getOperands(), [&](Value value) { return stages.buffer(value); });
  emitElementwise(stages, op->getName().stripDialect(), stages.buffer(op->getResult(0)), inputs,
                  [&](OpBuilder &builder, Location loc, ValueRange values) {
                    return SmallVector<Value>{op.buildScalar(builder, loc, values)};
                  });
  return success();
}

LogicalResult ReluOp::emitStages(StageBuilder &stages) { return emitPointwise(stages, *this); }
LogicalResult ReluGradOp::emitStages(StageBuilder &stages) { return emitPointwise(stages, *this); }
LogicalResult LeakyReluOp::emitStages(StageBuilder &stages) { return emitPointwise(stages, *this); }
LogicalResult LeakyReluGradOp::emitStages(StageBuilder &stages) {
  return emitPointwise(stages, *this);
}
LogicalResult GeluOp::emitStages(StageBuilder &stages) { return emitPointwise(stages, *this); }
LogicalResult GeluGradOp::emitStages(StageBuilder &stages) { return emitPointwise(stages, *this); }
LogicalResult AddOp::emitStages(StageBuilder &stages) { return emitPointwise(stages, *this); }
LogicalResult SubOp::emitStages(StageBuilder &stages) { return emitPointwise(stages, *this); }
LogicalResult InverseStdOp::emitStages(StageBuilder &stages) {
  return emitPointwise(stages, *this);
}

LogicalResult IncrementOp::emitStages(StageBuilder &stages) {
  AffineMap scalar = stages.dims(0, {});
  stages.sweep("increment", {1}, {}, [&](ValueRange, ValueRange) {
    stages.map({}, stages.buffer(getOperand()), stages.buffer(getResult()), {scalar, scalar},
               [](OpBuilder &b, Location l, ValueRange v) {
                 Value one = arith::ConstantOp::create(b, l, b.getI64IntegerAttr(1));
                 return SmallVector<Value>{arith::AddIOp::create(b, l, v[0], one)};
               });
  });
  return success();
}

} // namespace mlir::nn
