//===- canonicalize.cpp - canonical forms of the nn ops ---------*- C++ -*-===//
//
// Rewrites that make new ops; fold.cpp has those that do not.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::nn;

namespace {

/// (a + ib) + (c + id) = (a + c) + i(b + d): what gradients of complex spectra, taken apart into
/// spectra of real functions, add up to.
struct AddComplexSpectra : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    auto lhs = op.getLhs().getDefiningOp<spherical::ComplexOp>();
    auto rhs = op.getRhs().getDefiningOp<spherical::ComplexOp>();
    if (!lhs || !rhs)
      return failure();
    Value re = rewriter.createOrFold<AddOp>(op.getLoc(), lhs.getRe(), rhs.getRe());
    Value im = rewriter.createOrFold<AddOp>(op.getLoc(), lhs.getIm(), rhs.getIm());
    rewriter.replaceOpWithNewOp<spherical::ComplexOp>(op, op.getType(), re, im);
    return success();
  }
};

} // namespace

void AddOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<AddComplexSpectra>(context);
}
