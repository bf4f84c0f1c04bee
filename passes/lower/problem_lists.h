//===- problem_lists.h - positions of small matrix products -----*- C++ -*-===//
//
// Which elements of its operands the problems of a `stage.contract` reach.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_PROBLEM_LISTS_H
#define SPHERICAL_PASSES_LOWER_PROBLEM_LISTS_H

#include "passes/lower/planned_memory.h"
#include "passes/lower/planned_tables.h"

#include <map>
#include <set>

namespace mlir::spherical {

using ProblemMember = int64_t Problem::*;

/// An operand of a product, with the fields of a problem that say where its elements lie.
struct ProblemOperand {
  OpOperand *operand;
  StringRef name;
  /// Elements of one position: the lanes, or 1.
  int64_t width;
  ProblemMember offset;
  /// Positions from the real part of a value to its imaginary one, 0 if values are real.
  int64_t plane;
  /// Pairs of the field with an extent and that with its stride.
  SmallVector<std::pair<ProblemMember, ProblemMember>, 4> axes;

  MemRefType type() const { return cast<MemRefType>(operand->get().getType()); }
};

/// a, b and c.
std::array<ProblemOperand, 3> problemOperands(stage::ContractOp op);

/// Whether the problem writes elements, and reads any.
bool writesElements(const Problem &problem);
bool readsElements(const Problem &problem);

/// The most positions of results in which elements that are written twice are looked for.
inline constexpr int64_t kMostResults = int64_t(1) << 34;

/// From the least to the largest position that a problem reaches; nothing if a bound overflows.
std::optional<IndexRange> positionsOf(const ProblemOperand &operand, const Problem &problem);

/// Where the blocks end that a problem reaches of a table of anchors; nothing for a problem whose
/// rows or depths are no degrees of it.
std::optional<int64_t> anchoredEnd(stage::ContractOp op, const Problem &problem);

/// The least box of the operand that holds what `count` problems from row `first` on reach, for
/// each axis its positions. Problems whose strides are along axes reach both ends of each.
SmallVector<IndexRange, 4> hullOfProblems(ArrayRef<Problem> list, int64_t first, int64_t count,
                                          const ProblemOperand &operand);

/// The problems of the products of a function, each list looked through once. Where nothing else is
/// said, bounds of the products have been checked (P7), results within the first kMostResults.
class ProblemLists {
public:
  explicit ProblemLists(const IntegerTables &tables) : tables(tables) {}

  /// A problem that writes an element which another one of the problems that an execution of the op
  /// takes, or itself, writes too; nothing if there is none.
  std::optional<int64_t> findRepeated(stage::ContractOp op);

  /// The same of all problems that executions take.
  std::optional<int64_t> findRepeatedInAll(stage::ContractOp op);

  /// `spherical::accessesOf`, with the part of the result of a product that its problems write.
  SmallVector<MemoryAccess> accessesOf(Operation *stageOp);

  const IntegerTables &tables;

private:
  /// An index that says which problems an execution takes: factor (index - low), count values.
  struct Term {
    Value index;
    int64_t factor, low, count;
  };
  /// The problems that executions take: `size` from row start + sum of terms on.
  struct Window {
    ArrayRef<Problem> list;
    int64_t start, size;
    SmallVector<Term> terms;
  };
  /// The boxes of all executions: on each axis `size` positions from low + sum of
  /// deltas[term] (index - its low) on.
  struct Axis {
    int64_t low = 0, size = 0;
    SmallVector<int64_t> deltas;
  };
  using Key = std::tuple<const Problem *, size_t, int64_t, const void *, int64_t, int64_t,
                         std::vector<std::pair<int64_t, int64_t>>>;

  Window windowOf(stage::ContractOp op) const;
  static Key keyOf(const Window &window, const ProblemOperand &operand);
  std::optional<int64_t> findRepeated(const Window &window, const ProblemOperand &result);
  const std::vector<Axis> &boxesOf(const Window &window, const ProblemOperand &result);

  std::set<Key> apart;
  std::map<Key, std::vector<Axis>> boxes;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_PROBLEM_LISTS_H
