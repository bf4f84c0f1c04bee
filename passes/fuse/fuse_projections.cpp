//===- fuse_projections.cpp - spherical-fuse-projections --------*- C++ -*-===//
//
// Moves projections from SO(3) to S2 into the kernel of the product in front of
// them, so that only one column of each degree is ever computed (math.md, section 2).
// With N the orders n of the projection P, even n or 0, and c = P(Y):
//   sum_{n in N} (X Y^H)_mn = sum_k X_mk c_k,    c_k = sum_{n in N} conj(Y_nk)
// and the same backward. The kernel's transform then makes c alone.
//   orbit_mean(so3_ift(Z))   ->  s2_ift(orbit_mean(Z)):  its mean over gamma is Z_m0
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "passes/fuse/degrees.h"
#include "passes/fuse/narrow_prepared.h"
#include "passes/remarks.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FUSEPROJECTIONS
#include "passes/fuse/passes.h.inc"
namespace {

/// The projection that an op on spectra is, in the direction asked for; none if it is not one, or
/// one that has no place in a kernel.
std::optional<Projection> projectionOf(Operation *op, bool adjoint) {
  if (auto sum = dyn_cast_or_null<SumNOp>(op))
    return sum.getAdjoint() == adjoint && !sum.getOdd() && !getSignal(sum.getType())->isComplex()
               ? std::optional(Projection::SumN)
               : std::nullopt;
  if (auto mean = dyn_cast_or_null<SO3OrbitMeanOp>(op)) {
    const Signal signal = *getSignal(mean.getType());
    return mean.getAdjoint() == adjoint && signal.isSpectrum() && !signal.isComplex()
               ? std::optional(Projection::OrbitMean)
               : std::nullopt;
  }
  return std::nullopt;
}

/// `spectrum`, on SO(3), as one on S2.
Type onS2(Type spectrum) {
  Signal signal = *getSignal(spectrum);
  signal.kind = SignalKind::S2Spectrum;
  return signal.get(spectrum.getContext());
}

Value projectKernel(PatternRewriter &rewriter, Location loc, Value kernel, Projection projection) {
  return ProjectKernelOp::create(rewriter, loc, onS2(kernel.getType()), kernel, projection,
                                 /*adjoint=*/false);
}

/// A projection of a product that nothing else uses.
template <typename Op> struct ProjectProduct : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    std::optional<Projection> projection = projectionOf(op, /*adjoint=*/false);
    auto product = op.getInput().template getDefiningOp<SpectralMatmulOp>();
    if (!projection || !product || product.getForm() != ProductForm::Forward ||
        !product->hasOneUse() || !isa<SO3SpectrumType>(product.getRhs().getType()))
      return failure();
    remarkFused(product, "ProjectProduct", "projection to S2 moved into the kernel");
    Location loc = product.getLoc();
    Value column = projectKernel(rewriter, loc, product.getRhs(), *projection);
    rewriter.replaceOp(
        op,
        ThinMatmulOp::create(rewriter, loc, op.getType(), product.getLhs(), column).getResult());
    return success();
  }
};

/// The gradients of such a product: of its input and of its kernel.
struct ProjectGradient : OpRewritePattern<SpectralMatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SpectralMatmulOp op, PatternRewriter &rewriter) const override {
    Operation *adjoint = op.getLhs().getDefiningOp();
    std::optional<Projection> projection = projectionOf(adjoint, /*adjoint=*/true);
    if (!projection || op.getForm() == ProductForm::Forward ||
        !isa<SO3SpectrumType>(op.getRhs().getType()))
      return failure();
    remarkFused(op, "ProjectGradient", "gradient through a projection stays on S2");
    Location loc = op.getLoc();
    Value g = adjoint->getOperand(0);
    if (op.getForm() == ProductForm::GradInput) {
      Value column = projectKernel(rewriter, loc, op.getRhs(), *projection);
      rewriter.replaceOpWithNewOp<ThinMatmulOp>(op, op.getType(), g, column,
                                                ProductForm::GradInput);
    } else {
      Value column = ThinMatmulOp::create(rewriter, loc, onS2(op.getType()), g, op.getRhs(),
                                          ProductForm::GradKernel);
      rewriter.replaceOpWithNewOp<ProjectKernelOp>(op, op.getType(), column, *projection,
                                                   /*adjoint=*/true);
    }
    return success();
  }
};

/// project_kernel(kernel_ft(k)), and its adjoint with the two exchanged: columns at once.
struct TransformToColumns : OpRewritePattern<ProjectKernelOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ProjectKernelOp op, PatternRewriter &rewriter) const override {
    auto kernel = op.getInput().getDefiningOp<KernelFTOp>();
    if (op.getAdjoint() || !kernel)
      return failure();
    remarkFused(op, "TransformToColumns", "kernel transformed to one column a degree");
    rewriter.replaceOpWithNewOp<KernelFTOp>(op, op.getType(), kernel.getInput(),
                                            kernel.getGridAttr(), kernel.getScaleAttr(),
                                            op.getProjectionAttr(), UnitAttr());
    return success();
  }
};

struct TransformFromColumns : OpRewritePattern<KernelFTOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(KernelFTOp op, PatternRewriter &rewriter) const override {
    auto columns = op.getInput().getDefiningOp<ProjectKernelOp>();
    if (!op.getAdjoint() || !columns || !columns.getAdjoint())
      return failure();
    remarkFused(op, "TransformFromColumns", "kernel's gradient from one column a degree");
    rewriter.replaceOpWithNewOp<KernelFTOp>(op, op.getType(), columns.getInput(), op.getGridAttr(),
                                            op.getScaleAttr(), columns.getProjectionAttr(),
                                            rewriter.getUnitAttr());
    return success();
  }
};

/// The mean over the orbits of a function that was just synthesised for it alone.
struct MeanOfSynthesis : OpRewritePattern<SO3OrbitMeanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SO3OrbitMeanOp op, PatternRewriter &rewriter) const override {
    auto ift = op.getInput().getDefiningOp<SO3IFTOp>();
    if (op.getAdjoint() || !ift || ift.getAdjoint() || !ift->hasOneUse() ||
        getSignal(ift.getInput().getType())->element != getSignal(op.getType())->element)
      return failure();
    Value mean = SO3OrbitMeanOp::create(rewriter, op.getLoc(), onS2(ift.getInput().getType()),
                                        ift.getInput(), /*adjoint=*/false);
    remarkFused(op, "MeanOfSynthesis", "mean over gamma read off the column n = 0");
    rewriter.replaceOpWithNewOp<S2IFTOp>(op, op.getType(), mean);
    return success();
  }
};

/// Its adjoint.
struct SpectrumOfMeanAdjoint : OpRewritePattern<SO3IFTOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SO3IFTOp op, PatternRewriter &rewriter) const override {
    auto mean = op.getInput().getDefiningOp<SO3OrbitMeanOp>();
    if (!op.getAdjoint() || !mean || !mean.getAdjoint() ||
        getSignal(op.getType())->element != getSignal(mean.getType())->element)
      return failure();
    Value spectrum = S2IFTOp::create(rewriter, op.getLoc(), onS2(op.getType()), mean.getInput(),
                                     /*adjoint=*/true);
    remarkFused(op, "SpectrumOfMeanAdjoint",
                "gradient of a mean over gamma fills the column n = 0 alone");
    rewriter.replaceOpWithNewOp<SO3OrbitMeanOp>(op, op.getType(), spectrum, /*adjoint=*/true);
    return success();
  }
};

/// A bias, which is in degree 0, passes the mean over the orbits.
struct BiasBehindMean : OpRewritePattern<SO3OrbitMeanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SO3OrbitMeanOp op, PatternRewriter &rewriter) const override {
    auto bias = op.getInput().getDefiningOp<AddBiasOp>();
    if (op.getAdjoint() || !bias)
      return failure();
    Value mean = SO3OrbitMeanOp::create(rewriter, op.getLoc(), op.getType(), bias.getInput(),
                                        /*adjoint=*/false);
    rewriter.replaceOpWithNewOp<AddBiasOp>(op, op.getType(), mean, bias.getBias());
    return success();
  }
};

/// The gradient of that bias: the sum of the mean's cotangent. Of a function, 2b values of 1/2b
/// each.
struct BiasGradOfMean : OpRewritePattern<BiasGradOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BiasGradOp op, PatternRewriter &rewriter) const override {
    auto mean = op.getInput().getDefiningOp<SO3OrbitMeanOp>();
    if (!mean || !mean.getAdjoint())
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(mean.getInput()); });
    return success();
  }
};

struct FuseProjections : impl::FuseProjectionsBase<FuseProjections> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ProjectProduct<SumNOp>, ProjectProduct<SO3OrbitMeanOp>, ProjectGradient,
                 TransformToColumns, TransformFromColumns, MeanOfSynthesis, SpectrumOfMeanAdjoint,
                 BiasBehindMean, BiasGradOfMean>(&getContext());
    FrozenRewritePatternSet frozen(std::move(patterns));
    do {
      if (failed(applyPatternsGreedily(getOperation(), frozen)))
        return signalPassFailure();
    } while (projectPrepared(getOperation()));
  }
};

} // namespace
} // namespace mlir::spherical
