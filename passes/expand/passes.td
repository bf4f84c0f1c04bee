//===- passes.td - passes of the expand phase ------------------*- tablegen -*-===//

#ifndef SPHERICAL_PASSES_EXPAND_PASSES_TD
#define SPHERICAL_PASSES_EXPAND_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandConvolutions : Pass<"spherical-expand-convolutions", "::mlir::ModuleOp"> {
  let summary = "Replace convolutions by transform, spectral product and inverse transform";
  let description = [{
    The convolution theorem (Cohen et al. 2018, section 4; scales of the public code):
        s2_conv(x, k)  = so3_ift(spectral_matmul(s2_ft(x), kernel_ft(k)))
        so3_conv(x, k) = so3_ift(spectral_matmul(so3_ft(x), kernel_ft(k)))
        so3_to_s2(x, k) = s2_ift(sum_n(spectral_matmul(so3_ft(x), kernel_ft(k))))
    and with `so3_orbit_mean` in place of `sum_n` as `projection` says; with an invariant kernel,
    the product is thin from the start. `so3_shortcut` is `so3_conv` with the identity as the only
    point.
    Spectra stop at L = min(b_in, b_out), the degrees that reach the result; with
    `high = quadrature` or `truncated` at L = b_out. The kernel's transform carries the layer's
    scale,
        s2_conv               1 / sqrt(P C_in b_out^4 / b_in^2)   (kernel_ft on S2: times 2 L)
        so3_conv, so3_to_s2   1 / sqrt(P C_in b_out^3 / b_in^3)
    with P kernel points and C_in channels.

    *Before*
    ```mlir
    %y = spherical.so3_conv %x, %k ... : so3<2x4, b = 8, f32> -> so3<2x5, b = 6, f32>
    ```
    *After*
    ```mlir
    %xhat = spherical.so3_ft %x : so3<2x4, b = 8, f32> -> so3_spectrum<2x4, b = 6, f32>
    %khat = spherical.kernel_ft %k ... : so3_spectrum<4x5, b = 6, f32>
    %yhat = spherical.spectral_matmul %xhat, %khat : so3_spectrum<2x5, b = 6, f32>
    %y = spherical.so3_ift %yhat : so3<2x5, b = 6, f32>
    ```
    *Leaves*: biases, integrals, everything that is no convolution.
    *Fails*: never; the verifiers of the convolutions already checked what is used here.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def ExpandResample : Pass<"spherical-expand-resample", "::mlir::ModuleOp"> {
  let summary = "Replace a change of band-limit by analysis and synthesis";
  let description = [{
        resample(x) = ift(ft(x)), with the degrees l < min(b_in, b_out)

    *Before*
    ```mlir
    %y = spherical.resample %x : s2<2x3, b = 6, f32> -> s2<2x3, b = 9, f32>
    ```
    *After*
    ```mlir
    %xhat = spherical.s2_ft %x : s2<2x3, b = 6, f32> -> s2_spectrum<2x3, b = 6, f32>
    %y = spherical.s2_ift %xhat : s2_spectrum<2x3, b = 6, f32> -> s2<2x3, b = 9, f32>
    ```
    *Leaves*: everything else.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def ExpandRotations : Pass<"spherical-expand-rotations", "::mlir::ModuleOp"> {
  let summary = "Rotate functions in their spectrum, by angles at run time about one axis";
  let description = [{
        rotate(x) = ift(rotate(ft(x))), with the degrees below the band-limit
        rotate_by(x, angles) = Rz(alpha) Q Rz(beta) Q^-1 Rz(gamma) x, Q from the polar to the y axis

    *Before*
    ```mlir
    %y = spherical.rotate %x by [0.1, 0.2, 0.3] : s2<2x3, b = 6, f32>
    ```
    *After*
    ```mlir
    %xhat = spherical.s2_ft %x : s2<2x3, b = 6, f32> -> s2_spectrum<2x3, b = 6, f32>
    %yhat = spherical.rotate %xhat by [0.1, 0.2, 0.3] : s2_spectrum<2x3, b = 6, f32>
    %y = spherical.s2_ift %yhat : s2_spectrum<2x3, b = 6, f32> -> s2<2x3, b = 6, f32>
    ```
    *Leaves*: rotations of spectra, and everything else.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def ExpandNormalization : Pass<"spherical-expand-normalization", "::mlir::ModuleOp"> {
  let summary = "Normalise a synthesised function in its spectrum";
  let description = [{
    Batch normalisation with area statistics is affine in each channel, and its mean and variance
    are integrals that the spectrum has for nothing (degree 0 and Parseval's sum):
        batch_norm(ift(Z)) = ift(batch_norm(Z))
    also behind biases. No sample of the function is then read before the next layer.

    *Before*
    ```mlir
    %f = spherical.so3_ift %z : so3_spectrum<2x3, b = 4, f32> -> so3<2x3, b = 4, f32>
    %y = nn.batch_norm %f, ... : so3<2x3, b = 4, f32>, tensor<3xf32>
    ```
    *After*
    ```mlir
    %n = nn.batch_norm %z, ... : so3_spectrum<2x3, b = 4, f32>, tensor<3xf32>
    %y = spherical.so3_ift %n : so3_spectrum<2x3, b = 4, f32> -> so3<2x3, b = 4, f32>
    ```
    *Leaves*: normalisation of tensors, with `statistics grid`, and of functions that no inverse
    transform made or that something else reads.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

#endif // SPHERICAL_PASSES_EXPAND_PASSES_TD
