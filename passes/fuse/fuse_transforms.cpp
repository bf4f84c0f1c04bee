//===- fuse_transforms.cpp - spherical-fuse-transforms ----------*- C++ -*-===//
//
// Removes an analysis of what was just synthesised. On the grid of b the
// quadrature is exact for products of functions of degrees below b (Driscoll
// and Healy 1994; Kostelec and Rockmore 2008), so that
//   ft(ift(X))  ->  the degrees of X below min(L, b, L'), zeros up to L'
// and the same for the adjoints, whose order is reversed. Two syntheses that are
// added are one of the sum:
//   ift(A) + ift(B)  ->  ift(A + B)
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "dialects/nn/dialect.h"
#include "passes/fuse/degrees.h"
#include "passes/remarks.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FUSETRANSFORMS
#include "passes/fuse/passes.h.inc"
namespace {

/// True if analysis with `degrees` on the grid of `limit` gives no aliases of lower degrees.
template <typename FTOp> bool isExact(FTOp op, int64_t degrees, int64_t limit) {
  return degrees <= limit || op.getHigh() == High::Zero;
}

/// True if neither op changes the element, as real parts of complex spectra do.
bool haveSameElement(Value from, Value through, Value to) {
  Type element = getSignal(through.getType())->element;
  return getSignal(from.getType())->element == element &&
         getSignal(to.getType())->element == element;
}

/// ft(ift(X)), and ift{adjoint}(ft{adjoint}(G)) with `outer` and `inner` exchanged.
template <typename Outer, typename Inner, typename FTOp>
struct RemoveTransformPair : OpRewritePattern<Outer> {
  RemoveTransformPair(MLIRContext *context, bool adjoint)
      : OpRewritePattern<Outer>(context), adjoint(adjoint) {}

  LogicalResult matchAndRewrite(Outer outer, PatternRewriter &rewriter) const override {
    auto inner = outer.getInput().template getDefiningOp<Inner>();
    if (!inner || outer.getAdjoint() != adjoint || inner.getAdjoint() != adjoint ||
        !haveSameElement(inner.getInput(), inner, outer))
      return failure();
    int64_t grid = bandLimit(inner.getResult());
    FTOp analysis = [&] {
      if constexpr (std::is_same_v<Outer, FTOp>)
        return outer;
      else
        return inner;
    }();
    Value spectrum = adjoint ? analysis.getInput() : analysis.getResult();
    if (!isExact(analysis, bandLimit(spectrum), grid))
      return failure();
    remarkFused(outer, "RemoveTransformPair", "analysis of a synthesised function removed");
    rewriter.replaceOp(outer, keepDegrees(rewriter, outer.getLoc(), inner.getInput(), grid,
                                          bandLimit(outer.getResult())));
    return success();
  }

private:
  bool adjoint;
};

/// A sum of two syntheses that nothing else uses, or of two adjoint analyses to the same grid.
template <typename Op> struct AddBeforeTransform : OpRewritePattern<nn::AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::AddOp op, PatternRewriter &rewriter) const override {
    auto lhs = op.getLhs().getDefiningOp<Op>(), rhs = op.getRhs().getDefiningOp<Op>();
    if (!lhs || !rhs || lhs == rhs || !lhs->hasOneUse() || !rhs->hasOneUse() ||
        lhs->getPropertiesAsAttribute() != rhs->getPropertiesAsAttribute() || !isSum(lhs) ||
        !isSum(rhs) || !haveSameElement(lhs.getInput(), lhs, rhs.getInput()))
      return failure();
    remarkFused(op, "AddBeforeTransform", "two transforms of a sum became one");
    Location loc = op.getLoc();
    int64_t degrees = std::max(bandLimit(lhs.getInput()), bandLimit(rhs.getInput()));
    Value sum =
        nn::AddOp::create(rewriter, loc, changeDegrees(rewriter, loc, lhs.getInput(), degrees),
                          changeDegrees(rewriter, loc, rhs.getInput(), degrees));
    Operation *transform = rewriter.clone(*lhs.getOperation());
    transform->setOperand(0, sum);
    rewriter.replaceOp(op, transform->getResult(0));
    return success();
  }

private:
  static bool isSum(S2IFTOp op) { return !op.getAdjoint(); }
  static bool isSum(SO3IFTOp op) { return !op.getAdjoint(); }
  static bool isSum(S2FTOp op) { return op.getAdjoint(); }
  static bool isSum(SO3FTOp op) { return op.getAdjoint(); }
};

struct FuseTransforms : impl::FuseTransformsBase<FuseTransforms> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RemoveTransformPair<S2FTOp, S2IFTOp, S2FTOp>,
                 RemoveTransformPair<SO3FTOp, SO3IFTOp, SO3FTOp>>(&getContext(),
                                                                  /*adjoint=*/false);
    patterns.add<RemoveTransformPair<S2IFTOp, S2FTOp, S2FTOp>,
                 RemoveTransformPair<SO3IFTOp, SO3FTOp, SO3FTOp>>(&getContext(),
                                                                  /*adjoint=*/true);
    patterns.add<AddBeforeTransform<S2IFTOp>, AddBeforeTransform<SO3IFTOp>,
                 AddBeforeTransform<S2FTOp>, AddBeforeTransform<SO3FTOp>>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
