//===- written_boxes.h - which elements have been written -------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_WRITTEN_BOXES_H
#define SPHERICAL_PASSES_LOWER_WRITTEN_BOXES_H

#include "passes/lower/index_range.h"

namespace mlir::spherical {

/// The integers low, low + step, ... high. A single one has step 1.
struct Steps {
  int64_t low = 0, high = 0, step = 1;

  int64_t count() const { return (high - low) / step + 1; }
  bool operator==(const Steps &) const = default;
};

/// The integers first + sum of i times stride, each i from 0 to below its count, for pairs of a
/// stride and a count from 1 on. Nothing if they are too many pieces.
std::optional<SmallVector<Steps, 1>> stepsOf(int64_t first,
                                             SmallVector<std::pair<int64_t, int64_t>, 4> terms);

/// Elements whose index on each axis is one of that axis's steps.
using Box = SmallVector<Steps, 4>;

/// A union of boxes of one rank.
class WrittenBoxes {
public:
  void add(Box box);
  /// Adds all boxes with one of each axis's steps.
  void addProduct(ArrayRef<SmallVector<Steps, 1>> axes);
  void remove(const Box &box);
  void clear() { boxes.clear(); }

  /// Whether all of the box is in this union or in `more`.
  bool covers(const Box &box, const WrittenBoxes *more = nullptr) const;
  /// Whether any of the box is.
  bool meets(const Box &box) const;
  /// What is in both unions.
  WrittenBoxes intersection(const WrittenBoxes &other) const;
  ArrayRef<Box> parts() const { return boxes; }

private:
  SmallVector<Box, 2> boxes;
};

/// More pieces than this are not followed.
inline constexpr size_t kMostBoxes = 4096;

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_WRITTEN_BOXES_H
