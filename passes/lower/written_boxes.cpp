//===- written_boxes.cpp - which elements have been written -----*- C++ -*-===//

#include "passes/lower/written_boxes.h"

namespace mlir::spherical {

static bool contains(const Box &outer, const Box &inner) {
  return llvm::all_of(llvm::zip(outer, inner), [](auto pair) {
    auto [o, i] = pair;
    return o.low <= i.low && i.high <= o.high;
  });
}

/// The common part, nothing if there is none.
static std::optional<Box> common(const Box &a, const Box &b) {
  Box box;
  for (auto [x, y] : llvm::zip(a, b)) {
    box.push_back({std::max(x.low, y.low), std::min(x.high, y.high)});
    if (box.back().low > box.back().high)
      return std::nullopt;
  }
  return box;
}

/// The one box of both, if they differ on one axis at most and leave no gap there.
static std::optional<Box> merged(const Box &a, const Box &b) {
  std::optional<size_t> differing;
  for (size_t axis = 0; axis < a.size(); ++axis) {
    if (a[axis].low == b[axis].low && a[axis].high == b[axis].high)
      continue;
    if (differing)
      return std::nullopt;
    differing = axis;
  }
  Box box = a;
  if (!differing)
    return box;
  const IndexRange x = a[*differing], y = b[*differing];
  if (x.low > y.high + 1 || y.low > x.high + 1)
    return std::nullopt;
  box[*differing] = {std::min(x.low, y.low), std::max(x.high, y.high)};
  return box;
}

void WrittenBoxes::add(Box box) {
  for (size_t i = 0; i < boxes.size();) {
    if (contains(boxes[i], box))
      return;
    const std::optional<Box> both = contains(box, boxes[i]) ? box : merged(boxes[i], box);
    if (!both) {
      ++i;
      continue;
    }
    box = *both;
    boxes.erase(boxes.begin() + static_cast<ptrdiff_t>(i));
    i = 0; // the larger box may meet others
  }
  boxes.push_back(std::move(box));
}

/// Appends what is left of `box` without `hole`, in boxes that lie apart.
static void subtract(Box box, const Box &hole, SmallVectorImpl<Box> &rest) {
  const std::optional<Box> both = common(box, hole);
  if (!both) {
    rest.push_back(std::move(box));
    return;
  }
  for (auto [axis, range] : llvm::enumerate(*both)) {
    const IndexRange whole = box[axis];
    for (IndexRange side :
         {IndexRange{whole.low, range.low - 1}, IndexRange{range.high + 1, whole.high}})
      if (side.low <= side.high) {
        box[axis] = side;
        rest.push_back(box);
      }
    box[axis] = range;
  }
}

bool WrittenBoxes::covers(const Box &box, const WrittenBoxes *more) const {
  SmallVector<Box> left = {box};
  for (const WrittenBoxes *part : {this, more})
    for (const Box &written : part ? part->parts() : ArrayRef<Box>()) {
      SmallVector<Box> rest;
      for (Box &open : left)
        subtract(std::move(open), written, rest);
      left = std::move(rest);
    }
  return left.empty();
}

bool WrittenBoxes::meets(const Box &box) const {
  return llvm::any_of(boxes, [&](const Box &part) { return common(part, box).has_value(); });
}

WrittenBoxes WrittenBoxes::intersection(const WrittenBoxes &other) const {
  WrittenBoxes result;
  for (const Box &a : boxes)
    for (const Box &b : other.boxes)
      if (std::optional<Box> box = common(a, b))
        result.add(std::move(*box));
  return result;
}

} // namespace mlir::spherical
