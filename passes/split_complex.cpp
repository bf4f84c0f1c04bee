//===- split_complex.cpp - spherical-split-complex --------------*- C++ -*-===//
//
// Computes on complex functions, spectra and tensors as pairs of real ones.
//   X = A + iB;   of spectra A_{-m,-n} = (-1)^{m-n} conj A_mn, and so B
// An op that is linear and real acts on A and B apart. Blocks of degree l multiply as
//   X Y^H = (A C^H + B D^H) + i (B C^H - A D^H)     Y = C + iD
//   G Y   = (E C - F D)     + i (E D + F C)         G = E + iF
//   G^H X = (E^H A + F^H B) + i (E^H B - F^H A)
// because products of blocks of spectra of real functions are such blocks again.
// The real result of a complex value is that of A.
//
//===----------------------------------------------------------------------===//

#include "passes/passes.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_SPLITCOMPLEX
#include "passes/passes.h.inc"
namespace {

/// A value as its real and its imaginary part; `im` is null if it is zero.
struct Parts {
  Value re, im;
};

Parts split(RewriterBase &rewriter, Location loc, Value value) {
  if (!isComplex(value.getType()))
    return {value, Value()};
  if (auto complex = value.getDefiningOp<ComplexOp>())
    return {complex.getRe(), complex.getIm()};
  Type real = withRealElement(value.getType());
  Value re = RealPartOp::create(rewriter, loc, real, value);
  Value im = ImagPartOp::create(rewriter, loc, real, value);
  return {re, im};
}

/// Replaces the result of `op` by `parts`, of which a real type takes `re`.
void replaceWithParts(RewriterBase &rewriter, Operation *op, Parts parts) {
  Type type = op->getResult(0).getType();
  if (!isComplex(type))
    return rewriter.replaceOp(op, parts.re);
  if (!parts.im)
    parts.im = ZeroOp::create(rewriter, op->getLoc(), withRealElement(type));
  rewriter.replaceOpWithNewOp<ComplexOp>(op, type, parts.re, parts.im);
}

/// Whether an operand or a result is complex.
bool isToSplit(Operation *op) {
  return llvm::any_of(op->getOperandTypes(), isComplex) ||
         llvm::any_of(op->getResultTypes(), isComplex);
}

/// A linear and real op: acts on the real and on the imaginary parts.
struct SplitLinear : OpTraitRewritePattern<RealLinear> {
  using OpTraitRewritePattern::OpTraitRewritePattern;

  static Value apply(RewriterBase &rewriter, Operation *op, ArrayRef<Value> operands) {
    Operation *copy = rewriter.clone(*op);
    rewriter.modifyOpInPlace(copy, [&] {
      copy->setOperands(operands);
      copy->getResult(0).setType(withRealElement(op->getResult(0).getType()));
    });
    return copy->getResult(0);
  }

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isToSplit(op))
      return failure();
    SmallVector<Value> re, im;
    for (Value operand : op->getOperands()) {
      Parts parts = split(rewriter, op->getLoc(), operand);
      re.push_back(parts.re);
      im.push_back(parts.im);
    }
    Parts result{apply(rewriter, op, re), Value()};
    const bool complex = llvm::any_of(im, [](Value part) { return bool(part); });
    if (complex && isComplex(op->getResult(0).getType())) {
      for (auto [part, real] : llvm::zip(im, re))
        if (!part)
          part = ZeroOp::create(rewriter, op->getLoc(), real.getType());
      result.im = apply(rewriter, op, im);
    }
    replaceWithParts(rewriter, op, result);
    return success();
  }
};

/// A product in any of its forms: four products of real parts.
struct SplitProduct : OpRewritePattern<SpectralMatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SpectralMatmulOp op, PatternRewriter &rewriter) const override {
    if (!isToSplit(op))
      return failure();
    Location loc = op.getLoc();
    Type type = withRealElement(op.getType());
    Parts lhs = split(rewriter, loc, op.getLhs()), rhs = split(rewriter, loc, op.getRhs());
    auto product = [&](Value a, Value b) -> Value {
      return SpectralMatmulOp::create(rewriter, loc, type, a, b, op.getForm());
    };
    Value reRe = product(lhs.re, rhs.re), imIm = product(lhs.im, rhs.im);
    Value imRe = product(lhs.im, rhs.re), reIm = product(lhs.re, rhs.im);
    auto add = [&](Value a, Value b) -> Value { return nn::AddOp::create(rewriter, loc, a, b); };
    auto sub = [&](Value a, Value b) -> Value { return nn::SubOp::create(rewriter, loc, a, b); };
    Parts result;
    switch (op.getForm()) {
    case ProductForm::Forward:
      result = {add(reRe, imIm), sub(imRe, reIm)};
      break;
    case ProductForm::GradInput:
      result = {sub(reRe, imIm), add(reIm, imRe)};
      break;
    case ProductForm::GradKernel:
      result = {add(reRe, imIm), sub(reIm, imRe)};
      break;
    }
    replaceWithParts(rewriter, op, result);
    return success();
  }
};

/// A sum over all n: E over even n keeps spectra of real functions, and so does P = -i times the
/// sum over odd n. Of A + iB, it is E(A) - P(B) + i (P(A) + E(B)); its adjoint is E^T(C) + P^T(D) +
/// i (E^T(D) - P^T(C)) of C + iD.
struct SplitSumN : OpRewritePattern<SumNOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SumNOp op, PatternRewriter &rewriter) const override {
    if (!isToSplit(op))
      return failure();
    Location loc = op.getLoc();
    Type type = withRealElement(op.getType());
    Parts in = split(rewriter, loc, op.getInput());
    auto sum = [&](Value part, bool odd) -> Value {
      return SumNOp::create(rewriter, loc, type, part, odd, op.getAdjoint());
    };
    Value evenRe = sum(in.re, false), oddRe = sum(in.re, true);
    Value evenIm = sum(in.im, false), oddIm = sum(in.im, true);
    auto add = [&](Value a, Value b) -> Value { return nn::AddOp::create(rewriter, loc, a, b); };
    auto sub = [&](Value a, Value b) -> Value { return nn::SubOp::create(rewriter, loc, a, b); };
    Parts result = op.getAdjoint() ? Parts{add(evenRe, oddIm), sub(evenIm, oddRe)}
                                   : Parts{sub(evenRe, oddIm), add(oddRe, evenIm)};
    replaceWithParts(rewriter, op, result);
    return success();
  }
};

struct SplitComplex : impl::SplitComplexBase<SplitComplex> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SplitLinear, SplitProduct, SplitSumN>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
