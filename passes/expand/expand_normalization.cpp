//===- expand_normalization.cpp - spherical-expand-normalization -*- C++ -*-===//
//
// Normalises a function that was just synthesised in its spectrum: the mean is
// its coefficient of degree 0, the mean square Parseval's sum of (2l+1) |Z^l_mn|^2,
// and what is left is affine in each channel.
//   batch_norm(ift(Z))               ->  ift(batch_norm(Z))
//   batch_norm(add_bias(ift(Z), b))  ->  ift(batch_norm(add_bias(Z, b)))
//
//===----------------------------------------------------------------------===//

#include "passes/expand/passes.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_EXPANDNORMALIZATION
#include "passes/expand/passes.h.inc"
namespace {

/// The spectrum of a function that nothing else uses, with the biases added to it; null if no
/// inverse transform made it, or not all of it.
Value spectrumOf(Value function, PatternRewriter &rewriter) {
  Operation *op = function.getDefiningOp();
  if (!op || !op->hasOneUse())
    return {};
  if (auto bias = dyn_cast<AddBiasOp>(op)) {
    Value spectrum = spectrumOf(bias.getInput(), rewriter);
    if (!spectrum)
      return {};
    return AddBiasOp::create(rewriter, bias.getLoc(), spectrum.getType(), spectrum, bias.getBias());
  }
  if (!isa<S2IFTOp, SO3IFTOp>(op) || op->hasAttr("adjoint"))
    return {};
  Signal spectrum = *getSignal(op->getOperand(0).getType()),
         result = *getSignal(function.getType());
  bool whole = spectrum.element == result.element && spectrum.bandLimit <= result.bandLimit;
  return whole ? op->getOperand(0) : Value();
}

/// batch_norm of a synthesised function, with area statistics.
struct NormaliseSpectrum : OpRewritePattern<nn::BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::BatchNormOp op, PatternRewriter &rewriter) const override {
    std::optional<Signal> signal = getSignal(op.getType());
    if (!signal || signal->isSpectrum() || op.getStatistics() != nn::Measure::Area)
      return failure();
    Value spectrum = spectrumOf(op.getInput(), rewriter);
    if (!spectrum)
      return failure();
    Value normal = nn::BatchNormOp::create(
        rewriter, op.getLoc(), spectrum.getType(), spectrum, op.getWeight(), op.getBias(),
        op.getMean(), op.getVar(), op.getEpsAttr(), op.getMomentumAttr(), op.getStatisticsAttr());
    if (signal->onSO3())
      rewriter.replaceOpWithNewOp<SO3IFTOp>(op, op.getType(), normal);
    else
      rewriter.replaceOpWithNewOp<S2IFTOp>(op, op.getType(), normal);
    return success();
  }
};

struct ExpandNormalization : impl::ExpandNormalizationBase<ExpandNormalization> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<NormaliseSpectrum>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
