//===- codelet.h - the vocabulary of generated kernels ----------*- C++ -*-===//
//
// Codelets are written once, in C++, against the few operations below, which
// emit IR. A lane value has type T: `width` samples side by side, one vector
// register where the target has it (scalar for width 1). Pointers address
// arrays of lane values or of scalars; integers are i64.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_CODELET_H
#define SPHERICAL_PASSES_LOWER_TASKS_CODELET_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::spherical {

/// T: `width` values of `element` (f32, f64, i32 or i64).
struct LaneType {
  Type element;
  int64_t width = 1;

  /// vector<width x element>, or the element itself for width 1.
  Type get() const;
  /// Bytes of one lane value.
  int64_t bytes() const;
  /// Short name in symbols, for example `f32x16`.
  std::string name() const;
};

/// A complex lane value.
struct Complex {
  Value re, im;
};

/// Emits the operations that codelets consist of, at the insertion point of `ops`.
class CodeletBuilder {
public:
  CodeletBuilder(OpBuilder &ops, Location loc, LaneType lane) : ops(ops), loc(loc), lane(lane) {}

  OpBuilder &ops;
  Location loc;
  LaneType lane;

  // Integers, i64.
  Value integer(int64_t value);
  Value add(Value a, Value b);
  Value add(Value a, int64_t b) { return b == 0 ? a : add(a, integer(b)); }
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value mul(Value a, int64_t b) { return b == 1 ? a : mul(a, integer(b)); }
  Value div(Value a, Value b);
  Value rem(Value a, Value b);
  Value minimum(Value a, Value b);
  Value less(Value a, Value b);
  Value equal(Value a, Value b);
  Value both(Value a, Value b);
  Value select(Value condition, Value a, Value b);
  /// Extends an i32 to i64.
  Value extend(Value a);

  // Memory. Offsets count lane values (at, load, store) or scalars (the *Scalar forms).
  Value at(Value pointer, Value offset);
  Value at(Value pointer, int64_t offset);
  Value atScalar(Value pointer, Value offset);
  Value atByte(Value pointer, Value offset);
  Value load(Value pointer, int64_t offset = 0);
  Value load(Value pointer, Value offset);
  void store(Value value, Value pointer, int64_t offset = 0);
  void store(Value value, Value pointer, Value offset);
  Value loadScalar(Value pointer, int64_t offset = 0);
  Value loadScalar(Value pointer, Value offset) { return loadScalar(atScalar(pointer, offset)); }
  void storeScalar(Value value, Value pointer, int64_t offset = 0);
  Value loadInteger32(Value pointer, int64_t offset);
  /// Reserves `count` lane values on the stack, aligned for vector access. Call in the entry block.
  Value stack(int64_t count);

  // Arithmetic on lane values.
  Value splat(Value scalar);
  Value constant(double value);
  Value addf(Value a, Value b);
  Value subf(Value a, Value b);
  Value mulf(Value a, Value b);
  Value negf(Value a);
  /// a b + c, rounded once.
  Value fma(Value a, Value b, Value c);
  /// a where y > 0, else 0.
  Value wherePositive(Value y, Value a);
  /// The sum over the lanes, a scalar, always in the same order.
  Value reduce(Value a) { return reduceAll(a).front(); }
  /// The sum over the lanes of each value. Sums are merged in pairs, which costs about three
  /// operations a value in place of log2(width) shuffles and additions.
  SmallVector<Value> reduceAll(ArrayRef<Value> values);

  // Complex lane values.
  Complex addc(Complex a, Complex b) { return {addf(a.re, b.re), addf(a.im, b.im)}; }
  Complex subc(Complex a, Complex b) { return {subf(a.re, b.re), subf(a.im, b.im)}; }
  /// a (c + i d), or a (c - i d) if `conjugate`.
  Complex mulc(Complex a, Complex w, bool conjugate = false);

  // Control.
  using Body = llvm::function_ref<void(Value)>;
  using ReduceBody = llvm::function_ref<SmallVector<Value>(Value, ValueRange)>;
  /// for (i = 0; i < end; ++i) body(i)
  void loop(Value end, Body body) { loop(integer(0), end, 1, body); }
  void loop(int64_t end, Body body) { loop(integer(0), integer(end), 1, body); }
  void loop(Value begin, Value end, int64_t step, Body body);
  /// A loop that carries values: body returns the next ones.
  SmallVector<Value> loop(Value begin, Value end, ValueRange initial, ReduceBody body);
  /// if (condition) then() else otherwise()
  void branch(Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise = nullptr);

private:
  Value gep(Value pointer, Type element, LLVM::GEPArg offset);
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_CODELET_H
