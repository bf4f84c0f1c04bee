//===- scalars.h - regions on numbers ---------------------------*- C++ -*-===//
//
// What regions of a map and of an epilogue have in common: ops of arith and math
// on the numbers of one point.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_SCALARS_H
#define SPHERICAL_DIALECTS_INTERFACES_SCALARS_H

#include "dialects/interfaces/pointwise.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace mlir::spherical {

/// Whether the op is one on real numbers and truth values that maps and epilogues may have.
bool isRealArithmetic(Operation *op);

/// Whether the op computes without flags that permit another result.
bool isExact(Operation *op);

/// Whether the block is known to yield 0 where its arguments are 0 whose index `isZero` accepts,
/// and the others finite.
bool yieldsZero(Block &block, llvm::function_ref<bool(unsigned)> isZero);

/// Builds what the block yields of `values`, its arguments, in the precision of these: casts
/// between precisions vanish, and a constant is the nearest number. One that is not itself stays in
/// double precision behind a cast.
SmallVector<Value> inlineScalars(OpBuilder &builder, Block &block, ValueRange values);

/// Builds what the op makes of `values`, in their precision: constants are the nearest numbers to
/// those of the op's attributes, as `inlineScalars` says.
Value inlinePointwise(OpBuilder &builder, Pointwise op, ValueRange values);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_INTERFACES_SCALARS_H
