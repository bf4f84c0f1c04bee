// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @cross_entropy_logits_C1(%z: tensor<2x10x4xf32>, %l: tensor<2xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `logits` to be [N, C] (C1), got 'tensor<2x10x4xf32>'}}
  %0 = nn.cross_entropy %z, %l, %n : tensor<2x10x4xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_labels_C1(%z: tensor<2x10xf32>, %l: tensor<3xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `labels` to be a tensor<2xi32> (C1), got 'tensor<3xi32>'}}
  %0 = nn.cross_entropy %z, %l, %n : tensor<2x10xf32>, tensor<3xi32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_result_C1(%z: tensor<2x10xf32>, %l: tensor<2xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `result` to be a 'tensor<f32>' (C1), got 'tensor<f64>'}}
  %0 = nn.cross_entropy %z, %l, %n : tensor<2x10xf32>, tensor<2xi32>, tensor<i64> -> tensor<f64>
  return
}

// -----

func.func @cross_entropy_C2(%z: tensor<2x10xf32>, %l: tensor<2xi32>, %n: tensor<1xi64>) {
  // expected-error @+1 {{expected `count` to be a tensor<i64> (C2), got 'tensor<1xi64>'}}
  %0 = nn.cross_entropy %z, %l, %n : tensor<2x10xf32>, tensor<2xi32>, tensor<1xi64> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_grad_C1(%g: tensor<2xf32>, %z: tensor<2x10xf32>, %l: tensor<2xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `grad` to be a 'tensor<f32>' (C1), got 'tensor<2xf32>'}}
  %0 = nn.cross_entropy_grad %g, %z, %l, %n : tensor<2xf32>, tensor<2x10xf32>, tensor<2xi32>, tensor<i64>
  return
}

// -----

func.func @cross_entropy_grad_C2(%g: tensor<f32>, %z: tensor<2x10xf32>, %l: tensor<2xi32>, %n: tensor<2xi64>) {
  // expected-error @+1 {{expected `count` to be a tensor<i64> (C2), got 'tensor<2xi64>'}}
  %0 = nn.cross_entropy_grad %g, %z, %l, %n : tensor<f32>, tensor<2x10xf32>, tensor<2xi32>, tensor<2xi64>
  return
}

// -----

func.func @adam_C1(%p: tensor<4xf32>, %g: tensor<5xf32>, %t: tensor<i64>, %lr: tensor<f32>) {
  // expected-error @+1 {{failed to verify that all of {param, grad, m, v, new_param, new_m, new_v} have same type}}
  %0:3 = "nn.adam"(%p, %g, %p, %p, %t, %lr) : (tensor<4xf32>, tensor<5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<i64>, tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @adam_step_C2(%p: tensor<4xf32>, %t: tensor<1xi64>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `step` to be a tensor<i64> (C2), got 'tensor<1xi64>'}}
  %0:3 = nn.adam %p, %p, %p, %p, %t, %lr : tensor<4xf32>, tensor<1xi64>, tensor<f32>
  return
}

// -----

func.func @adam_rate_C2(%p: tensor<4xf32>, %t: tensor<i64>, %lr: tensor<1xf32>) {
  // expected-error @+1 {{expected `learning_rate` to be a tensor<f32> or tensor<f64> (C2), got 'tensor<1xf32>'}}
  %0:3 = nn.adam %p, %p, %p, %p, %t, %lr : tensor<4xf32>, tensor<i64>, tensor<1xf32>
  return
}

// -----

func.func @adam_beta_C3(%p: tensor<4xf32>, %t: tensor<i64>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `beta2` of at least 0 and below 1 (C3), got 1.0}}
  %0:3 = nn.adam %p, %p, %p, %p, %t, %lr {beta2 = 1.0 : f64} : tensor<4xf32>, tensor<i64>, tensor<f32>
  return
}

// -----

func.func @adam_eps_C3(%p: tensor<4xf32>, %t: tensor<i64>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `eps` to be positive (C3), got 0.0}}
  %0:3 = nn.adam %p, %p, %p, %p, %t, %lr {eps = 0.0 : f64} : tensor<4xf32>, tensor<i64>, tensor<f32>
  return
}

// -----

func.func @increment_C1(%t: tensor<3xi64>) {
  // expected-error @+1 {{expected `input` to be a tensor<i64> (C1), got 'tensor<3xi64>'}}
  %0 = nn.increment %t : tensor<3xi64>
  return
}
