//===- flat_boxes.h - row-major positions as boxes --------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_FLAT_BOXES_H
#define SPHERICAL_PASSES_LOWER_FLAT_BOXES_H

#include "passes/lower/written_boxes.h"

namespace mlir::spherical {

/// Row-major positions first + sum of i times stride, each i from 0 to below its count.
struct FlatPositions {
  int64_t first = 0;
  /// Pairs of a stride from 0 on and a count from 1 on.
  SmallVector<std::pair<int64_t, int64_t>, 5> terms;
};

/// Adds the elements at the positions, all within the shape; false if they are too many pieces.
bool addPositions(const FlatPositions &positions, ArrayRef<int64_t> shape, WrittenBoxes &boxes);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_FLAT_BOXES_H
