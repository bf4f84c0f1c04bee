//===- entries.h - roles and names of a program's entries -------*- C++ -*-===//
//
// What phases that build entries, or change what they take, share.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_ENTRIES_H
#define SPHERICAL_PASSES_ENTRIES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::spherical {

/// On a function that derives from another one: that function's name.
inline constexpr llvm::StringLiteral kDerived = "spherical.derived";

/// The role of an argument (`spherical.role`), empty without one.
StringRef argumentRole(BlockArgument argument);

/// True if the entry `name` was built from `source` already, as in a dump that is taken up again.
/// Fails after a diagnostic if the symbol is taken by another function.
FailureOr<bool> isBuilt(func::FuncOp source, StringRef name);

/// The name of result `index` of @prepare, and of the argument of @forward that it is.
std::string preparedName(size_t index);

/// Adds to `forward` the argument that is result `index` of @prepare, behind its inputs and what it
/// takes from @prepare already.
BlockArgument addPrepared(func::FuncOp forward, Type type, size_t index, Location loc);

/// Erases the parameters of a function that nothing uses.
void eraseUnusedParameters(func::FuncOp function);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_ENTRIES_H
