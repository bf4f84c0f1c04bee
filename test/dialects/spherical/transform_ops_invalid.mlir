// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @so3_ft_C1(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{'spherical.so3_ft' op expected input and result of the same batch, channels and precision (C1), got '!spherical.so3<2x3, b = 8, f32>' -> '!spherical.so3_spectrum<2x4, b = 6, f32>'}}
  %y = spherical.so3_ft %x : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x4, b = 6, f32>
  return
}

// -----

func.func @s2_ft_precision_C1(%x: !spherical.s2<2x3, b = 8, f32>) {
  // expected-error @+1 {{same batch, channels and precision (C1)}}
  %y = spherical.s2_ft %x : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 6, complex<f64>>
  return
}

// -----

func.func @so3_ft_C2(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+2 {{'spherical.so3_ft' op expected `high` to say what degrees 8 and up hold (C2), got none}}
  // expected-note @+1 {{zero fills them with zeros (the paper); quadrature is what the public PyTorch code computes, truncated what it trains with}}
  %y = spherical.so3_ft %x : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 9, f32>
  return
}

// -----

func.func @s2_ft_C2(%x: !spherical.s2<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected no `high` without degrees from 8 on (C2), got quadrature}}
  %y = spherical.s2_ft %x high quadrature : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @s2_ft_adjoint_C2(%x: !spherical.s2_spectrum<2x3, b = 9, f32>) {
  // expected-error @+2 {{expected `high` to say what degrees 8 and up hold (C2), got none}}
  // expected-note @+1 {{zero fills them}}
  %y = spherical.s2_ft %x {adjoint} : !spherical.s2_spectrum<2x3, b = 9, f32> -> !spherical.s2<2x3, b = 8, f32>
  return
}

// -----

func.func @so3_ft_C3(%x: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected to go from !spherical.so3 to !spherical.so3_spectrum (C3), got '!spherical.so3_spectrum<2x3, b = 8, f32>' -> '!spherical.so3<2x3, b = 8, f32>'}}
  %y = spherical.so3_ft %x : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3<2x3, b = 8, f32>
  return
}

// -----

func.func @s2_ft_adjoint_C3(%x: !spherical.s2<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected to go from !spherical.s2_spectrum to !spherical.s2 (C3)}}
  %y = spherical.s2_ft %x {adjoint} : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @s2_ft_manifold_C3(%x: !spherical.s2<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected to go from !spherical.s2 to !spherical.s2_spectrum (C3)}}
  %y = spherical.s2_ft %x : !spherical.s2<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @so3_ft_C4(%x: !spherical.so3<2x3, b = 8, complex<f32>>) {
  // expected-error @+1 {{expected a complex spectrum of a complex function (C4), got '!spherical.so3<2x3, b = 8, complex<f32>>' -> '!spherical.so3_spectrum<2x3, b = 8, f32>'}}
  %y = spherical.so3_ft %x : !spherical.so3<2x3, b = 8, complex<f32>> -> !spherical.so3_spectrum<2x3, b = 8, f32>
  return
}

// -----

func.func @so3_ift_C1(%x: !spherical.so3_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{'spherical.so3_ift' op expected input and result of the same batch, channels and precision (C1)}}
  %y = spherical.so3_ift %x : !spherical.so3_spectrum<2x3, b = 8, f32> -> !spherical.so3<3x3, b = 8, f32>
  return
}

// -----

func.func @s2_ift_C2(%x: !spherical.s2_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected a complex spectrum of a complex function (C2), got '!spherical.s2_spectrum<2x3, b = 8, f32>' -> '!spherical.s2<2x3, b = 8, complex<f32>>'}}
  %y = spherical.s2_ift %x : !spherical.s2_spectrum<2x3, b = 8, f32> -> !spherical.s2<2x3, b = 8, complex<f32>>
  return
}

// -----

func.func @so3_ift_C3(%x: !spherical.s2_spectrum<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected to go from !spherical.so3_spectrum to !spherical.so3 (C3)}}
  %y = spherical.so3_ift %x : !spherical.s2_spectrum<2x3, b = 8, f32> -> !spherical.s2<2x3, b = 8, f32>
  return
}

// -----

func.func @kernel_ft_C1(%k: tensor<5x3x4xf32>) {
  // expected-error @+1 {{expected a tensor [3, 5, point] beside '!spherical.s2_spectrum<3x5, b = 6, f32>' (C1), got 'tensor<5x3x4xf32>'}}
  %y = spherical.kernel_ft %k grid <s2_soft<1>> scale 1.0 : tensor<5x3x4xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
  return
}

// -----

func.func @kernel_ft_manifold_C2(%k: tensor<3x5x4xf32>) {
  // expected-error @+1 {{expected a grid on SO(3) of 4 points (C2), got one on S2 of 4}}
  %y = spherical.kernel_ft %k grid <s2_soft<1>> scale 1.0 : tensor<3x5x4xf32> -> !spherical.so3_spectrum<3x5, b = 6, f32>
  return
}

// -----

func.func @kernel_ft_points_C2(%k: tensor<3x5x7xf32>) {
  // expected-error @+1 {{expected a grid on S2 of 7 points (C2), got one on S2 of 4}}
  %y = spherical.kernel_ft %k grid <s2_soft<1>> scale 1.0 : tensor<3x5x7xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
  return
}

// -----

func.func @kernel_ft_C3(%k: tensor<3x5x4xcomplex<f32>>) {
  // expected-error @+1 {{expected weights of element 'f32' or that of the spectrum, 'f32' (C3), got 'complex<f32>'}}
  %y = spherical.kernel_ft %k grid <s2_soft<1>> scale 1.0 : tensor<3x5x4xcomplex<f32>> -> !spherical.s2_spectrum<3x5, b = 6, f32>
  return
}

// -----

func.func @kernel_ft_C4(%k: tensor<3x5x4xf32>) {
  // expected-error @+1 {{expected to go from spectrum to tensor (C4), got 'tensor<3x5x4xf32>' -> '!spherical.s2_spectrum<3x5, b = 6, f32>'}}
  %y = spherical.kernel_ft %k grid <s2_soft<1>> scale 1.0 {adjoint} : tensor<3x5x4xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
  return
}

// -----

func.func @high(%x: !spherical.so3<2x3, b = 8, f32>) {
  // expected-error @+1 {{expected zero, quadrature or truncated, got filled}}
  %y = spherical.so3_ft %x high filled : !spherical.so3<2x3, b = 8, f32> -> !spherical.so3_spectrum<2x3, b = 9, f32>
  return
}

// -----

func.func @kernel_ft_projection_C2(%k: tensor<3x5x4xf32>) {
  // expected-error @+1 {{expected a grid on SO(3) of 4 points (C2), got one on S2 of 4}}
  %y = spherical.kernel_ft %k grid <s2_soft<1>> scale 1.0 projection sum_n : tensor<3x5x4xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
  return
}

