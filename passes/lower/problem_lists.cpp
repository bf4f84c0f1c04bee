//===- problem_lists.cpp - positions of small matrix products ---*- C++ -*-===//

#include "passes/lower/problem_lists.h"

#include "runtime/math/wigner_anchors.h"

#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

std::array<ProblemOperand, 3> problemOperands(stage::ContractOp op) {
  const bool reduce = op.getKind() == stage::ContractKind::Reduce;
  const auto lanes = static_cast<int64_t>(op.getLanes());
  using P = Problem;
  auto plane = [&](size_t number) { return op.getPlanes() ? (*op.getPlanes())[number] : 0; };
  std::array<ProblemOperand, 3> operands = {
      {{&op.getAMutable(),
        "a",
        reduce ? lanes : 1,
        &P::aOff,
        plane(0),
        {{&P::R1, &P::aR1}, {&P::R0, &P::aR0}, {&P::K1, &P::aK1}, {&P::K0, &P::aK0}}},
       {&op.getBMutable(),
        "b",
        lanes,
        &P::bOff,
        plane(1),
        {{&P::K1, &P::bK1}, {&P::K0, &P::bK0}, {&P::N, &P::bV}}},
       {&op.getCMutable(),
        "c",
        reduce ? 1 : lanes,
        &P::cOff,
        plane(2),
        {{&P::R1, &P::cR1}, {&P::R0, &P::cR0}, {&P::N, &P::cV}}}}};
  // Of a table of anchors a problem reaches the blocks from its offset on (anchoredEnd).
  for (ProblemOperand &operand : operands)
    if (operand.operand == op.getAnchored())
      operand.axes.clear();
  return operands;
}

std::optional<int64_t> anchoredEnd(stage::ContractOp op, const Problem &problem) {
  const bool reduce = op.getKind() == stage::ContractKind::Reduce;
  const int64_t distance = (*op.getAnchors())[0], vectors = (*op.getAnchors())[1];
  const int64_t rows = reduce ? problem.R0 : problem.K0;
  const int64_t width = reduce ? problem.K0 : problem.N;
  const bool isPlain =
      reduce ? problem.R1 == 1 && problem.K1 == 1 && problem.aK0 == 1 && problem.aR0 == vectors
             : problem.K1 == 1 && problem.bV == 1 && problem.bK0 == vectors;
  if (!isPlain || width > vectors)
    return std::nullopt;
  const ::spherical::runtime::AnchorBlock block{distance, vectors,
                                                static_cast<int64_t>(op.getLanes())};
  const int64_t blocks = rows / distance + (rows % distance != 0);
  const std::optional<int64_t> size = stage::productOf({blocks, block.size()});
  int64_t end = 0;
  if (!size || llvm::AddOverflow(reduce ? problem.aOff : problem.bOff, *size, end))
    return std::nullopt;
  return end;
}

bool writesElements(const Problem &problem) {
  return problem.R1 > 0 && problem.R0 > 0 && problem.N > 0;
}

bool readsElements(const Problem &problem) {
  return writesElements(problem) && problem.K1 > 0 && problem.K0 > 0;
}

std::optional<IndexRange> positionsOf(const ProblemOperand &operand, const Problem &problem) {
  std::optional<IndexRange> range = IndexRange{problem.*operand.offset, problem.*operand.offset};
  for (auto [extent, stride] : operand.axes) {
    const auto steps = productOf(IndexRange{0, problem.*extent - 1}, problem.*stride);
    range = range && steps ? sumOf(*range, *steps) : std::nullopt;
  }
  range = range ? sumOf(*range, {0, operand.plane}) : std::nullopt;
  return range;
}

//===----------------------------------------------------------------------===//
// Elements written twice
//===----------------------------------------------------------------------===//

namespace {

/// Positions first + sum of i stride for all i below the extents.
struct Positions {
  int64_t first = 0;
  SmallVector<std::pair<int64_t, int64_t>, 3> steps; ///< stride, extent: by stride, extents from 2

  Positions(const ProblemOperand &operand, const Problem &problem)
      : first(problem.*operand.offset) {
    for (auto [extent, stride] : operand.axes)
      if (problem.*extent > 1)
        steps.emplace_back(problem.*stride, problem.*extent);
    if (operand.plane > 0)
      steps.emplace_back(operand.plane, 2);
    llvm::sort(steps);
  }
};

/// Bits, as many as 64 bits count; pages of them take memory once a bit is set.
class Bits {
public:
  explicit Bits(int64_t size) : pages(llvm::divideCeil(size, kPage)) {}

  /// Whether one of the bits from `begin` to before `end` is set.
  bool any(int64_t begin, int64_t end) const {
    for (int64_t at = begin; at < end; at = wordEnd(at))
      if (const auto &page = pages[at / kPage])
        if (page->words[at % kPage / kWord] & mask(at, end))
          return true;
    return false;
  }

  void assign(int64_t begin, int64_t end, bool value) {
    for (int64_t at = begin; at < end; at = wordEnd(at)) {
      auto &page = pages[at / kPage];
      if (!page)
        page = std::make_unique<Page>();
      uint64_t &word = page->words[at % kPage / kWord];
      word = value ? word | mask(at, end) : word & ~mask(at, end);
    }
  }

private:
  static constexpr int64_t kWord = 64, kPage = 512 * kWord;
  struct Page {
    std::array<uint64_t, kPage / kWord> words{};
  };

  static int64_t wordEnd(int64_t at) { return (at / kWord + 1) * kWord; }

  /// In the word of bit `at`, this bit and those after it before `end`.
  static uint64_t mask(int64_t at, int64_t end) {
    const int64_t count = std::min(end, wordEnd(at)) - at;
    return llvm::maskTrailingOnes<uint64_t>(static_cast<unsigned>(count)) << at % kWord;
  }

  std::vector<std::unique_ptr<Page>> pages;
};

/// Marks of positions. Those that are `stride` apart lie side by side, so that runs of them take
/// one step.
class Marks {
public:
  Marks(int64_t size, int64_t stride)
      : stride(stride), rows(llvm::divideCeil(size, stride)), marked(rows * stride) {}

  /// Marks the positions; false if one is marked already.
  bool mark(const Positions &positions) { return setRuns(positions, true); }
  void clear(const Positions &positions) { setRuns(positions, false); }

private:
  bool setRuns(Positions positions, bool value) {
    auto &steps = positions.steps;
    int64_t length = 1;
    for (auto *step = steps.begin(); step != steps.end();) {
      if (step->first != length * stride) {
        ++step;
        continue;
      }
      length *= step->second;
      step = steps.erase(step);
    }
    return setEach(positions.first, steps, length, value);
  }

  bool setEach(int64_t first, ArrayRef<std::pair<int64_t, int64_t>> steps, int64_t length,
               bool value) {
    if (steps.empty())
      return setRun(first % stride * rows + first / stride, length, value);
    for (int64_t i = 0; i < steps.back().second; ++i)
      if (!setEach(first + i * steps.back().first, steps.drop_back(), length, value))
        return false;
    return true;
  }

  bool setRun(int64_t begin, int64_t length, bool value) {
    if (value && marked.any(begin, begin + length))
      return false;
    marked.assign(begin, begin + length, value);
    return true;
  }

  int64_t stride, rows;
  Bits marked;
};

} // namespace

ProblemLists::Window ProblemLists::windowOf(stage::ContractOp op) const {
  const AxisSpan rows = accessOf(op.getProblemsMutable()).axes.front();
  Window window{*tables.problemsOf(op.getProblems()), 0, rows.size, {}};
  for (auto [index, factor] : rows.first.terms) {
    const IndexRange range = *rangeOf(OpFoldResult(index));
    window.terms.push_back({index, factor, range.low, range.high - range.low + 1});
    if (factor < 0) // the list begins with the rows of the largest index
      window.start -= factor * (range.high - range.low);
  }
  return window;
}

ProblemLists::Key ProblemLists::keyOf(const Window &window, const ProblemOperand &operand) {
  std::vector<std::pair<int64_t, int64_t>> terms;
  for (const Term &term : window.terms)
    terms.emplace_back(term.factor, term.count);
  return {window.list.data(), window.list.size(), window.size, operand.type().getAsOpaquePointer(),
          operand.width,      operand.plane,      terms};
}

/// Calls visit(indices from 0 on, first row) for every execution; false if there are so many that
/// it is not worth it.
template <typename Window, typename Visit>
static bool forEachWindow(const Window &window, Visit visit) {
  constexpr int64_t mostWindows = 1 << 20;
  std::optional<int64_t> windows = 1;
  for (const auto &term : window.terms)
    windows = windows ? stage::productOf({*windows, term.count}) : std::nullopt;
  if (!windows || *windows > mostWindows)
    return false;
  SmallVector<int64_t> indices(window.terms.size());
  for (int64_t number = 0; number < *windows; ++number) {
    int64_t first = window.start;
    for (size_t i = indices.size(), rest = number; i-- > 0; rest /= window.terms[i].count) {
      indices[i] = static_cast<int64_t>(rest) % window.terms[i].count;
      first += window.terms[i].factor * indices[i];
    }
    visit(indices, first);
  }
  return true;
}

std::optional<int64_t> ProblemLists::findRepeated(const Window &window,
                                                  const ProblemOperand &result) {
  const Key key = keyOf(window, result);
  if (apart.contains(key))
    return std::nullopt;
  const int64_t rows = static_cast<int64_t>(window.list.size());
  int64_t last = 0;
  for (int64_t row = 0; row < rows; ++row)
    last = std::max(last, positionsOf(result, window.list[row])->high);
  std::set<int64_t> starts;
  if (!forEachWindow(window, [&](auto &, int64_t first) { starts.insert(first); }))
    for (int64_t first = 0; first + window.size <= rows; ++first)
      starts.insert(first);
  const Positions typical(result, window.list[0]);
  const int64_t stride = typical.steps.empty() ? 1 : typical.steps.front().first;
  Marks marks(last + 1, std::max<int64_t>(stride, 1));
  for (int64_t first : starts) {
    for (int64_t row = first; row < first + window.size; ++row)
      if (!marks.mark(Positions(result, window.list[row])))
        return row;
    for (int64_t row = first; row < first + window.size; ++row)
      marks.clear(Positions(result, window.list[row]));
  }
  apart.insert(key);
  return std::nullopt;
}

std::optional<int64_t> ProblemLists::findRepeatedInAll(stage::ContractOp op) {
  Window all = windowOf(op);
  all.size = static_cast<int64_t>(all.list.size());
  all.start = 0;
  all.terms.clear();
  return findRepeated(all, problemOperands(op).back());
}

std::optional<int64_t> ProblemLists::findRepeated(stage::ContractOp op) {
  if (!findRepeatedInAll(op))
    return std::nullopt;
  return findRepeated(windowOf(op), problemOperands(op).back());
}

//===----------------------------------------------------------------------===//
// Boxes
//===----------------------------------------------------------------------===//

/// The positions of each axis.
using Hull = SmallVector<IndexRange, 4>;

/// Extends a box of a memref by the positions of a problem, of `width` elements each. Exact where
/// the strides of the problem are along axes.
static void include(const Positions &positions, int64_t width, ArrayRef<int64_t> shape, Hull &box) {
  const size_t rank = shape.size();
  SmallVector<int64_t> low(rank), high(rank);
  auto split = [&](int64_t elements, int64_t times, MutableArrayRef<int64_t> sum) {
    for (size_t axis = rank; axis-- > 0; elements /= shape[axis])
      sum[axis] += elements % shape[axis] * times;
  };
  split(positions.first * width, 1, low);
  high = low;
  split(width - 1, 1, high);
  for (auto [stride, extent] : positions.steps)
    split(stride * width, extent - 1, high);
  // An index that runs over carries into the axis before.
  for (size_t axis = rank; axis-- > 0;)
    if (high[axis] >= shape[axis]) {
      if (axis > 0)
        high[axis - 1] += high[axis] / shape[axis];
      low[axis] = 0;
      high[axis] = shape[axis] - 1;
    }
  for (size_t axis = 0; axis < rank; ++axis)
    box[axis] = {std::min(box[axis].low, low[axis]), std::max(box[axis].high, high[axis])};
}

Hull hullOfProblems(ArrayRef<Problem> list, int64_t first, int64_t count,
                    const ProblemOperand &operand) {
  const ArrayRef<int64_t> shape = operand.type().getShape();
  Hull box(shape.size(), IndexRange{INT64_MAX, INT64_MIN});
  for (int64_t row = first; row < first + count; ++row)
    include(Positions(operand, list[row]), operand.width, shape, box);
  return box;
}

const std::vector<ProblemLists::Axis> &ProblemLists::boxesOf(const Window &window,
                                                             const ProblemOperand &result) {
  auto [entry, isNew] = boxes.try_emplace(keyOf(window, result));
  std::vector<Axis> &axes = entry->second;
  if (!isNew)
    return axes;
  // What one step of each index moves the first box by is tried on all others.
  const int64_t rows = static_cast<int64_t>(window.list.size());
  const Hull first = hullOfProblems(window.list, window.start, window.size, result);
  axes.resize(first.size());
  SmallVector<Hull> next;
  for (const Term &term : window.terms)
    next.push_back(hullOfProblems(window.list, window.start + term.factor, window.size, result));
  for (size_t axis = 0; axis < axes.size(); ++axis) {
    axes[axis] = {first[axis].low, first[axis].high - first[axis].low + 1, {}};
    for (const Hull &box : next)
      axes[axis].deltas.push_back(box[axis].low - first[axis].low);
  }
  llvm::SmallBitVector linear(static_cast<unsigned>(axes.size()), true);
  const bool few = forEachWindow(window, [&](ArrayRef<int64_t> indices, int64_t row) {
    const Hull box = hullOfProblems(window.list, row, window.size, result);
    for (auto [number, axis] : llvm::enumerate(axes)) {
      int64_t low = axis.low;
      for (auto [index, delta] : llvm::zip(indices, axis.deltas))
        low += index * delta;
      if (box[number].low != low || box[number].high != low + axis.size - 1)
        linear.reset(static_cast<unsigned>(number));
    }
  });
  const Hull all = hullOfProblems(window.list, 0, rows, result);
  for (auto [number, axis] : llvm::enumerate(axes))
    if (!few || !linear[static_cast<unsigned>(number)])
      axis = {all[number].low, all[number].high - all[number].low + 1,
              SmallVector<int64_t>(window.terms.size(), 0)};
  return axes;
}

SmallVector<MemoryAccess> ProblemLists::accessesOf(Operation *stageOp) {
  SmallVector<MemoryAccess> accesses = spherical::accessesOf(stageOp);
  auto contract = dyn_cast<stage::ContractOp>(stageOp);
  if (!contract)
    return accesses;
  MemoryAccess &result = accesses.back();
  const Window window = windowOf(contract);
  for (auto [axis, part] :
       llvm::zip(result.rootAxes, boxesOf(window, problemOperands(contract).back()))) {
    AxisSpan &span = result.axes[axis];
    span.first.constant += part.low;
    span.size = part.size;
    for (auto [term, delta] : llvm::zip(window.terms, part.deltas))
      if (delta != 0)
        span.first.add({-term.low, {{term.index, 1}}}, delta);
  }
  return accesses;
}

} // namespace mlir::spherical
