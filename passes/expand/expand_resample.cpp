//===- expand_resample.cpp - spherical-expand-resample ----------*- C++ -*-===//
//
// Replaces a change of band-limit by analysis and synthesis:
//   resample(x)  ->  ift(ft(x)), degrees l < min(b_in, b_out)
// Missing degrees are zero (Gerken et al. 2022, section 3): the inverse
// transform to a finer grid just ends at the last degree of its spectrum.
//
//===----------------------------------------------------------------------===//

#include "passes/expand/passes.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_EXPANDRESAMPLE
#include "passes/expand/passes.h.inc"
namespace {

/// resample on S2 or SO(3).
struct ExpandResampleOp : OpRewritePattern<ResampleOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ResampleOp op, PatternRewriter &rewriter) const override {
    Signal in = *getSignal(op.getInput().getType()), out = *getSignal(op.getType());
    int64_t degrees = std::min(in.bandLimit, out.bandLimit);
    Type middle = in.asSpectrum().withBandLimit(degrees).get(getContext());
    Location loc = op.getLoc();
    Value result;
    if (!in.onSO3()) {
      Value x = S2FTOp::create(rewriter, loc, middle, op.getInput());
      result = S2IFTOp::create(rewriter, loc, op.getType(), x);
    } else {
      Value x = SO3FTOp::create(rewriter, loc, middle, op.getInput());
      result = SO3IFTOp::create(rewriter, loc, op.getType(), x);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ExpandResample : impl::ExpandResampleBase<ExpandResample> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandResampleOp>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
