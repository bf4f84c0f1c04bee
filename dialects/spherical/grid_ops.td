//===- grid_ops.td - users' fields and their rotations -----*- tablegen -*-===//
//
// Fields on users' grids, as tensors, to spectra on S2 and back, and rotations of
// spectra by angles that are known when a program runs. They are ops of their own
// and no forms of `s2_ft` and `s2_ift`: those belong to the grid of their
// function, by which passes fuse, truncate and split them.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_GRID_OPS
#define SPHERICAL_DIALECTS_SPHERICAL_GRID_OPS

include "dialects/spherical/op_base.td"

def Spherical_FieldOrSpectrum : AnyTypeOf<[Spherical_S2SpectrumType, Spherical_Tensor],
    "spectrum on S2 or tensor of fixed shape">;

class Spherical_GridTransformOp<string mnemonic>
    : Spherical_Op<mnemonic, [KeepsZeros, Spherical_Differentiable], ["getCandidates"]> {
  let arguments = (ins Spherical_FieldOrSpectrum:$input, Spherical_SampleGridAttr:$grid,
                       UnitAttr:$adjoint);
  let results = (outs Spherical_FieldOrSpectrum:$result);
  let assemblyFormat = [{
    $input `grid` $grid attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Spherical_GridFTOp : Spherical_GridTransformOp<"grid_ft"> {
  let summary = "spectrum of a field on a user's grid";
  let description = [{
    The quadrature sum over the points p of a grid, with its weights of total mass 1,
        result_lm = sum_p w_p input_p e^{-i m alpha_p} d^l_m0(beta_p),    |m| <= l < L.
    It is the spectrum of the field if the grid is exact and the field's degrees are below the
    band-limit that the grid carries; of HEALPix pixels, whose areas are equal, it is the
    approximation from which iterations start: with S = `grid_ift` and A = `grid_ft`,
    x <- x + A (f - S x) converges to the least squares solution for L <= 2 nside (the eigenvalues
    of A S lie between 0.84 and 1.08). With `adjoint`, from spectrum to field.
    - C1: the tensor is [batch, channel, row, column], of HEALPix [batch, channel, pixel], with the
      batch, channels and real element of the spectrum.
    - C2: L is at most what the grid carries: (H + 1) / 2 of H rows (Gauss-Legendre H) and
      (W + 1) / 2 of W columns, rounded down, 2 nside of HEALPix.
    - C3: from tensor to spectrum, or with `adjoint` from spectrum to tensor.
    - C4: the tables of waves and Wigner functions hold at most 2^28 numbers.
    ```mlir
    %xhat = spherical.grid_ft %x grid <equirectangular, 16x33>
        : tensor<2x4x16x33xf32> -> !spherical.s2_spectrum<2x4, b = 8, f32>
    %yhat = spherical.grid_ft %y grid <healpix_nested, 4>
        : tensor<2x4x192xf32> -> !spherical.s2_spectrum<2x4, b = 8, f32>
    ```
    Sources: Driscoll and Healy 1994; Gorski et al. 2005; Waldvogel 2006 (Fejer, Clenshaw-Curtis).
  }];
}

def Spherical_GridIFTOp : Spherical_GridTransformOp<"grid_ift"> {
  let summary = "field on a user's grid from a spectrum";
  let description = [{
    The values of the function at the points p of a grid,
        result_p = sum_l (2l+1) sum_m input_lm e^{i m alpha_p} d^l_m0(beta_p).
    With `adjoint`, from field to spectrum.
    - C1: the tensor is [batch, channel, row, column], of HEALPix [batch, channel, pixel], with the
      batch, channels and real element of the spectrum.
    - C3: from spectrum to tensor, or with `adjoint` from tensor to spectrum.
    - C4: the tables of waves and Wigner functions hold at most 2^28 numbers.
    ```mlir
    %x = spherical.grid_ift %xhat grid <gauss_legendre, 8x15>
        : !spherical.s2_spectrum<2x4, b = 8, f32> -> tensor<2x4x8x15xf32>
    ```
    Sources: Driscoll and Healy 1994; Gorski et al. 2005.
  }];
}

def Spherical_InterpolateOp : Spherical_Op<"interpolate", [KeepsZeros], ["getCandidates"]> {
  let summary = "a field on a user's grid, interpolated on the grid of a function";
  let description = [{
    Each sample of the result is linear in alpha between neighbours on the two rings (rows) beside
    it, then linear in beta; beyond the outermost ring its points on the other side of the pole are
    those of the next one. Not a projection on degrees: what the result's grid cannot carry folds
    back. It has no gradient.
    - C1: the tensor is [batch, channel, row, column], of HEALPix [batch, channel, pixel], with the
      batch, channels and real element of the result.
    ```mlir
    %f = spherical.interpolate %x grid <equirectangular, 16x33>
        : tensor<2x4x16x33xf32> -> !spherical.s2<2x4, b = 8, f32>
    ```
  }];
  let arguments = (ins Spherical_Tensor:$input, Spherical_SampleGridAttr:$grid);
  let results = (outs Spherical_S2Function:$result);
  let assemblyFormat = [{
    $input `grid` $grid attr-dict `:` type($input) `->` qualified(type($result))
  }];
  let hasVerifier = 1;
}

def Spherical_RotateByOp : Spherical_LayerOp<"rotate_by", [AllTypesMatch<["input", "result"]>]> {
  let summary = "a spectrum rotated by angles known at run time";
  let description = [{
    `rotate` of each sample s by its own angles (alpha, beta, gamma) = angles[s], in radians:
        result_lm[s] = sum_k conj(D^l_mk(angles[s])) input_lk[s].
    Angles of any size are meant, but beyond 2^40 they are no angles in the precision of tensors. It
    has no gradient.
    - C1: `input` is a real spectrum on S2, `angles` a tensor<batch x 3 x element>.
    ```mlir
    %y = spherical.rotate_by %x, %angles
        : !spherical.s2_spectrum<2x4, b = 8, f32>, tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Spherical_S2SpectrumType:$input, Spherical_Tensor:$angles);
  let results = (outs Spherical_S2SpectrumType:$result);
  let assemblyFormat = [{
    $input `,` $angles attr-dict `:` qualified(type($input)) `,` type($angles)
  }];
  let hasVerifier = 1;
}

def Spherical_RotateZOp : Spherical_Op<"rotate_z", [
    KeepsZeros, AllTypesMatch<["input", "result"]>], ["getCandidates"]> {
  let summary = "a spectrum rotated about the polar axis by angles known at run time";
  let description = [{
    For sample s and the angle phi = angles[s, at], 0 <= at < 3,
        result_lm[s] = e^{-i m phi} input_lm[s].
    It has no gradient.
    - C1: `input` is a real spectrum on S2, `angles` a tensor<batch x 3 x element>.
    - C2: `at` is 0, 1 or 2.
    ```mlir
    %y = spherical.rotate_z %x, %angles at 1
        : !spherical.s2_spectrum<2x4, b = 8, f32>, tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Spherical_S2SpectrumType:$input, Spherical_Tensor:$angles, I64Attr:$at);
  let results = (outs Spherical_S2SpectrumType:$result);
  let assemblyFormat = [{
    $input `,` $angles `at` $at attr-dict `:` qualified(type($input)) `,` type($angles)
  }];
  let hasVerifier = 1;
}

#endif
