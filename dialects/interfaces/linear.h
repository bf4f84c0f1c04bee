//===- linear.h - ops that act on parts apart -------------------*- C++ -*-===//
//
// C++ side of linear.td.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_LINEAR_H
#define SPHERICAL_DIALECTS_INTERFACES_LINEAR_H

#include "mlir/IR/OpDefinition.h"

namespace mlir::spherical {

/// Marks ops that are linear in their operands together and real where these are.
template <typename Op> struct RealLinear : OpTrait::TraitBase<Op, RealLinear> {};

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_INTERFACES_LINEAR_H
