//===- dialect.cpp - the stage dialect's registration -----------*- C++ -*-===//

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"

#include "dialects/stage/dialect.cpp.inc"
#include "dialects/stage/enums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/stage/attributes.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/stage/ops.cpp.inc"

namespace mlir::stage {

void StageDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/stage/attributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/stage/ops.cpp.inc"
      >();
}

/// Checks the strides of axes `first` and up; axes of extent 1 may have any.
static bool isRowMajorFrom(MemRefType type, int64_t first) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!type.hasStaticShape() || failed(type.getStridesAndOffset(strides, offset)))
    return false;
  int64_t expected = 1;
  for (int64_t axis = type.getRank() - 1; axis >= first; --axis) {
    if (type.getDimSize(axis) != 1 && strides[axis] != expected)
      return false;
    expected *= type.getDimSize(axis);
  }
  return true;
}

bool isContiguous(MemRefType type) { return isRowMajorFrom(type, 0); }

bool isContiguousAfterFirstAxis(MemRefType type) {
  return type.getRank() >= 1 && isRowMajorFrom(type, 1);
}

} // namespace mlir::stage
