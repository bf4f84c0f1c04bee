//===- reduction_tree.h - sums of many terms as trees -----------*- C++ -*-===//
//
// A sum of n terms that are added one after the other is off by up to n eps. Here
// n terms are cut into blocks, whose sums are added in blocks, and so on; a block
// of the innermost loop has several sums side by side, which also hides the
// latency of an addition. The error is some ten eps for any n, and the order is
// the same in every run.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_REDUCTION_TREE_H
#define SPHERICAL_PASSES_LOWER_TASKS_REDUCTION_TREE_H

#include "passes/lower/tasks/codelet.h"

#include <functional>

namespace mlir::spherical {

/// Emits one reduction over nested loops.
class ReductionTree {
public:
  /// A loop of `count` steps; `enter` makes step `number` (i64) the current one.
  struct Loop {
    int64_t count;
    std::function<void(Value number)> enter;
  };

  /// `integers` has lane type i64. `accumulators` is the number of sums side by side, a power of
  /// two; 0 if the order is of no importance: then there is one chain.
  ReductionTree(CodeletBuilder integers, int64_t accumulators)
      : c(integers), accumulators(accumulators) {}

  SmallVector<Value> neutral; ///< what combining with changes nothing
  std::function<SmallVector<Value>(ValueRange a, ValueRange b)> combine;
  std::function<SmallVector<Value>()> term; ///< emits the values at the current steps

  /// Emits all loops, outermost first, and returns the totals.
  SmallVector<Value> emit(ArrayRef<Loop> loops);

private:
  using Leaf = llvm::function_ref<SmallVector<Value>(Value begin, Value end)>;

  SmallVector<Value> chain(ArrayRef<Loop> loops, Value begin, Value end, ValueRange carried);
  SmallVector<Value> sideBySide(const Loop &loop, Value begin, Value end);
  SmallVector<Value> blocks(int64_t count, int64_t size, Leaf leaf);
  SmallVector<Value> level(Value begin, Value end, int64_t count, int64_t size, int64_t leafSize,
                           Leaf leaf);

  CodeletBuilder c;
  int64_t accumulators;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_REDUCTION_TREE_H
