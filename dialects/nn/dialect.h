//===- dialect.h - the nn dialect -------------------------------*- C++ -*-===//
//
// Ops of the nn dialect; see dialect.td for the conventions.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_DIALECT_H
#define SPHERICAL_DIALECTS_NN_DIALECT_H

#include "dialects/interfaces/epilogue.h"
#include "dialects/interfaces/integer_operands.h"
#include "dialects/interfaces/pointwise.h"
#include "dialects/spherical/dialect.h"

#include "mlir/IR/TensorEncoding.h"

namespace mlir::nn {
/// The label of what has none: it counts for nothing in a loss.
inline constexpr int64_t kMissingLabel = -1;
} // namespace mlir::nn

#include "dialects/nn/dialect.h.inc"
#include "dialects/nn/enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/nn/attributes.h.inc"

#define GET_OP_CLASSES
#include "dialects/nn/ops.h.inc"

#endif
