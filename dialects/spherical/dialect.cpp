//===- dialect.cpp - the spherical dialect ----------------------*- C++ -*-===//
//
// Registration of the dialect's parts.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include "dialects/spherical/dialect.cpp.inc"

using namespace mlir;
using namespace mlir::spherical;

void SphericalDialect::initialize() {
  registerAttributes();
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "dialects/spherical/ops.cpp.inc"
      >();
  registerConstants();
}
