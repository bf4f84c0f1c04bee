//===- canonicalize.cpp - canonical forms -----------------------*- C++ -*-===//
//
// Rewrites that the algebra gives and that need a new op; fold.cpp has the rest.
// Those that merge ops leave layouts alone: they are the schedule's.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::spherical;

static bool isZero(Value value) { return value.getDefiningOp<ZeroOp>() != nullptr; }

/// Whether the op reads or writes a value with a layout.
static bool hasLayout(Operation *op) {
  auto laidOut = [](Type type) { return getLayout(type) != nullptr; };
  return llvm::any_of(op->getOperandTypes(), laidOut) ||
         llvm::any_of(op->getResultTypes(), laidOut);
}

static int64_t bandLimit(Value value) { return getSignal(value.getType())->bandLimit; }

namespace {

/// A linear op of 0 is 0; of a product, either factor.
template <typename Op> struct ZeroInZeroOut : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!llvm::any_of(op->getOperands().take_front(2), isZero))
      return failure();
    rewriter.replaceOpWithNewOp<ZeroOp>(op, op->getResult(0).getType());
    return success();
  }
};

/// complex(0, 0) is 0.
struct ComplexZero : OpRewritePattern<ComplexOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ComplexOp op, PatternRewriter &rewriter) const override {
    if (!isZero(op.getRe()) || !isZero(op.getIm()))
      return failure();
    rewriter.replaceOpWithNewOp<ZeroOp>(op, op.getType());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Degrees
//===----------------------------------------------------------------------===//

/// Two truncations are one, and so are two paddings.
template <typename Op> struct MergeDegrees : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().template getDefiningOp<Op>();
    if (!inner || hasLayout(op) || hasLayout(inner))
      return failure();
    rewriter.replaceOpWithNewOp<Op>(op, op.getType(), inner.getInput());
    return success();
  }
};

/// truncate(pad(x)) truncates or pads x at once.
struct TruncatePadded : OpRewritePattern<TruncateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TruncateOp op, PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<PadOp>();
    if (!pad || hasLayout(op) || hasLayout(pad))
      return failure();
    if (bandLimit(pad.getInput()) >= bandLimit(op.getResult()))
      rewriter.replaceOpWithNewOp<TruncateOp>(op, op.getType(), pad.getInput());
    else
      rewriter.replaceOpWithNewOp<PadOp>(op, op.getType(), pad.getInput());
    return success();
  }
};

/// Changing the band-limit to b2 and on to b3 keeps the degrees below min(b1, b2, b3): one change
/// does it unless b2 is the smallest.
struct MergeResample : OpRewritePattern<ResampleOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ResampleOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<ResampleOp>();
    if (!inner || hasLayout(op) || hasLayout(inner))
      return failure();
    if (bandLimit(inner.getResult()) <
        std::min(bandLimit(inner.getInput()), bandLimit(op.getResult())))
      return failure();
    rewriter.replaceOpWithNewOp<ResampleOp>(op, op.getType(), inner.getInput());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Round trips
//===----------------------------------------------------------------------===//

/// The spectrum with the degrees that the type asks for, zeros where it has none.
Value changeDegrees(PatternRewriter &rewriter, Location loc, Value spectrum, Type type) {
  const Signal have = *getSignal(spectrum.getType()), want = *getSignal(type);
  if (want.bandLimit < have.bandLimit)
    return TruncateOp::create(rewriter, loc, type, spectrum);
  if (want.bandLimit > have.bandLimit)
    return PadOp::create(rewriter, loc, type, spectrum);
  return spectrum;
}

/// Whether a spectrum of `from` comes back as `to` through a function of `through`: the element
/// stays, no layout is involved, and the grid is exact on the smaller spectrum's degrees.
bool isRoundTrip(Type from, Type through, Type to, int64_t degrees) {
  const Signal a = *getSignal(from), b = *getSignal(through), c = *getSignal(to);
  return a.element == b.element && b.element == c.element && !a.layout && !b.layout && !c.layout &&
         degrees <= b.bandLimit;
}

/// ft(ift(X)) is X, truncated or padded, up to the degrees of the grid between: the quadrature is
/// exact there (Driscoll and Healy 1994; Kostelec and Rockmore 2008).
template <typename Analysis, typename Synthesis>
struct AnalyseSynthesis : OpRewritePattern<Analysis> {
  using OpRewritePattern<Analysis>::OpRewritePattern;
  LogicalResult matchAndRewrite(Analysis op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().template getDefiningOp<Synthesis>();
    if (!inner || op.getAdjoint() || inner.getAdjoint())
      return failure();
    if (!isRoundTrip(inner.getInput().getType(), inner.getType(), op.getType(),
                     bandLimit(op.getResult())))
      return failure();
    rewriter.replaceOp(op, changeDegrees(rewriter, op.getLoc(), inner.getInput(), op.getType()));
    return success();
  }
};

/// The adjoint of the above: ift^T(ft^T(X)) is X, padded or truncated.
template <typename Analysis, typename Synthesis>
struct AdjointSynthesisOfAnalysis : OpRewritePattern<Synthesis> {
  using OpRewritePattern<Synthesis>::OpRewritePattern;
  LogicalResult matchAndRewrite(Synthesis op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().template getDefiningOp<Analysis>();
    if (!inner || !op.getAdjoint() || !inner.getAdjoint())
      return failure();
    if (!isRoundTrip(inner.getInput().getType(), inner.getType(), op.getType(),
                     bandLimit(inner.getInput())))
      return failure();
    rewriter.replaceOp(op, changeDegrees(rewriter, op.getLoc(), inner.getInput(), op.getType()));
    return success();
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

#define CANONICALIZE(Op, ...)                                                                      \
  void Op::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {        \
    patterns.add<__VA_ARGS__>(context);                                                            \
  }

using AnalyseS2 = AnalyseSynthesis<S2FTOp, S2IFTOp>;
using AnalyseSO3 = AnalyseSynthesis<SO3FTOp, SO3IFTOp>;
using AdjointS2 = AdjointSynthesisOfAnalysis<S2FTOp, S2IFTOp>;
using AdjointSO3 = AdjointSynthesisOfAnalysis<SO3FTOp, SO3IFTOp>;

CANONICALIZE(S2FTOp, ZeroInZeroOut<S2FTOp>, AnalyseS2)
CANONICALIZE(SO3FTOp, ZeroInZeroOut<SO3FTOp>, AnalyseSO3)
CANONICALIZE(S2IFTOp, ZeroInZeroOut<S2IFTOp>, AdjointS2)
CANONICALIZE(SO3IFTOp, ZeroInZeroOut<SO3IFTOp>, AdjointSO3)
CANONICALIZE(KernelFTOp, ZeroInZeroOut<KernelFTOp>)
CANONICALIZE(SpectralMatmulOp, ZeroInZeroOut<SpectralMatmulOp>)
CANONICALIZE(TruncateOp, ZeroInZeroOut<TruncateOp>, MergeDegrees<TruncateOp>, TruncatePadded)
CANONICALIZE(PadOp, ZeroInZeroOut<PadOp>, MergeDegrees<PadOp>)
CANONICALIZE(RealPartOp, ZeroInZeroOut<RealPartOp>)
CANONICALIZE(ImagPartOp, ZeroInZeroOut<ImagPartOp>)
CANONICALIZE(ComplexOp, ComplexZero)
CANONICALIZE(SO3IntegrateOp, ZeroInZeroOut<SO3IntegrateOp>)
CANONICALIZE(ResampleOp, ZeroInZeroOut<ResampleOp>, MergeResample)
CANONICALIZE(S2ConvOp, ZeroInZeroOut<S2ConvOp>)
CANONICALIZE(SO3ConvOp, ZeroInZeroOut<SO3ConvOp>)
CANONICALIZE(SO3ToS2Op, ZeroInZeroOut<SO3ToS2Op>)
CANONICALIZE(SO3ShortcutOp, ZeroInZeroOut<SO3ShortcutOp>)
CANONICALIZE(SO3OrbitMeanOp, ZeroInZeroOut<SO3OrbitMeanOp>)
CANONICALIZE(SumNOp, ZeroInZeroOut<SumNOp>)
CANONICALIZE(ProjectKernelOp, ZeroInZeroOut<ProjectKernelOp>)
CANONICALIZE(ThinMatmulOp, ZeroInZeroOut<ThinMatmulOp>)
CANONICALIZE(RotateOp, ZeroInZeroOut<RotateOp>)
CANONICALIZE(SamplesOp, ZeroInZeroOut<SamplesOp>)
CANONICALIZE(BiasGradOp, ZeroInZeroOut<BiasGradOp>)
CANONICALIZE(ConvertLayoutOp, ZeroInZeroOut<ConvertLayoutOp>)

#undef CANONICALIZE
