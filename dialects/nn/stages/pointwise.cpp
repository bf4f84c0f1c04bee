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
    SmallVector<Value> inputs = {stages.buffer(getInput())};
    if (getBy())
      inputs.push_back(stages.buffer(getBy()));
    SmallVector<AffineMap> maps(inputs.size() + 1, scalar);
    stages.map(
        {}, inputs, stages.buffer(getResult()), maps, [](OpBuilder &b, Location l, ValueRange v) {
          Value by = v.size() > 1
                         ? v[1]
                         : arith::ConstantOp::create(b, l, b.getI64IntegerAttr(1)).getResult();
          return SmallVector<Value>{arith::AddIOp::create(b, l, v[0], by)};
        });
  });
  return success();
}

} // namespace mlir::nn
