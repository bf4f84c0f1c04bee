//===- recompute.cpp - spherical-recompute ----------------------*- C++ -*-===//
//
// What costs little time and much memory is computed again where it is needed
// again, rather than kept while the function needs most memory: a kernel's spectrum
// for the gradient of its layer. With a limit, whatever it takes to keep that: also
// what a boundary gave, from what it was given (Chen et al. 2016).
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/lifetimes.h"
#include "passes/schedule/passes.h"

#include "dialects/spherical/dialect.h"
#include "passes/remarks.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_RECOMPUTE
#include "passes/schedule/passes.h.inc"
namespace {

/// The predicted nanoseconds of an op, 0 if it has no choice.
double timeOf(Operation *op) {
  auto choice = op->getAttrOfType<ChoiceAttr>("spherical.choice");
  return choice ? static_cast<double>(choice.getNanoseconds()) : 0;
}

// Of the function's time, what one value, and what all together may cost to be cheap; the part of
// the peak that is worth it; the most ops that give a value again.
constexpr double kMostOfAll = 0.02, kMostOfOne = 0.005;
constexpr int64_t kLeastPart = 100;
constexpr size_t kMostOps = 16;

/// A value that lives without a use for a while, and what gives it again at the end of that.
struct Idle {
  Value value;
  int64_t last = 0, next = 0;         ///< positions of the uses around it
  int64_t bytes = 0;                  ///< of the value
  llvm::SetVector<Operation *> slice; ///< the ops that compute it, each behind what it needs
  double time = 0;                    ///< of these

  /// The time that a byte costs.
  double price() const { return time / static_cast<double>(bytes); }
};

/// Ops that run again, and what the uses that read them read before.
struct Again {
  SmallVector<Operation *> ops;
  SmallVector<std::pair<OpOperand *, Value>> uses;
};

class Recomputation {
public:
  Recomputation(func::FuncOp function, int64_t limit) : function(function), limit(limit) {
    for (Operation &op : function.front().without_terminator())
      total += timeOf(&op);
  }

  /// What costs next to nothing, where most memory lives.
  void takeCheap();
  /// Whatever it takes to have no more than the limit live at once, the cheapest for a byte first.
  void keepLimit();

private:
  std::optional<Idle> idleAround(const Lifetimes &lifetimes, Value value, int64_t position) const;
  static bool collect(const Lifetimes &lifetimes, Value value, Idle &idle);
  std::optional<Idle> cheapest(const Lifetimes &lifetimes) const;
  SmallVector<Idle> candidates(const Lifetimes &lifetimes) const;
  int64_t excess(const Lifetimes &lifetimes) const;
  Again runAgain(const Lifetimes &lifetimes, const Idle &idle);
  static void undo(Again &again);
  void accept(const Again &again, const Idle &idle);

  func::FuncOp function;
  int64_t limit;
  double total = 0, spent = 0;
  /// Values that did not help, or did; and ops that run again. None of them is looked at any more:
  /// that ends.
  llvm::DenseSet<Value> tried;
  llvm::DenseSet<Operation *> copies;
};

/// Adds what computes `value`, and what that needs, unless it lives at the end of the gap.
bool Recomputation::collect(const Lifetimes &lifetimes, Value value, Idle &idle) {
  Operation *op = value.getDefiningOp();
  if (!op || idle.slice.contains(op))
    return true;
  if (!isMemoryEffectFree(op) || idle.slice.size() >= kMostOps)
    return false;
  for (Value operand : op->getOperands()) {
    const bool lives = llvm::any_of(operand.getUsers(), [&](Operation *user) {
      return user->getBlock() == op->getBlock() &&
             (user->hasTrait<OpTrait::IsTerminator>() || lifetimes.positionOf(user) >= idle.next);
    });
    if (!lives && !collect(lifetimes, operand, idle))
      return false;
  }
  idle.slice.insert(op);
  idle.time += timeOf(op);
  return true;
}

/// The gap between two uses of `value` around a position, if it can be closed.
std::optional<Idle> Recomputation::idleAround(const Lifetimes &lifetimes, Value value,
                                              int64_t position) const {
  const auto number = lifetimes.bufferOf(value);
  if (!number || tried.contains(value) || copies.contains(value.getDefiningOp()))
    return std::nullopt;
  const Lifetimes::Buffer &buffer = lifetimes.buffers()[*number];
  // What lies in the buffer besides would not come again.
  llvm::SmallPtrSet<Operation *, 4> users(value.user_begin(), value.user_end());
  if (buffer.uses.size() != users.size() + 1)
    return std::nullopt;
  const auto next = llvm::upper_bound(buffer.uses, position);
  // Used before the position, if only by the op itself, and behind it, and not at it.
  if (next == buffer.uses.end() || next == buffer.uses.begin() || *std::prev(next) == position ||
      *next == static_cast<int64_t>(lifetimes.ops().size()))
    return std::nullopt;
  Idle idle{value, *std::prev(next), *next, buffer.bytes, {}, 0};
  if (!collect(lifetimes, value, idle) || idle.time == 0)
    return std::nullopt;
  return idle;
}

/// All that the ops give takes the place of what was there, from the end of the gap on.
Again Recomputation::runAgain(const Lifetimes &lifetimes, const Idle &idle) {
  Operation *next = lifetimes.ops()[idle.next];
  OpBuilder builder(next);
  IRMapping mapping;
  Again again;
  for (Operation *op : idle.slice) {
    again.ops.push_back(builder.clone(*op, mapping));
    again.ops.back()->setLoc(next->getLoc());
  }
  for (Operation *op : idle.slice)
    for (Value result : op->getResults())
      for (OpOperand &use : result.getUses()) {
        Operation *user = use.getOwner();
        const bool isLate =
            user->hasTrait<OpTrait::IsTerminator>() || lifetimes.positionOf(user) >= idle.next;
        if (isLate && !llvm::is_contained(again.ops, user))
          again.uses.push_back({&use, result});
      }
  for (auto [use, before] : again.uses)
    use->set(mapping.lookup(before));
  return again;
}

void Recomputation::undo(Again &again) {
  for (auto [use, before] : again.uses)
    use->set(before);
  for (Operation *op : llvm::reverse(again.ops))
    op->erase();
}

/// Lets steps of optimizers wait for an op that reads old values again: they would not be in place.
void updateLater(Operation *reader) {
  for (Value operand : reader->getOperands())
    for (Operation *user : llvm::make_early_inc_range(operand.getUsers())) {
      const bool ends = llvm::all_of(user->getUsers(), [](Operation *next) {
        return next->hasTrait<OpTrait::IsTerminator>();
      });
      if (updatesInPlace(user, operand) && user->isBeforeInBlock(reader) && ends)
        user->moveAfter(reader);
    }
}

/// Ops that nothing reads any more run but once.
void Recomputation::accept(const Again &again, const Idle &idle) {
  constexpr double mebibyte = 1 << 20;
  double time = 0;
  tried.insert(idle.value);
  copies.insert(again.ops.begin(), again.ops.end());
  for (auto [before, now] : llvm::reverse(llvm::zip_equal(idle.slice, again.ops))) {
    remarkChosen(now, "Recompute", now->getName().getStringRef() + " again",
                 llvm::formatv("for {0:f1} MiB less meanwhile, {1:f2} % of the function's time",
                               static_cast<double>(idle.bytes) / mebibyte,
                               100 * timeOf(now) / total)
                     .str());
    updateLater(now);
    if (!isOpTriviallyDead(before)) {
      time += timeOf(now);
      continue;
    }
    for (Value result : before->getResults())
      tried.erase(result);
    copies.erase(before);
    before->erase();
  }
  spent += time;
}

std::optional<Idle> Recomputation::cheapest(const Lifetimes &lifetimes) const {
  const SmallVector<int64_t> live = lifetimes.liveBytes();
  const auto peak = llvm::max_element(live);
  std::optional<Idle> best;
  for (Operation *op : lifetimes.ops())
    for (Value result : op->getResults()) {
      std::optional<Idle> idle = idleAround(lifetimes, result, peak - live.begin());
      if (idle && idle->bytes >= *peak / kLeastPart && idle->time <= kMostOfOne * total &&
          spent + idle->time <= kMostOfAll * total && (!best || idle->price() < best->price()))
        best = std::move(idle);
    }
  return best;
}

void Recomputation::takeCheap() {
  while (!function.front().without_terminator().empty()) {
    const Lifetimes lifetimes(function);
    const std::optional<Idle> idle = cheapest(lifetimes);
    if (!idle)
      return;
    accept(runAgain(lifetimes, *idle), *idle);
  }
}

/// How far above the limit the function is, over all of its ops.
int64_t Recomputation::excess(const Lifetimes &lifetimes) const {
  int64_t sum = 0;
  for (const int64_t bytes : lifetimes.liveBytes())
    sum += std::max<int64_t>(0, bytes - limit);
  return sum;
}

/// Gaps in which more than the limit lives, the cheapest for a byte first.
SmallVector<Idle> Recomputation::candidates(const Lifetimes &lifetimes) const {
  const SmallVector<int64_t> live = lifetimes.liveBytes();
  const int64_t peak = llvm::max_element(live) - live.begin();
  SmallVector<Idle> found;
  for (Operation *op : lifetimes.ops())
    for (Value result : op->getResults())
      if (std::optional<Idle> idle = idleAround(lifetimes, result, peak))
        found.push_back(std::move(*idle));
  llvm::stable_sort(found, [](const Idle &a, const Idle &b) { return a.price() < b.price(); });
  return found;
}

void Recomputation::keepLimit() {
  for (bool changed = true; changed;) {
    changed = false;
    const Lifetimes lifetimes(function);
    const int64_t before = excess(lifetimes);
    if (before == 0)
      return;
    for (const Idle &idle : candidates(lifetimes)) {
      Again again = runAgain(lifetimes, idle);
      if (excess(Lifetimes(function)) < before) {
        accept(again, idle);
        changed = true;
        break;
      }
      undo(again);
      tried.insert(idle.value);
    }
  }
}

struct Recompute : impl::RecomputeBase<Recompute> {
  using RecomputeBase::RecomputeBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || !llvm::hasSingleElement(function.getBody()))
        continue;
      Recomputation recomputation(function, limit);
      recomputation.takeCheap();
      if (limit > 0)
        recomputation.keepLimit();
    }
  }
};

} // namespace
} // namespace mlir::spherical
