//===- fuse_bias.cpp - spherical-fuse-bias ----------------------*- C++ -*-===//
//
// Adds biases to the coefficient of degree 0: a constant is the degree 0 of
// its function, because D^0_00 = 1.
//   add_bias(ift(Z), b)  ->  ift(add_bias(Z, b))
//   bias_grad(g)         ->  bias_grad(ift{adjoint}(g)), where that exists:
// its coefficient (0, 0, 0) is the sum of g over the grid. So is that of G for
//   bias_grad(ft{adjoint}(G))  ->  bias_grad(G)
// because the quadrature of a constant is exact in all degrees below 2b.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "passes/fuse/degrees.h"
#include "passes/remarks.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FUSEBIAS
#include "passes/fuse/passes.h.inc"
namespace {

/// A bias behind an inverse transform that nothing else uses.
template <typename IFTOp> struct MoveBiasToSpectrum : OpRewritePattern<AddBiasOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddBiasOp op, PatternRewriter &rewriter) const override {
    auto ift = op.getInput().getDefiningOp<IFTOp>();
    if (!ift || ift.getAdjoint() || !ift->hasOneUse() ||
        ift.getInput().getType() != getSignal(op.getType())
                                        ->asSpectrum()
                                        .withBandLimit(bandLimit(ift.getInput()))
                                        .get(getContext()))
      return failure();
    Value biased = AddBiasOp::create(rewriter, op.getLoc(), ift.getInput().getType(),
                                     ift.getInput(), op.getBias());
    remarkFused(op, "MoveBiasToSpectrum", "bias added to the coefficient of degree 0");
    rewriter.replaceOpWithNewOp<IFTOp>(op, op.getType(), biased);
    return success();
  }
};

/// The gradient of a bias, where the spectrum of the same cotangent is computed anyway.
template <typename IFTOp> struct ReadBiasGradFromSpectrum : OpRewritePattern<BiasGradOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BiasGradOp op, PatternRewriter &rewriter) const override {
    for (Operation *user : op.getInput().getUsers()) {
      auto ift = dyn_cast<IFTOp>(user);
      if (!ift || !ift.getAdjoint() || ift->getBlock() != op->getBlock() ||
          getSignal(ift.getType())->element != getSignal(op.getInput().getType())->element)
        continue;
      // Its only operand is that of bias_grad, so that it may stand here.
      if (op->isBeforeInBlock(ift))
        rewriter.moveOpBefore(ift, op);
      rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(ift.getResult()); });
      remarkFused(op, "ReadBiasGradFromSpectrum",
                  "bias gradient read off the coefficient of degree 0");
      return success();
    }
    return failure();
  }
};

/// The gradient of a bias, where the cotangent comes from a spectrum.
template <typename FTOp> struct SumSpectrum : OpRewritePattern<BiasGradOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BiasGradOp op, PatternRewriter &rewriter) const override {
    auto ft = op.getInput().getDefiningOp<FTOp>();
    if (!ft || !ft.getAdjoint() || bandLimit(ft.getInput()) > 2 * bandLimit(ft.getResult()) ||
        getSignal(ft.getInput().getType())->element != getSignal(ft.getType())->element)
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(ft.getInput()); });
    remarkFused(op, "SumSpectrum", "bias gradient read off the coefficient of degree 0");
    return success();
  }
};

struct FuseBias : impl::FuseBiasBase<FuseBias> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MoveBiasToSpectrum<S2IFTOp>, MoveBiasToSpectrum<SO3IFTOp>,
                 ReadBiasGradFromSpectrum<S2IFTOp>, ReadBiasGradFromSpectrum<SO3IFTOp>,
                 SumSpectrum<S2FTOp>, SumSpectrum<SO3FTOp>>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
