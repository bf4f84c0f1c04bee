// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @samples_C1(%x: !spherical.s2<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected 'tensor<2x3x16x16xf32>', the samples of '!spherical.s2<2x3, b = 8, f32>' (C1), got 'tensor<2x3x8x8xf32>'}}
  %y = spherical.samples %x : !spherical.s2<2x3, b = 8, f32> -> tensor<2x3x8x8xf32>
  return
}

// -----

func.func @samples_back_C1(%x: tensor<2x3x2x2x2x1xf32>) {
  // expected-error @+1 {{expected 'tensor<2x3x2x2x2x2xf32>', the samples of '!spherical.so3<2x3, b = 1, complex<f32>>' (C1), got 'tensor<2x3x2x2x2x1xf32>'}}
  %y = spherical.samples %x : tensor<2x3x2x2x2x1xf32> -> !spherical.so3<2x3, b = 1, complex<f32>>
  return
}

// -----

func.func @samples_two_functions_C1(%x: !spherical.s2<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected a function and the tensor of its samples (C1), got}}
  %y = spherical.samples %x : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2<2x3, b = 8, f32>
  return
}

// -----

func.func @samples_spectrum(%x: !spherical.s2_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{operand #0 must be function on S2 or SO(3) or statically shaped tensor}}
  %y = spherical.samples %x : !spherical.s2_spectrum<2x3, b = 8, f32> -> tensor<2x3x64x2xf32>
  return
}

// -----

func.func @add_bias_C1(%x: !spherical.s2<2x3, b = 8, f32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{expected the bias of '!spherical.s2<2x3, b = 8, f32>' to be a 'tensor<3xf32>' (C1), got 'tensor<2xf32>'}}
  %y = spherical.add_bias %x, %b : !spherical.s2<2x3, b = 8, f32>, tensor<2xf32>
  return
}

// -----

func.func @bias_grad_C1(%x: !spherical.s2_spectrum<2x3, b = 8, complex<f32>>) {
  // expected-error @+1 {{to be a 'tensor<3xcomplex<f32>>' (C1), got 'tensor<3xf32>'}}
  %y = spherical.bias_grad %x : !spherical.s2_spectrum<2x3, b = 8, complex<f32>> -> tensor<3xf32>
  return
}

// -----

func.func @convert_layout_C1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expected the same type up to the layout (C1), got 'tensor<2x3xf32>' -> 'tensor<3x2xf32, #spherical.layout<order = [a, b]>>'}}
  %y = spherical.convert_layout %x : tensor<2x3xf32> -> tensor<3x2xf32, #spherical.layout<order = [a, b]>>
  return
}

// -----

func.func @rotate_C1(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected three finite angles (C1), got array<f64: 1.000000e-01, 2.000000e-01>}}
  %y = spherical.rotate %x by [0.1, 0.2] : !spherical.so3<2x3, b = 8, f32>
  return
}
