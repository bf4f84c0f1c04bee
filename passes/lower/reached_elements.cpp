//===- reached_elements.cpp - elements that ops reach -----------*- C++ -*-===//
//
// In two steps: what an op reaches of its operand, wherever that lies, then where
// views put it for each value of the indices. An index that moves more than one
// axis, or an axis and the problems of a product, is tried value by value.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/reached_elements.h"

#include "passes/lower/flat_boxes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

#include "llvm/ADT/BitVector.h"

namespace mlir::spherical {

using Terms = SmallVector<std::pair<int64_t, int64_t>, 4>;

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

/// All values of an index; nothing of a map that is not linear, unless its operands have one value
/// each.
static std::optional<Steps> valuesOf(Value index, const Place &place) {
  const auto known = place.indices.find(index);
  if (known != place.indices.end())
    return known->second;
  auto apply = index.getDefiningOp<affine::AffineApplyOp>();
  if (!apply)
    return std::nullopt;
  const AffineMap map = apply.getAffineMap();
  SmallVector<IndexRange> operands;
  for (Value operand : apply.getMapOperands()) {
    const std::optional<IndexRange> constant = rangeOf(OpFoldResult(operand));
    if (constant && constant->low == constant->high) {
      operands.push_back(*constant);
      continue;
    }
    const std::optional<Steps> values = valuesOf(operand, place);
    if (!values || values->low != values->high)
      return std::nullopt;
    operands.push_back({values->low, values->low});
  }
  const auto value = rangeOf(map.getResult(0), ArrayRef(operands).take_front(map.getNumDims()),
                             ArrayRef(operands).drop_front(map.getNumDims()));
  return Steps{value->low, value->high, 1};
}

/// Adds the values of a form to `first` and `terms`; false if they are not known.
static bool addValues(const LinearIndex &form, const Place &place, int64_t &first, Terms &terms) {
  first += form.constant;
  for (auto [index, factor] : form.terms) {
    const std::optional<Steps> values = valuesOf(index, place);
    if (!values)
      return false;
    first += factor * values->low;
    terms.emplace_back(factor * values->step, values->count());
  }
  return true;
}

/// The index that says which part of an operand an op reaches: where a product's first problem is
/// in its list, or which group of samples a gather takes.
static std::optional<LinearIndex> chooserOf(const MemoryAccess &access) {
  if (auto contract = dyn_cast<stage::ContractOp>(access.op()))
    return accessOf(contract.getProblemsMutable()).axes.front().first;
  auto gather = dyn_cast<stage::GatherOp>(access.op());
  if (gather && access.operand == denseSide(gather))
    return linearOf(OpFoldResult(gather.getGroup()));
  return std::nullopt;
}

/// What depends on indices: the position on each axis, and what is chosen.
static SmallVector<LinearIndex> formsOf(const MemoryAccess &access) {
  SmallVector<LinearIndex> forms;
  for (const AxisSpan &axis : access.axes)
    forms.push_back(axis.first);
  if (std::optional<LinearIndex> chooser = chooserOf(access))
    forms.push_back(std::move(*chooser));
  return forms;
}

/// An index of several values that two of the forms have.
static std::optional<std::pair<Value, Steps>> findShared(ArrayRef<LinearIndex> forms,
                                                         const Place &place) {
  llvm::SmallDenseSet<Value, 4> seen;
  for (const LinearIndex &form : forms)
    for (auto [index, factor] : form.terms) {
      const auto known = place.indices.find(index);
      const bool isOne = known == place.indices.end() || known->second.low == known->second.high;
      if (!isOne && !seen.insert(index).second)
        return std::pair(index, known->second);
    }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Parts of operands
//===----------------------------------------------------------------------===//

static Box wholePart(const MemoryAccess &access) {
  Box box;
  for (int64_t extent : access.type().getShape())
    box.push_back({0, extent - 1, 1});
  return box;
}

/// Adds, for each box of what a sample has, that of all samples of the groups: as many as the dense
/// side has or, without `all`, as the count says.
static void addSamples(stage::GatherOp gather, const MemoryAccess &access, ArrayRef<Box> sample,
                       ArrayRef<int64_t> groups, int64_t count, WrittenBoxes &part) {
  const int64_t rows = access.type().getDimSize(0),
                end = gather.getAll() ? rows : std::min(rows, count);
  const auto lanes = static_cast<int64_t>(gather.getLanes());
  for (int64_t group : groups)
    for (Box box : sample)
      if (group * lanes < end) {
        const int64_t first = group * lanes, last = std::min(first + lanes, end) - 1;
        if (gather.getMirrored())
          box.insert(box.begin(), {rows - 1 - last, rows - 1 - first, 1});
        else
          box.insert(box.begin(), {first, last, 1});
        part.add(std::move(box));
      }
}

/// The positions of a map's points.
static bool addPoints(stage::MapOp map, const MemoryAccess &access, WrittenBoxes &part) {
  const AffineMap positions = map.getMap(access.operand->getOperandNumber());
  SmallVector<int64_t> point(positions.getNumDims(), 0);
  const SmallVector<int64_t, 4> origin = positions.compose(point);
  SmallVector<Terms, 4> terms(origin.size());
  for (auto [dim, extent] : llvm::enumerate(map.getSpace())) {
    point[dim] = 1;
    size_t axes = 0;
    for (auto [axis, moved] : llvm::enumerate(positions.compose(point)))
      if (const int64_t stride = moved - origin[axis]; stride != 0 && extent > 1) {
        terms[axis].emplace_back(stride, extent);
        ++axes;
      }
    point[dim] = 0;
    if (axes > 1)
      return false;
  }
  const ArrayRef<int64_t> shape = access.type().getShape();
  if (origin.size() != shape.size()) {
    FlatPositions flat{origin.front(), {}};
    for (auto [stride, count] : terms.front()) {
      flat.first += std::min<int64_t>(stride, 0) * (count - 1);
      flat.terms.emplace_back(std::abs(stride), count);
    }
    return addPositions(flat, shape, part);
  }
  SmallVector<SmallVector<Steps, 1>, 4> axes;
  for (auto [first, along] : llvm::zip(origin, terms)) {
    auto steps = stepsOf(first, along);
    if (!steps)
      return false;
    axes.push_back(std::move(*steps));
  }
  part.addProduct(axes);
  return true;
}

/// The positions of in, or of one sample of it, that indices name.
static bool addIndices(stage::GatherOp gather, ArrayRef<int64_t> shape, ArrayRef<int32_t> indices,
                       WrittenBoxes &named) {
  const bool scalars = gather.getMode() == stage::GatherMode::ToLanes ||
                       gather.getMode() == stage::GatherMode::Scalar;
  const int64_t width = scalars ? 1 : static_cast<int64_t>(gather.getLanes());
  llvm::BitVector positions(static_cast<unsigned>(*llvm::max_element(indices)) + 1);
  for (int32_t index : indices)
    positions.set(static_cast<unsigned>(index));
  const int size = static_cast<int>(positions.size());
  for (int begin = positions.find_first(); begin >= 0;) {
    const int unset = positions.find_next_unset(begin), end = unset < 0 ? size : unset;
    const FlatPositions run{begin * width, {{1, (end - begin) * width}}};
    if (!addPositions(run, shape, named))
      return false;
    begin = end < size ? positions.find_next(end) : -1;
  }
  return true;
}

/// What a gather reaches of a side.
static bool addGathered(stage::GatherOp gather, const MemoryAccess &access,
                        const IntegerTables &tables, ArrayRef<int64_t> groups, int64_t count,
                        WrittenBoxes &part) {
  const bool dense = access.operand == denseSide(gather);
  WrittenBoxes side;
  if (gather.getIndices() && access.operand == &gather.getInputMutable()) {
    if (!addIndices(gather, access.type().getShape().drop_front(dense),
                    *tables.indicesOf(gather.getIndices()), side))
      return false;
  } else {
    Box box = wholePart(access);
    side.add(Box(llvm::drop_begin(box, dense)));
  }
  if (dense)
    addSamples(gather, access, side.parts(), groups, count, part);
  else
    part = std::move(side);
  return true;
}

/// The box that the problems of one execution write all of; nothing if there is none.
static std::optional<Box> findFullBox(const ProblemOperand &result, ArrayRef<Problem> list,
                                      int64_t first, int64_t size) {
  int64_t volume = 1, elements = 0;
  Box box;
  for (IndexRange range : hullOfProblems(list, first, size, result)) {
    box.push_back({range.low, range.high, 1});
    volume *= range.high - range.low + 1;
  }
  for (int64_t row = first; row < first + size; ++row) { // which write no element twice (P7)
    int64_t written = result.width;
    for (auto [extent, stride] : result.axes)
      written *= list[row].*extent;
    elements += written;
  }
  return elements == volume ? std::optional(box) : std::nullopt;
}

/// The positions that the problems of a product reach, from each of the rows on.
static bool addProblems(stage::ContractOp contract, const MemoryAccess &access,
                        ArrayRef<Problem> list, ArrayRef<int64_t> rows, WrittenBoxes &part) {
  const auto operands = problemOperands(contract);
  const ProblemOperand &operand = *llvm::find_if(
      operands, [&](const ProblemOperand &one) { return one.operand == access.operand; });
  const int64_t size = cast<MemRefType>(contract.getProblems().getType()).getDimSize(0);
  for (int64_t first : rows) {
    if (std::optional<Box> box =
            access.writes ? findFullBox(operand, list, first, size) : std::nullopt) {
      part.add(std::move(*box));
      continue;
    }
    for (int64_t row = first; row < first + size; ++row) {
      const Problem &problem = list[row];
      if (!access.writes && !readsElements(problem))
        continue;
      FlatPositions flat{problem.*operand.offset * operand.width, {{1, operand.width}}};
      for (auto [extent, stride] : operand.axes)
        flat.terms.emplace_back(problem.*stride * operand.width, problem.*extent);
      if (operand.plane > 0)
        flat.terms.emplace_back(operand.plane * operand.width, 2);
      if (!addPositions(flat, operand.type().getShape(), part))
        return false;
    }
  }
  return true;
}

bool ReachedElements::addPart(const MemoryAccess &access, ArrayRef<int64_t> values, int64_t count,
                              WrittenBoxes &part) const {
  if (auto map = dyn_cast<stage::MapOp>(access.op()))
    return addPoints(map, access, part);
  auto contract = dyn_cast<stage::ContractOp>(access.op());
  if (contract && access.operand != &contract.getProblemsMutable())
    return addProblems(contract, access,
                       *problems.tables.problemsOf(rootOfMemory(contract.getProblems())), values,
                       part);
  if (auto gather = dyn_cast<stage::GatherOp>(access.op()))
    return addGathered(gather, access, problems.tables, values, count, part);
  part.add(wholePart(access));
  return true;
}

/// All values of a form, in order.
static std::optional<std::vector<int64_t>> valuesOf(const LinearIndex &form, const Place &place) {
  int64_t first = 0;
  Terms terms;
  if (!addValues(form, place, first, terms))
    return std::nullopt;
  const auto all = stepsOf(first, terms);
  if (!all)
    return std::nullopt;
  std::vector<int64_t> values;
  for (const Steps &steps : *all)
    for (int64_t value = steps.low; value <= steps.high; value += steps.step)
      values.push_back(value);
  llvm::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// Null if they are not known.
const WrittenBoxes *ReachedElements::partOf(const MemoryAccess &access, const Place &place) {
  std::vector<int64_t> values;
  if (const std::optional<LinearIndex> chooser = chooserOf(access)) {
    auto all = valuesOf(*chooser, place);
    if (!all)
      return nullptr;
    values = std::move(*all);
  }
  const int64_t count = isa<stage::GatherOp>(access.op()) ? place.count : 0;
  auto [entry, isNew] = parts.try_emplace({access.operand, values, count});
  if (WrittenBoxes part; isNew && addPart(access, values, count, part))
    entry->second = std::move(part);
  return entry->second ? &*entry->second : nullptr;
}

//===----------------------------------------------------------------------===//
// Elements of roots
//===----------------------------------------------------------------------===//

/// For one value of an index after the other.
std::optional<WrittenBoxes> ReachedElements::elementsOfEach(const MemoryAccess &access, Place place,
                                                            Value index, Steps values) {
  if (values.count() > static_cast<int64_t>(kMostBoxes))
    return std::nullopt;
  WrittenBoxes elements;
  for (int64_t value = values.low; value <= values.high; value += values.step) {
    place.indices[index] = {value, value, 1};
    const std::optional<WrittenBoxes> some = elementsOf(access, place);
    if (!some)
      return std::nullopt;
    for (const Box &box : some->parts())
      elements.add(box);
  }
  return elements;
}

std::optional<WrittenBoxes> ReachedElements::elementsOf(const MemoryAccess &access,
                                                        const Place &place) {
  if (const auto shared = findShared(formsOf(access), place))
    return elementsOfEach(access, place, shared->first, shared->second);
  const WrittenBoxes *part = partOf(access, place);
  if (!part)
    return std::nullopt;
  WrittenBoxes elements;
  for (const Box &box : part->parts()) {
    SmallVector<SmallVector<Steps, 1>, 4> axes;
    for (auto [axis, span] : llvm::enumerate(access.axes)) {
      int64_t first = 0;
      Terms terms;
      if (!addValues(span.first, place, first, terms))
        return std::nullopt;
      if (const auto *at = llvm::find(access.rootAxes, static_cast<int64_t>(axis));
          at != access.rootAxes.end()) {
        const Steps &own = box[static_cast<size_t>(at - access.rootAxes.begin())];
        first += own.low;
        terms.emplace_back(own.step, own.count());
      }
      auto steps = stepsOf(first, terms);
      if (!steps)
        return std::nullopt;
      axes.push_back(std::move(*steps));
    }
    elements.addProduct(axes);
  }
  return elements;
}

Box ReachedElements::hullOf(const MemoryAccess &access, const Place &place) {
  Box box;
  for (const AxisSpan &span : access.axes) {
    IndexRange range{span.first.constant, span.first.constant + span.size - 1};
    for (auto [index, factor] : span.first.terms) {
      const std::optional<Steps> values = valuesOf(index, place);
      const IndexRange all =
          values ? IndexRange{values->low, values->high} : *rangeOf(OpFoldResult(index));
      range = *sumOf(range, *productOf(all, factor));
    }
    box.push_back({range.low, range.high, 1});
  }
  return box;
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
