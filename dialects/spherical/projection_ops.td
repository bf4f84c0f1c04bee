//===- projection_ops.td - from SO(3) to S2 ----------------*- tablegen -*-===//
//
// The layer whose result lives on S2, and what it is made of: sums over the
// orders n and means over the orbits of SO(2), in front of a product of spectra or
// moved into its kernel.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_PROJECTION_OPS
#define SPHERICAL_DIALECTS_SPHERICAL_PROJECTION_OPS

include "dialects/spherical/op_base.td"

def Spherical_SO3ToS2Op : Spherical_LayerOp<"so3_to_s2"> {
  let summary = "convolution from SO(3) to S2";
  let description = [{
    The convolution of `so3_conv`, with its scale, projected on S2. With z its spectrum on SO(3),
    the result is the function on S2 of the spectrum
    - `sum_n` (Gerken et al. 2022, equation 3.3): h_lm = sum_n z^l_mn, of which the real part is
      kept if the input is real: the sum over even n;
    - `orbit_mean` (2.6): h_lm = z^l_m0, the mean of the function over gamma;
    - `invariant` (2.5): that of the kernel averaged over rotations about the polar axis from the
      left, which has n = 0 only; the same as `orbit_mean`.
    There is no bias (`add_bias`). The kernel has the shape [channel in, channel out, point]; its
    type is printed only where it cannot be inferred.
    - C1: `input` and `result` have the same batch and element.
    - C2: `high` is given exactly if b_out > b_in.
    - C3: `kernel` is a tensor<C_in x C_out x P x element>, P the number of points of `grid`.
    - C4: `grid` lies on SO(3).
    ```mlir
    %y = spherical.so3_to_s2 %x, %k
        grid <so3_near_identity<beta = 3, alpha = 8, gamma = 8, max_beta = 0.39>> projection sum_n
        : !spherical.so3<2x4, b = 8, f32> -> !spherical.s2<2x5, b = 6, f32>
    ```
  }];
  let arguments = (ins Spherical_SO3Function:$input, Spherical_Tensor:$kernel,
                       Spherical_GridAttr:$grid, OptionalAttr<Spherical_HighAttr>:$high,
                       DefaultValuedAttr<Spherical_ProjectionAttr,
                                         "::mlir::spherical::Projection::SumN">:$projection);
  let results = (outs Spherical_S2Function:$result);
  let assemblyFormat = [{
    $input `,` $kernel `grid` $grid (`high` `` $high^)? (`projection` `` $projection^)? attr-dict
    `:` custom<ConvolutionTypes>(type($input), type($kernel), type($result), ref($grid))
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_SO3OrbitMeanOp : Spherical_Op<"so3_orbit_mean", [
    RealLinear, Spherical_Differentiable]> {
  let summary = "mean over the orbits of SO(2)";
  let description = [{
    The projection of a function on SO(3) along gamma (Gerken et al. 2022, equation 2.6),
        result(beta_j, alpha_i) = (1 / 2b) sum_k input(beta_j, alpha_i, gamma_k),
    or, of a spectrum, its column n = 0, which is the same: result_lm = input^l_m0. With `adjoint`,
    from S2 to SO(3).
    - C1: `input` and `result` are both functions or both spectra, on SO(3) and S2 (`adjoint`: S2
      and SO(3)), of the same batch, channels, band-limit and element.
    ```mlir
    %y = spherical.so3_orbit_mean %x
        : !spherical.so3<2x4, b = 8, f32> -> !spherical.s2<2x4, b = 8, f32>
    %g = spherical.so3_orbit_mean %y {adjoint}
        : !spherical.s2<2x4, b = 8, f32> -> !spherical.so3<2x4, b = 8, f32>
    ```
  }];
  let arguments = (ins Spherical_Signal:$input, UnitAttr:$adjoint);
  let results = (outs Spherical_Signal:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_SumNOp : Spherical_Op<"sum_n", [
    KeepsZeros, Spherical_Differentiable], ["getCandidates"]> {
  let summary = "sum over the orders n of a spectrum on SO(3)";
  let description = [{
    The spectrum on S2 of a complex spectrum, result_lm = sum_n input^l_mn. Of the spectrum of a
    real function, the sum over even n: the spectrum of the real part of the above (odd n make
    an imaginary function); with `odd` that of the imaginary part, -i sum over odd n. With
    `adjoint`, from S2 to SO(3).
    - C1: `input` and `result` are spectra on SO(3) and S2 (`adjoint`: S2 and SO(3)) of the same
      batch, channels, band-limit and element.
    - C2: `odd` is only on real elements.
    ```mlir
    %y = spherical.sum_n %x
        : !spherical.so3_spectrum<2x4, b = 6, f32> -> !spherical.s2_spectrum<2x4, b = 6, f32>
    ```
    Source: Gerken et al. 2022, equation 3.3.
  }];
  let arguments = (ins Spherical_Spectrum:$input, UnitAttr:$odd, UnitAttr:$adjoint);
  let results = (outs Spherical_Spectrum:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input), [{
    build($_builder, $_state, result, input, /*odd=*/false, /*adjoint=*/false);
  }]>];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_ProjectKernelOp : Spherical_Op<"project_kernel", [
    Spherical_Differentiable], ["getCandidates"]> {
  let summary = "a projection moved into the kernel of a product";
  let description = [{
    What is left of a kernel's spectrum when the product is projected on S2:
        P(X Y^H) = X c,    result_lk[i,o] = c_lk = sum of conj(input^l_nk[i,o]) over n,
    over even n for `sum_n`, n = 0 for `orbit_mean`: the column that `thin_matmul` takes. With
    `adjoint`, from S2 to SO(3).
    - C1: `input` and `result` are real spectra on SO(3) and S2 (`adjoint`: S2 and SO(3)) of the
      same batch, channels, band-limit and element.
    - C2: `projection` is `sum_n` or `orbit_mean`.
    ```mlir
    %c = spherical.project_kernel %y projection sum_n
        : !spherical.so3_spectrum<4x5, b = 6, f32> -> !spherical.s2_spectrum<4x5, b = 6, f32>
    ```
  }];
  let arguments = (ins Spherical_Spectrum:$input, Spherical_ProjectionAttr:$projection,
                       UnitAttr:$adjoint);
  let results = (outs Spherical_Spectrum:$result);
  let assemblyFormat = [{
    $input `projection` `` $projection attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_ThinMatmulOp : Spherical_Op<"thin_matmul", [
    KeepsZeros, Spherical_Differentiable], ["getCandidates"]> {
  let summary = "product of a spectrum on SO(3) with columns, degree by degree";
  let description = [{
    The product of a layer whose result lives on S2. In the forms
    - `forward`: H^l[b,o] = sum_i X^l[b,i] c^l[i,o] of x on SO(3), a matrix over (m, k), and the
      kernel's columns c on S2 (no conjugate: `project_kernel` has it); the result is on S2;
    - `grad_input`: X^l[b,i] = sum_o G^l[b,o] (c^l[i,o])^H of g and c, on S2, the result on SO(3);
    - `grad_kernel`: c^l[i,o] = sum_b (X^l[b,i])^H G^l[b,o] of g on S2 and x on SO(3).
    The latter two are the adjoints of the first in x and in c.
    - C1: all three spectra have the same band-limit and element, which is real.
    - C2: forward: lhs <BxI> on SO(3), rhs <IxO> on S2, result <BxO> on S2.
    - C3: grad_input: lhs <BxO> on S2, rhs <IxO> on S2, result <BxI> on SO(3).
    - C4: grad_kernel: lhs <BxO> on S2, rhs <BxI> on SO(3), result <IxO> on S2.
    ```mlir
    %h = spherical.thin_matmul %x, %c
        : !spherical.so3_spectrum<2x4, b = 6, f32>, !spherical.s2_spectrum<4x5, b = 6, f32>
        -> !spherical.s2_spectrum<2x5, b = 6, f32>
    ```
  }];
  let arguments = (ins Spherical_Spectrum:$lhs, Spherical_Spectrum:$rhs,
                       DefaultValuedAttr<Spherical_ProductFormAttr,
                                         "::mlir::spherical::ProductForm::Forward">:$form);
  let results = (outs Spherical_Spectrum:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`form` `` $form^)? attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif
