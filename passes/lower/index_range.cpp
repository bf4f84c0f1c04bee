//===- index_range.cpp - what values an index can have ----------*- C++ -*-===//

#include "passes/lower/index_range.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using Range = std::optional<IndexRange>;

Range sumOf(IndexRange a, IndexRange b) {
  IndexRange sum;
  if (llvm::AddOverflow(a.low, b.low, sum.low) || llvm::AddOverflow(a.high, b.high, sum.high))
    return std::nullopt;
  return sum;
}

Range productOf(IndexRange a, int64_t factor) {
  IndexRange product;
  if (llvm::MulOverflow(a.low, factor, product.low) ||
      llvm::MulOverflow(a.high, factor, product.high))
    return std::nullopt;
  if (factor < 0)
    std::swap(product.low, product.high);
  return product;
}

/// Quotients and remainders by a positive constant.
static Range dividedBy(AffineExprKind kind, IndexRange a, int64_t divisor) {
  if (divisor < 1)
    return std::nullopt;
  const int64_t first = llvm::divideFloorSigned(a.low, divisor);
  const int64_t last = llvm::divideFloorSigned(a.high, divisor);
  if (kind == AffineExprKind::FloorDiv)
    return IndexRange{first, last};
  if (kind == AffineExprKind::CeilDiv)
    return IndexRange{llvm::divideCeilSigned(a.low, divisor),
                      llvm::divideCeilSigned(a.high, divisor)};
  if (first != last)
    return IndexRange{0, divisor - 1};
  return IndexRange{llvm::mod(a.low, divisor), llvm::mod(a.high, divisor)};
}

Range rangeOf(AffineExpr expr, ArrayRef<IndexRange> dimensions, ArrayRef<IndexRange> symbols) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return IndexRange{constant.getValue(), constant.getValue()};
  if (auto dimension = dyn_cast<AffineDimExpr>(expr))
    return dimensions[dimension.getPosition()];
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return symbols[symbol.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  const Range left = rangeOf(binary.getLHS(), dimensions, symbols);
  const Range right = rangeOf(binary.getRHS(), dimensions, symbols);
  if (!left || !right)
    return std::nullopt;
  if (expr.getKind() == AffineExprKind::Add)
    return sumOf(*left, *right);
  if (right->low != right->high)
    return std::nullopt;
  if (expr.getKind() == AffineExprKind::Mul)
    return productOf(*left, right->low);
  return dividedBy(expr.getKind(), *left, right->low);
}

static Range rangeOf(affine::AffineApplyOp apply) {
  const AffineMap map = apply.getAffineMap();
  SmallVector<IndexRange> operands;
  for (Value operand : apply.getMapOperands()) {
    const Range range = rangeOf(OpFoldResult(operand));
    if (!range)
      return std::nullopt;
    operands.push_back(*range);
  }
  return rangeOf(map.getResult(0), ArrayRef(operands).take_front(map.getNumDims()),
                 ArrayRef(operands).drop_front(map.getNumDims()));
}

/// An index of a sweep or the variable of a loop.
static Range rangeOf(BlockArgument index) {
  Operation *owner = index.getOwner()->getParentOp();
  if (auto sweep = dyn_cast_or_null<stage::SweepOp>(owner)) {
    if (index.getArgNumber() >= sweep.getSpace().size())
      return std::nullopt;
    return IndexRange{0, sweep.getSpace()[index.getArgNumber()] - 1};
  }
  auto loop = dyn_cast_or_null<scf::ForOp>(owner);
  if (!loop)
    return std::nullopt;
  const auto lower = getConstantIntValue(loop.getLowerBound());
  const auto upper = getConstantIntValue(loop.getUpperBound());
  const auto step = getConstantIntValue(loop.getStep());
  if (!lower || !upper || !step || *step < 1 || *lower >= *upper)
    return std::nullopt;
  return IndexRange{*lower, *lower + (*upper - 1 - *lower) / *step * *step};
}

Range rangeOf(OpFoldResult index) {
  if (const auto constant = getConstantIntValue(index))
    return IndexRange{*constant, *constant};
  const auto value = dyn_cast<Value>(index);
  if (!value)
    return std::nullopt;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return rangeOf(argument);
  auto apply = value.getDefiningOp<affine::AffineApplyOp>();
  return apply ? rangeOf(apply) : std::nullopt;
}

} // namespace mlir::spherical
