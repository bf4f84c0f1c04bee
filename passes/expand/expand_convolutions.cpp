//===- expand_convolutions.cpp - spherical-expand-convolutions --*- C++ -*-===//
//
// Replaces each convolution by the convolution theorem (Cohen et al. 2018,
// section 4): transform, multiply degree by degree, transform back.
//   s2_conv(x, k)   ->  so3_ift(spectral_matmul(s2_ft(x), kernel_ft(k)))
//   so3_conv(x, k)  ->  so3_ift(spectral_matmul(so3_ft(x), kernel_ft(k)))
//   so3_to_s2(x, k) ->  s2_ift(sum_n(spectral_matmul(so3_ft(x), kernel_ft(k))))
// Spectra stop at min(b_in, b_out): only the shared degrees reach the result.
// With `high = quadrature` or `truncated` they go to b_out, as in the public
// PyTorch code. A shortcut is a convolution with one kernel point, the identity.
//
//===----------------------------------------------------------------------===//

#include "passes/expand/passes.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace mlir::spherical {
#define GEN_PASS_DEF_EXPANDCONVOLUTIONS
#include "passes/expand/passes.h.inc"
namespace {

/// The layer scale 1 / sqrt(P C_in b_out^4 / b_in^2) of s2_conv (golden README, conventions).
double s2ConvScale(int64_t points, int64_t channels, double bIn, double bOut) {
  return 1.0 / std::sqrt(points * channels * std::pow(bOut, 4) / std::pow(bIn, 2));
}

/// The layer scale 1 / sqrt(P C_in b_out^3 / b_in^3) of so3_conv (golden README, conventions).
double so3ConvScale(int64_t points, int64_t channels, double bIn, double bOut) {
  return 1.0 / std::sqrt(points * channels * std::pow(bOut, 3) / std::pow(bIn, 3));
}

/// The spectrum of `kernel` with the degrees of `like`, a spectrum of the layer's input.
Value transformKernel(PatternRewriter &rewriter, Location loc, Value kernel, GridAttr grid,
                      double scale, Signal like, ProjectionAttr projection = {}) {
  auto shape = cast<RankedTensorType>(kernel.getType()).getShape();
  like.batch = shape[0];
  like.channels = shape[1];
  return KernelFTOp::create(rewriter, loc, like.get(rewriter.getContext()), kernel, grid,
                            rewriter.getF64FloatAttr(scale), projection, UnitAttr());
}

/// The spectra of a layer's input and of its kernel.
struct Factors {
  Value x, kernel;
};

/// Those of a layer on SO(3) from a grid of b_in to a grid of b_out.
template <typename Op>
Factors transformFactors(Op op, GridAttr grid, ProjectionAttr projection,
                         PatternRewriter &rewriter) {
  Signal in = *getSignal(op.getInput().getType()), out = *getSignal(op.getType());
  bool aliased = op.getHigh().value_or(High::Zero) != High::Zero;
  int64_t degrees = aliased ? out.bandLimit : std::min(in.bandLimit, out.bandLimit);
  Signal spectrum = in.asSpectrum().withBandLimit(degrees);
  double scale = so3ConvScale(grid.numPoints(), in.channels, in.bandLimit, out.bandLimit);
  auto high = degrees > in.bandLimit ? op.getHighAttr() : HighAttr();
  Value x = SO3FTOp::create(rewriter, op.getLoc(), spectrum.get(rewriter.getContext()),
                            op.getInput(), high, /*adjoint=*/false);
  if (projection)
    spectrum.kind = SignalKind::S2Spectrum;
  Value kernel =
      transformKernel(rewriter, op.getLoc(), op.getKernel(), grid, scale, spectrum, projection);
  return {x, kernel};
}

/// The product of the spectra of a layer's input and kernel, on SO(3), with the batch, channels and
/// element of `result`.
Value multiply(PatternRewriter &rewriter, Location loc, Factors factors, Signal result) {
  result.kind = SignalKind::SO3Spectrum;
  result.bandLimit = getSignal(factors.x.getType())->bandLimit;
  return SpectralMatmulOp::create(rewriter, loc, result.get(rewriter.getContext()), factors.x,
                                  factors.kernel);
}

/// s2_conv, from a grid of b_in to a grid of b_out <= b_in: degrees l < b_out.
struct ExpandS2Conv : OpRewritePattern<S2ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(S2ConvOp op, PatternRewriter &rewriter) const override {
    Signal in = *getSignal(op.getInput().getType()), out = *getSignal(op.getType());
    Signal spectrum = in.asSpectrum().withBandLimit(out.bandLimit);
    Location loc = op.getLoc();
    double scale = s2ConvScale(op.getGrid().numPoints(), in.channels, in.bandLimit, out.bandLimit);
    Value x = S2FTOp::create(rewriter, loc, spectrum.get(getContext()), op.getInput());
    Value kernel = transformKernel(rewriter, loc, op.getKernel(), op.getGrid(), scale, spectrum);
    Value z = multiply(rewriter, loc, {x, kernel}, out);
    rewriter.replaceOpWithNewOp<SO3IFTOp>(op, op.getType(), z);
    return success();
  }
};

/// so3_conv and so3_shortcut, from a grid of b_in to a grid of b_out.
template <typename Op> struct ExpandSO3Layer : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Factors factors = transformFactors(op, gridOf(op), ProjectionAttr(), rewriter);
    Value z = multiply(rewriter, op.getLoc(), factors, *getSignal(op.getType()));
    rewriter.replaceOpWithNewOp<SO3IFTOp>(op, op.getType(), z);
    return success();
  }

private:
  static GridAttr gridOf(SO3ConvOp op) { return op.getGrid(); }
  static GridAttr gridOf(SO3ShortcutOp op) {
    return GridAttr::get(op.getContext(), GridKind::SO3Points, {0.0, 0.0, 0.0});
  }
};

/// so3_to_s2. The kernel averaged over SO(2) has n = 0 only, and its product with x no other.
struct ExpandSO3ToS2 : OpRewritePattern<SO3ToS2Op> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SO3ToS2Op op, PatternRewriter &rewriter) const override {
    Signal out = *getSignal(op.getType());
    bool thin = op.getProjection() == Projection::Invariant && !out.isComplex();
    auto projection =
        thin ? ProjectionAttr::get(getContext(), Projection::OrbitMean) : ProjectionAttr();
    Factors factors = transformFactors(op, op.getGrid(), projection, rewriter);
    Signal spectrum = out.asSpectrum().withBandLimit(getSignal(factors.x.getType())->bandLimit);
    Type type = spectrum.get(getContext());
    Location loc = op.getLoc();
    Value h;
    if (thin)
      h = ThinMatmulOp::create(rewriter, loc, type, factors.x, factors.kernel);
    else if (Value z = multiply(rewriter, loc, factors, out);
             op.getProjection() == Projection::SumN)
      h = SumNOp::create(rewriter, loc, type, z);
    else
      h = SO3OrbitMeanOp::create(rewriter, loc, type, z, /*adjoint=*/false);
    rewriter.replaceOpWithNewOp<S2IFTOp>(op, op.getType(), h);
    return success();
  }
};

struct ExpandConvolutions : impl::ExpandConvolutionsBase<ExpandConvolutions> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns
        .add<ExpandS2Conv, ExpandSO3Layer<SO3ConvOp>, ExpandSO3Layer<SO3ShortcutOp>, ExpandSO3ToS2>(
            &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
