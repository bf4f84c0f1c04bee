//===- reached_elements.h - elements that ops reach -------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_REACHED_ELEMENTS_H
#define SPHERICAL_PASSES_LOWER_REACHED_ELEMENTS_H

#include "passes/lower/problem_lists.h"
#include "passes/lower/written_boxes.h"

namespace mlir::spherical {

/// Values of indices of sweeps and loops, for each of which an op is executed.
struct Place {
  llvm::DenseMap<Value, Steps> indices;
  /// Of samples, at which gathers stop.
  int64_t count = 0;
};

/// What ops reach of their operands.
class ReachedElements {
public:
  explicit ReachedElements(ProblemLists &problems) : problems(problems) {}

  /// The elements of the root that executions at a place reach of an operand, no more and no less;
  /// nothing if they are too many pieces or depend on an index by more than a factor.
  std::optional<WrittenBoxes> elementsOf(const MemoryAccess &access, const Place &place);

  /// A box of the root that holds all of them.
  static Box hullOf(const MemoryAccess &access, const Place &place);

private:
  std::optional<WrittenBoxes> elementsOfEach(const MemoryAccess &access, Place place, Value index,
                                             Steps values);
  const WrittenBoxes *partOf(const MemoryAccess &access, const Place &place);
  bool addPart(const MemoryAccess &access, ArrayRef<int64_t> values, int64_t count,
               WrittenBoxes &part) const;

  ProblemLists &problems;
  /// What an op reaches of its operand, in positions of that; for values of the index that chooses
  /// problems or samples, and a count of samples.
  std::map<std::tuple<OpOperand *, std::vector<int64_t>, int64_t>, std::optional<WrittenBoxes>>
      parts;
};

/// Whether an op makes each element of its outputs from the elements there of its inputs, so that
/// what is undefined in these is undefined in those.
bool passesOn(ArrayRef<MemoryAccess> accesses);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_REACHED_ELEMENTS_H
