//===- reverse.cpp - reverse-mode differentiation of a block ----*- C++ -*-===//
//
// The cotangent of a value is the sum of what its uses send back (nn.add).
//
//===----------------------------------------------------------------------===//

#include "passes/differentiate/reverse.h"

#include "dialects/interfaces/differentiable.h"
#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::spherical {
namespace {

/// Gives every op that a rule builds the location of the op that it differentiates.
struct RelocateListener : OpBuilder::Listener {
  explicit RelocateListener(Location loc) : loc(loc) {}
  void notifyOperationInserted(Operation *op, OpBuilder::InsertPoint previous) override {
    op->setLoc(loc);
  }
  Location loc;
};

} // namespace

bool hasGradient(Type type) {
  if (getSignal(type))
    return true;
  auto tensor = dyn_cast<TensorType>(type);
  return tensor && isa<FloatType, ComplexType>(tensor.getElementType());
}

ReverseMode::ReverseMode(OpBuilder &builder, ValueRange wanted)
    : builder(builder), active(wanted.begin(), wanted.end()) {}

void ReverseMode::accumulate(Value value, Value cotangent, Location loc) {
  Value &sum = cotangents[value];
  sum = sum ? Value(nn::AddOp::create(builder, loc, sum, cotangent)) : cotangent;
}

Value ReverseMode::lookupOrZero(Value value, Location loc) {
  if (Value cotangent = lookup(value))
    return cotangent;
  return ZeroOp::create(builder, loc, value.getType());
}

bool ReverseMode::isActive(Operation *op) const {
  return llvm::any_of(op->getOperands(), [&](Value operand) { return active.contains(operand); });
}

LogicalResult ReverseMode::run(ArrayRef<Operation *> ops) {
  for (Operation *op : ops)
    if (isActive(op))
      active.insert(op->result_begin(), op->result_end());
  for (Operation *op : llvm::reverse(ops))
    if (isActive(op) && failed(differentiate(op)))
      return failure();
  return success();
}

LogicalResult ReverseMode::differentiate(Operation *op) {
  SmallVector<Value> results = llvm::map_to_vector(
      op->getResults(), [&](Value result) { return cotangents.lookup(result); });
  if (llvm::none_of(results, [](Value cotangent) { return bool(cotangent); }))
    return success();
  auto differentiable = dyn_cast<Differentiable>(op);
  if (!differentiable)
    return op->emitOpError() << "has no gradient rule (not supported)";
  auto layer = dyn_cast<Epilogued>(op);
  if (layer && !layer.getEpilogue().empty())
    return op->emitOpError() << "has an epilogue, and epilogues have no gradient rule (not "
                                "supported)";

  SmallVector<Value> operands;
  RelocateListener listener(op->getLoc());
  OpBuilder ruleBuilder(builder.getContext(), &listener);
  ruleBuilder.restoreInsertionPoint(builder.saveInsertionPoint());
  if (failed(differentiable.buildVjp(ruleBuilder, results, operands)))
    return failure();
  builder.restoreInsertionPoint(ruleBuilder.saveInsertionPoint());
  for (auto [operand, cotangent] : llvm::zip_equal(op->getOperands(), operands))
    if (cotangent && active.contains(operand))
      accumulate(operand, cotangent, op->getLoc());
  return success();
}

void eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

} // namespace mlir::spherical
