//===- form_epilogues.cpp - spherical-form-epilogues ------------*- C++ -*-===//
//
// Moves activations, sums and gradients of activations into the layer that makes
// their last operand, so that values before them never go through memory:
//   relu(add(conv2d(x, w), r))  ->  conv2d(x, w) epilogue(%v, %e = r) { max(v + e, 0) }
// The layer stays where it is: all other operands are there before it, so that no
// value lives longer than it did.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "dialects/interfaces/scalars.h"
#include "dialects/nn/dialect.h"
#include "passes/remarks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FORMEPILOGUES
#include "passes/fuse/passes.h.inc"
namespace {

/// The op of the same block that makes the last operand to be there; null if there is none.
Operation *lastProducer(Operation *op) {
  Operation *last = nullptr;
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (producer && producer->getBlock() == op->getBlock() &&
        (!last || last->isBeforeInBlock(producer)))
      last = producer;
  }
  return last;
}

/// The region, which yields the layer's value if it was empty.
Block &epilogueOf(Epilogued layer) {
  Region &region = layer.getEpilogue();
  if (!region.empty())
    return region.front();
  Block &block = region.emplaceBlock();
  const Type element = getElementTypeOrSelf(layer->getResult(0).getType());
  Value value = block.addArgument(element, layer.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(&block);
  nn::YieldOp::create(builder, layer.getLoc(), value);
  return block;
}

/// The argument for a value that the layer's region reads.
Value argumentFor(Epilogued layer, Block &block, Value value) {
  for (auto [argument, extra] :
       llvm::zip_equal(block.getArguments().drop_front(), layer.getExtras()))
    if (extra == value)
      return argument;
  layer.getExtrasMutable().append(value);
  return block.addArgument(block.getArgument(0).getType(), value.getLoc());
}

/// Lets the layer, whose result only `op` uses, make the result of `op`.
void moveInto(Epilogued layer, Pointwise op) {
  Block &block = epilogueOf(layer);
  Operation *yield = block.getTerminator();
  SmallVector<Value> values;
  for (Value operand : op->getOperands())
    values.push_back(operand == layer->getResult(0) ? yield->getOperand(0)
                                                    : argumentFor(layer, block, operand));
  OpBuilder builder(yield);
  yield->setOperand(0, inlinePointwise(builder, op, values));
  op->getResult(0).replaceAllUsesWith(layer->getResult(0));
  op.erase();
}

struct FormEpilogues : impl::FormEpiloguesBase<FormEpilogues> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Block &block : function.getBody())
        for (Operation &op : llvm::make_early_inc_range(block))
          if (auto pointwise = dyn_cast<Pointwise>(op))
            form(pointwise);
  }

  /// Moves a pointwise op on tensors into the layer that makes its last operand, or says why not.
  void form(Pointwise op) {
    constexpr StringRef name = "FormEpilogues";
    const Type type = op->getResult(0).getType();
    Operation *last = lastProducer(op);
    if (!last || !isa<RankedTensorType>(type) ||
        llvm::any_of(op->getOperandTypes(), [&](Type other) { return other != type; }))
      return;
    const std::string what = (op->getName().getStringRef() + " stays a pass of its own").str();
    const StringRef maker = last->getName().getStringRef();
    auto layer = dyn_cast<Epilogued>(last);
    if (!layer)
      return remarkNotFused(op, name, what,
                            "its last operand comes from " + maker +
                                ", which applies nothing to its values",
                            "put it behind a convolution or linear layer");
    if (!last->hasOneUse())
      return remarkNotFused(op, name, what,
                            "another op uses the value of " + maker + " before it as well",
                            "let the other op use the value behind it");
    remarkFused(op, name, op->getName().getStringRef() + " applied by " + maker);
    moveInto(layer, op);
  }
};

} // namespace
} // namespace mlir::spherical
