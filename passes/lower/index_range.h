//===- index_range.h - what values an index can have ------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_INDEX_RANGE_H
#define SPHERICAL_PASSES_LOWER_INDEX_RANGE_H

#include "dialects/stage/dialect.h"

#include <optional>

namespace mlir::spherical {

/// All integers from `low` to `high`.
struct IndexRange {
  int64_t low = 0, high = 0;
  bool operator==(const IndexRange &) const = default;
};

/// a + b and a times a factor for all a, b of the ranges; nothing if a bound overflows.
std::optional<IndexRange> sumOf(IndexRange a, IndexRange b);
std::optional<IndexRange> productOf(IndexRange a, int64_t factor);

/// A range that holds all values of an expression; nothing if a bound overflows.
std::optional<IndexRange> rangeOf(AffineExpr expr, ArrayRef<IndexRange> dimensions,
                                  ArrayRef<IndexRange> symbols);

/// A range that holds all values of an index inside of a planned function: a constant, an index of
/// a sweep, the variable of a loop of constant bounds and a step from 1 on, or an affine map of
/// such. Nothing for others.
std::optional<IndexRange> rangeOf(OpFoldResult index);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_INDEX_RANGE_H
