//===- verify.h - what constraints of compute ops share ---------*- C++ -*-===//

#ifndef DIALECTS_STAGE_VERIFY_H
#define DIALECTS_STAGE_VERIFY_H

#include "dialects/stage/dialect.h"

namespace mlir::stage {

inline MemRefType memrefOf(Value value) { return cast<MemRefType>(value.getType()); }

/// Whether a contiguous operand holds `expected` elements, else an error that names the constraint.
LogicalResult verifySize(Operation *op, Value value, int64_t expected, StringRef name,
                         StringRef constraint);

/// Whether the element type is one that transforms and products compute on.
inline bool isReal(Type element) { return element.isF32() || element.isF64(); }

} // namespace mlir::stage

#endif // DIALECTS_STAGE_VERIFY_H
