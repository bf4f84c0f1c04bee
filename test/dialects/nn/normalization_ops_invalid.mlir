// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @batch_norm_C1(%x: tensor<2x3xf32>, %c: tensor<2xf32>) {
  // expected-error @+1 {{expected parameters and statistics to be 'tensor<3xf32>' (C1), got 'tensor<2xf32>'}}
  %y = nn.batch_norm %x, %c, %c, %c, %c : tensor<2x3xf32>, tensor<2xf32>
  return
}

// -----

func.func @batch_norm_rank_C1(%x: tensor<3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{expected `input` to be [N, C, ...] (C1), got 'tensor<3xf32>'}}
  %y = nn.batch_norm %x, %c, %c, %c, %c : tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @batch_norm_eps_C2(%x: tensor<2x3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{expected `eps` to be positive (C2), got 0.0}}
  %y = nn.batch_norm %x, %c, %c, %c, %c {eps = 0.0 : f64} : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @batch_norm_momentum_C2(%x: tensor<2x3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{expected `momentum` from 0 to 1 (C2), got 1.5}}
  %y = nn.batch_norm %x, %c, %c, %c, %c {momentum = 1.5 : f64} : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @batch_norm_train_C1(%x: tensor<2x3xf32>, %c: tensor<3xf64>, %n: tensor<i64>) {
  // expected-error @+1 {{expected parameters and statistics to be 'tensor<3xf32>' (C1), got 'tensor<3xf64>'}}
  %y:5 = nn.batch_norm_train %x, %c, %c, %c, %c, %n : tensor<2x3xf32>, tensor<3xf64>, tensor<i64>
  return
}

// -----

func.func @batch_norm_train_C2(%x: tensor<2x3xf32>, %c: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `eps` to be positive (C2), got -1.0}}
  %y:5 = nn.batch_norm_train %x, %c, %c, %c, %c, %n {eps = -1.0 : f64} : tensor<2x3xf32>, tensor<3xf32>, tensor<i64>
  return
}

// -----

func.func @batch_norm_train_C4(%x: tensor<2x3xf32>, %c: tensor<3xf32>, %n: tensor<1xi64>) {
  // expected-error @+1 {{expected `count` to be a tensor<i64> (C4), got 'tensor<1xi64>'}}
  %y:5 = nn.batch_norm_train %x, %c, %c, %c, %c, %n : tensor<2x3xf32>, tensor<3xf32>, tensor<1xi64>
  return
}

// -----

func.func @batch_norm_grad_C1(%x: tensor<2x3xf32>, %c: tensor<4xf32>) {
  // expected-error @+1 {{expected parameters and statistics to be 'tensor<3xf32>' (C1), got 'tensor<4xf32>'}}
  %y:3 = nn.batch_norm_grad %x, %x, %c, %c, %c : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @batch_norm_grad_C2(%x: tensor<2x3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{with `training` expected a `count` (C2), got none}}
  %y:3 = nn.batch_norm_grad %x, %x, %c, %c, %c {training} : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @batch_norm_grad_count_C2(%x: tensor<2x3xf32>, %c: tensor<3xf32>, %n: tensor<2xi64>) {
  // expected-error @+1 {{expected `count` to be a tensor<i64> (C2), got 'tensor<2xi64>'}}
  %y:3 = nn.batch_norm_grad %x, %x, %c, %c, %c count(%n : tensor<2xi64>) {training} : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @inverse_std_C1(%c: tensor<3xf32>) {
  // expected-error @+1 {{expected `eps` to be positive (C1), got 0.0}}
  %s = nn.inverse_std %c {eps = 0.0 : f64} : tensor<3xf32>
  return
}

// -----

func.func @batch_norm_complex_C1(%x: !spherical.s2<2x3, b = 4, complex<f32>>, %c: tensor<3xf32>) {
  // expected-error @+1 {{expected a real element (C1), got '!spherical.s2<2x3, b = 4, complex<f32>>'}}
  %y = nn.batch_norm %x, %c, %c, %c, %c : !spherical.s2<2x3, b = 4, complex<f32>>, tensor<3xf32>
  return
}

// -----

func.func @batch_norm_tensor_C3(%x: tensor<2x3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{expected `statistics` grid on a function on S2 or SO(3) only (C3), got 'tensor<2x3xf32>'}}
  %y = nn.batch_norm %x, %c, %c, %c, %c statistics grid : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @batch_norm_train_C3(%x: !spherical.s2_spectrum<2x3, b = 4, f32>, %c: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `statistics` grid on a function on S2 or SO(3) only (C3), got '!spherical.s2_spectrum<2x3, b = 4, f32>'}}
  %y:5 = nn.batch_norm_train %x, %c, %c, %c, %c, %n statistics grid : !spherical.s2_spectrum<2x3, b = 4, f32>, tensor<3xf32>, tensor<i64>
  return
}

// -----

func.func @batch_norm_grad_C3(%x: tensor<2x3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{expected `statistics` grid on a function on S2 or SO(3) only (C3), got 'tensor<2x3xf32>'}}
  %y:3 = nn.batch_norm_grad %x, %x, %c, %c, %c statistics grid : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @measure(%x: tensor<2x3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{expected grid or area, got mean}}
  %y = nn.batch_norm %x, %c, %c, %c, %c statistics mean : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @no_sample(%x: tensor<0x3xf32>, %c: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `input` to have at least one sample (C4), got 'tensor<0x3xf32>'}}
  %y, %m, %s, %a, %b = nn.batch_norm_train %x, %c, %c, %c, %c, %n : tensor<0x3xf32>, tensor<3xf32>, tensor<i64>
  return
}

// -----

func.func @no_position(%x: tensor<2x3x0x4xf32>, %c: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `input` to have at least one position (C4), got 'tensor<2x3x0x4xf32>'}}
  %y, %m, %s, %a, %b = nn.batch_norm_train %x, %c, %c, %c, %c, %n : tensor<2x3x0x4xf32>, tensor<3xf32>, tensor<i64>
  return
}

// -----

func.func @no_sample_grad(%x: tensor<0x3xf32>, %c: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `input` to have at least one sample (C2), got 'tensor<0x3xf32>'}}
  %g, %w, %b = nn.batch_norm_grad %x, %x, %c, %c, %c count(%n : tensor<i64>) {training} : tensor<0x3xf32>, tensor<3xf32>
  return
}
