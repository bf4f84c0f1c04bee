// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @relu_C1(%x: !spherical.s2<2x3, b = 8, complex<f32>>) {
  // expected-error @+1 {{expected a real element (C1), got '!spherical.s2<2x3, b = 8, complex<f32>>'}}
  %y = nn.relu %x : !spherical.s2<2x3, b = 8, complex<f32>>
  return
}

// -----

func.func @relu_spectrum(%x: !spherical.s2_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{operand #0 must be tensor of f32 or f64, or function on S2 or SO(3)}}
  %y = nn.relu %x : !spherical.s2_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @relu_grad_C1(%x: !spherical.s2<2x3, b = 8, complex<f32>>) {
  // expected-error @+1 {{expected a real element (C1)}}
  %y = nn.relu_grad %x, %x : !spherical.s2<2x3, b = 8, complex<f32>>, !spherical.s2<2x3, b = 8, complex<f32>>
  return
}

// -----

func.func @relu_grad_C2(%g: tensor<2x3xf32>, %x: tensor<2x4xf32>) {
  // expected-error @+1 {{expected `y` of the type of `grad`, 'tensor<2x3xf32>' (C2), got 'tensor<2x4xf32>'}}
  %y = nn.relu_grad %g, %x : tensor<2x3xf32>, tensor<2x4xf32>
  return
}

// -----

func.func @add_C1(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{requires the same type for all operands and results}}
  %y = "nn.add"(%a, %b) : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @linear_C1(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{expected `weight` to be [O, I] of 'f32', I = 4 (C1), got 'tensor<4x3xf32>'}}
  %y = nn.linear %x, %w, %b : tensor<2x4xf32>, tensor<4x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @linear_element_C1(%x: tensor<2x4xf32>, %w: tensor<3x4xf64>, %b: tensor<3xf32>) {
  // expected-error @+1 {{expected `weight` to be [O, I] of 'f32', I = 4 (C1), got 'tensor<3x4xf64>'}}
  %y = nn.linear %x, %w, %b : tensor<2x4xf32>, tensor<3x4xf64>, tensor<3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @linear_grad_input_C1(%g: tensor<2x3xf32>, %w: tensor<3x4xf32>) {
  // expected-error @+1 {{expected `result` to be [N, I] of 'f32', N = 2, I = 4 (C1), got 'tensor<2x5xf32>'}}
  %y = nn.linear_grad_input %g, %w : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x5xf32>
  return
}

// -----

func.func @linear_grad_weight_C1(%g: tensor<2x3xf32>, %x: tensor<5x4xf32>) {
  // expected-error @+1 {{expected `input` to be [N, I] of 'f32', N = 2 (C1), got 'tensor<5x4xf32>'}}
  %y = nn.linear_grad_weight %g, %x : tensor<2x3xf32>, tensor<5x4xf32> -> tensor<3x4xf32>
  return
}

// -----

func.func @sum_batch_C1(%g: tensor<2x3x4xf32>) {
  // expected-error @+1 {{expected `input` to be [N, C] of 'f32' (C1), got 'tensor<2x3x4xf32>'}}
  %y = nn.sum_batch %g : tensor<2x3x4xf32> -> tensor<3xf32>
  return
}
