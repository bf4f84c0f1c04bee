//===- narrow_prepared.h - degrees that @forward reads ----------*- C++ -*-===//
//
// Truncation across the border between @prepare and @forward.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_FUSE_NARROW_PREPARED_H
#define SPHERICAL_PASSES_FUSE_NARROW_PREPARED_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::spherical {

/// Makes @prepare hand over only the degrees that @forward reads. True if it changed anything.
bool narrowPrepared(ModuleOp module);

/// Lets @prepare project to S2 what @forward projects in all of its uses. Returns whether anything
/// changed.
bool projectPrepared(ModuleOp module);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_FUSE_NARROW_PREPARED_H
