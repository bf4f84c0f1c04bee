//===- signal_ops.td - biases, samples, layouts ------------*- tablegen -*-===//
//
// Ops on functions and spectra alike, and at the border to tensors.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_SIGNAL_OPS
#define SPHERICAL_DIALECTS_SPHERICAL_SIGNAL_OPS

include "dialects/spherical/op_base.td"

def Spherical_SamplesOp : Spherical_Op<"samples", [
    AliasesOperand, KeepsZeros, KeepsSamples, HoldsComplex, Spherical_Differentiable],
    ["getCandidates"]> {
  let summary = "a function as the tensor of its samples, or back";
  let description = [{
    Costs nothing: the samples of a function in file order,
    [batch, channel, beta, alpha] on S2 and [batch, channel, beta, alpha, gamma] on SO(3), with
    a last axis (re, im) if the function is complex; or the function with the samples given.
    - C1: one of `input` and `result` is a function, the other the tensor of its samples.
    ```mlir
    %f = spherical.samples %t : tensor<2x1x16x16xf32> -> !spherical.s2<2x1, b = 8, f32>
    %s = spherical.samples %f : !spherical.s2<2x1, b = 8, f32> -> tensor<2x1x16x16xf32>
    ```
  }];
  let arguments = (ins AnyTypeOf<[Spherical_Function, Spherical_Tensor]>:$input);
  let results = (outs AnyTypeOf<[Spherical_Function, Spherical_Tensor]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let hasFolder = 1;
}

def Spherical_AddBiasOp : Spherical_Op<"add_bias", [
    ReplacesOperand, RealLinear, Spherical_Differentiable,
    AllTypesMatch<["input", "result"]>], ["getCandidates"]> {
  let summary = "one constant a channel added";
  let description = [{
    result[b,c](R) = input[b,c](R) + bias[c]; of a spectrum, the bias is added to the coefficient
    of degree 0, which is the same.
    - C1: `bias` is a tensor<channels x element>.
    ```mlir
    %y = spherical.add_bias %x, %b : !spherical.so3<2x4, b = 8, f32>, tensor<4xf32>
    ```
  }];
  let arguments = (ins Spherical_Signal:$input, Spherical_Tensor:$bias);
  let results = (outs Spherical_Signal:$result);
  let assemblyFormat = "$input `,` $bias attr-dict `:` type($input) `,` type($bias)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Spherical_BiasGradOp : Spherical_Op<"bias_grad", [
    RealLinear, Spherical_Differentiable], ["getCandidates"]> {
  let summary = "adjoint of add_bias in the bias";
  let description = [{
    result[c] = sum of input[b,c] over the batch and all samples of a function, or over the batch
    of the coefficient of degree 0 of a spectrum.
    - C1: `result` is a tensor<channels x element>.
    ```mlir
    %b = spherical.bias_grad %g : !spherical.so3<2x4, b = 8, f32> -> tensor<4xf32>
    ```
  }];
  let arguments = (ins Spherical_Signal:$input);
  let results = (outs Spherical_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Spherical_RotateOp : Spherical_Op<"rotate", [
    RealLinear, Spherical_Differentiable, AllTypesMatch<["input", "result"]>], ["getCandidates"]> {
  let summary = "a function or spectrum rotated by a constant rotation";
  let description = [{
    result(Q) = input(R^-1 Q) for R = Rz(alpha) Ry(beta) Rz(gamma), the angles in radians; of a
    spectrum, degree by degree
        result^l_mn = sum_k conj(D^l_mk(R)) input^l_kn    (S2: n = 0).
    Of a function, that of its spectrum below its band-limit.
    - C1: there are three angles, all finite.
    ```mlir
    %y = spherical.rotate %x by [0.1, 0.2, 0.3] : !spherical.so3<2x4, b = 8, f32>
    ```
  }];
  let arguments = (ins Spherical_Signal:$input, DenseF64ArrayAttr:$angles);
  let results = (outs Spherical_Signal:$result);
  let assemblyFormat = "$input `by` custom<NumberList>($angles) attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let hasFolder = 1;
}

def Spherical_ZeroOp : Spherical_Op<"zero", [
    HoldsComplex, RealLinear, Spherical_Differentiable], ["getCandidates"]> {
  let summary = "zeros";
  let description = [{
    The function, spectrum or tensor whose every value is 0.
    ```mlir
    %z = spherical.zero : !spherical.so3<2x4, b = 8, f32>
    ```
  }];
  let arguments = (ins);
  let results = (outs Spherical_SignalOrTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Spherical_ConvertLayoutOp : Spherical_Op<"convert_layout", [
    KeepsSamples, Spherical_Differentiable], ["getCandidates"]> {
  let summary = "the same values in another layout";
  let description = [{
    Moves the values of a function, spectrum or tensor to the layout of the result. Lanes without a
    sample hold zeros then.
    - C1: `input` and `result` have the same type up to the layout.
    ```mlir
    #lanes = #spherical.layout<order = [lane_group, channel], lane = [batch : 2]>
    %y = spherical.convert_layout %x : tensor<2x4xf32> -> tensor<2x4xf32, #lanes>
    ```
  }];
  let arguments = (ins Spherical_SignalOrTensor:$input);
  let results = (outs Spherical_SignalOrTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let hasFolder = 1;
}

#endif
