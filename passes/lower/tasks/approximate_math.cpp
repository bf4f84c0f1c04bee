//===- approximate_math.cpp - spherical-approximate-math --------*- C++ -*-===//
//
// Exponentials and logarithms of f32, scalars and vectors, become polynomials
// on a reduced range, those of MLIR (after Cephes), with errors of a few units
// in the last place: a library call a lane in place of a vector is what softmax
// would spend its time on, and GPUs have no such call.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_APPROXIMATEMATH
#include "passes/lower/passes.h.inc"
namespace {

struct ApproximateMath : impl::ApproximateMathBase<ApproximateMath> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMathPolynomialApproximationPatterns(patterns, [](StringRef op) {
      return op == math::ExpOp::getOperationName() || op == math::LogOp::getOperationName();
    });
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
