//===- reduction_tree.cpp - sums of many terms as trees ---------*- C++ -*-===//

#include "passes/lower/tasks/reduction_tree.h"

namespace mlir::spherical {

/// The most terms of one chain of additions, of one sum among several side by side, and blocks of a
/// level whose sums are added one after the other.
static constexpr int64_t kChain = 32, kSteps = 16, kFan = 16;

static int64_t terms(ArrayRef<ReductionTree::Loop> loops) {
  int64_t product = 1;
  for (const ReductionTree::Loop &loop : loops)
    product *= loop.count;
  return product;
}

SmallVector<Value> ReductionTree::emit(ArrayRef<Loop> loops) {
  const Loop &outer = loops.front();
  int64_t inner = terms(loops.drop_front());
  if (accumulators == 0 || outer.count * inner <= kChain)
    return chain(loops, c.integer(0), c.integer(outer.count), neutral);
  if (inner > kChain)
    return blocks(outer.count, 1, [&](Value step, Value) {
      outer.enter(step);
      return emit(loops.drop_front());
    });
  if (loops.size() > 1)
    return blocks(outer.count, kChain / inner,
                  [&](Value begin, Value end) { return chain(loops, begin, end, neutral); });
  int64_t sets = outer.count / accumulators, whole = sets * accumulators;
  SmallVector<Value> total =
      blocks(sets, sets <= 2 * kSteps ? sets : kSteps,
             [&](Value begin, Value end) { return sideBySide(outer, begin, end); });
  if (whole == outer.count)
    return total;
  return combine(total, chain(loops, c.integer(whole), c.integer(outer.count), neutral));
}

/// All terms of the steps begin ... end - 1 of the first loop, one after the other.
SmallVector<Value> ReductionTree::chain(ArrayRef<Loop> loops, Value begin, Value end,
                                        ValueRange carried) {
  return c.loop(begin, end, carried, [&](Value step, ValueRange sums) {
    loops.front().enter(step);
    if (loops.size() == 1)
      return combine(sums, term());
    ArrayRef<Loop> rest = loops.drop_front();
    return chain(rest, c.integer(0), c.integer(rest.front().count), sums);
  });
}

/// `accumulators` consecutive steps at a time, each added to a sum of its own, which are combined
/// in pairs in the end. begin and end count such sets.
SmallVector<Value> ReductionTree::sideBySide(const Loop &loop, Value begin, Value end) {
  SmallVector<Value> initial;
  for (int64_t i = 0; i < accumulators; ++i)
    initial.append(neutral.begin(), neutral.end());
  size_t values = neutral.size();
  SmallVector<Value> sums = c.loop(begin, end, initial, [&](Value set, ValueRange carried) {
    SmallVector<Value> next;
    Value first = c.mul(set, accumulators);
    for (int64_t i = 0; i < accumulators; ++i) {
      loop.enter(c.add(first, i));
      next.append(combine(carried.slice(i * values, values), term()));
    }
    return next;
  });
  for (; sums.size() > values; sums.truncate(sums.size() / 2)) {
    ValueRange all(sums);
    size_t half = sums.size() / 2;
    SmallVector<Value> pairs = combine(all.take_front(half), all.drop_front(half));
    llvm::copy(pairs, sums.begin());
  }
  return sums;
}

/// The total of leaves of `size` steps, the last one perhaps smaller, of `count` steps in all.
SmallVector<Value> ReductionTree::blocks(int64_t count, int64_t size, Leaf leaf) {
  int64_t all = size;
  while (all < count)
    all *= kFan;
  return level(c.integer(0), c.integer(count), count, all, size, leaf);
}

/// The steps begin ... end - 1, at most `size`: a leaf, or blocks of the level below in order.
SmallVector<Value> ReductionTree::level(Value begin, Value end, int64_t count, int64_t size,
                                        int64_t leafSize, Leaf leaf) {
  if (size == leafSize)
    return leaf(begin, end);
  int64_t below = size / kFan;
  auto block = [&](Value first, ValueRange sums) {
    Value behind = c.add(first, below);
    if (count % below != 0)
      behind = c.minimum(behind, end);
    return combine(sums, level(first, behind, count, below, leafSize, leaf));
  };
  return c.loop(begin, end, c.integer(below), neutral, block);
}

} // namespace mlir::spherical
