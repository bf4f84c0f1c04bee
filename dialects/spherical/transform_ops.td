//===- transform_ops.td - Fourier transforms ---------------*- tablegen -*-===//
//
// Transforms between functions and spectra, and of kernels.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_TRANSFORM_OPS
#define SPHERICAL_DIALECTS_SPHERICAL_TRANSFORM_OPS

include "dialects/spherical/op_base.td"

class Spherical_AnalysisOp<string mnemonic>
    : Spherical_Op<mnemonic, [RealLinear, Spherical_Differentiable], ["getCandidates"]> {
  let arguments = (ins Spherical_Signal:$input, OptionalAttr<Spherical_HighAttr>:$high,
                       UnitAttr:$adjoint);
  let results = (outs Spherical_Signal:$result);
  let assemblyFormat = [{
    $input (`high` `` $high^)? attr-dict `:` type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input), [{
    build($_builder, $_state, result, input, HighAttr(), /*adjoint=*/false);
  }]>];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

class Spherical_SynthesisOp<string mnemonic>
    : Spherical_Op<mnemonic, [RealLinear, KeepsZeros, Spherical_Differentiable],
                   ["getCandidates"]> {
  let arguments = (ins Spherical_Signal:$input, UnitAttr:$adjoint);
  let results = (outs Spherical_Signal:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_S2FTOp : Spherical_AnalysisOp<"s2_ft"> {
  let summary = "Fourier transform on S2";
  let description = [{
    Expands each channel in the functions D^l_m0 of all degrees below the result's band-limit L:
        result_lm = sum_ji w_j input_ji conj(D^l_m0(alpha_i, beta_j)),    |m| <= l < L.
    Exact for inputs with degrees below the input's band-limit b; degrees from b on follow `high`.
    With `adjoint`, from a spectrum of L to a function of b.
    - C1: function and spectrum have the same batch, channels and precision.
    - C2: `high` is given exactly if L > b.
    - C3: from function to spectrum, or with `adjoint` from spectrum to function.
    - C4: the spectrum of a complex function is complex.
    ```mlir
    %xhat = spherical.s2_ft %x
        : !spherical.s2<2x4, b = 8, f32> -> !spherical.s2_spectrum<2x4, b = 6, f32>
    ```
    Source: Driscoll and Healy 1994.
  }];
}

def Spherical_SO3FTOp : Spherical_AnalysisOp<"so3_ft"> {
  let summary = "Fourier transform on SO(3)";
  let description = [{
    Expands each channel in Wigner matrices of all degrees below the result's band-limit L:
        result^l_mn = integral of input(R) conj(D^l_mn(R)) dR,    |m|, |n| <= l < L
    with D = e^{i m alpha} d(beta) e^{i n gamma} and Haar mass 1; `so3_ift` sums (2l+1) result D.
    Exact for inputs with degrees below the input's band-limit b; degrees from b on follow `high`.
    With `adjoint`, from a spectrum of L to a function of b.
    - C1: function and spectrum have the same batch, channels and precision.
    - C2: `high` is given exactly if L > b.
    - C3: from function to spectrum, or with `adjoint` from spectrum to function.
    - C4: the spectrum of a complex function is complex.
    ```mlir
    %xhat = spherical.so3_ft %x
        : !spherical.so3<2x4, b = 8, f32> -> !spherical.so3_spectrum<2x4, b = 6, f32>
    %more = spherical.so3_ft %x high zero
        : !spherical.so3<2x4, b = 8, f32> -> !spherical.so3_spectrum<2x4, b = 9, f32>
    ```
    Source: Kostelec and Rockmore 2008.
  }];
}

def Spherical_S2IFTOp : Spherical_SynthesisOp<"s2_ift"> {
  let summary = "inverse Fourier transform on S2";
  let description = [{
    Evaluates each channel on the grid of the result's band-limit b from degrees below min(L, b):
        result_ji = sum_l (2l+1) sum_m input_lm D^l_m0(alpha_i, beta_j).
    The real part, if the spectrum is complex and the function real. With `adjoint`, from a function
    of b to a spectrum of L, whose degrees from b on are zero.
    - C1: function and spectrum have the same batch, channels and precision.
    - C2: a complex function has a complex spectrum.
    - C3: from spectrum to function, or with `adjoint` from function to spectrum.
    ```mlir
    %x = spherical.s2_ift %xhat
        : !spherical.s2_spectrum<2x4, b = 6, f32> -> !spherical.s2<2x4, b = 8, f32>
    ```
    Source: Driscoll and Healy 1994.
  }];
}

def Spherical_SO3IFTOp : Spherical_SynthesisOp<"so3_ift"> {
  let summary = "inverse Fourier transform on SO(3)";
  let description = [{
    Evaluates each channel on the grid of the result's band-limit b from degrees below min(L, b):
        result_jik = sum_l (2l+1) sum_mn input^l_mn D^l_mn(alpha_i, beta_j, gamma_k).
    The real part, if the spectrum is complex and the function real. With `adjoint`, from a function
    of b to a spectrum of L, whose degrees from b on are zero.
    - C1: function and spectrum have the same batch, channels and precision.
    - C2: a complex function has a complex spectrum.
    - C3: from spectrum to function, or with `adjoint` from function to spectrum.
    ```mlir
    %x = spherical.so3_ift %xhat
        : !spherical.so3_spectrum<2x4, b = 6, f32> -> !spherical.so3<2x4, b = 8, f32>
    %g = spherical.so3_ift %x {adjoint}
        : !spherical.so3<2x4, b = 8, f32> -> !spherical.so3_spectrum<2x4, b = 6, f32>
    ```
    Source: Kostelec and Rockmore 2008.
  }];
}

def Spherical_KernelFTOp : Spherical_Op<"kernel_ft", [
    RealLinear, Spherical_Differentiable], ["getCandidates"]> {
  let summary = "spectrum of a kernel of weights at points";
  let description = [{
    The Fourier transform of a sum of points with weights: for a grid on SO(3)
        result^l_mn[i,o] = scale sum_p input[i,o,p] conj(D^l_mn(g_p)),
    and for one on S2, with the factor 2L of the layer's definition (L the result's band-limit),
        result_lm[i,o] = scale 2L sum_p input[i,o,p] conj(D^l_m0(g_p)).
    With `adjoint`, from the spectrum to the weights. With `projection` (of a fused program), from
    points on SO(3) to columns on S2, `project_kernel` of the spectrum without the rest of it,
        result_lk[i,o] = scale sum_p input[i,o,p] sum_n D^l_nk(g_p)
    over even n (`sum_n`) or n = 0 (`orbit_mean`).
    - C1: the tensor is [channel in, channel out, point] with in, out the extents of the spectrum.
    - C2: `grid` lies on the manifold of the spectrum, with `projection` on SO(3), and its number of
      points is the tensor's last extent.
    - C3: tensor and spectrum have the same precision, and complex weights have a complex spectrum.
    - C4: from tensor to spectrum, or with `adjoint` from spectrum to tensor.
    - C5: `projection` is `sum_n` or `orbit_mean`, to a real spectrum on S2.
    ```mlir
    %y = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.25
        : tensor<4x5x8xf32> -> !spherical.so3_spectrum<4x5, b = 6, f32>
    %c = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.25 projection sum_n
        : tensor<4x5x8xf32> -> !spherical.s2_spectrum<4x5, b = 6, f32>
    ```
    Source: Cohen et al. 2018, section 4.
  }];
  let arguments = (ins AnyTypeOf<[Spherical_Spectrum, Spherical_Tensor]>:$input,
                       Spherical_GridAttr:$grid, F64Attr:$scale,
                       OptionalAttr<Spherical_ProjectionAttr>:$projection, UnitAttr:$adjoint);
  let results = (outs AnyTypeOf<[Spherical_Spectrum, Spherical_Tensor]>:$result);
  let assemblyFormat = [{
    $input `grid` $grid `scale` $scale (`projection` `` $projection^)? attr-dict `:`
    type($input) `->` type($result)
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif
