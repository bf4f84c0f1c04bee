//===- order_ops.cpp - spherical-order-ops ----------------------*- C++ -*-===//
//
// Steps of optimizers run as soon as there is a gradient and nothing reads the old
// value any more: what a gradient is made of ends there. Then two neighbours of which
// neither needs the other run in the order in which less memory lives: the last
// reader of a large value before an op that makes another.
//   dX = dZ Y ; dY = dZ^T X   ->   dY = dZ^T X ; dX = dZ Y       X ends before dX begins
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/lifetimes.h"
#include "passes/schedule/passes.h"

#include "dialects/spherical/work.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_ORDEROPS
#include "passes/schedule/passes.h.inc"
namespace {

/// Whether one of two ops writes an argument in place that the other reads.
bool shareUpdated(Operation *first, Operation *second) {
  return llvm::any_of(first->getOperands(), [&](Value operand) {
    return llvm::is_contained(second->getOperands(), operand) &&
           (updatesInPlace(first, operand) || updatesInPlace(second, operand));
  });
}

/// Whether the op at `position` needs what the one behind it does, or the reverse.
bool conflict(const Lifetimes &lifetimes, int64_t position) {
  Operation *first = lifetimes.ops()[position], *second = lifetimes.ops()[position + 1];
  if (!isMemoryEffectFree(first) || !isMemoryEffectFree(second) || shareUpdated(first, second))
    return true;
  const bool needs = llvm::any_of(second->getOperands(),
                                  [&](Value operand) { return operand.getDefiningOp() == first; });
  const auto taken = lifetimes.takenOver(position + 1);
  return needs || (taken && llvm::is_contained(lifetimes.buffersOf(position), *taken));
}

/// The bytes that live while the op at `first` and then the one at `second`, its neighbour on
/// either side, run, of buffers that one of them touches: the most of the two, then their sum.
std::pair<int64_t, int64_t> bytesInOrder(const Lifetimes &lifetimes, int64_t first,
                                         int64_t second) {
  const int64_t low = std::min(first, second), high = std::max(first, second);
  const ArrayRef<int64_t> early = lifetimes.buffersOf(first), late = lifetimes.buffersOf(second);
  int64_t before = 0, behind = 0;
  const auto count = [&](int64_t number) {
    const Lifetimes::Buffer &buffer = lifetimes.buffers()[number];
    if (llvm::is_contained(early, number) || buffer.first() < low)
      before += buffer.bytes;
    if (llvm::is_contained(late, number) || buffer.last() > high)
      behind += buffer.bytes;
  };
  for (int64_t number : early)
    count(number);
  for (int64_t number : late)
    if (!llvm::is_contained(early, number))
      count(number);
  return {std::max(before, behind), before + behind};
}

/// Whether an op computes a few numbers from arguments, as the factors of a step do.
bool isSmall(Operation *op, int64_t depth = 4) {
  constexpr int64_t most = 64; // bytes
  return depth > 0 && isMemoryEffectFree(op) && op->getNumRegions() == 0 &&
         llvm::all_of(op->getResultTypes(), [](Type type) { return bytesOf(type) <= most; }) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           return !operand.getDefiningOp() || isSmall(operand.getDefiningOp(), depth - 1);
         });
}

/// Moves an op behind the last one that it needs or, if it writes arguments in place, that reads
/// these; small ones that it needs as well.
void moveUp(Operation *op) {
  Operation *last = nullptr;
  const auto waitFor = [&](Operation *other) {
    if (other && other != op && other->isBeforeInBlock(op) &&
        (!last || last->isBeforeInBlock(other)))
      last = other;
  };
  for (Value operand : op->getOperands()) {
    if (Operation *needed = operand.getDefiningOp(); needed && isSmall(needed))
      moveUp(needed);
    waitFor(operand.getDefiningOp());
    if (updatesInPlace(op, operand))
      for (Operation *user : operand.getUsers())
        waitFor(user);
  }
  if (last)
    op->moveAfter(last);
  else
    op->moveBefore(&op->getBlock()->front());
}

struct OrderOps : impl::OrderOpsBase<OrderOps> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && llvm::hasSingleElement(function.getBody()))
        order(function);
  }

  void order(func::FuncOp function) {
    for (Operation &op : llvm::make_early_inc_range(function.front()))
      if (op.hasTrait<UpdatesInPlace>() && isMemoryEffectFree(&op))
        moveUp(&op);
    Lifetimes lifetimes(function);
    const auto last = static_cast<int64_t>(lifetimes.ops().size()) - 1;
    // An op may move past all others; what has not settled when each has stays.
    int64_t left = last * last;
    for (int64_t i = 0; i < last && left > 0; ++i)
      for (int64_t at = i; at >= 0 && left > 0 && pays(lifetimes, at); --at, --left)
        lifetimes.swap(at);
  }

  /// Whether the op at `position` had better run behind the next one.
  static bool pays(const Lifetimes &lifetimes, int64_t position) {
    return !conflict(lifetimes, position) && bytesInOrder(lifetimes, position + 1, position) <
                                                 bytesInOrder(lifetimes, position, position + 1);
  }
};

} // namespace
} // namespace mlir::spherical
