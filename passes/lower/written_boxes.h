//===- written_boxes.h - which elements have been written -------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_WRITTEN_BOXES_H
#define SPHERICAL_PASSES_LOWER_WRITTEN_BOXES_H

#include "passes/lower/index_range.h"

namespace mlir::spherical {

/// Elements whose index on each axis is in that axis's range.
using Box = SmallVector<IndexRange, 4>;

/// A union of boxes of one rank.
class WrittenBoxes {
public:
  void add(Box box);
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

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_WRITTEN_BOXES_H
