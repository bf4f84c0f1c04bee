// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @spectral_matmul_C1(%x: !spherical.so3_spectrum<2x3, b = 6, f32>, %y: !spherical.so3_spectrum<3x5, b = 7, f32>) {
  // expected-error @+1 {{expected spectra of the same band-limit and element (C1), got '!spherical.so3_spectrum<2x3, b = 6, f32>', '!spherical.so3_spectrum<3x5, b = 7, f32>' -> '!spherical.so3_spectrum<2x5, b = 6, f32>'}}
  %z = spherical.spectral_matmul %x, %y : !spherical.so3_spectrum<2x3, b = 6, f32>, !spherical.so3_spectrum<3x5, b = 7, f32> -> !spherical.so3_spectrum<2x5, b = 6, f32>
  return
}

// -----

func.func @spectral_matmul_C2(%x: !spherical.so3_spectrum<2x4, b = 6, f32>, %y: !spherical.so3_spectrum<3x5, b = 6, f32>) {
  // expected-error @+1 {{form forward expected lhs <BxI>, rhs <IxO> on its manifold, result <BxO> on SO(3) (C2), got}}
  %z = spherical.spectral_matmul %x, %y : !spherical.so3_spectrum<2x4, b = 6, f32>, !spherical.so3_spectrum<3x5, b = 6, f32> -> !spherical.so3_spectrum<2x5, b = 6, f32>
  return
}

// -----

func.func @spectral_matmul_manifold_C2(%x: !spherical.s2_spectrum<2x3, b = 6, f32>, %y: !spherical.so3_spectrum<3x5, b = 6, f32>) {
  // expected-error @+1 {{form forward expected lhs <BxI>, rhs <IxO> on its manifold}}
  %z = spherical.spectral_matmul %x, %y : !spherical.s2_spectrum<2x3, b = 6, f32>, !spherical.so3_spectrum<3x5, b = 6, f32> -> !spherical.so3_spectrum<2x5, b = 6, f32>
  return
}

// -----

func.func @spectral_matmul_C3(%g: !spherical.so3_spectrum<2x5, b = 6, f32>, %y: !spherical.s2_spectrum<3x5, b = 6, f32>) {
  // expected-error @+1 {{form grad_input expected lhs <BxO> on SO(3), rhs <IxO>, result <BxI> on rhs's manifold (C3), got}}
  %z = spherical.spectral_matmul %g, %y form grad_input : !spherical.so3_spectrum<2x5, b = 6, f32>, !spherical.s2_spectrum<3x5, b = 6, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32>
  return
}

// -----

func.func @spectral_matmul_C4(%g: !spherical.so3_spectrum<2x5, b = 6, f32>, %x: !spherical.s2_spectrum<2x3, b = 6, f32>) {
  // expected-error @+1 {{form grad_kernel expected lhs <BxO> on SO(3), rhs <BxI>, result <IxO> on rhs's manifold (C4), got}}
  %z = spherical.spectral_matmul %g, %x form grad_kernel : !spherical.so3_spectrum<2x5, b = 6, f32>, !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<5x3, b = 6, f32>
  return
}

// -----

func.func @spectral_matmul_form(%x: !spherical.so3_spectrum<2x3, b = 6, f32>, %y: !spherical.so3_spectrum<3x5, b = 6, f32>) {
  // expected-error @+1 {{expected forward, grad_input or grad_kernel, got backward}}
  %z = spherical.spectral_matmul %x, %y form backward : !spherical.so3_spectrum<2x3, b = 6, f32>, !spherical.so3_spectrum<3x5, b = 6, f32> -> !spherical.so3_spectrum<2x5, b = 6, f32>
  return
}

// -----

func.func @truncate_C1(%x: !spherical.so3_spectrum<2x3, b = 6, f32>) {
  // expected-error @+1 {{expected spectra on the same manifold, of the same batch, channels and element (C1), got '!spherical.so3_spectrum<2x3, b = 6, f32>' -> '!spherical.s2_spectrum<2x3, b = 4, f32>'}}
  %z = spherical.truncate %x : !spherical.so3_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
  return
}

// -----

func.func @truncate_C2(%x: !spherical.so3_spectrum<2x3, b = 6, f32>) {
  // expected-error @+1 {{expected a band-limit of at most the input's, 6 (C2), got 7}}
  %z = spherical.truncate %x : !spherical.so3_spectrum<2x3, b = 6, f32> -> !spherical.so3_spectrum<2x3, b = 7, f32>
  return
}

// -----

func.func @pad_C1(%x: !spherical.s2_spectrum<2x3, b = 6, f32>) {
  // expected-error @+1 {{same batch, channels and element (C1)}}
  %z = spherical.pad %x : !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 7, complex<f32>>
  return
}

// -----

func.func @pad_C2(%x: !spherical.s2_spectrum<2x3, b = 6, f32>) {
  // expected-error @+1 {{expected a band-limit of at least the input's, 6 (C2), got 5}}
  %z = spherical.pad %x : !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 5, f32>
  return
}

// -----

func.func @real_part_C1(%x: !spherical.s2_spectrum<2x3, b = 6, f32>) {
  // expected-error @+1 {{expected a complex type and the same with the real element (C1), got '!spherical.s2_spectrum<2x3, b = 6, f32>' -> '!spherical.s2_spectrum<2x3, b = 6, f32>'}}
  %z = spherical.real_part %x : !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 6, f32>
  return
}

// -----

func.func @imag_part_C1(%x: !spherical.s2_spectrum<2x3, b = 6, complex<f32>>) {
  // expected-error @+1 {{expected a complex type and the same with the real element (C1)}}
  %z = spherical.imag_part %x : !spherical.s2_spectrum<2x3, b = 6, complex<f32>> -> !spherical.s2_spectrum<2x3, b = 5, f32>
  return
}

// -----

func.func @complex_C1(%x: !spherical.s2_spectrum<2x3, b = 6, f32>) {
  // expected-error @+1 {{expected a complex type and the same with the real element (C1), got '!spherical.s2_spectrum<2x3, b = 6, f32>' -> '!spherical.s2_spectrum<2x3, b = 6, complex<f64>>'}}
  %z = spherical.complex %x, %x : !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 6, complex<f64>>
  return
}

// -----

func.func @tensor_part_C1(%x: tensor<2x3xcomplex<f32>>) {
  // expected-error @+1 {{expected a complex type and the same with the real element (C1), got 'tensor<2x3xcomplex<f32>>' -> 'tensor<3x2xf32>'}}
  %z = spherical.real_part %x : tensor<2x3xcomplex<f32>> -> tensor<3x2xf32>
  return
}
