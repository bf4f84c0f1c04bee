//===- dialect.h - the spherical dialect ------------------------*- C++ -*-===//
//
// Types, attributes and ops of the spherical dialect; see dialect.td for the
// conventions.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_DIALECT_H
#define SPHERICAL_DIALECTS_SPHERICAL_DIALECT_H

#include "dialects/interfaces/differentiable.h"
#include "dialects/interfaces/linear.h"
#include "dialects/interfaces/memory_layout.h"
#include "dialects/interfaces/schedulable.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/SmallVector.h"

#include <array>
#include <bit>

namespace mlir::spherical {

struct Signal;

/// Whether a type is that of a mask: a function of bits.
bool isMask(Type type);

/// A double as a parameter of attributes: equal and hashed by its bits.
struct Double {
  double value;
  Double(double value) : value(value) {}
  operator double() const { return value; }
  uint64_t bits() const { return std::bit_cast<uint64_t>(value); }
  friend bool operator==(const Double &a, const Double &b) { return a.bits() == b.bits(); }
  friend llvm::hash_code hash_value(const Double &d) { return llvm::hash_value(d.bits()); }
};

/// Names of first axes in the lanes of a layout: samples of a batch, or rows that are all valid.
inline constexpr llvm::StringLiteral kBatchAxis = "batch", kRowAxis = "row";

} // namespace mlir::spherical

#include "dialects/spherical/dialect.h.inc"
#include "dialects/spherical/enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/spherical/attributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/spherical/types.h.inc"

#define GET_OP_CLASSES
#include "dialects/spherical/ops.h.inc"

#endif
