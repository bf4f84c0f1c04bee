//===- verify_program.h - what a program may consist of ---------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_VERIFY_PROGRAM_H
#define SPHERICAL_PASSES_VERIFY_PROGRAM_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::spherical {

/// Checks, for every target alike, what a module holds that has not passed the schedule phase:
/// at least one function, each of one block of ops of the dialects `spherical` and `nn` and of
/// constants, its arguments and results tensors of f32, f64, i32 or i64 of static shape, or
/// functions and spectra. Declarations, which nothing can call, are dropped. Emits one error.
LogicalResult verifyProgram(ModuleOp module);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_VERIFY_PROGRAM_H
