//===- plan_memory.cpp - stage-plan-memory ----------------------*- C++ -*-===//
//
// Offsets of all buffers in one arena. A buffer lives from the first to the
// last op that uses it or a view of it; buffers that never live at once may share memory.
// One after the other, each at the lowest free offset: the usual heuristic for
// storage allocation with known lifetimes, within a few per cent of the peak of
// live bytes on chains and on forward-backward programs. Several orders are tried.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

namespace mlir::spherical {
#define GEN_PASS_DEF_PLANMEMORY
#include "passes/plan/passes.h.inc"
namespace {

/// A buffer with its lifetime [first, last] in positions of ops, and its place.
struct Buffer {
  memref::AllocOp alloc;
  int64_t first, last, bytes;
  int64_t offset = 0;

  bool livesWith(const Buffer &other) const { return first <= other.last && other.first <= last; }
};

int64_t bytesOf(MemRefType type) {
  return llvm::alignTo(type.getNumElements() * type.getElementTypeBitWidth() / 8,
                       stage::kAlignment);
}

/// The position of the op of the function's body that holds `user`.
int64_t positionOf(Operation *user, Block &body,
                   const llvm::DenseMap<Operation *, int64_t> &order) {
  return order.lookup(body.findAncestorOpInBlock(*user));
}

SmallVector<Buffer> findBuffers(func::FuncOp func) {
  llvm::DenseMap<Operation *, int64_t> order;
  int64_t position = 0;
  for (Operation &op : func.front())
    order[&op] = position++;
  SmallVector<Buffer> buffers;
  for (auto alloc : func.front().getOps<memref::AllocOp>()) {
    Buffer buffer{alloc, position, 0, bytesOf(alloc.getType())};
    SmallVector<Operation *> users(alloc->getUsers());
    while (!users.empty()) {
      Operation *user = users.pop_back_val();
      int64_t at = positionOf(user, func.front(), order);
      buffer.first = std::min(buffer.first, at);
      buffer.last = std::max(buffer.last, at);
      if (isa<memref::SubViewOp>(user))
        llvm::append_range(users, user->getUsers());
    }
    buffers.push_back(buffer);
  }
  return buffers;
}

/// Sets all offsets in the order of the buffers; returns the bytes of the arena.
int64_t placeInOrder(SmallVectorImpl<Buffer> &buffers) {
  int64_t total = 0;
  SmallVector<Buffer *> placed; // by offset
  for (Buffer &buffer : buffers) {
    int64_t offset = 0;
    for (Buffer *other : placed) {
      if (!buffer.livesWith(*other))
        continue;
      if (other->offset >= offset + buffer.bytes)
        break;
      offset = std::max(offset, other->offset + other->bytes);
    }
    buffer.offset = offset;
    total = std::max(total, offset + buffer.bytes);
    placed.insert(
        llvm::upper_bound(placed, &buffer,
                          [](const Buffer *a, const Buffer *b) { return a->offset < b->offset; }),
        &buffer);
  }
  return total;
}

/// Tries orders of buffers, and keeps the one that takes least.
class Placement {
public:
  explicit Placement(ArrayRef<Buffer> buffers) : buffers(buffers) {}

  /// The largest keys first; then what lies highest earlier than all others, again and again.
  using Key = std::pair<int64_t, int64_t>;
  void tryKeys(llvm::function_ref<Key(const Buffer &)> key);

  ArrayRef<Buffer> best() const { return found; }
  int64_t bytes() const { return least; }

private:
  /// The bytes of the arena in the order of `tried`.
  int64_t tryOrder(SmallVectorImpl<Buffer> &tried);

  ArrayRef<Buffer> buffers;
  SmallVector<Buffer> found;
  int64_t least = std::numeric_limits<int64_t>::max();
};

int64_t Placement::tryOrder(SmallVectorImpl<Buffer> &tried) {
  const int64_t bytes = placeInOrder(tried);
  if (bytes < least) {
    least = bytes;
    found.assign(tried.begin(), tried.end());
  }
  return bytes;
}

void Placement::tryKeys(llvm::function_ref<Key(const Buffer &)> key) {
  constexpr int64_t attempts = 32;
  SmallVector<Buffer> tried(buffers.begin(), buffers.end());
  llvm::stable_sort(tried, [&](const Buffer &a, const Buffer &b) { return key(a) > key(b); });
  for (int64_t attempt = 0; attempt < attempts; ++attempt) {
    const int64_t bytes = tryOrder(tried);
    const auto highest = llvm::find_if(
        tried, [&](const Buffer &buffer) { return buffer.offset + buffer.bytes == bytes; });
    if (highest == tried.begin() || highest == tried.end())
      return;
    std::rotate(tried.begin(), highest, std::next(highest));
  }
}

/// Sets all offsets; returns the bytes of the arena.
int64_t place(SmallVectorImpl<Buffer> &buffers) {
  if (buffers.empty())
    return 0;
  using Key = Placement::Key;
  const auto length = [](const Buffer &b) { return b.last - b.first + 1; };
  Placement placement(buffers);
  placement.tryKeys([](const Buffer &b) { return Key(b.bytes, 0); });
  placement.tryKeys([&](const Buffer &b) { return Key(b.bytes * length(b), b.bytes); });
  placement.tryKeys([&](const Buffer &b) { return Key(length(b), b.bytes); });
  placement.tryKeys([](const Buffer &b) { return Key(-b.first, b.bytes); });
  placement.tryKeys([](const Buffer &b) { return Key(b.last, b.bytes); });
  buffers.assign(placement.best().begin(), placement.best().end());
  return placement.bytes();
}

int64_t scratchBytes(func::FuncOp func) {
  int64_t most = 0;
  func.walk([&](stage::SweepOp sweep) { most = std::max(most, sweep.getScratchOffsets().back()); });
  return most;
}

struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(plan(func)))
        return signalPassFailure();
  }

  LogicalResult plan(func::FuncOp func) {
    SmallVector<Buffer> buffers = findBuffers(func);
    int64_t bytes = place(buffers);
    Builder attributes(&getContext());
    auto type = MemRefType::get({bytes}, attributes.getIntegerType(8));
    DictionaryAttr marked = attributes.getDictionaryAttr(
        attributes.getNamedAttr("stage.arena", attributes.getUnitAttr()));
    if (failed(func.insertArgument(0, type, marked, func.getLoc())))
      return failure();
    for (Buffer &buffer : buffers) {
      OpBuilder builder(buffer.alloc);
      Location loc = buffer.alloc.getLoc();
      Value offset = arith::ConstantIndexOp::create(builder, loc, buffer.offset);
      Value view = memref::ViewOp::create(builder, loc, buffer.alloc.getType(), func.getArgument(0),
                                          offset, ValueRange());
      buffer.alloc.replaceAllUsesWith(view);
      buffer.alloc.erase();
    }
    func->setAttr("stage.arena_bytes", attributes.getI64IntegerAttr(bytes));
    func->setAttr("stage.scratch_bytes", attributes.getI64IntegerAttr(scratchBytes(func)));
    return success();
  }
};

} // namespace
} // namespace mlir::spherical
