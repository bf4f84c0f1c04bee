//===- expand_convolutions.cpp - spherical-expand-convolutions --*- C++ -*-===//
//
// Replaces each convolution by the convolution theorem (Cohen et al. 2018,
// section 4): transform, multiply degree by degree, transform back.
//   s2_conv(x, k)   ->  so3_ift(spectral_matmul(s2_ft(x), kernel_ft(k)))
//   so3_conv(x, k)  ->  so3_ift(spectral_matmul(so3_ft(x), kernel_ft(k)))
// Spectra stop at min(b_in, b_out): only the shared degrees reach the result.
// With `high = quadrature` they go to b_out, as in the public PyTorch code.
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
                      double scale, Signal like) {
  auto shape = cast<RankedTensorType>(kernel.getType()).getShape();
  like.batch = shape[0];
  like.channels = shape[1];
  return KernelFTOp::create(rewriter, loc, like.get(rewriter.getContext()), kernel, grid,
                            rewriter.getF64FloatAttr(scale), ProjectionAttr(), UnitAttr());
}

/// The product of the spectra of a layer's input and kernel, on SO(3), back on the grid of
/// `result`.
Value multiplyAndSynthesize(PatternRewriter &rewriter, Location loc, Value x, Value kernel,
                            const Signal &result, int64_t degrees) {
  MLIRContext *context = rewriter.getContext();
  Type product = result.asSpectrum().withBandLimit(degrees).get(context);
  Value z = SpectralMatmulOp::create(rewriter, loc, product, x, kernel);
  return SO3IFTOp::create(rewriter, loc, result.get(context), z);
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
    rewriter.replaceOp(op, multiplyAndSynthesize(rewriter, loc, x, kernel, out, out.bandLimit));
    return success();
  }
};

/// so3_conv, from a grid of b_in to a grid of b_out.
struct ExpandSO3Conv : OpRewritePattern<SO3ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SO3ConvOp op, PatternRewriter &rewriter) const override {
    Signal in = *getSignal(op.getInput().getType()), out = *getSignal(op.getType());
    bool quadrature = op.getHigh() == High::Quadrature;
    int64_t degrees = quadrature ? out.bandLimit : std::min(in.bandLimit, out.bandLimit);
    Signal spectrum = in.asSpectrum().withBandLimit(degrees);
    Location loc = op.getLoc();
    double scale = so3ConvScale(op.getGrid().numPoints(), in.channels, in.bandLimit, out.bandLimit);
    auto high = degrees > in.bandLimit ? op.getHighAttr() : HighAttr();
    Value x = SO3FTOp::create(rewriter, loc, spectrum.get(getContext()), op.getInput(), high,
                              /*adjoint=*/false);
    Value kernel = transformKernel(rewriter, loc, op.getKernel(), op.getGrid(), scale, spectrum);
    rewriter.replaceOp(op, multiplyAndSynthesize(rewriter, loc, x, kernel, out, degrees));
    return success();
  }
};

struct ExpandConvolutions : impl::ExpandConvolutionsBase<ExpandConvolutions> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandS2Conv, ExpandSO3Conv>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
