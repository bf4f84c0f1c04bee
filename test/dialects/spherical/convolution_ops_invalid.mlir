// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @s2_conv_C1(%x: !spherical.s2<2x3, b = 8, f32>, %k: tensor<3x5x4xf32>) {
  // expected-error @+1 {{expected input and result of the same batch and element (C1), got '!spherical.s2<2x3, b = 8, f32>' -> '!spherical.so3<7x5, b = 6, f32>'}}
  %y = spherical.s2_conv %x, %k grid <s2_soft<1>> : !spherical.s2<2x3, b = 8, f32> -> !spherical.so3<7x5, b = 6, f32>
  return
}

// -----

func.func @s2_conv_C2(%x: !spherical.s2<2x3, b = 8, f32>, %k: tensor<3x5x4xf32>) {
  // expected-error @+1 {{expected a band-limit of at most the input's, 8 (C2), got 9}}
  %y = spherical.s2_conv %x, %k grid <s2_soft<1>> : !spherical.s2<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 9, f32>
  return
}

// -----

func.func @s2_conv_C3(%x: !spherical.s2<2x3, b = 8, f32>, %k: tensor<5x3x4xf32>) {
  // expected-error @+1 {{expected kernel 'tensor<3x5x4xf32>', channels in x channels out x points (C3), got 'tensor<5x3x4xf32>'}}
  %y = spherical.s2_conv %x, %k grid <s2_soft<1>> : !spherical.s2<2x3, b = 8, f32>, tensor<5x3x4xf32> -> !spherical.so3<2x5, b = 6, f32>
  return
}

// -----

// The inferred type of the kernel against that of the value.
func.func @s2_conv_inferred_C3(%x: !spherical.s2<2x3, b = 8, f32>, %k: tensor<5x3x4xf32>) { // expected-note {{prior use here}}
  // expected-error @+1 {{use of value '%k' expects different type than prior uses: 'tensor<3x5x4xf32>' vs 'tensor<5x3x4xf32>'}}
  %y = spherical.s2_conv %x, %k grid <s2_soft<1>> : !spherical.s2<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 6, f32>
  return
}

// -----

func.func @s2_conv_C4(%x: !spherical.s2<2x3, b = 8, f32>, %k: tensor<3x5x8xf32>) {
  // expected-error @+1 {{expected a grid on S2 (C4), got #spherical.grid<so3_soft<1>>}}
  %y = spherical.s2_conv %x, %k grid <so3_soft<1>> : !spherical.s2<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 6, f32>
  return
}

// -----

func.func @s2_conv_types(%x: tensor<2x3xf32>, %k: tensor<3x5x4xf32>) {
  // expected-error @+1 {{expected functions on S2 or SO(3), got 'tensor<2x3xf32>' -> 'tensor<2x5xf32>'}}
  %y = spherical.s2_conv %x, %k grid <s2_soft<1>> : tensor<2x3xf32> -> tensor<2x5xf32>
  return
}

// -----

func.func @so3_conv_C1(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x8xf32>) {
  // expected-error @+1 {{expected input and result of the same batch and element (C1), got '!spherical.so3<2x3, b = 8, f32>' -> '!spherical.so3<2x5, b = 6, f64>'}}
  %y = spherical.so3_conv %x, %k grid <so3_soft<1>> : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 6, f64>
  return
}

// -----

func.func @so3_conv_C2(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x8xf32>) {
  // expected-error @+2 {{'spherical.so3_conv' op expected `high` to say what degrees 8 and up hold (C2), got none}}
  // expected-note @+1 {{zero fills them with zeros (the paper); quadrature is what the public PyTorch code computes, truncated what it trains with}}
  %y = spherical.so3_conv %x, %k grid <so3_soft<1>> : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 9, f32>
  return
}

// -----

func.func @so3_conv_not_high_C2(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x8xf32>) {
  // expected-error @+1 {{expected no `high` without degrees from 8 on (C2), got zero}}
  %y = spherical.so3_conv %x, %k grid <so3_soft<1>> high zero : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 8, f32>
  return
}

// -----

func.func @so3_conv_C3(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x7xf32>) {
  // expected-error @+1 {{expected kernel 'tensor<3x5x8xf32>', channels in x channels out x points (C3), got 'tensor<3x5x7xf32>'}}
  %y = spherical.so3_conv %x, %k grid <so3_soft<1>> : !spherical.so3<2x3, b = 8, f32>, tensor<3x5x7xf32> -> !spherical.so3<2x5, b = 6, f32>
  return
}

// -----

func.func @so3_conv_C4(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x4xf32>) {
  // expected-error @+1 {{expected a grid on SO(3) (C4), got #spherical.grid<s2_soft<1>>}}
  %y = spherical.so3_conv %x, %k grid <s2_soft<1>> : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 6, f32>
  return
}

// -----

func.func @resample_manifold_C1(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected functions on the same manifold, of the same batch, channels and element (C1), got '!spherical.so3<2x3, b = 8, f32>' -> '!spherical.s2<2x3, b = 6, f32>'}}
  %y = spherical.resample %x : !spherical.so3<2x3, b = 8, f32> -> !spherical.s2<2x3, b = 6, f32>
  return
}

// -----

func.func @resample_channels_C1(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{same batch, channels and element (C1)}}
  %y = spherical.resample %x : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3<2x4, b = 6, f32>
  return
}

// -----

func.func @so3_integrate_C1(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected input on SO(3) and a tensor<batch x channels x element> as result (C1), got '!spherical.so3<2x3, b = 8, f32>' -> 'tensor<3x2xf32>'}}
  %y = spherical.so3_integrate %x : !spherical.so3<2x3, b = 8, f32> -> tensor<3x2xf32>
  return
}

// -----

func.func @so3_integrate_adjoint_C1(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected result on SO(3) and a tensor<batch x channels x element> as input (C1), got '!spherical.so3<2x3, b = 8, f32>' -> 'tensor<2x3xf32>'}}
  %y = spherical.so3_integrate %x {adjoint} : !spherical.so3<2x3, b = 8, f32> -> tensor<2x3xf32>
  return
}

// -----

func.func @so3_shortcut_C1(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x1xf32>) {
  // expected-error @+1 {{expected input and result of the same batch and element (C1), got}}
  %y = spherical.so3_shortcut %x, %k : !spherical.so3<2x3, b = 8, f32>, tensor<3x5x1xf32> -> !spherical.so3<4x5, b = 8, f32>
  return
}

// -----

func.func @so3_shortcut_C2(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<3x5x1xf32>) {
  // expected-error @+1 {{expected no `high` without degrees from 8 on (C2), got truncated}}
  %y = spherical.so3_shortcut %x, %k high truncated : !spherical.so3<2x3, b = 8, f32>, tensor<3x5x1xf32> -> !spherical.so3<2x5, b = 8, f32>
  return
}

// -----

func.func @so3_shortcut_C3(%x: !spherical.so3<2x3, b = 8, f32>, %k: tensor<5x3x1xf32>) {
  // expected-error @+1 {{expected kernel 'tensor<3x5x1xf32>', channels in x channels out x 1 (C3), got 'tensor<5x3x1xf32>'}}
  %y = spherical.so3_shortcut %x, %k : !spherical.so3<2x3, b = 8, f32>, tensor<5x3x1xf32> -> !spherical.so3<2x5, b = 8, f32>
  return
}
