//===- argument_constraints.h - what an argument may hold -------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_ARGUMENT_CONSTRAINTS_H
#define SPHERICAL_PASSES_ARGUMENT_CONSTRAINTS_H

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::spherical {

/// What the values of an argument must be for its function to compute with them; null where any
/// will do. The plan keeps it as attributes of the argument.
struct ArgumentConstraints {
  stage::IntegersAttr integers;
  stage::SpectrumAttr spectrum;
  bool missing = false; ///< values may be missing, -1 or NaN
};

/// The name of an argument before planning (`spherical.name`), arg<index> without one.
std::string argumentName(BlockArgument argument);

/// The constraints of an argument: integers and whether values may be missing as noted
/// (spherical-bound-arguments), else by the ops that read it (interface IntegerOperands); a
/// spectrum of real functions by its type, but for prepared values and for a cotangent `cot.*`,
/// whose Hermitian part is taken. After planning, what is noted. The stage dialect must be loaded.
ArgumentConstraints constraintsOf(BlockArgument argument);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_ARGUMENT_CONSTRAINTS_H
