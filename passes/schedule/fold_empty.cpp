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

#include "llvm/ADT/TypeSwitch.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FOLDEMPTY
#include "passes/schedule/passes.h.inc"
namespace {

bool isEmpty(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getNumElements() == 0;
}

/// Builds what stands in place of one op.
class Replacement {
public:
  explicit Replacement(Operation *op) : op(op), builder(op) {}

  /// One value a result, or nothing if the op has no meaning on empty tensors.
  FailureOr<SmallVector<Value>> build();

private:
  /// Lets `layer` apply the epilogue of the op that it stands for.
  Value finished(Epilogued layer);
  Value zero(Type type) { return ZeroOp::create(builder, op->getLoc(), type); }
  Value zeros(ArrayRef<int64_t> shape, Type like) {
    return zero(RankedTensorType::get(shape, cast<ShapedType>(like).getElementType()));
  }
  Value linearOfNothing(nn::LinearOp linear);
  Value biasAlone(Type type, Value bias);
  Value concatOfRest(nn::ConcatOp concat);
  Value result(Type type);

  Operation *op;
  OpBuilder builder;
};

Value Replacement::finished(Epilogued layer) {
  auto before = cast<Epilogued>(op);
  layer.getExtrasMutable().append(before.getExtras());
  layer.getEpilogue().takeBody(before.getEpilogue());
  return layer->getResult(0);
}

/// One input, which is 0, has the bias as result.
Value Replacement::linearOfNothing(nn::LinearOp linear) {
  auto type = cast<RankedTensorType>(linear.getType());
  return finished(nn::LinearOp::create(builder, op->getLoc(), type,
                                       zeros({type.getDimSize(0), 1}, type),
                                       zeros({type.getDimSize(1), 1}, type), linear.getBias()));
}

/// The bias, if there is one, at each position, by a convolution of one channel that is 0.
Value Replacement::biasAlone(Type type, Value bias) {
  if (!bias && cast<Epilogued>(op).getEpilogue().empty())
    return zero(type);
  auto image = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(image.getShape());
  shape[1] = 1;
  return finished(nn::Conv2dOp::create(builder, op->getLoc(), type, zeros(shape, type),
                                       zeros({image.getDimSize(1), 1, 1, 1}, type), bias,
                                       ArrayRef<int64_t>{1, 1}, nn::Padding::Valid));
}

Value Replacement::concatOfRest(nn::ConcatOp concat) {
  SmallVector<Value> rest;
  for (Value input : concat.getInputs())
    if (!isEmpty(input.getType()))
      rest.push_back(input);
  return nn::ConcatOp::create(builder, op->getLoc(), concat.getType(), rest);
}

/// A result with elements, of operands of which some have none; null if it is not defined.
Value Replacement::result(Type type) {
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](nn::LinearOp linear) { return linearOfNothing(linear); })
      .Case([&](nn::Conv2dOp conv) { return biasAlone(type, conv.getBias()); })
      .Case([&](nn::ConvTranspose2dOp conv) { return biasAlone(type, conv.getBias()); })
      .Case([&](nn::UpsampleNearestOp) { return biasAlone(type, Value()); })
      .Case([&](nn::ConcatOp concat) { return concatOfRest(concat); })
      // Sums over nothing.
      .Case<nn::LinearGradInputOp, nn::LinearGradWeightOp, nn::SumBatchOp, nn::SumChannelsOp,
            nn::SumSquaresOp, nn::Conv2dGradWeightOp, nn::BatchNormGradOp, nn::CrossEntropyOp,
            nn::MeanSquaredErrorOp>([&](Operation *) { return zero(type); })
      .Default([](Operation *) { return Value(); });
}

FailureOr<SmallVector<Value>> Replacement::build() {
  SmallVector<Value> values;
  for (Type type : op->getResultTypes()) {
    values.push_back(isEmpty(type) ? zero(type) : result(type));
    if (!values.back())
      return op->emitOpError() << "is not defined on tensors without elements, got "
                               << op->getOperandTypes();
  }
  return values;
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
    FailureOr<SmallVector<Value>> values = Replacement(op).build();
    if (failed(values))
      return failure();
    op->replaceAllUsesWith(*values);
    op->erase();
    return success();
  }
};

} // namespace
} // namespace mlir::spherical
