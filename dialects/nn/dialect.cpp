//===- dialect.cpp - the nn dialect -----------------------------*- C++ -*-===//
//
// Registration of the dialect's ops.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"
#include "dialects/spherical/assembly.h"

#include "dialects/nn/dialect.cpp.inc"

namespace mlir::nn {
// What the forms of the ops call by these names.
using spherical::parseEpilogue;
using spherical::parseNumberList;
using spherical::printEpilogue;
using spherical::printNumberList;
} // namespace mlir::nn

#define GET_OP_CLASSES
#include "dialects/nn/ops.cpp.inc"

void mlir::nn::NNDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "dialects/nn/ops.cpp.inc"
      >();
}
