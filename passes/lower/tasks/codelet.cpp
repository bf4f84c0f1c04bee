//===- codelet.cpp - the vocabulary of generated kernels --------*- C++ -*-===//

#include "passes/lower/tasks/codelet.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::spherical {

/// A type as wide as `type`, of another element.
static Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(VectorType::get(vector.getShape(), element)) : element;
}

Type LaneType::get() const {
  return width == 1 || threads ? element : Type(VectorType::get({width}, element));
}

Type LaneType::inMemory() const {
  return threads && width > 1 ? Type(LLVM::LLVMArrayType::get(stored(), width))
                              : withElement(get(), stored());
}

Type LaneType::stored() const {
  return bfloat16 ? IntegerType::get(element.getContext(), 16) : element;
}

int64_t LaneType::bytes() const { return width * stored().getIntOrFloatBitWidth() / 8; }

std::string LaneType::name() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << element << "x" << width;
  if (threads)
    stream << "t" << threads;
  return text;
}

static Type pointerType(OpBuilder &ops) { return LLVM::LLVMPointerType::get(ops.getContext()); }

CodeletBuilder CodeletBuilder::storedIn(bool bfloat16) const {
  CodeletBuilder builder = *this;
  builder.lane.bfloat16 = bfloat16;
  return builder;
}

Value CodeletBuilder::integer(int64_t value) {
  return arith::ConstantOp::create(ops, loc, ops.getI64IntegerAttr(value));
}
Value CodeletBuilder::add(Value a, Value b) { return ops.createOrFold<arith::AddIOp>(loc, a, b); }
Value CodeletBuilder::sub(Value a, Value b) { return ops.createOrFold<arith::SubIOp>(loc, a, b); }
Value CodeletBuilder::mul(Value a, Value b) { return ops.createOrFold<arith::MulIOp>(loc, a, b); }
Value CodeletBuilder::div(Value a, Value b) { return ops.createOrFold<arith::DivUIOp>(loc, a, b); }
Value CodeletBuilder::rem(Value a, Value b) { return ops.createOrFold<arith::RemUIOp>(loc, a, b); }
Value CodeletBuilder::minimum(Value a, Value b) {
  return ops.createOrFold<arith::MinSIOp>(loc, a, b);
}
Value CodeletBuilder::maximum(Value a, Value b) {
  return ops.createOrFold<arith::MaxSIOp>(loc, a, b);
}
Value CodeletBuilder::less(Value a, Value b) {
  return arith::CmpIOp::create(ops, loc, arith::CmpIPredicate::slt, a, b);
}
Value CodeletBuilder::equal(Value a, Value b) {
  return arith::CmpIOp::create(ops, loc, arith::CmpIPredicate::eq, a, b);
}
Value CodeletBuilder::both(Value a, Value b) { return ops.createOrFold<arith::AndIOp>(loc, a, b); }
Value CodeletBuilder::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(ops, loc, condition, a, b);
}
Value CodeletBuilder::extend(Value a) {
  return arith::ExtSIOp::create(ops, loc, ops.getI64Type(), a);
}

Value CodeletBuilder::gep(Value pointer, Type element, LLVM::GEPArg offset) {
  return LLVM::GEPOp::create(ops, loc, pointerType(ops), element, pointer,
                             ArrayRef<LLVM::GEPArg>{offset});
}
Value CodeletBuilder::at(Value pointer, Value offset) {
  return gep(pointer, lane.inMemory(), offset);
}
Value CodeletBuilder::at(Value pointer, int64_t offset) {
  if (offset == 0)
    return pointer;
  // Constants in the op itself have 32 bits.
  return llvm::isInt<32>(offset) ? gep(pointer, lane.inMemory(), static_cast<int32_t>(offset))
                                 : at(pointer, integer(offset));
}
Value CodeletBuilder::atScalar(Value pointer, Value offset) {
  return gep(pointer, lane.element, offset);
}
Value CodeletBuilder::atByte(Value pointer, Value offset) {
  return gep(pointer, ops.getI8Type(), offset);
}

Value CodeletBuilder::atWord(Value pointer, Value offset) {
  return gep(pointer, wordType(), offset);
}

Value CodeletBuilder::load(Value pointer, int64_t offset) {
  // Arguments of entries are aligned for their elements only.
  const Type stored = lane.stored();
  Value value =
      LLVM::LoadOp::create(ops, loc, withElement(lane.get(), stored), ownLane(at(pointer, offset)),
                           stored.getIntOrFloatBitWidth() / 8);
  return lane.bfloat16 ? widen(value) : value;
}
Value CodeletBuilder::load(Value pointer, Value offset) { return load(at(pointer, offset)); }
void CodeletBuilder::prefetch(Value pointer) {
  constexpr int32_t secondLevel = 2, data = 1; // of caches
  LLVM::Prefetch::create(ops, loc, pointer, /*rw=*/0, secondLevel, data);
}
void CodeletBuilder::store(Value value, Value pointer, int64_t offset) {
  LLVM::StoreOp::create(ops, loc, lane.bfloat16 ? narrow(value) : value,
                        ownLane(at(pointer, offset)), lane.stored().getIntOrFloatBitWidth() / 8);
}
void CodeletBuilder::store(Value value, Value pointer, Value offset) {
  store(value, at(pointer, offset));
}
Value CodeletBuilder::loadScalar(Value pointer, int64_t offset) {
  if (offset != 0)
    pointer = gep(pointer, lane.element, static_cast<int32_t>(offset));
  return LLVM::LoadOp::create(ops, loc, lane.element, pointer);
}
void CodeletBuilder::storeScalar(Value value, Value pointer, int64_t offset) {
  if (offset != 0)
    pointer = gep(pointer, lane.element, static_cast<int32_t>(offset));
  LLVM::StoreOp::create(ops, loc, value, pointer);
}
Value CodeletBuilder::loadInteger(Value pointer, int64_t offset) {
  Type i64 = ops.getI64Type();
  pointer = gep(pointer, i64, static_cast<int32_t>(offset));
  return LLVM::LoadOp::create(ops, loc, i64, pointer, sizeof(int64_t));
}
Value CodeletBuilder::ownLane(Value pointer) {
  return lane.threads && lane.width > 1 ? gep(pointer, lane.stored(), lanePosition()) : pointer;
}
int64_t CodeletBuilder::stackBytes(const LaneType &lane, int64_t count) {
  return static_cast<int64_t>(llvm::alignTo(count * lane.bytes(), 64)) * lane.units();
}

Value CodeletBuilder::sharedMemory() {
  auto space = LLVM::LLVMPointerType::get(ops.getContext(),
                                          static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
  Value block = LLVM::AddressOfOp::create(ops, loc, space, kSharedMemory);
  return LLVM::AddrSpaceCastOp::create(ops, loc, pointerType(ops), block);
}

Value CodeletBuilder::sharedBlock(int64_t bytes) {
  Value block = atByte(sharedMemory(), integer(reserved));
  reserved += static_cast<int64_t>(llvm::alignTo(bytes, 64));
  return block;
}

Value CodeletBuilder::stack(int64_t count) {
  if (lane.threads) {
    Value block = work ? work : sharedMemory();
    int64_t bytes = stackBytes(lane, count);
    Value own = atByte(block, add(mul(unit(), bytes / lane.units()), reserved));
    reserved += bytes;
    return own;
  }
  return LLVM::AllocaOp::create(ops, loc, pointerType(ops), lane.inMemory(), integer(count), 64);
}

void CodeletBuilder::prefetchForUpdate(Value pointer) {
  constexpr int32_t write = 1, nearest = 3, data = 1;
  LLVM::Prefetch::create(ops, loc, pointer, write, nearest, data);
}

Value CodeletBuilder::splat(Value scalar) {
  if (!isa<VectorType>(lane.get()))
    return scalar;
  return vector::BroadcastOp::create(ops, loc, lane.get(), scalar);
}
Value CodeletBuilder::constant(double value) {
  TypedAttr scalar = ops.getFloatAttr(lane.element, value);
  auto type = dyn_cast<VectorType>(lane.get());
  if (!type)
    return arith::ConstantOp::create(ops, loc, scalar);
  return arith::ConstantOp::create(ops, loc, DenseElementsAttr::get(type, Attribute(scalar)));
}
Value CodeletBuilder::addf(Value a, Value b) { return arith::AddFOp::create(ops, loc, a, b); }
Value CodeletBuilder::subf(Value a, Value b) { return arith::SubFOp::create(ops, loc, a, b); }
Value CodeletBuilder::mulf(Value a, Value b) { return arith::MulFOp::create(ops, loc, a, b); }
Value CodeletBuilder::negf(Value a) { return arith::NegFOp::create(ops, loc, a); }
Value CodeletBuilder::fma(Value a, Value b, Value c) {
  return LLVM::FMAOp::create(ops, loc, a.getType(), a, b, c);
}
Value CodeletBuilder::wherePositive(Value y, Value a) {
  Value zero = constant(0.0);
  Value positive = arith::CmpFOp::create(ops, loc, arith::CmpFPredicate::OGT, y, zero);
  return select(positive, a, zero);
}

Value CodeletBuilder::relu(Value a) {
  Value zero = constant(0.0);
  Value negative = arith::CmpFOp::create(ops, loc, arith::CmpFPredicate::OGT, zero, a);
  return select(negative, zero, a);
}

/// The integer `value` in each element of `type`.
static Value integerOf(OpBuilder &ops, Location loc, Type type, int64_t value) {
  auto vector = dyn_cast<VectorType>(type);
  const TypedAttr scalar = ops.getIntegerAttr(vector ? vector.getElementType() : type, value);
  return arith::ConstantOp::create(
      ops, loc, vector ? DenseElementsAttr::get(vector, Attribute(scalar)) : scalar);
}

Value CodeletBuilder::widen(Value a) {
  const Type words = withElement(a.getType(), ops.getI32Type());
  Value bits = arith::ShLIOp::create(ops, loc, arith::ExtUIOp::create(ops, loc, words, a),
                                     integerOf(ops, loc, words, 16));
  return arith::BitcastOp::create(ops, loc, withElement(words, ops.getF32Type()), bits);
}

/// The upper half of the bits, plus one where the lower half is above its middle, or at it and the
/// upper one odd. A NaN could become infinite, or zero: those have their uppermost bit of the
/// mantissa set in place of this.
Value CodeletBuilder::narrow(Value a) {
  const Type shorts = withElement(a.getType(), ops.getI16Type());
  if (roundsToBfloat16) {
    Value rounded =
        arith::TruncFOp::create(ops, loc, withElement(a.getType(), ops.getBF16Type()), a);
    return arith::BitcastOp::create(ops, loc, shorts, rounded);
  }
  const Type words = withElement(a.getType(), ops.getI32Type());
  auto number = [&](int64_t value) { return integerOf(ops, loc, words, value); };
  Value bits = arith::BitcastOp::create(ops, loc, words, a);
  Value upper = arith::ShRUIOp::create(ops, loc, bits, number(16));
  Value odd = arith::AndIOp::create(ops, loc, upper, number(1));
  Value half = arith::AddIOp::create(ops, loc, odd, number(0x7fff));
  Value rounded =
      arith::ShRUIOp::create(ops, loc, arith::AddIOp::create(ops, loc, bits, half), number(16));
  Value isNaN = arith::CmpFOp::create(ops, loc, arith::CmpFPredicate::UNO, a, a);
  Value quiet = arith::OrIOp::create(ops, loc, upper, number(0x40));
  return arith::TruncIOp::create(ops, loc, shorts, select(isNaN, quiet, rounded));
}

Type CodeletBuilder::wordType() { return ops.getIntegerType(lane.width <= 16 ? 16 : 32); }

void CodeletBuilder::storePositive(Value a, Value pointer) {
  Value bits = arith::CmpFOp::create(ops, loc, arith::CmpFPredicate::OGT, a, constant(0.0));
  if (isa<VectorType>(lane.get()))
    bits = LLVM::BitcastOp::create(ops, loc, ops.getIntegerType(lane.width), bits);
  Type type = lane.threads ? Type(ops.getI32Type()) : wordType();
  if (bits.getType() != type)
    bits = arith::ExtUIOp::create(ops, loc, type, bits);
  if (lane.threads && lane.width > 1) {
    Value shift = arith::TruncIOp::create(ops, loc, type, lanePosition());
    bits = arith::ShLIOp::create(ops, loc, bits, shift);
    for (int64_t half = lane.width / 2; half >= 1; half /= 2)
      bits = arith::OrIOp::create(ops, loc, bits, shuffle(bits, half));
  }
  if (bits.getType() != wordType())
    bits = arith::TruncIOp::create(ops, loc, wordType(), bits);
  once([&] { LLVM::StoreOp::create(ops, loc, bits, pointer); });
}

Value CodeletBuilder::whereBit(Value pointer, Value a) {
  Value bits = LLVM::LoadOp::create(ops, loc, wordType(), pointer);
  if (lane.threads && lane.width > 1) {
    Value shift = arith::TruncIOp::create(ops, loc, wordType(), lanePosition());
    bits = arith::ShRUIOp::create(ops, loc, bits, shift);
  }
  Type type = ops.getIntegerType(isa<VectorType>(lane.get()) ? lane.width : 1);
  if (bits.getType() != type)
    bits = arith::TruncIOp::create(ops, loc, type, bits);
  if (isa<VectorType>(lane.get()))
    bits = LLVM::BitcastOp::create(ops, loc, VectorType::get({lane.width}, ops.getI1Type()), bits);
  return select(bits, a, constant(0.0));
}

/// Adds the two halves of each of `groups` groups of lanes of a, then of b: twice as many groups of
/// half the width, those of a first.
static Value mergeHalves(CodeletBuilder &c, Value a, Value b, int64_t groups) {
  int64_t width = c.lane.width, half = width / groups / 2;
  SmallVector<int64_t> low, high;
  for (int64_t start = 0; start < 2 * width; start += 2 * half)
    for (int64_t i = 0; i < half; ++i) {
      low.push_back(start + i);
      high.push_back(start + half + i);
    }
  return c.addf(vector::ShuffleOp::create(c.ops, c.loc, a, b, low),
                vector::ShuffleOp::create(c.ops, c.loc, a, b, high));
}

SmallVector<Value> CodeletBuilder::reduceAll(ArrayRef<Value> values) {
  if (lane.width == 1)
    return SmallVector<Value>(values);
  SmallVector<Value> sums;
  if (lane.threads) {
    for (Value value : values)
      sums.push_back(reduceThreads(value));
    return sums;
  }
  for (size_t begin = 0; begin < values.size(); begin += lane.width) {
    size_t count = std::min<size_t>(lane.width, values.size() - begin);
    SmallVector<Value> level(values.slice(begin, count));
    for (int64_t groups = 1; groups < lane.width; groups *= 2) {
      SmallVector<Value> next;
      for (size_t i = 0; i < level.size(); i += 2)
        next.push_back(
            mergeHalves(*this, level[i], level[std::min(i + 1, level.size() - 1)], groups));
      level = next;
    }
    for (size_t i = 0; i < count; ++i)
      sums.push_back(vector::ExtractOp::create(ops, loc, level[0],
                                               ArrayRef<int64_t>{static_cast<int64_t>(i)}));
  }
  return sums;
}

/// The value of the lane whose number differs by `half`, a power of two, in the same unit.
Value CodeletBuilder::shuffle(Value a, int64_t half) {
  Type i32 = ops.getI32Type();
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(ops, loc, ops.getI32IntegerAttr(static_cast<int32_t>(value)));
  };
  // The threads that take part: those of this unit of the warp.
  Value first = mul(div(rem(thread(), integer(kWarpThreads)), integer(lane.width)), lane.width);
  Value members = integer((int64_t(1) << lane.width) - 1);
  Value mask =
      arith::TruncIOp::create(ops, loc, i32, arith::ShLIOp::create(ops, loc, members, first));
  return NVVM::ShflOp::create(ops, loc, a.getType(), mask, a, constant(half),
                              constant(kWarpThreads - 1), NVVM::ShflKind::bfly, UnitAttr());
}

/// A butterfly of shuffles in the unit: every lane gets the same sum.
Value CodeletBuilder::reduceThreads(Value a) {
  for (int64_t half = lane.width / 2; half >= 1; half /= 2)
    a = addf(a, shuffle(a, half));
  return a;
}

Complex CodeletBuilder::mulc(Complex a, Complex w, bool conjugate) {
  // (a.re + i a.im)(c + i d); conjugate: d changes sign.
  Value cross = mulf(a.im, w.im), mixed = mulf(a.re, w.im);
  if (conjugate)
    return {fma(a.re, w.re, cross), fma(a.im, w.re, negf(mixed))};
  return {fma(a.re, w.re, negf(cross)), fma(a.im, w.re, mixed)};
}

void CodeletBuilder::loop(Value begin, Value end, Value step, Body body) {
  auto op = scf::ForOp::create(ops, loc, begin, end, step);
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPointToStart(op.getBody());
  body(op.getInductionVar());
}

SmallVector<Value> CodeletBuilder::loop(Value begin, Value end, Value step, ValueRange initial,
                                        ReduceBody body) {
  auto op = scf::ForOp::create(ops, loc, begin, end, step, initial);
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPointToStart(op.getBody());
  SmallVector<Value> next = body(op.getInductionVar(), op.getRegionIterArgs());
  scf::YieldOp::create(ops, loc, next);
  return SmallVector<Value>(op.getResults());
}

Value CodeletBuilder::thread() {
  return extend(NVVM::ThreadIdXOp::create(ops, loc, ops.getI32Type()));
}

void CodeletBuilder::barrier() {
  if (lane.threads)
    NVVM::Barrier0Op::create(ops, loc);
}

void CodeletBuilder::distribute(Value end, Body body, Value shift) {
  if (!lane.threads)
    return loop(end, body);
  Value units = integer(lane.units()), first = unit();
  if (shift) // the first i with (i + shift) mod units = unit
    first = rem(sub(add(first, units), rem(shift, units)), units);
  loop(first, end, lane.units(), body);
}

void CodeletBuilder::lanes(int64_t width, Body body) {
  if (!lane.threads)
    return loop(width, body);
  body(lanePosition());
}

void CodeletBuilder::once(llvm::function_ref<void()> body) {
  if (!lane.threads || lane.width == 1)
    return body();
  branch(equal(lanePosition(), integer(0)), body);
}

void CodeletBuilder::branch(Value condition, llvm::function_ref<void()> then,
                            llvm::function_ref<void()> otherwise) {
  auto op = scf::IfOp::create(ops, loc, condition, static_cast<bool>(otherwise));
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPointToStart(op.thenBlock());
  then();
  if (!otherwise)
    return;
  ops.setInsertionPointToStart(op.elseBlock());
  otherwise();
}

SmallVector<Value> CodeletBuilder::branch(Value condition,
                                          llvm::function_ref<SmallVector<Value>()> then,
                                          ValueRange otherwise) {
  auto op = scf::IfOp::create(ops, loc, otherwise.getTypes(), condition, /*withElse=*/true);
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPointToStart(op.thenBlock());
  SmallVector<Value> values = then();
  scf::YieldOp::create(ops, loc, values);
  ops.setInsertionPointToStart(op.elseBlock());
  scf::YieldOp::create(ops, loc, otherwise);
  return SmallVector<Value>(op.getResults());
}

} // namespace mlir::spherical
