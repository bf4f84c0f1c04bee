//===- fold.cpp - what the algebra gives for free ---------------*- C++ -*-===//
//
// Folds of the pointwise ops.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

using namespace mlir;
using namespace mlir::nn;

static bool isZero(Value value) { return value.getDefiningOp<spherical::ZeroOp>() != nullptr; }

OpFoldResult ReluOp::fold(FoldAdaptor) {
  if (getInput().getDefiningOp<ReluOp>() || isZero(getInput()))
    return getInput();
  return {};
}

OpFoldResult ReluGradOp::fold(FoldAdaptor) {
  if (isZero(getGrad()))
    return getGrad();
  return {};
}

OpFoldResult AddOp::fold(FoldAdaptor) {
  if (isZero(getRhs()))
    return getLhs();
  if (isZero(getLhs()))
    return getRhs();
  return {};
}

OpFoldResult SubOp::fold(FoldAdaptor) {
  if (isZero(getRhs()))
    return getLhs();
  return {};
}
