//===- expand_rotations.cpp - spherical-expand-rotations --------*- C++ -*-===//
//
// Rotates functions in their spectrum, where a rotation R mixes the orders of a
// degree: x(R^-1 Q) has the coefficients sum_k conj(D^l_mk(R)) X^l_kn.
//   rotate(x)  ->  ift(rotate(ft(x)))
//
//===----------------------------------------------------------------------===//

#include "passes/expand/passes.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_EXPANDROTATIONS
#include "passes/expand/passes.h.inc"
namespace {

/// rotate of a function on S2 or SO(3).
struct ExpandRotate : OpRewritePattern<RotateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RotateOp op, PatternRewriter &rewriter) const override {
    Signal signal = *getSignal(op.getType());
    if (signal.isSpectrum())
      return failure();
    if (signal.onSO3())
      rotateSpectrum<SO3FTOp, SO3IFTOp>(op, signal, rewriter);
    else
      rotateSpectrum<S2FTOp, S2IFTOp>(op, signal, rewriter);
    return success();
  }

private:
  template <typename FTOp, typename IFTOp>
  static void rotateSpectrum(RotateOp op, const Signal &signal, PatternRewriter &rewriter) {
    Type spectrum = signal.asSpectrum().get(op.getContext());
    Value x = FTOp::create(rewriter, op.getLoc(), spectrum, op.getInput());
    Value y = RotateOp::create(rewriter, op.getLoc(), spectrum, x, op.getAnglesAttr());
    rewriter.replaceOpWithNewOp<IFTOp>(op, op.getType(), y);
  }
};

struct ExpandRotations : impl::ExpandRotationsBase<ExpandRotations> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandRotate>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
