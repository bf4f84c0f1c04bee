//===- fuse_integrals.cpp - spherical-fuse-integrals ------------*- C++ -*-===//
//
// Reads integrals off the coefficient of degree 0 (the integral of every other
// D^l_mn vanishes), and computes no other degree for them.
//   so3_integrate(so3_ift(Z))  ->  so3_integrate(Z)
//   so3_integrate(Z)           ->  so3_integrate(truncate(Z, 1))
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "passes/fuse/degrees.h"
#include "passes/remarks.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FUSEINTEGRALS
#include "passes/fuse/passes.h.inc"
namespace {

/// The element of a function, spectrum or tensor.
Type elementOf(Value value) {
  if (std::optional<Signal> signal = getSignal(value.getType()))
    return signal->element;
  return cast<TensorType>(value.getType()).getElementType();
}

/// The integral of a function that was just synthesised.
struct IntegrateSpectrum : OpRewritePattern<SO3IntegrateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SO3IntegrateOp op, PatternRewriter &rewriter) const override {
    auto ift = op.getInput().getDefiningOp<SO3IFTOp>();
    if (op.getAdjoint() || !ift || ift.getAdjoint() || elementOf(ift.getInput()) != elementOf(ift))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(ift.getInput()); });
    remarkFused(op, "IntegrateSpectrum", "integral read off the coefficient of degree 0");
    return success();
  }
};

/// Its adjoint: the spectrum of w_j g on the grid is g in degree 0.
struct SpectrumOfIntegralAdjoint : OpRewritePattern<SO3IFTOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SO3IFTOp op, PatternRewriter &rewriter) const override {
    auto integral = op.getInput().getDefiningOp<SO3IntegrateOp>();
    if (!op.getAdjoint() || !integral || elementOf(op.getInput()) != elementOf(op))
      return failure();
    remarkFused(op, "SpectrumOfIntegralAdjoint", "gradient of an integral fills degree 0 alone");
    rewriter.replaceOpWithNewOp<SO3IntegrateOp>(op, op.getType(), integral.getInput(),
                                                /*adjoint=*/true);
    return success();
  }
};

/// Degree 0 alone, in both directions.
struct IntegrateDegreeZero : OpRewritePattern<SO3IntegrateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SO3IntegrateOp op, PatternRewriter &rewriter) const override {
    Value spectrum = op.getAdjoint() ? op.getResult() : op.getInput();
    if (!isa<SO3SpectrumType>(spectrum.getType()) || bandLimit(spectrum) == 1)
      return failure();
    Location loc = op.getLoc();
    if (!op.getAdjoint()) {
      Value lowest = changeDegrees(rewriter, loc, spectrum, 1);
      rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(lowest); });
      return success();
    }
    Value lowest = SO3IntegrateOp::create(rewriter, loc, withBandLimit(op.getType(), 1),
                                          op.getInput(), /*adjoint=*/true);
    rewriter.replaceOp(op, changeDegrees(rewriter, loc, lowest, bandLimit(spectrum)));
    return success();
  }
};

struct FuseIntegrals : impl::FuseIntegralsBase<FuseIntegrals> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<IntegrateSpectrum, SpectrumOfIntegralAdjoint, IntegrateDegreeZero>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
