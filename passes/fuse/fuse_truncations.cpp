//===- fuse_truncations.cpp - spherical-fuse-truncations --------*- C++ -*-===//
//
// Never computes degrees that are dropped or zero: truncation moves up into
// the op that makes the degrees, padding moves down past ops that keep zeros.
//   truncate(ft(x))          ->  ft(x) with fewer degrees
//   matmul(pad(X), Y)        ->  pad(matmul(X, truncate(Y)))
//   ift(pad(X))              ->  ift(X)
//   ft(x), ft(x) with more   ->  truncate of the larger
// Degrees beyond a grid become explicit: ft with `high = zero` is a pad, ift of
// degrees that the grid cannot hold is one of a truncate.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "dialects/nn/dialect.h"
#include "passes/fuse/degrees.h"
#include "passes/fuse/narrow_prepared.h"
#include "passes/remarks.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FUSETRUNCATIONS
#include "passes/fuse/passes.h.inc"
namespace {

//===----------------------------------------------------------------------===//
// Truncation moves up
//===----------------------------------------------------------------------===//

/// `op` with the result type `type`, placed where `op` stands.
Operation *cloneWithType(RewriterBase &rewriter, Operation *op, Type type) {
  rewriter.setInsertionPoint(op);
  Operation *copy = rewriter.clone(*op);
  copy->getResult(0).setType(type);
  return copy;
}

/// The factor 2L of kernel_ft on S2 belongs to the layer, not to the number of degrees computed:
/// the scale makes up for another L.
void rescaleKernel(KernelFTOp op, int64_t from, int64_t to) {
  if (op.getGrid().onSO3())
    return;
  double scale = op.getScale().convertToDouble() * from / to;
  op.setScaleAttr(FloatAttr::get(Float64Type::get(op.getContext()), scale));
}

/// An analysis with fewer degrees; `high` goes where it no longer says anything.
template <typename FTOp> void dropHigh(FTOp op) {
  Value function = op.getAdjoint() ? op.getResult() : op.getInput();
  Value spectrum = op.getAdjoint() ? op.getInput() : op.getResult();
  if (bandLimit(spectrum) <= bandLimit(function))
    op.removeHighAttr();
}

/// `op`, which makes a spectrum, as an op that makes the degrees below `limit` only; null if it
/// is none of those that can.
Operation *narrow(RewriterBase &rewriter, Operation *op, int64_t limit) {
  Type full = op->getResult(0).getType(), type = withBandLimit(full, limit);
  int64_t degrees = getSignal(full)->bandLimit;
  return TypeSwitch<Operation *, Operation *>(op)
      .Case<S2FTOp, SO3FTOp>([&](auto) {
        Operation *copy = cloneWithType(rewriter, op, type);
        if (auto ft = dyn_cast<S2FTOp>(copy))
          dropHigh(ft);
        else
          dropHigh(cast<SO3FTOp>(copy));
        return copy;
      })
      .Case<KernelFTOp>([&](KernelFTOp) {
        auto copy = cast<KernelFTOp>(cloneWithType(rewriter, op, type));
        rescaleKernel(copy, degrees, limit);
        return copy;
      })
      .Case<S2IFTOp, SO3IFTOp, SO3IntegrateOp, ZeroOp>(
          [&](auto) { return cloneWithType(rewriter, op, type); })
      .Case<SpectralMatmulOp, ThinMatmulOp, nn::AddOp, nn::SubOp, AddBiasOp, SumNOp, SO3OrbitMeanOp,
            ProjectKernelOp, RotateOp>([&](auto) {
        Operation *copy = cloneWithType(rewriter, op, type);
        rewriter.setInsertionPoint(copy);
        for (OpOperand &operand : copy->getOpOperands())
          if (getSignal(operand.get().getType()))
            operand.set(changeDegrees(rewriter, op->getLoc(), operand.get(), limit));
        return copy;
      })
      .Default([](Operation *) { return nullptr; });
}

/// truncate(op) where only truncations use the result of `op`: the largest of them stops it.
struct NarrowProducer : OpRewritePattern<TruncateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TruncateOp truncate, PatternRewriter &rewriter) const override {
    Operation *producer = truncate.getInput().getDefiningOp();
    if (!producer)
      return failure();
    int64_t limit = 0;
    for (Operation *user : producer->getUsers()) {
      auto other = dyn_cast<TruncateOp>(user);
      if (!other)
        return failure();
      limit = std::max(limit, bandLimit(other.getResult()));
    }
    if (limit >= bandLimit(truncate.getInput()))
      return failure();
    Operation *narrowed = narrow(rewriter, producer, limit);
    if (!narrowed)
      return failure();
    for (Operation *user : llvm::make_early_inc_range(producer->getUsers())) {
      rewriter.setInsertionPoint(user);
      rewriter.replaceOp(user, changeDegrees(rewriter, user->getLoc(), narrowed->getResult(0),
                                             bandLimit(user->getResult(0))));
    }
    remarkFused(producer, "NarrowProducer",
                producer->getName().getStringRef() + " stops at degree " + Twine(limit));
    rewriter.eraseOp(producer);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Padding moves down
//===----------------------------------------------------------------------===//

/// The input of the pad that makes `value`, or null.
Value unpadded(Value value) {
  auto pad = value.getDefiningOp<PadOp>();
  return pad ? pad.getInput() : Value();
}

/// A linear op from a spectrum to something else: zeros contribute nothing.
template <typename Op> struct IgnorePadding : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value lower = unpadded(op.getInput());
    if (!lower)
      return failure();
    int64_t degrees = bandLimit(op.getInput());
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(lower);
      if constexpr (std::is_same_v<Op, KernelFTOp>)
        rescaleKernel(op, degrees, bandLimit(lower));
      if constexpr (std::is_same_v<Op, S2FTOp> || std::is_same_v<Op, SO3FTOp>)
        dropHigh(op);
    });
    remarkFused(op, "IgnorePadding", "zeros of higher degrees are not read");
    return success();
  }
};

/// A product whose one factor ends earlier: so does the product.
template <typename Op> struct NarrowProduct : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    int64_t limit = bandLimit(op.getResult());
    for (Value factor : {op.getLhs(), op.getRhs()})
      if (Value lower = unpadded(factor))
        limit = std::min(limit, bandLimit(lower));
    if (limit == bandLimit(op.getResult()))
      return failure();
    remarkFused(op, "NarrowProduct", "product of degrees below " + Twine(limit) + " only");
    Location loc = op.getLoc();
    Value lhs = changeDegrees(rewriter, loc, op.getLhs(), limit);
    Value rhs = changeDegrees(rewriter, loc, op.getRhs(), limit);
    Value product =
        Op::create(rewriter, loc, withBandLimit(op.getType(), limit), lhs, rhs, op.getForm());
    rewriter.replaceOpWithNewOp<PadOp>(op, op.getType(), product);
    return success();
  }
};

/// A map of each degree apart: zeros stay zeros.
template <typename Op> struct MapBeforePad : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value lower = unpadded(op.getInput());
    if (!lower)
      return failure();
    Operation *map = cloneWithType(rewriter, op, withBandLimit(op.getType(), bandLimit(lower)));
    map->setOperand(0, lower);
    rewriter.replaceOpWithNewOp<PadOp>(op, op.getType(), map->getResult(0));
    return success();
  }
};

/// Sums of spectra that end at the same degree, and a bias on degree 0.
template <typename Op> struct NarrowSum : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!getSignal(op.getType()))
      return failure();
    SmallVector<Value> operands;
    Type type;
    for (Value operand : op->getOperands()) {
      bool isSpectrum = getSignal(operand.getType()).has_value();
      Value lower = isSpectrum ? unpadded(operand) : operand;
      if (!lower || (isSpectrum && type && lower.getType() != type))
        return failure();
      if (isSpectrum)
        type = lower.getType();
      operands.push_back(lower);
    }
    Operation *sum = cloneWithType(rewriter, op, type);
    sum->setOperands(operands);
    rewriter.replaceOpWithNewOp<PadOp>(op, op.getType(), sum->getResult(0));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Degrees beyond the grid
//===----------------------------------------------------------------------===//

/// An analysis to more degrees than the grid has, filled with zeros: a pad, or its adjoint.
template <typename FTOp> struct PadAnalysis : OpRewritePattern<FTOp> {
  using OpRewritePattern<FTOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(FTOp op, PatternRewriter &rewriter) const override {
    if (op.getHigh() != High::Zero)
      return failure();
    Location loc = op.getLoc();
    if (op.getAdjoint()) {
      Value lower = changeDegrees(rewriter, loc, op.getInput(), bandLimit(op.getResult()));
      rewriter.replaceOpWithNewOp<FTOp>(op, op.getType(), lower, HighAttr(), /*adjoint=*/true);
      return success();
    }
    Type type = withBandLimit(op.getType(), bandLimit(op.getInput()));
    Value lower = FTOp::create(rewriter, loc, type, op.getInput());
    rewriter.replaceOpWithNewOp<PadOp>(op, op.getType(), lower);
    return success();
  }
};

/// An analysis whose gradient is that of zeros: forward it is `quadrature`, backward `zero`.
template <typename FTOp> struct ResolveTruncated : OpRewritePattern<FTOp> {
  using OpRewritePattern<FTOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(FTOp op, PatternRewriter &rewriter) const override {
    if (op.getHigh() != High::Truncated)
      return failure();
    rewriter.modifyOpInPlace(op,
                             [&] { op.setHigh(op.getAdjoint() ? High::Zero : High::Quadrature); });
    return success();
  }
};

/// A synthesis of degrees that the grid cannot hold, or its adjoint.
template <typename IFTOp> struct TruncateSynthesis : OpRewritePattern<IFTOp> {
  using OpRewritePattern<IFTOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(IFTOp op, PatternRewriter &rewriter) const override {
    Value spectrum = op.getAdjoint() ? op.getResult() : op.getInput();
    int64_t grid = bandLimit(op.getAdjoint() ? op.getInput() : op.getResult());
    if (bandLimit(spectrum) <= grid)
      return failure();
    Location loc = op.getLoc();
    if (!op.getAdjoint()) {
      Value lower = changeDegrees(rewriter, loc, spectrum, grid);
      rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(lower); });
      return success();
    }
    Value lower = IFTOp::create(rewriter, loc, withBandLimit(op.getType(), grid), op.getInput(),
                                /*adjoint=*/true);
    rewriter.replaceOpWithNewOp<PadOp>(op, op.getType(), lower);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Analyses of one function
//===----------------------------------------------------------------------===//

/// An analysis of a function of which another one, with the same mask, has more degrees.
template <typename Op> struct ShareAnalysis : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!isAnalysis(op))
      return failure();
    for (Operation *user : op.getInput().getUsers()) {
      auto other = dyn_cast<Op>(user);
      if (!other || !isAnalysis(other) || other->getBlock() != op->getBlock() ||
          other->getOperands() != op->getOperands() ||
          getSignal(other.getType())->element != getSignal(op.getType())->element ||
          bandLimit(other.getResult()) <= bandLimit(op.getResult()))
        continue;
      // Both have the same operands, so that the larger one may stand here.
      if (op->isBeforeInBlock(other))
        rewriter.moveOpBefore(other, op);
      rewriter.replaceOpWithNewOp<TruncateOp>(op, op.getType(), other.getResult());
      remarkFused(other, "ShareAnalysis", "one analysis for two numbers of degrees");
      return success();
    }
    return failure();
  }

private:
  static bool isAnalysis(S2FTOp op) { return !op.getAdjoint() && op.getHigh() != High::Zero; }
  static bool isAnalysis(SO3FTOp op) { return !op.getAdjoint() && op.getHigh() != High::Zero; }
  static bool isAnalysis(S2IFTOp op) { return op.getAdjoint(); }
  static bool isAnalysis(SO3IFTOp op) { return op.getAdjoint(); }
};

struct FuseTruncations : impl::FuseTruncationsBase<FuseTruncations> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    MLIRContext *context = &getContext();
    patterns
        .add<ResolveTruncated<S2FTOp>, ResolveTruncated<SO3FTOp>, MapBeforePad<SumNOp>,
             MapBeforePad<SO3OrbitMeanOp>, MapBeforePad<ProjectKernelOp>, MapBeforePad<RotateOp>>(
            context);
    patterns
        .add<NarrowProducer, NarrowProduct<SpectralMatmulOp>, NarrowProduct<ThinMatmulOp>,
             NarrowSum<nn::AddOp>, NarrowSum<nn::SubOp>, NarrowSum<AddBiasOp>, PadAnalysis<S2FTOp>,
             PadAnalysis<SO3FTOp>, TruncateSynthesis<S2IFTOp>, TruncateSynthesis<SO3IFTOp>>(
            context);
    patterns.add<IgnorePadding<S2FTOp>, IgnorePadding<SO3FTOp>, IgnorePadding<S2IFTOp>,
                 IgnorePadding<SO3IFTOp>, IgnorePadding<KernelFTOp>, IgnorePadding<BiasGradOp>,
                 IgnorePadding<SO3IntegrateOp>>(context);
    patterns.add<ShareAnalysis<S2FTOp>, ShareAnalysis<SO3FTOp>, ShareAnalysis<S2IFTOp>,
                 ShareAnalysis<SO3IFTOp>>(context);
    TruncateOp::getCanonicalizationPatterns(patterns, context);
    PadOp::getCanonicalizationPatterns(patterns, context);
    FrozenRewritePatternSet frozen(std::move(patterns));
    do {
      if (failed(applyPatternsGreedily(getOperation(), frozen)))
        return signalPassFailure();
    } while (narrowPrepared(getOperation()));
  }
};

} // namespace
} // namespace mlir::spherical
