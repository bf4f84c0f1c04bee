//===- flat_boxes.cpp - row-major positions as boxes ------------*- C++ -*-===//
//
// A stride that is a multiple of an axis's counts that axis's positions, as long as
// it does not run over its end. Where it would, the positions are split there; whole
// rows stay together.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/flat_boxes.h"

namespace mlir::spherical {
namespace {

using Term = std::pair<int64_t, int64_t>;

/// Adds positions of one shape to boxes.
class Splitter {
public:
  Splitter(ArrayRef<int64_t> shape, WrittenBoxes &boxes)
      : shape(shape), strides(shape.size(), 1), boxes(boxes) {
    for (size_t axis = shape.size(); axis-- > 1;)
      strides[axis - 1] = strides[axis] * shape[axis];
  }

  /// Terms by stride, from the least on.
  bool add(FlatPositions positions);

private:
  /// A term that runs over the end of its axis, and how many of its positions do not.
  struct Carry {
    size_t term;
    int64_t fitting;
  };

  size_t axisOf(int64_t stride) const;
  std::optional<Carry> findCarry(const FlatPositions &positions) const;
  bool addBoxes(const FlatPositions &positions);
  int64_t firstOn(size_t axis, const FlatPositions &positions) const {
    return positions.first / strides[axis] % shape[axis];
  }

  ArrayRef<int64_t> shape;
  SmallVector<int64_t, 4> strides;
  WrittenBoxes &boxes;
  size_t pieces = 0;
};

/// The first axis whose positions a stride counts.
size_t Splitter::axisOf(int64_t stride) const {
  size_t axis = 0;
  while (strides[axis] > stride || stride % strides[axis] != 0)
    ++axis;
  return axis;
}

std::optional<Splitter::Carry> Splitter::findCarry(const FlatPositions &positions) const {
  SmallVector<int64_t, 4> last;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    last.push_back(firstOn(axis, positions));
  for (auto [number, term] : llvm::enumerate(positions.terms)) {
    auto [stride, count] = term;
    const size_t axis = axisOf(stride);
    const int64_t step = stride / strides[axis];
    const int64_t fitting = (shape[axis] - 1 - last[axis]) / step + 1;
    if (fitting < count)
      return Carry{number, fitting};
    last[axis] += step * (count - 1);
  }
  return std::nullopt;
}

/// Positions none of whose terms runs over.
bool Splitter::addBoxes(const FlatPositions &positions) {
  SmallVector<SmallVector<Term, 4>, 4> terms(shape.size());
  for (auto [stride, count] : positions.terms) {
    const size_t axis = axisOf(stride);
    terms[axis].emplace_back(stride / strides[axis], count);
  }
  SmallVector<SmallVector<Steps, 1>, 4> axes;
  for (auto [axis, along] : llvm::enumerate(terms)) {
    auto steps = stepsOf(firstOn(axis, positions), along);
    if (!steps)
      return false;
    axes.push_back(std::move(*steps));
  }
  boxes.addProduct(axes);
  return boxes.parts().size() <= kMostBoxes;
}

bool Splitter::add(FlatPositions positions) {
  while (++pieces <= kMostBoxes) {
    const std::optional<Carry> carry = findCarry(positions);
    if (!carry)
      return addBoxes(positions);
    auto &[stride, count] = positions.terms[carry->term];
    const size_t axis = axisOf(stride);
    const bool wholeRows = stride == strides[axis] && carry->fitting == shape[axis];
    const int64_t rows = wholeRows ? count / carry->fitting : 1;
    FlatPositions fitting = positions;
    fitting.terms[carry->term].second = carry->fitting;
    fitting.terms.emplace_back(stride * carry->fitting, rows);
    if (!add(std::move(fitting)))
      return false;
    positions.first += carry->fitting * rows * stride;
    count -= carry->fitting * rows;
    if (count == 0)
      return true;
  }
  return false;
}

} // namespace

bool addPositions(const FlatPositions &positions, ArrayRef<int64_t> shape, WrittenBoxes &boxes) {
  FlatPositions sorted{positions.first, {}};
  SmallVector<Term, 5> terms(positions.terms);
  llvm::sort(terms);
  for (auto [stride, count] : terms) {
    if (stride == 0 || count == 1)
      continue;
    if (!sorted.terms.empty())
      if (auto &[least, extent] = sorted.terms.back(); stride == least * extent) {
        extent *= count;
        continue;
      }
    sorted.terms.emplace_back(stride, count);
  }
  return Splitter(shape, boxes).add(std::move(sorted));
}

} // namespace mlir::spherical
