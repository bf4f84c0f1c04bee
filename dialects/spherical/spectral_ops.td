//===- spectral_ops.td - work on spectra -------------------*- tablegen -*-===//
//
// Products of spectra and changes of their degrees and elements.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_SPECTRAL_OPS
#define SPHERICAL_DIALECTS_SPHERICAL_SPECTRAL_OPS

include "dialects/spherical/op_base.td"

def Spherical_SpectralMatmulOp : Spherical_Op<"spectral_matmul", [
    KeepsZeros, Spherical_Differentiable], ["getCandidates"]> {
  let summary = "product of spectra, degree by degree";
  let description = [{
    Each degree of a spectrum on SO(3) is a matrix over (m, n), on S2 a column over m. In the
    forms (^H: conjugate transpose)
    - `forward`: Z^l[b,o] = sum_i X^l[b,i] (Y^l[i,o])^H of x and the kernel's spectrum y, both on S2
      or both on SO(3); the result is on SO(3);
    - `grad_input`: X^l[b,i] = sum_o G^l[b,o] Y^l[i,o] of g on SO(3) and y;
    - `grad_kernel`: Y^l[i,o] = sum_b (G^l[b,o])^H X^l[b,i] of g on SO(3) and x.
    The latter two are the adjoints of the first in x and in y.
    - C1: all three spectra have the same band-limit and element.
    - C2: forward: lhs <BxI>, rhs <IxO> on the same manifold, result <BxO> on SO(3).
    - C3: grad_input: lhs <BxO> on SO(3), rhs <IxO>, result <BxI> on the manifold of rhs.
    - C4: grad_kernel: lhs <BxO> on SO(3), rhs <BxI>, result <IxO> on the manifold of rhs.
    ```mlir
    %z = spherical.spectral_matmul %x, %y
        : !spherical.so3_spectrum<2x4, b = 6, f32>, !spherical.so3_spectrum<4x5, b = 6, f32>
        -> !spherical.so3_spectrum<2x5, b = 6, f32>
    %gx = spherical.spectral_matmul %z, %y form grad_input
        : !spherical.so3_spectrum<2x5, b = 6, f32>, !spherical.so3_spectrum<4x5, b = 6, f32>
        -> !spherical.so3_spectrum<2x4, b = 6, f32>
    ```
    Source: Cohen et al. 2018, section 4.
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

class Spherical_DegreesOp<string mnemonic>
    : Spherical_Op<mnemonic, [RealLinear, Spherical_Differentiable], ["getCandidates"]> {
  let arguments = (ins Spherical_Spectrum:$input);
  let results = (outs Spherical_Spectrum:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let hasFolder = 1;
}

def Spherical_TruncateOp : Spherical_DegreesOp<"truncate"> {
  let summary = "the lower degrees of a spectrum";
  let description = [{
    The degrees l < L' of the input, L' the result's band-limit.
    - C1: `input` and `result` are spectra on the same manifold, of the same batch, channels and
      element.
    - C2: the result's band-limit is at most the input's.
    ```mlir
    %y = spherical.truncate %x
        : !spherical.s2_spectrum<2x4, b = 8, f32> -> !spherical.s2_spectrum<2x4, b = 6, f32>
    ```
  }];
}

def Spherical_PadOp : Spherical_DegreesOp<"pad"> {
  let summary = "a spectrum with zeros for higher degrees";
  let description = [{
    The input with zeros in the degrees from its band-limit up to the result's.
    - C1: `input` and `result` are spectra on the same manifold, of the same batch, channels and
      element.
    - C2: the result's band-limit is at least the input's.
    ```mlir
    %y = spherical.pad %x
        : !spherical.s2_spectrum<2x4, b = 6, f32> -> !spherical.s2_spectrum<2x4, b = 8, f32>
    ```
  }];
}

class Spherical_PartOp<string mnemonic>
    : Spherical_Op<mnemonic, [ClearsLanes, KeepsSamples, HoldsComplex, Spherical_Differentiable]> {
  let arguments = (ins Spherical_Part:$input);
  let results = (outs Spherical_Part:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let hasFolder = 1;
}

def Spherical_RealPartOp : Spherical_PartOp<"real_part"> {
  let summary = "real part of a function, of its spectrum, or of a tensor";
  let description = [{
    The real parts of all values. A complex spectrum is X = A + iB with A, B Hermitian, the spectra
    of the real and of the imaginary part of its function: the result is
    A_mn = (X_mn + (-1)^{m-n} conj X_{-m,-n}) / 2.
    - C1: `input` is complex, and `result` is its type with the real element.
    ```mlir
    %a = spherical.real_part %x
        : !spherical.s2_spectrum<2x4, b = 6, complex<f32>>
        -> !spherical.s2_spectrum<2x4, b = 6, f32>
    ```
  }];
}

def Spherical_ImagPartOp : Spherical_PartOp<"imag_part"> {
  let summary = "imaginary part of a function, of its spectrum, or of a tensor";
  let description = [{
    The imaginary parts of all values. A complex spectrum is X = A + iB with A, B Hermitian, the
    spectra of the real and of the imaginary part of its function: the result is
    B_mn = (X_mn - (-1)^{m-n} conj X_{-m,-n}) / 2i.
    - C1: `input` is complex, and `result` is its type with the real element.
    ```mlir
    %b = spherical.imag_part %x
        : !spherical.s2_spectrum<2x4, b = 6, complex<f32>>
        -> !spherical.s2_spectrum<2x4, b = 6, f32>
    ```
  }];
}

def Spherical_ComplexOp : Spherical_Op<"complex", [
    KeepsSamples, HoldsComplex, Spherical_Differentiable, SameTypeOperands]> {
  let summary = "complex function, spectrum or tensor from its real and imaginary parts";
  let description = [{
    result = re + i im, of two real functions, tensors or Hermitian spectra; `real_part` and
    `imag_part` give them back.
    - C1: `re` and `im` are real, and `result` is their type with the complex element.
    ```mlir
    %x = spherical.complex %a, %b
        : !spherical.s2_spectrum<2x4, b = 6, f32>
        -> !spherical.s2_spectrum<2x4, b = 6, complex<f32>>
    ```
  }];
  let arguments = (ins Spherical_Part:$re, Spherical_Part:$im);
  let results = (outs Spherical_Part:$result);
  let assemblyFormat = "$re `,` $im attr-dict `:` type($re) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let hasFolder = 1;
}

#endif
