//===- scratch_functions.h - functions in scratch memory --------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_PLAN_SCRATCH_FUNCTIONS_H
#define SPHERICAL_PASSES_PLAN_SCRATCH_FUNCTIONS_H

#include "dialects/stage/dialect.h"

namespace mlir::spherical {

/// A function in scratch memory with the stage that makes it and the one that uses it, both in the
/// sweep's body.
struct ScratchFunction {
  BlockArgument grid;
  Operation *maker, *user;
};

/// Nothing if there are other stages that use it, or if something stands between the two.
std::optional<ScratchFunction> scratchFunctionOf(stage::SweepOp sweep, BlockArgument grid);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_PLAN_SCRATCH_FUNCTIONS_H
