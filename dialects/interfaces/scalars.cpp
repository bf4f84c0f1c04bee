//===- scalars.cpp - regions on numbers -------------------------*- C++ -*-===//

#include "dialects/interfaces/scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"

#include "llvm/ADT/DenseMap.h"

#include <cmath>

namespace mlir::spherical {

bool isRealArithmetic(Operation *op) {
  return isa<arith::ConstantOp, arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
             arith::NegFOp, arith::MaximumFOp, arith::MaxNumFOp, arith::CmpFOp, arith::SelectOp,
             arith::AndIOp, arith::ExtFOp, arith::TruncFOp, math::ExpOp, math::LogOp, math::SqrtOp>(
      op);
}

bool isExact(Operation *op) {
  if (auto real = dyn_cast<arith::ArithFastMathInterface>(op))
    if (real.getFastMathFlagsAttr() &&
        real.getFastMathFlagsAttr().getValue() != arith::FastMathFlags::none)
      return false;
  if (auto integer = dyn_cast<arith::ArithIntegerOverflowFlagsInterface>(op))
    if (integer.getOverflowAttr() &&
        integer.getOverflowAttr().getValue() != arith::IntegerOverflowFlags::none)
      return false;
  auto rounding = dyn_cast<arith::ArithRoundingModeInterface>(op);
  return !rounding || !rounding.getRoundingModeAttr();
}

static bool isZero(Attribute number) {
  auto real = dyn_cast_or_null<FloatAttr>(number);
  return real && real.getValue().isZero();
}

/// The number that an op with one result makes of its operands, of which `known` gives those that
/// are known, null if it is not: others are finite.
static Attribute resultOf(Operation *op, llvm::function_ref<Attribute(Value)> known) {
  const SmallVector<Attribute> operands = llvm::map_to_vector(op->getOperands(), known);
  if (!llvm::is_contained(operands, Attribute())) {
    SmallVector<OpFoldResult> folded;
    if (failed(op->fold(operands, folded)) || folded.size() != 1)
      return {};
    auto value = dyn_cast<Value>(folded.front());
    return value ? known(value) : cast<Attribute>(folded.front());
  }
  if (isa<arith::MulFOp>(op))
    for (Attribute factor : operands)
      if (isZero(factor))
        return factor;
  if (isa<arith::SelectOp>(op) && isZero(operands[1]) && isZero(operands[2]))
    return operands[1];
  return {};
}

bool yieldsZero(Block &block, llvm::function_ref<bool(unsigned)> isZero) {
  llvm::DenseMap<Value, Attribute> numbers;
  for (BlockArgument argument : block.getArguments())
    if (isZero(argument.getArgNumber()))
      numbers[argument] = Builder(argument.getContext()).getZeroAttr(argument.getType());
  auto known = [&](Value value) { return numbers.lookup(value); };
  for (Operation &op : block.without_terminator())
    if (Attribute number = resultOf(&op, known))
      numbers[op.getResult(0)] = number;
  return spherical::isZero(known(block.getTerminator()->getOperand(0)));
}

/// A number of the element type; from double precision where that is another one.
static Value constantOf(OpBuilder &builder, Location loc, FloatAttr number, Type element) {
  const double value = number.getValueAsDouble();
  FloatAttr nearest = builder.getFloatAttr(element, value);
  if (nearest.getValueAsDouble() == value || std::isnan(value))
    return arith::ConstantOp::create(builder, loc, nearest);
  Value wide = arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(value));
  return arith::TruncFOp::create(builder, loc, element, wide);
}

/// Builds the ops of a block on `values`; `mapping` then has what each of its values became.
static void cloneScalars(OpBuilder &builder, Block &block, Block::iterator end, ValueRange values,
                         IRMapping &mapping) {
  const Type element = values.front().getType();
  mapping.map(block.getArguments(), values);
  for (Operation &op : llvm::make_range(block.begin(), end)) {
    if (isa<arith::ExtFOp, arith::TruncFOp>(op)) {
      mapping.map(op.getResult(0), mapping.lookup(op.getOperand(0)));
      continue;
    }
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (auto number = dyn_cast<FloatAttr>(constant.getValue())) {
        mapping.map(op.getResult(0), constantOf(builder, op.getLoc(), number, element));
        continue;
      }
    Operation *copy = builder.clone(op, mapping);
    for (Value result : copy->getResults())
      if (isa<FloatType>(result.getType()))
        result.setType(element);
  }
}

SmallVector<Value> inlineScalars(OpBuilder &builder, Block &block, ValueRange values) {
  IRMapping mapping;
  cloneScalars(builder, block, block.getTerminator()->getIterator(), values, mapping);
  return llvm::map_to_vector(block.getTerminator()->getOperands(),
                             [&](Value value) { return mapping.lookup(value); });
}

Value inlinePointwise(OpBuilder &builder, Pointwise op, ValueRange values) {
  // In double precision, in which attributes are.
  Block wide;
  for (Value value : values)
    wide.addArgument(isa<FloatType>(value.getType()) ? builder.getF64Type() : value.getType(),
                     op.getLoc());
  OpBuilder inner(builder.getContext());
  inner.setInsertionPointToEnd(&wide);
  Value result = op.buildScalar(inner, op.getLoc(), wide.getArguments());
  IRMapping mapping;
  cloneScalars(builder, wide, wide.end(), values, mapping);
  return mapping.lookup(result);
}

} // namespace mlir::spherical
