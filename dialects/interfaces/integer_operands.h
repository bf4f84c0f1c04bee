//===- integer_operands.h - ops that take some integers only ----*- C++ -*-===//
//
// C++ side of integer_operands.td.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_INTEGER_OPERANDS_H
#define SPHERICAL_DIALECTS_INTERFACES_INTEGER_OPERANDS_H

#include "mlir/IR/OpDefinition.h"

#include <optional>

namespace mlir::spherical {

/// Integers from `low` to `high`, and `other`.
struct IntegerBounds {
  /// What they are, for messages: "labels", "a count", "a step".
  StringRef what;
  int64_t low = INT64_MIN, high = INT64_MAX;
  std::optional<int64_t> other;
  /// The op reads those of the first `count` samples only (tensor<i64>); null: it reads all.
  Value count;
};

} // namespace mlir::spherical

#include "dialects/interfaces/integer_operands.h.inc"

#endif
