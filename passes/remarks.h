//===- remarks.h - what passes say of their decisions -----------*- C++ -*-===//
//
// Remarks of MLIR (mlir/IR/Remarks.h): nothing is built unless someone listens,
// as `spherical explain` and `spherical-opt --remark-format=emitRemark` do.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_REMARKS_H
#define SPHERICAL_PASSES_REMARKS_H

#include "mlir/IR/Operation.h"

namespace mlir::spherical {

/// Categories of remarks: fusions, and choices between algorithms.
inline constexpr StringRef kFuseRemarks = "spherical-fuse", kChoiceRemarks = "spherical-choice";

/// A fusion took place at an op: "ReLU applied by the inverse transform".
void remarkFused(Operation *at, StringRef name, const Twine &what);

/// A fusion did not take place, why, and what in the model would let it (or nothing).
void remarkNotFused(Operation *at, StringRef name, const Twine &what, const Twine &reason,
                    const Twine &suggestion = "");

/// What was chosen, and why.
void remarkChosen(Operation *at, StringRef name, const Twine &what, const Twine &reason);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_REMARKS_H
