//===- codelet.h - the vocabulary of generated kernels ----------*- C++ -*-===//
//
// Codelets are written once, in C++, against the few operations below, which
// emit IR. A lane value is `width` samples side by side in memory. Its type T is
// one vector register on CPUs (a scalar for width 1); on GPUs T is a scalar and
// each lane a thread: `width` threads in a row form a unit, and the units of a
// block share out the iterations of `distribute`. Pointers address arrays of
// lane values or of scalars; integers are i64.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_CODELET_H
#define SPHERICAL_PASSES_LOWER_TASKS_CODELET_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::spherical {

/// Threads of a warp on GPUs, which is as wide as a unit can be.
constexpr int64_t kWarpThreads = 32;

/// Dynamic shared memory of the kernels' blocks on GPUs.
constexpr llvm::StringLiteral kSharedMemory = "sph_shared";

/// T: `width` values of `element` (f32, f64, i16, i32 or i64).
struct LaneType {
  Type element;
  int64_t width = 1;
  int64_t threads = 0;   ///< of a block, where each lane is a thread; else 0
  bool bfloat16 = false; ///< whether values of f32 are bf16 in memory, rounded to the nearest

  /// vector<width x element>, or the element itself for width 1 and for threads.
  Type get() const;
  /// The type of an element in memory: the bits of a bf16 as i16.
  Type stored() const;
  /// The type of a lane value in memory.
  Type inMemory() const;
  /// Bytes of one lane value in memory.
  int64_t bytes() const;
  /// Units of a block of threads; on CPUs the caller is the one unit.
  int64_t units() const { return threads ? threads / width : 1; }
  /// Short name in symbols, for example `f32x16`, or `f32x32t128` in blocks of 128 threads.
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

  /// A builder at the same place whose lane values are in memory in bf16, or as they are.
  CodeletBuilder storedIn(bool bfloat16) const;

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
  Value maximum(Value a, Value b);
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
  Value atWord(Value pointer, Value offset); ///< of words with a bit for each lane
  Value load(Value pointer, int64_t offset = 0);
  Value load(Value pointer, Value offset);
  void store(Value value, Value pointer, int64_t offset = 0);
  void store(Value value, Value pointer, Value offset);
  /// Asks for the cache line at `pointer`, which is used soon. It may lie beyond any buffer.
  void prefetch(Value pointer);
  /// The same of the first level's, for values that will be read and written.
  void prefetchForUpdate(Value pointer);
  Value loadScalar(Value pointer, int64_t offset = 0);
  Value loadScalar(Value pointer, Value offset) { return loadScalar(atScalar(pointer, offset)); }
  void storeScalar(Value value, Value pointer, int64_t offset = 0);
  /// The i64 at `offset`, counted in such and aligned for one.
  Value loadInteger(Value pointer, int64_t offset);
  /// Reserves `count` lane values, aligned for vector access: on the stack, or for each unit of a
  /// block at `work`, by default the block's shared memory. Call in the entry block.
  Value stack(int64_t count);
  /// Reserves so many bytes of a block's shared memory for all of its threads together.
  Value sharedBlock(int64_t bytes);
  /// What `stack` takes, for all units of a block.
  static int64_t stackBytes(const LaneType &lane, int64_t count);
  Value work;
  /// Bytes of shared memory that `stack` has reserved so far, for all units of a block.
  int64_t sharedBytes() const { return work ? 0 : reserved; }

  // Arithmetic on lane values.
  Value splat(Value scalar);
  Value constant(double value);
  Value addf(Value a, Value b);
  Value subf(Value a, Value b);
  Value mulf(Value a, Value b);
  Value negf(Value a);
  bool roundsToBfloat16 = false; ///< whether the target has an instruction for it
  /// a b + c, rounded once.
  Value fma(Value a, Value b, Value c);
  /// a where y > 0, else 0.
  Value wherePositive(Value y, Value a);
  /// max(a, 0); NaN stays NaN.
  Value relu(Value a);
  /// Stores the word of which bit w says whether lane w of a is positive.
  void storePositive(Value a, Value pointer);
  /// a in the lanes w whose bit w of the word at `pointer` is set, else 0.
  Value whereBit(Value pointer, Value a);
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
  void loop(Value begin, Value end, int64_t step, Body body) {
    loop(begin, end, integer(step), body);
  }
  void loop(Value begin, Value end, Value step, Body body);
  /// A loop that carries values: body returns the next ones.
  SmallVector<Value> loop(Value begin, Value end, ValueRange initial, ReduceBody body) {
    return loop(begin, end, integer(1), initial, body);
  }
  SmallVector<Value> loop(Value begin, Value end, Value step, ValueRange initial, ReduceBody body);
  /// if (condition) then() else otherwise()
  void branch(Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise = nullptr);
  /// condition ? then() : otherwise
  SmallVector<Value> branch(Value condition, llvm::function_ref<SmallVector<Value>()> then,
                            ValueRange otherwise);

  // Work among the units of a block; on CPUs all of it is the caller's.
  /// for (i = 0; i < end; ++i) body(i), iterations independent of each other. Iteration i is
  /// unit (i + shift) mod units' work.
  void distribute(Value end, Body body, Value shift = nullptr);
  /// body(w) for each lane w, at once where lanes are threads.
  void lanes(int64_t width, Body body);
  /// body(), once for each lane value where lanes are threads.
  void once(llvm::function_ref<void()> body);
  /// Waits for all threads of the block, which then see each other's stores.
  void barrier();
  /// The position of this thread in its block, i64.
  Value thread();

private:
  /// A lane value of i16, of the bits of bfloat16, as one of f32; and the reverse, rounded to the
  /// nearest, even if two are. NaN stays NaN.
  Value widen(Value a);
  Value narrow(Value a);
  Value gep(Value pointer, Type element, LLVM::GEPArg offset);
  /// Where this thread's lane of a lane value lies.
  Value ownLane(Value pointer);
  Value lanePosition() { return rem(thread(), integer(lane.width)); }
  Value unit() { return div(thread(), integer(lane.width)); }
  Value reduceThreads(Value a);
  Value shuffle(Value a, int64_t half);
  Value sharedMemory();
  Type wordType();

  int64_t reserved = 0;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_CODELET_H
