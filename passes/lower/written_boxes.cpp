//===- written_boxes.cpp - which elements have been written -----*- C++ -*-===//

#include "passes/lower/written_boxes.h"

#include <numeric>

namespace mlir::spherical {

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

static Steps stepsUpTo(int64_t low, int64_t end, int64_t step) {
  const int64_t high = low + (end - low) / step * step;
  return {low, high, high == low ? 1 : step};
}

static bool contains(const Steps &outer, const Steps &inner) {
  if (inner.low < outer.low || outer.high < inner.high)
    return false;
  return outer.step == 1 || ((inner.low - outer.low) % outer.step == 0 &&
                             (inner.low == inner.high || inner.step % outer.step == 0));
}

/// The integers of both, nothing if there are none.
static std::optional<Steps> common(const Steps &a, const Steps &b) {
  if (a.high < b.low || b.high < a.low)
    return std::nullopt;
  if (a.step == 1 && b.step == 1)
    return Steps{std::max(a.low, b.low), std::min(a.high, b.high), 1};
  const int64_t low = std::max(a.low, b.low), high = std::min(a.high, b.high);
  int64_t first = a.low + llvm::divideCeilSigned(low - a.low, a.step) * a.step;
  const int64_t step = std::lcm(a.step, b.step);
  for (const int64_t end = std::min(high, first + step - 1); first <= end; first += a.step)
    if ((first - b.low) % b.step == 0)
      return stepsUpTo(first, high, step);
  return std::nullopt;
}

/// Appends what is left of `whole` without `hole`, a part of it.
static void subtract(const Steps &whole, const Steps &hole, SmallVectorImpl<Steps> &rest) {
  if (whole.low < hole.low)
    rest.push_back(stepsUpTo(whole.low, hole.low - 1, whole.step));
  if (hole.high < whole.high)
    rest.push_back(stepsUpTo(hole.high + whole.step, whole.high, whole.step));
  if (hole.count() < hole.step / whole.step) {
    for (int64_t at = hole.low; at < hole.high; at += hole.step)
      if (hole.step > whole.step)
        rest.push_back(stepsUpTo(at + whole.step, at + hole.step - 1, whole.step));
    return;
  }
  for (int64_t low = hole.low + whole.step; low < std::min(hole.low + hole.step, hole.high);
       low += whole.step)
    rest.push_back(stepsUpTo(low, hole.high, hole.step));
}

/// All integers of both, if they are steps.
static std::optional<Steps> merged(const Steps &a, const Steps &b) {
  const Steps &first = a.low <= b.low ? a : b, &second = a.low <= b.low ? b : a;
  const int64_t high = std::max(a.high, b.high);
  if (first.step == second.step || second.count() == 1) {
    if ((second.low - first.low) % first.step == 0 && second.low <= first.high + first.step)
      return Steps{first.low, high, first.step};
  } else if (first.count() == 1 && second.low - first.low == second.step) {
    return Steps{first.low, high, second.step};
  }
  // Every other integer each.
  const bool others = first.step == 2 && second.step == 2 && second.low == first.low + 1;
  if (others && std::abs(first.high - second.high) == 1)
    return Steps{first.low, high, 1};
  return std::nullopt;
}

std::optional<SmallVector<Steps, 1>> stepsOf(int64_t first,
                                             SmallVector<std::pair<int64_t, int64_t>, 4> terms) {
  for (auto &[stride, count] : terms)
    if (stride < 0) {
      first += stride * (count - 1);
      stride = -stride;
    }
  llvm::sort(terms);
  SmallVector<Steps, 1> all = {Steps{first, first, 1}};
  for (auto [stride, count] : terms) {
    if (stride == 0 || count == 1)
      continue;
    SmallVector<Steps, 1> next;
    for (const Steps &steps : all) {
      const bool single = steps.low == steps.high;
      const bool goesOn = stride % steps.step == 0 && stride <= steps.high - steps.low + steps.step;
      if (single || goesOn)
        next.push_back(
            {steps.low, steps.high + stride * (count - 1), single ? stride : steps.step});
      else if (next.size() + static_cast<size_t>(count) > kMostBoxes)
        return std::nullopt;
      else
        for (int64_t i = 0; i < count; ++i)
          next.push_back({steps.low + i * stride, steps.high + i * stride, steps.step});
    }
    all = std::move(next);
  }
  return all;
}

//===----------------------------------------------------------------------===//
// Boxes
//===----------------------------------------------------------------------===//

/// The common part, nothing if there is none.
static std::optional<Box> common(const Box &a, const Box &b) {
  Box box;
  for (auto [x, y] : llvm::zip(a, b)) {
    const std::optional<Steps> steps = common(x, y);
    if (!steps)
      return std::nullopt;
    box.push_back(*steps);
  }
  return box;
}

static bool contains(const Box &outer, const Box &inner) {
  return llvm::all_of(llvm::zip(outer, inner),
                      [](auto pair) { return contains(std::get<0>(pair), std::get<1>(pair)); });
}

/// The one box of both, if they differ on one axis at most and are steps there.
static std::optional<Box> merged(const Box &a, const Box &b) {
  std::optional<size_t> differing;
  for (size_t axis = 0; axis < a.size(); ++axis) {
    if (a[axis] == b[axis])
      continue;
    if (differing)
      return std::nullopt;
    differing = axis;
  }
  Box box = a;
  if (!differing)
    return box;
  const std::optional<Steps> both = merged(a[*differing], b[*differing]);
  if (!both)
    return std::nullopt;
  box[*differing] = *both;
  return box;
}

void WrittenBoxes::add(Box box) {
  for (size_t i = boxes.size(); i-- > 0;) {
    if (contains(boxes[i], box))
      return;
    const std::optional<Box> both = contains(box, boxes[i]) ? box : merged(boxes[i], box);
    if (!both)
      continue;
    box = *both;
    boxes.erase(boxes.begin() + static_cast<ptrdiff_t>(i));
    i = boxes.size(); // the larger box may meet others
  }
  boxes.push_back(std::move(box));
}

void WrittenBoxes::addProduct(ArrayRef<SmallVector<Steps, 1>> axes) {
  int64_t boxes = 1;
  for (const auto &axis : axes)
    boxes *= static_cast<int64_t>(axis.size());
  for (int64_t number = 0; number < boxes; ++number) {
    Box box(axes.size());
    int64_t rest = number;
    for (size_t axis = axes.size(); axis-- > 0;) {
      const auto size = static_cast<int64_t>(axes[axis].size());
      box[axis] = axes[axis][static_cast<size_t>(rest % size)];
      rest /= size;
    }
    add(std::move(box));
  }
}

/// Appends what is left of `box` without `hole`, in boxes that lie apart.
static void subtract(Box box, const Box &hole, SmallVectorImpl<Box> &rest) {
  const std::optional<Box> both = common(box, hole);
  if (!both) {
    rest.push_back(std::move(box));
    return;
  }
  for (auto [axis, steps] : llvm::enumerate(*both)) {
    SmallVector<Steps> sides;
    subtract(box[axis], steps, sides);
    for (const Steps &side : sides) {
      box[axis] = side;
      rest.push_back(box);
    }
    box[axis] = steps;
  }
}

void WrittenBoxes::remove(const Box &box) {
  SmallVector<Box, 2> rest;
  for (Box &part : boxes)
    subtract(std::move(part), box, rest);
  boxes = std::move(rest);
}

bool WrittenBoxes::covers(const Box &box, const WrittenBoxes *more) const {
  SmallVector<Box> left = {box};
  for (const WrittenBoxes *part : {this, more})
    for (const Box &written : part ? part->parts() : ArrayRef<Box>()) {
      SmallVector<Box> rest;
      for (Box &open : left)
        subtract(std::move(open), written, rest);
      left = std::move(rest);
      if (left.empty())
        return true;
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
