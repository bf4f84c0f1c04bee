//===- op_boxes.cpp - elements that an op reads and writes ------*- C++ -*-===//

#include "passes/lower/op_boxes.h"

namespace mlir::spherical {

/// All values of the form over a place.
static IndexRange rangeAt(const LinearIndex &form, const Place &place) {
  IndexRange sum{form.constant, form.constant};
  for (auto [index, factor] : form.terms) {
    const auto known = place.over.find(index);
    const IndexRange range =
        known == place.over.end() ? *rangeOf(OpFoldResult(index)) : known->second;
    sum = *sumOf(sum, *productOf(range, factor));
  }
  return sum;
}

/// The value of the form where reads are looked for, nothing if a map that is not linear gives it.
static std::optional<int64_t> valueAt(const LinearIndex &form, const Place &place) {
  int64_t sum = form.constant;
  for (auto [index, factor] : form.terms) {
    const auto known = place.at.find(index);
    if (known == place.at.end())
      return std::nullopt;
    sum += factor * known->second;
  }
  return sum;
}

/// The end of an axis: that of the root, or the count of samples where a gather stops at it. The
/// last group of lanes of a gather may end beyond.
static int64_t endOf(const MemoryAccess &access, size_t axis, const Place &place) {
  auto gather = dyn_cast<stage::GatherOp>(access.op());
  const bool counted = gather && !gather.getAll() && access.operand == denseSide(gather) &&
                       access.rootAxes.front() == static_cast<int64_t>(axis);
  const int64_t extent = access.rootShape()[axis];
  return counted ? std::min(place.count, extent) : extent;
}

/// The box from the first positions that `firstOf` gives of each axis; nothing where it gives none,
/// or where nothing is reached.
template <typename FirstOf>
static std::optional<Box> boxFrom(const MemoryAccess &access, const Place &place, FirstOf firstOf) {
  Box box;
  for (auto [index, axis] : llvm::enumerate(access.axes)) {
    const std::optional<IndexRange> first = firstOf(axis.first);
    if (!first)
      return std::nullopt;
    box.push_back({first->low, std::min(first->high + axis.size, endOf(access, index, place)) - 1});
    if (box.back().high < box.back().low)
      return std::nullopt;
  }
  return box;
}

std::optional<Box> boxWritten(const MemoryAccess &access, const Place &place) {
  return boxFrom(access, place, [&](const LinearIndex &form) {
    return std::optional<IndexRange>(rangeAt(form, place));
  });
}

static std::optional<Box> boxAt(const MemoryAccess &access, const Place &place) {
  return boxFrom(access, place, [&](const LinearIndex &form) -> std::optional<IndexRange> {
    if (const std::optional<int64_t> value = valueAt(form, place))
      return IndexRange{*value, *value};
    return std::nullopt;
  });
}

/// The element at a row-major position of an operand.
static MemoryAccess elementAt(const MemoryAccess &access, int64_t position) {
  MemoryAccess element = accessOf(*access.operand);
  const ArrayRef<int64_t> shape = access.type().getShape();
  for (size_t axis = shape.size(); axis-- > 0; position /= shape[axis]) {
    AxisSpan &span = element.axes[element.rootAxes[axis]];
    span.first.constant += position % shape[axis];
    span.size = 1;
  }
  return element;
}

using Ends = std::optional<IndexRange>;

static void include(int64_t low, int64_t high, Ends &ends) {
  ends = ends ? IndexRange{std::min(ends->low, low), std::max(ends->high, high)}
              : IndexRange{low, high};
}

/// Row-major positions of the elements that a map reads at its first and at its last point.
static Ends endsOf(stage::MapOp map, const MemoryAccess &access) {
  const AffineMap positions = map.getMap(access.operand->getOperandNumber());
  const ArrayRef<int64_t> shape = access.type().getShape();
  const bool flat = positions.getNumResults() != shape.size();
  int64_t ends[2] = {0, 0};
  for (const bool last : {false, true}) {
    SmallVector<IndexRange> point;
    for (int64_t extent : map.getSpace())
      point.push_back(last ? IndexRange{extent - 1, extent - 1} : IndexRange{0, 0});
    for (auto [axis, expr] : llvm::enumerate(positions.getResults()))
      ends[last] = ends[last] * (flat ? 1 : shape[axis]) + rangeOf(expr, point, {})->low;
  }
  return IndexRange{ends[0], ends[1]};
}

/// From the first to the last position of a or b that the problems at a place read.
static Ends endsOf(stage::ContractOp contract, const MemoryAccess &access, const Place &place,
                   const IntegerTables &tables) {
  const ProblemOperand operand = problemOperands(contract)[access.operand->getOperandNumber()];
  const auto first = valueAt(accessOf(contract.getProblemsMutable()).axes.front().first, place);
  const auto list = tables.numbersOf(rootOfMemory(contract.getProblems()));
  const int64_t rows = cast<MemRefType>(contract.getProblems().getType()).getDimSize(0);
  Ends ends;
  for (int64_t row = 0; first && row < rows; ++row)
    if (const ArrayRef<int32_t> problem = problemAt(*list, *first + row); readsElements(problem)) {
      const IndexRange positions = *positionsOf(operand, problem);
      include(positions.low * operand.width, (positions.high + 1) * operand.width - 1, ends);
    }
  return ends;
}

/// From the first to the last position of in that indices name.
static Ends endsOf(stage::GatherOp gather, const IntegerTables &tables) {
  const int64_t width = gather.getMode() == stage::GatherMode::Scalar ||
                                gather.getMode() == stage::GatherMode::ToLanes
                            ? 1
                            : gather.getLanes();
  const auto indices = tables.numbersOf(gather.getIndices());
  Ends ends;
  for (int32_t index : *indices)
    include(index * width, index * width + width - 1, ends);
  return ends;
}

SmallVector<Box> boxesRead(const MemoryAccess &access, const Place &place,
                           const IntegerTables &tables) {
  auto gather = dyn_cast<stage::GatherOp>(access.op());
  SmallVector<MemoryAccess, 2> parts;
  Ends ends;
  if (auto map = dyn_cast<stage::MapOp>(access.op()))
    ends = endsOf(map, access);
  else if (auto contract = dyn_cast<stage::ContractOp>(access.op()))
    ends = endsOf(contract, access, place, tables);
  else if (gather && gather.getIndices())
    ends = endsOf(gather, tables);
  else
    parts.push_back(access);
  if (ends)
    parts.append({elementAt(access, ends->low), elementAt(access, ends->high)});
  SmallVector<Box> boxes;
  for (const MemoryAccess &part : parts)
    if (std::optional<Box> box = boxAt(part, place))
      boxes.push_back(std::move(*box));
  return boxes;
}

bool passesOn(ArrayRef<MemoryAccess> accesses) {
  auto map = dyn_cast<stage::MapOp>(accesses.front().op());
  return map && map.getNumReductions() == 0 &&
         llvm::all_of(accesses, [&](const MemoryAccess &access) {
           return access.root.getType() == accesses.front().root.getType() &&
                  access.axes == accesses.front().axes &&
                  map.getMap(access.operand->getOperandNumber()) == map.getMap(0);
         });
}

} // namespace mlir::spherical
