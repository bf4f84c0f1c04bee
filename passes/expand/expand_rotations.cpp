//===- expand_rotations.cpp - spherical-expand-rotations --------*- C++ -*-===//
//
// Rotates functions in their spectrum, where a rotation R mixes the orders of a
// degree: x(R^-1 Q) has the coefficients sum_k conj(D^l_mk(R)) X^l_kn.
//   rotate(x)  ->  ift(rotate(ft(x)))
// Angles that are known at run time only turn about the polar axis, where they are
// phases; Q, which takes that axis to the y axis, is constant:
//   Rz(alpha) Ry(beta) Rz(gamma) = Rz(alpha) Q Rz(beta) Q^-1 Rz(gamma)
//
//===----------------------------------------------------------------------===//

#include "passes/expand/passes.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <numbers>

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

/// rotate_by, from the right: about z by gamma, by Q^-1, about z by beta, by Q, about z by alpha.
struct ExpandRotateBy : OpRewritePattern<RotateByOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RotateByOp op, PatternRewriter &rewriter) const override {
    constexpr double quarter = std::numbers::pi / 2;
    const Type type = op.getType();
    auto turn = [&](Value x, int64_t at) -> Value {
      return RotateZOp::create(rewriter, op.getLoc(), type, x, op.getAngles(), at);
    };
    auto tilt = [&](Value x, ArrayRef<double> angles) -> Value {
      return RotateOp::create(rewriter, op.getLoc(), type, x,
                              rewriter.getDenseF64ArrayAttr(angles));
    };
    const double toY[] = {quarter, quarter, -quarter}, back[] = {-quarter, quarter, quarter};
    Value x = turn(tilt(turn(op.getInput(), 2), back), 1);
    rewriter.replaceOp(op, turn(tilt(x, toY), 0));
    return success();
  }
};

struct ExpandRotations : impl::ExpandRotationsBase<ExpandRotations> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandRotate, ExpandRotateBy>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
