//===- fold_empty.cpp - spherical-fold-empty --------------------*- C++ -*-===//
//
// Ops on tensors without elements compute nothing, or what their definition gives
// for empty sums. Neither needs lanes, stages or buffers:
//   relu : tensor<0x4xf32>            ->  zero : tensor<0x4xf32>
//   sum_batch : tensor<0x4> -> <4>    ->  zero : tensor<4xf32>
//   linear of no inputs               ->  linear of one input that is 0: the bias
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FOLDEMPTY
#include "passes/schedule/passes.h.inc"
namespace {

bool isEmpty(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getNumElements() == 0;
}

/// What stands in place of a result of an op, null if that has no meaning on empty tensors.
Value replacementOf(OpResult result, OpBuilder &builder) {
  Operation *op = result.getOwner();
  if (isEmpty(result.getType()) || op->hasTrait<ZeroOfNothing>())
    return ZeroOp::create(builder, op->getLoc(), result.getType());
  auto computed = dyn_cast<Schedulable>(op);
  return computed ? computed.buildOfNothing(builder) : Value();
}

struct FoldEmpty : impl::FoldEmptyBase<FoldEmpty> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Operation &op : llvm::make_early_inc_range(function.getOps()))
        if (failed(fold(&op)))
          return signalPassFailure();
  }

  LogicalResult fold(Operation *op) {
    const bool touchesEmpty =
        llvm::any_of(op->getOperandTypes(), isEmpty) || llvm::any_of(op->getResultTypes(), isEmpty);
    if (!touchesEmpty || !isa<nn::NNDialect>(op->getDialect()))
      return success(); // zeros, constants and the end of the function
    OpBuilder builder(op);
    for (OpResult result : op->getResults()) {
      Value value = replacementOf(result, builder);
      if (!value)
        return op->emitOpError() << "is not defined on tensors without elements, got "
                                 << op->getOperandTypes();
      result.replaceAllUsesWith(value);
    }
    op->erase();
    return success();
  }
};

} // namespace
} // namespace mlir::spherical
