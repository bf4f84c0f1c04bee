//===- split_complex.cpp - spherical-split-complex --------------*- C++ -*-===//
//
// Computes on general complex spectra as pairs of spectra of real functions.
//   X = A + iB,  A_{-m,-n} = (-1)^{m-n} conj A_mn, and so B
// A linear op acts on A and B apart. Blocks of degree l multiply as
//   X Y^H = (A C^H + B D^H) + i (B C^H - A D^H)     Y = C + iD
//   G Y   = (E C - F D)     + i (E D + F C)         G = E + iF
//   G^H X = (E^H A + F^H B) + i (E^H B - F^H A)
// because products of blocks of such spectra are blocks of such spectra again.
// The real result of a complex spectrum is that of A.
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

/// A spectrum as the spectra of its real and its imaginary part; `im` is null if it is zero.
struct Parts {
  Value re, im;
};

bool isComplexSpectrum(Type type) {
  std::optional<Signal> signal = getSignal(type);
  return signal && signal->isSpectrum() && signal->isComplex();
}

/// True for complex types that have no parts in this dialect: functions and tensors.
bool isOtherComplex(Type type) {
  if (auto tensor = dyn_cast<TensorType>(type))
    return isa<ComplexType>(tensor.getElementType());
  std::optional<Signal> signal = getSignal(type);
  return signal && !signal->isSpectrum() && signal->isComplex();
}

/// The spectrum type with the real element; other types as they are.
Type realType(Type type) {
  if (!isComplexSpectrum(type))
    return type;
  Signal signal = *getSignal(type);
  return signal.withElement(signal.realElement()).get(type.getContext());
}

Parts split(RewriterBase &rewriter, Location loc, Value value) {
  if (!isComplexSpectrum(value.getType()))
    return {value, Value()};
  if (auto complex = value.getDefiningOp<ComplexOp>())
    return {complex.getRe(), complex.getIm()};
  Type real = realType(value.getType());
  Value re = RealPartOp::create(rewriter, loc, real, value);
  Value im = ImagPartOp::create(rewriter, loc, real, value);
  return {re, im};
}

/// Replaces the result of `op` by `parts`, of which a real type takes `re`.
void replaceWithParts(RewriterBase &rewriter, Operation *op, Parts parts) {
  Type type = op->getResult(0).getType();
  if (!isComplexSpectrum(type))
    return rewriter.replaceOp(op, parts.re);
  if (!parts.im)
    parts.im = ZeroOp::create(rewriter, op->getLoc(), realType(type));
  rewriter.replaceOpWithNewOp<ComplexOp>(op, type, parts.re, parts.im);
}

/// Whether a pattern of this pass applies: a complex spectrum and no other complex value.
bool isToSplit(Operation *op) {
  SmallVector<Type> types(op->getOperandTypes());
  llvm::append_range(types, op->getResultTypes());
  return llvm::any_of(types, isComplexSpectrum) && llvm::none_of(types, isOtherComplex);
}

/// An op that is linear in its only operand: acts on the real and on the imaginary part.
template <typename Op> struct SplitLinear : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  static Value apply(RewriterBase &rewriter, Op op, Value operand) {
    Operation *copy = rewriter.clone(*op.getOperation());
    rewriter.modifyOpInPlace(copy, [&] {
      copy->setOperand(0, operand);
      copy->getResult(0).setType(realType(op.getType()));
    });
    return copy->getResult(0);
  }

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!isToSplit(op))
      return failure();
    Parts parts = split(rewriter, op.getLoc(), op.getInput());
    Parts result{apply(rewriter, op, parts.re), Value()};
    if (parts.im && isComplexSpectrum(op.getType()))
      result.im = apply(rewriter, op, parts.im);
    replaceWithParts(rewriter, op, result);
    return success();
  }
};

/// A sum: part by part.
struct SplitAdd : OpRewritePattern<nn::AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::AddOp op, PatternRewriter &rewriter) const override {
    if (!isToSplit(op))
      return failure();
    Parts lhs = split(rewriter, op.getLoc(), op.getLhs());
    Parts rhs = split(rewriter, op.getLoc(), op.getRhs());
    Value re = nn::AddOp::create(rewriter, op.getLoc(), lhs.re, rhs.re);
    Value im = nn::AddOp::create(rewriter, op.getLoc(), lhs.im, rhs.im);
    replaceWithParts(rewriter, op, {re, im});
    return success();
  }
};

/// Zeros: both parts.
struct SplitZero : OpRewritePattern<ZeroOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ZeroOp op, PatternRewriter &rewriter) const override {
    if (!isComplexSpectrum(op.getType()))
      return failure();
    Value zero = ZeroOp::create(rewriter, op.getLoc(), realType(op.getType()));
    replaceWithParts(rewriter, op, {zero, zero});
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
    Type type = realType(op.getType());
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
    Type type = realType(op.getType());
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
    patterns.add<SplitLinear<S2FTOp>, SplitLinear<S2IFTOp>, SplitLinear<SO3FTOp>,
                 SplitLinear<SO3IFTOp>, SplitLinear<KernelFTOp>, SplitLinear<TruncateOp>,
                 SplitLinear<PadOp>, SplitLinear<RotateOp>, SplitLinear<SO3OrbitMeanOp>, SplitAdd,
                 SplitZero, SplitProduct, SplitSumN>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
