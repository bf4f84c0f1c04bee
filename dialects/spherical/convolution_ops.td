//===- convolution_ops.td - layers on S2 and SO(3) ---------*- tablegen -*-===//
//
// The ops of the graph level: convolutions and changes of the band-limit.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_CONVOLUTION_OPS
#define SPHERICAL_DIALECTS_SPHERICAL_CONVOLUTION_OPS

include "dialects/spherical/op_base.td"

def Spherical_S2ConvOp : Spherical_LayerOp<"s2_conv"> {
  let summary = "convolution from S2 to SO(3)";
  let description = [{
    Correlates a function on the sphere with a kernel of weights at the points n_p of `grid`
    (Gerken et al. 2022, equation 3.1), in the position-space form
        result_o(R) = 2 b_out s sum_i sum_p kernel[i,o,p] x_i(R n_p),
        s = 1 / sqrt(P C_in b_out^4 / b_in^2)
    with x projected on the degrees below b_out. There is no bias (`add_bias`). The kernel has the
    shape [channel in, channel out, point]; its type is printed only where it cannot be inferred.
    - C1: `input` and `result` have the same batch and element.
    - C2: b_out <= b_in.
    - C3: `kernel` is a tensor<C_in x C_out x P x element>, P the number of points of `grid`.
    - C4: `grid` lies on S2.
    ```mlir
    %y = spherical.s2_conv %x, %k grid <s2_near_identity<beta = 3, alpha = 8, max_beta = 0.39>>
        : !spherical.s2<2x1, b = 8, f32> -> !spherical.so3<2x5, b = 6, f32>
    ```
  }];
  let arguments = (ins Spherical_S2Function:$input, Spherical_Tensor:$kernel,
                       Spherical_GridAttr:$grid);
  let results = (outs Spherical_SO3Function:$result);
  let assemblyFormat = [{
    $input `,` $kernel `grid` $grid attr-dict `:`
    custom<ConvolutionTypes>(type($input), type($kernel), type($result), ref($grid))
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_SO3ConvOp : Spherical_LayerOp<"so3_conv"> {
  let summary = "convolution on SO(3)";
  let description = [{
    Correlates a function on SO(3) with a kernel of weights at the points g_p of `grid` (Gerken et
    al. 2022, equation 3.2), in the position-space form
        result_o(R) = s sum_i sum_p kernel[i,o,p] x_i(R g_p),
        s = 1 / sqrt(P C_in b_out^3 / b_in^3)
    with x taken up to the degrees below b_out. There is no bias (`add_bias`). The kernel has the
    shape [channel in, channel out, point]; its type is printed only where it cannot be inferred.
    - C1: `input` and `result` have the same batch and element.
    - C2: `high` is given exactly if b_out > b_in.
    - C3: `kernel` is a tensor<C_in x C_out x P x element>, P the number of points of `grid`.
    - C4: `grid` lies on SO(3).
    ```mlir
    %y = spherical.so3_conv %x, %k
        grid <so3_near_identity<beta = 3, alpha = 8, gamma = 8, max_beta = 0.39>>
        : !spherical.so3<2x4, b = 8, f32> -> !spherical.so3<2x5, b = 6, f32>
    ```
  }];
  let arguments = (ins Spherical_SO3Function:$input, Spherical_Tensor:$kernel,
                       Spherical_GridAttr:$grid, OptionalAttr<Spherical_HighAttr>:$high);
  let results = (outs Spherical_SO3Function:$result);
  let assemblyFormat = [{
    $input `,` $kernel `grid` $grid (`high` `` $high^)? attr-dict `:`
    custom<ConvolutionTypes>(type($input), type($kernel), type($result), ref($grid))
  }];
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input,
                                 "::mlir::Value":$kernel, "::mlir::spherical::GridAttr":$grid), [{
    build($_builder, $_state, result, input, kernel, grid, HighAttr());
  }]>];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_SO3ShortcutOp : Spherical_LayerOp<"so3_shortcut"> {
  let summary = "equivariant shortcut on SO(3)";
  let description = [{
    Mixes the channels and changes the band-limit: `so3_conv` with the identity as the only kernel
    point,
        result_o(R) = s sum_i kernel[i,o,0] x_i(R),    s = 1 / sqrt(C_in b_out^3 / b_in^3).
    There is no bias (`add_bias`).
    - C1: `input` and `result` have the same batch and element.
    - C2: `high` is given exactly if b_out > b_in.
    - C3: `kernel` is a tensor<C_in x C_out x 1 x element>.
    ```mlir
    %y = spherical.so3_shortcut %x, %k
        : !spherical.so3<2x4, b = 8, f32>, tensor<4x5x1xf32> -> !spherical.so3<2x5, b = 6, f32>
    ```
  }];
  let arguments = (ins Spherical_SO3Function:$input, Spherical_Tensor:$kernel,
                       OptionalAttr<Spherical_HighAttr>:$high);
  let results = (outs Spherical_SO3Function:$result);
  let assemblyFormat = [{
    $input `,` $kernel (`high` `` $high^)? attr-dict `:`
    qualified(type($input)) `,` type($kernel) `->` qualified(type($result))
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_ResampleOp : Spherical_LayerOp<"resample"> {
  let summary = "change of the band-limit";
  let description = [{
    The function with the same spectrum below min(b_in, b_out) on the grid of b_out; degrees that
    the input does not have are zero. The identity if b_in = b_out and the input is band-limited.
    - C1: `input` and `result` are functions on the same manifold, of the same batch, channels and
      element.
    ```mlir
    %y = spherical.resample %x : !spherical.so3<2x4, b = 8, f32> -> !spherical.so3<2x4, b = 5, f32>
    ```
  }];
  let arguments = (ins Spherical_Function:$input);
  let results = (outs Spherical_Function:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_SO3IntegrateOp : Spherical_Op<"so3_integrate", [
    RealLinear, Spherical_Differentiable], ["getCandidates"]> {
  let summary = "Haar integral over SO(3)";
  let description = [{
    The integral of each channel (Gerken et al. 2022, equation 2.4) by the quadrature of the grid,
        result[b,c] = sum_jik w_j input[b,c,j,i,k],    sum_jik w_j = 1,
    or, of a spectrum, its coefficient of degree 0, which is the same number. With `adjoint`, from
    the tensor to the function or spectrum.
    - C1: the tensor (the result, or the input of the adjoint) is a tensor<batch x channels x
      element> of the function or spectrum.
    ```mlir
    %y = spherical.so3_integrate %x : !spherical.so3<2x4, b = 8, f32> -> tensor<2x4xf32>
    %g = spherical.so3_integrate %y {adjoint} : tensor<2x4xf32> -> !spherical.so3<2x4, b = 8, f32>
    ```
  }];
  let arguments = (ins Spherical_Integrable:$input, UnitAttr:$adjoint);
  let results = (outs Spherical_Integrable:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif
