//===- verify_overlaps.cpp - where ops and points may meet ------*- C++ -*-===//
//
// The points of a sweep run at once and in any order, and kernels assume that
// their operands lie apart: whatever is written must be nobody else's. Boxes of
// one root lie apart if they do on one axis. There, with the indices x of one
// point and x' of another, they meet only if
//   sum of factor (x - x')  lies in  [-slack, slack],
// slack from the sizes and from all that is not the same multiple of an index in
// both. From the largest factor down: one that is larger than the slack and what
// the smaller ones can add up to has x = x'. Where each index of the sweep is
// shown so on some axis, two points that meet are one point.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/memory_checks.h"

#include "llvm/ADT/MapVector.h"

#include <numeric>

namespace mlir::spherical {
namespace {

using Indices = llvm::SmallDenseSet<Value, 4>;

/// factor (x - x'), with x - x' from -last to last in steps.
struct Difference {
  Value index;
  int64_t factor, last;
};

/// A sum of differences that lies within [low, high].
struct Meeting {
  SmallVector<Difference> differences;
  int64_t low = 0, high = 0;

  void addRange(Value index, int64_t factor);
  /// Adds to `equal` the indices that must be the same in both points; false if there are no such
  /// points.
  bool solve(Indices &equal);
};

/// Moves factor times an index to the other side.
void Meeting::addRange(Value index, int64_t factor) {
  const IndexRange range = *rangeOf(OpFoldResult(index));
  low -= std::max(factor * range.low, factor * range.high);
  high -= std::min(factor * range.low, factor * range.high);
}

bool Meeting::solve(Indices &equal) {
  llvm::sort(differences, [](const Difference &a, const Difference &b) {
    return std::abs(a.factor) > std::abs(b.factor);
  });
  int64_t rest = 0;
  for (const Difference &difference : differences)
    rest += std::abs(difference.factor) * difference.last;
  for (const Difference &difference : differences) {
    const int64_t factor = std::abs(difference.factor);
    rest -= factor * difference.last;
    if (factor <= std::max(std::abs(low), std::abs(high)) + rest)
      return true;
    equal.insert(difference.index);
  }
  return low <= 0 && high >= 0;
}

static int64_t factorIn(const LinearIndex &form, Value index) {
  for (auto [other, factor] : form.terms)
    if (other == index)
      return factor;
  return 0;
}

/// Whether positions of two spans never meet as they leave different remainders: columns p, p + 4,
/// ... and q, q + 4, ... of a map's tiles. In `samePoint` indices of the sweep are equal.
static bool haveOtherRemainders(const Span &a, const Span &b, bool samePoint) {
  int64_t common = std::gcd(a.step, b.step);
  auto add = [&](const LinearIndex &form, const LinearIndex &other) {
    for (auto [index, factor] : form.terms)
      common = std::gcd(common, samePoint ? factor - factorIn(other, index) : factor);
  };
  add(a.first, b.first), add(b.first, a.first);
  const int64_t distance = a.first.constant - b.first.constant;
  return common == 0 ? distance != 0 : distance % common != 0;
}

/// Whether two spans, each of a point of its own, can meet; adds to `equal` the indices that they
/// only meet with equal values of. In `samePoint` indices of the sweep are equal from the beginning.
bool meet(const Span &a, const Span &b, bool samePoint, Indices &equal) {
  if (haveOtherRemainders(a, b, samePoint))
    return false;
  Meeting meeting;
  meeting.low = -(a.size - 1) - (a.first.constant - b.first.constant);
  meeting.high = b.size - 1 - (a.first.constant - b.first.constant);
  for (auto [index, factor] : a.first.terms) {
    const int64_t other = factorIn(b.first, index);
    const bool isMap = !isa<BlockArgument>(index);
    if ((samePoint || equal.contains(index)) && factor == other)
      continue;
    if (samePoint) {
      meeting.addRange(index, factor - other);
    } else if (factor == other && !isMap) {
      const IndexRange range = *rangeOf(OpFoldResult(index));
      meeting.differences.push_back({index, factor, range.high - range.low});
    } else {
      meeting.addRange(index, factor);
      if (other != 0)
        meeting.addRange(index, -other);
    }
  }
  for (auto [index, factor] : b.first.terms)
    if (factorIn(a.first, index) == 0)
      meeting.addRange(index, -factor);
  return meeting.solve(equal);
}

/// Whether two accesses of one root can meet; adds the indices that must be equal then.
bool meet(const MemoryAccess &a, const MemoryAccess &b, bool samePoint, Indices &equal) {
  for (auto [left, right] : llvm::zip(a.axes, b.axes)) {
    if (left.within && right.within && !meet(*left.within, *right.within, samePoint, equal))
      return false;
    if (!meet(left, right, samePoint, equal))
      return false;
  }
  return true;
}

/// Checks one planned function.
class OverlapCheck {
public:
  OverlapCheck(func::FuncOp entry, ProblemLists &problems);
  LogicalResult run();

private:
  LogicalResult checkOp(ArrayRef<MemoryAccess> accesses);
  LogicalResult checkSweep(stage::SweepOp sweep);
  LogicalResult checkRoots(stage::SweepOp sweep);
  LogicalResult checkPoints(stage::SweepOp sweep, const MemoryAccess &writer,
                            const MemoryAccess &other);
  void addProblems(const MemoryAccess &access, Indices &equal);
  bool isInPlace(const MemoryAccess &a, const MemoryAccess &b);
  Value memoryOf(Value root) const { return shared.lookup_or(root, root); }

  func::FuncOp entry;
  ProblemLists &problems;
  /// The arguments that results may share the memory of.
  llvm::DenseMap<Value, Value> shared;
  /// The accesses of the sweep at hand, by their memory.
  llvm::MapVector<Value, SmallVector<MemoryAccess>> accesses;
};

OverlapCheck::OverlapCheck(func::FuncOp entry, ProblemLists &problems)
    : entry(entry), problems(problems) {
  for (BlockArgument argument : entry.getArguments())
    if (Value other = sharedRoot(argument); other != argument)
      shared[argument] = other;
}

/// Whether transforms there and back write each row where they read it: bins of one size and
/// distance, of which there may be more on one side.
static bool hasRowsInPlace(stage::DftMapOp op, const MemoryAccess &a, const MemoryAccess &b) {
  auto isBins = [&](const MemoryAccess &access) {
    return access.operand == &op.getInputMutable() || access.operand == &op.getOutputMutable();
  };
  // One bin has no distance to the next.
  const bool isApart =
      op.getLimit() > 1 && op.getResult() > 1 && op.getBinStride(false) != op.getBinStride(true);
  if (!isBins(a) || !isBins(b) || a.axes.size() != b.axes.size() || a.rootAxes != b.rootAxes ||
      a.rootAxes.empty() || isApart)
    return false;
  for (auto [axis, spans] : llvm::enumerate(llvm::zip(a.axes, b.axes))) {
    const auto &[left, right] = spans;
    const bool counts = static_cast<int64_t>(axis) == a.rootAxes.front();
    if (!(left.first == right.first) || (!counts && left.size != right.size))
      return false;
  }
  return true;
}

/// Whether an op may write where it reads: a map at each of its points the same element.
bool OverlapCheck::isInPlace(const MemoryAccess &a, const MemoryAccess &b) {
  if (auto rows = dyn_cast<stage::DftMapOp>(a.op()))
    return a.writes != b.writes && hasRowsInPlace(rows, a, b);
  auto map = dyn_cast<stage::MapOp>(a.op());
  return map && a.writes != b.writes && a.type() == b.type() && a.axes == b.axes &&
         a.rootAxes == b.rootAxes &&
         map.getMap(a.operand->getOperandNumber()) == map.getMap(b.operand->getOperandNumber());
}

bool overlap(Value a, Value b) {
  const std::optional<IndexRange> left = arenaBytesOf(a), right = arenaBytesOf(b);
  return left && right && left->low <= right->high && right->low <= left->high;
}

LogicalResult OverlapCheck::checkOp(ArrayRef<MemoryAccess> accesses) {
  for (size_t i = 0; i < accesses.size(); ++i)
    for (size_t j = i + 1; j < accesses.size(); ++j) {
      const MemoryAccess &a = accesses[i], &b = accesses[j];
      Indices equal;
      if ((!a.writes && !b.writes) || memoryOf(a.root) != memoryOf(b.root) || isInPlace(a, b) ||
          !meet(a, b, true, equal))
        continue;
      return a.op()->emitOpError()
             << "expected outputs that overlap no other operand (P8), got operands "
             << a.operand->getOperandNumber() << " and " << b.operand->getOperandNumber()
             << " with elements in common";
    }
  return success();
}

/// Different buffers that share bytes of the arena.
LogicalResult OverlapCheck::checkRoots(stage::SweepOp sweep) {
  for (auto &[root, uses] : accesses)
    for (const auto &[other, others] : accesses) {
      const auto writer = llvm::find_if(uses, [](const MemoryAccess &use) { return use.writes; });
      if (root == other || writer == uses.end() || !overlap(root, other))
        continue;
      InFlightDiagnostic error = writer->op()->emitOpError()
                                 << "expected buffers that overlap no other of the sweep (P9), got "
                                 << "one at bytes " << arenaBytesOf(root)->low << " to "
                                 << arenaBytesOf(root)->high << " of the arena";
      error.attachNote(others.front().op()->getLoc())
          << "which uses bytes " << arenaBytesOf(other)->low << " to " << arenaBytesOf(other)->high;
      return error;
    }
  return success();
}

/// Adds what the problems of a product show: points that write one element use the same problems,
/// if no two problems of the list write one and all write to the same place of the root.
void OverlapCheck::addProblems(const MemoryAccess &access, Indices &equal) {
  auto contract = dyn_cast<stage::ContractOp>(access.op());
  auto differs = [&](const auto &term) { return !equal.contains(term.first); };
  if (!contract || llvm::any_of(accessOf(*access.operand).axes, [&](const AxisSpan &axis) {
        return llvm::any_of(axis.first.terms, differs);
      }))
    return;
  const MemoryAccess list = accessOf(contract.getProblemsMutable());
  Indices sameProblems;
  if (meet(list, list, false, sameProblems) && !problems.findRepeatedInAll(contract))
    equal.insert(sameProblems.begin(), sameProblems.end());
}

LogicalResult OverlapCheck::checkPoints(stage::SweepOp sweep, const MemoryAccess &writer,
                                        const MemoryAccess &other) {
  Indices equal;
  if (!meet(writer, other, false, equal))
    return success();
  if (writer.operand == other.operand)
    addProblems(writer, equal);
  for (auto [number, index] : llvm::enumerate(sweep.getIndices())) {
    if (sweep.getSpace()[number] == 1 || equal.contains(index))
      continue;
    InFlightDiagnostic error =
        writer.op()->emitOpError()
        << "expected to write what no other point of its sweep "
        << (other.writes ? "writes" : "reads") << " (P9), got points that differ in index "
        << number << " of the sweep and meet in operand " << writer.operand->getOperandNumber();
    if (other.op() != writer.op())
      error.attachNote(other.op()->getLoc())
          << "the other point " << (other.writes ? "writes" : "reads") << " here";
    return error;
  }
  return success();
}

LogicalResult OverlapCheck::checkSweep(stage::SweepOp sweep) {
  accesses.clear();
  const WalkResult result = sweep.walk([&](Operation *op) {
    if (!stage::computesOnMemory(op))
      return WalkResult::advance();
    SmallVector<MemoryAccess> all = problems.accessesOf(op);
    if (failed(checkOp(all)))
      return WalkResult::interrupt();
    for (MemoryAccess &access : all)
      if (!isScratch(access.root) && !access.root.getDefiningOp<stage::TableRefOp>())
        accesses[memoryOf(access.root)].push_back(std::move(access));
    return WalkResult::advance();
  });
  if (result.wasInterrupted() || failed(checkRoots(sweep)))
    return failure();
  for (auto &[root, uses] : accesses)
    for (auto [i, writer] : llvm::enumerate(uses))
      for (auto [j, other] : llvm::enumerate(uses))
        if (writer.writes && (!other.writes || j >= i) && failed(checkPoints(sweep, writer, other)))
          return failure();
  return success();
}

LogicalResult OverlapCheck::run() {
  for (auto sweep : entry.getOps<stage::SweepOp>())
    if (failed(checkSweep(sweep)))
      return failure();
  return success();
}

} // namespace

LogicalResult verifyOverlaps(func::FuncOp entry, ProblemLists &problems) {
  return OverlapCheck(entry, problems).run();
}

} // namespace mlir::spherical
