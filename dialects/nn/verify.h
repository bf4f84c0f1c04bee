//===- verify.h - checks that several ops share -----------------*- C++ -*-===//
//
// Each emits at the op what its numbered constraint expected and got.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_VERIFY_H
#define SPHERICAL_DIALECTS_NN_VERIFY_H

#include "dialects/nn/dialect.h"

namespace mlir::nn {

/// Whether the type is a tensor of rank 0 of an element that `element` accepts.
inline bool isScalar(Type type, llvm::function_ref<bool(Type)> element) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() == 0 && element(tensor.getElementType());
}

/// `type`, that of the operand `name`, is a tensor<i64>.
inline LogicalResult verifyInteger(Operation *op, StringRef name, StringRef constraint, Type type) {
  if (isScalar(type, [](Type element) { return element.isInteger(64); }))
    return success();
  return op->emitOpError() << "expected `" << name << "` to be a tensor<i64> (" << constraint
                           << "), got " << type;
}

/// A batched value whose valid samples a `count` gives has a sample (of `constraint`).
LogicalResult verifyHasSample(Operation *op, StringRef name, StringRef constraint, Type type);

/// `eps` is positive and finite.
inline LogicalResult verifyEps(Operation *op, StringRef constraint, const APFloat &eps) {
  if (eps.isFinite() && !eps.isNegative() && !eps.isZero())
    return success();
  return op->emitOpError() << "expected `eps` to be positive (" << constraint << "), got "
                           << eps.convertToDouble();
}

/// The element of a value is real (C1).
LogicalResult verifyReal(Operation *op, Type type);

/// A value and the letters of its extents, for example "NI".
struct Shaped {
  StringRef name;
  Type type;
  StringRef axes;
};

/// Equal letters are equal extents, and all elements are the same (C1).
LogicalResult verifyShapes(Operation *op, ArrayRef<Shaped> values);

} // namespace mlir::nn

#endif
