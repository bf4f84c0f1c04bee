//===- scalars.h - short spellings for the regions of maps ------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_STAGES_SCALARS_H
#define SPHERICAL_DIALECTS_SPHERICAL_STAGES_SCALARS_H

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"

namespace mlir::spherical {

/// Builds arithmetic on scalars where `builder` stands, inside a map.
class ScalarBuilder {
public:
  ScalarBuilder(OpBuilder &builder, Location loc) : b(builder), l(loc) {}

  Value constant(Type type, double value) {
    return arith::ConstantOp::create(b, l, b.getFloatAttr(type, value));
  }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, l, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, l, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, l, x, y); }
  Value div(Value x, Value y) { return arith::DivFOp::create(b, l, x, y); }
  Value max(Value x, Value y) { return arith::MaximumFOp::create(b, l, x, y); }
  Value sqrt(Value x) { return math::SqrtOp::create(b, l, x); }
  Value exp(Value x) { return math::ExpOp::create(b, l, x); }
  Value log(Value x) { return math::LogOp::create(b, l, x); }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, l, condition, x, y);
  }
  /// A number in another precision.
  Value to(Value x, Type type) {
    if (x.getType() == type)
      return x;
    return type.isF64() ? arith::ExtFOp::create(b, l, type, x).getResult()
                        : arith::TruncFOp::create(b, l, type, x).getResult();
  }
  /// x^2 in double precision, where no square of a single-precision number overflows.
  Value wideSquare(Value x) {
    Value wide = to(x, b.getF64Type());
    return mul(wide, wide);
  }
  /// An integer as a number.
  Value toFloat(Value integer, Type type) { return arith::SIToFPOp::create(b, l, type, integer); }
  /// The map's position in dimension `dim`.
  Value index(int64_t dim) { return stage::IndexOp::create(b, l, b.getIndexType(), dim); }
  /// The sample of a map's point: position in `groupDim` times lanes plus position in `laneDim`.
  Value sample(int64_t groupDim, int64_t laneDim, int64_t lanes) {
    return sampleOf(index(groupDim), laneDim, lanes);
  }
  /// The same for a lane group from outside the map.
  Value sampleOf(Value group, int64_t laneDim, int64_t lanes) {
    Value width = arith::ConstantIndexOp::create(b, l, lanes);
    Value first = arith::MulIOp::create(b, l, group, width);
    return arith::AddIOp::create(b, l, first, index(laneDim));
  }
  /// Whether an index is below a count (i64).
  Value below(Value position, Value count) {
    Value limit = arith::IndexCastOp::create(b, l, b.getIndexType(), count);
    return arith::CmpIOp::create(b, l, arith::CmpIPredicate::slt, position, limit);
  }
  /// Whether x > y.
  Value above(Value x, Value y) {
    return arith::CmpFOp::create(b, l, arith::CmpFPredicate::OGT, x, y);
  }
  /// Whether x is NaN.
  Value isNaN(Value x) { return arith::CmpFOp::create(b, l, arith::CmpFPredicate::UNO, x, x); }
  /// Whether x is 0; not if it is NaN.
  Value isZero(Value x) {
    return arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ, x, constant(x.getType(), 0.0));
  }
  /// Whether the map's position in dimension `dim` is 0.
  Value isFirst(int64_t dim) {
    Value zero = arith::ConstantIndexOp::create(b, l, 0);
    return arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq, index(dim), zero);
  }
  /// Whether the bit of the map's position in dimension `dim` is set in a word.
  Value hasBit(Value word, int64_t dim) {
    Value wide = widened(word);
    Value moved = arith::ShRUIOp::create(b, l, wide, position(dim));
    Value one = arith::ConstantOp::create(b, l, b.getI32IntegerAttr(1));
    Value bit = arith::AndIOp::create(b, l, moved, one);
    return arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq, bit, one);
  }
  /// A word with that bit set, or 0.
  Value bitIf(Value condition, int64_t dim, Type word) {
    Value one = arith::ConstantOp::create(b, l, b.getI32IntegerAttr(1));
    Value zero = arith::ConstantOp::create(b, l, b.getI32IntegerAttr(0));
    Value bit = select(condition, arith::ShLIOp::create(b, l, one, position(dim)), zero);
    return word.isInteger(32) ? bit : arith::TruncIOp::create(b, l, word, bit).getResult();
  }
  /// Whether an integer has a value.
  Value isInteger(Value integer, int64_t value) {
    Value other = arith::ConstantOp::create(b, l, b.getIntegerAttr(integer.getType(), value));
    return arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq, integer, other);
  }
  Value isBelow(Value integer, int64_t value) {
    Value other = arith::ConstantOp::create(b, l, b.getIntegerAttr(integer.getType(), value));
    return arith::CmpIOp::create(b, l, arith::CmpIPredicate::slt, integer, other);
  }
  /// integer - value.
  Value minus(Value integer, int64_t value) {
    Value other = arith::ConstantOp::create(b, l, b.getIntegerAttr(integer.getType(), value));
    return arith::SubIOp::create(b, l, integer, other);
  }
  /// Whether an index equals an i32 label.
  Value equals(Value position, Value label) {
    Value other = arith::IndexCastOp::create(b, l, b.getIndexType(), label);
    return arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq, position, other);
  }

private:
  /// A word of up to 32 bits in 32.
  Value widened(Value word) {
    Type i32 = b.getI32Type();
    return word.getType() == i32 ? word : arith::ExtUIOp::create(b, l, i32, word).getResult();
  }
  /// The map's position in dimension `dim`, i32.
  Value position(int64_t dim) {
    return arith::IndexCastOp::create(b, l, b.getI32Type(), index(dim));
  }
  OpBuilder &b;
  Location l;
};

/// The region of a map that copies its first input, or combines its values.
inline SmallVector<Value> firstValue(OpBuilder &, Location, ValueRange inputs) {
  return {inputs[0]};
}

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_STAGES_SCALARS_H
