// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @cross_entropy_logits_C1(%z: tensor<2xf32>, %l: tensor<2xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `logits` to be [N, C, ...] (C1), got 'tensor<2xf32>'}}
  %0 = nn.cross_entropy %z, %l, %n : tensor<2xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_labels_C1(%z: tensor<2x10xf32>, %l: tensor<3xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `labels` to be a 'tensor<2xi32>' (C1), got 'tensor<3xi32>'}}
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

// -----

func.func @cross_entropy_pixels_C1(%z: tensor<2x3x8x8xf32>, %l: tensor<2xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `labels` to be a 'tensor<2x8x8xi32>' (C1), got 'tensor<2xi32>'}}
  %0 = nn.cross_entropy %z, %l, %n : tensor<2x3x8x8xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_C3(%z: tensor<2x3x8x7xf32>, %l: tensor<2x8x7xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected positions [2b, 2b] or [2b, 2b, 2b] for `weights` area (C3), got 'tensor<2x3x8x7xf32>'}}
  %0 = nn.cross_entropy %z, %l, %n weights area : tensor<2x3x8x7xf32>, tensor<2x8x7xi32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_count_C4(%z: tensor<2x3xf32>, %l: tensor<2xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected 3 class weights (C4), got 2}}
  %0 = nn.cross_entropy %z, %l, %n class_weights [1.0, 2.0] : tensor<2x3xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_grad_C4(%g: tensor<f32>, %z: tensor<2x2xf32>, %l: tensor<2xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected finite class weights that are not negative (C4), got -2.0}}
  %0 = nn.cross_entropy_grad %g, %z, %l, %n class_weights [1.0, -2.0] : tensor<f32>, tensor<2x2xf32>, tensor<2xi32>, tensor<i64>
  return
}

// -----

func.func @mean_squared_error_C1(%y: tensor<2xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `input` to be [N, C, ...] (C1), got 'tensor<2xf32>'}}
  %0 = nn.mean_squared_error %y, %y, %n : tensor<2xf32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @mean_squared_error_C2(%y: tensor<2x3xf32>, %n: tensor<2xi64>) {
  // expected-error @+1 {{expected `count` to be a tensor<i64> (C2), got 'tensor<2xi64>'}}
  %0 = nn.mean_squared_error %y, %y, %n : tensor<2x3xf32>, tensor<2xi64> -> tensor<f32>
  return
}

// -----

func.func @mean_squared_error_grad_C3(%g: tensor<f32>, %y: tensor<2x3x5x5xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected positions [2b, 2b] or [2b, 2b, 2b] for `weights` area (C3), got 'tensor<2x3x5x5xf32>'}}
  %0 = nn.mean_squared_error_grad %g, %y, %y, %n weights area : tensor<f32>, tensor<2x3x5x5xf32>, tensor<i64>
  return
}

// -----

func.func @mean_absolute_error_C1(%y: tensor<2x3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `result` to be a 'tensor<f32>' (C1), got 'tensor<f64>'}}
  %0 = nn.mean_absolute_error %y, %y, %n : tensor<2x3xf32>, tensor<i64> -> tensor<f64>
  return
}

// -----

func.func @mean_absolute_error_C2(%y: tensor<0x3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `input` to have at least one sample (C2), got 'tensor<0x3xf32>'}}
  %0 = nn.mean_absolute_error %y, %y, %n : tensor<0x3xf32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @mean_absolute_error_grad_C3(%g: tensor<f32>, %y: tensor<2x3x8x6xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected positions [2b, 2b] or [2b, 2b, 2b] for `weights` area (C3), got 'tensor<2x3x8x6xf32>'}}
  %0 = nn.mean_absolute_error_grad %g, %y, %y, %n weights area : tensor<f32>, tensor<2x3x8x6xf32>, tensor<i64>
  return
}

// -----

func.func @sum_squares_C1(%g: tensor<2x3xf32>) {
  // expected-error @+1 {{expected `result` to be a tensor<f64> (C1), got 'tensor<f32>'}}
  %0 = nn.sum_squares %g : tensor<2x3xf32> -> tensor<f32>
  return
}

// -----

func.func @clip_factor_C1(%s: tensor<3xf32>) {
  // expected-error @+1 {{expected `squares` to be a scalar (C1), got 'tensor<3xf32>'}}
  %0 = nn.clip_factor %s max_norm 1.0 : tensor<3xf32>
  return
}

// -----

func.func @clip_factor_C2(%s: tensor<f32>) {
  // expected-error @+1 {{expected `max_norm` to be positive (C2), got 0.0}}
  %0 = nn.clip_factor %s max_norm 0.0 : tensor<f32>
  return
}

// -----

func.func @adam_scale_C2(%p: tensor<4xf32>, %t: tensor<i64>, %lr: tensor<f32>, %s: tensor<2xf32>) {
  // expected-error @+1 {{expected `scale` to be a tensor<f32> or tensor<f64> (C2), got 'tensor<2xf32>'}}
  %0:3 = nn.adam %p, %p, %p, %p, %t, %lr scale(%s : tensor<2xf32>) : tensor<4xf32>, tensor<i64>, tensor<f32>
  return
}

// -----

func.func @adam_decay_C3(%p: tensor<4xf32>, %t: tensor<i64>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `weight_decay` to be finite and not negative (C3), got -1.0}}
  %0:3 = nn.adam %p, %p, %p, %p, %t, %lr {weight_decay = -1.0 : f64} : tensor<4xf32>, tensor<i64>, tensor<f32>
  return
}

// -----

func.func @no_sample(%z: tensor<0x3xf32>, %l: tensor<0xi32>, %n: tensor<i64>) -> tensor<f32> {
  // expected-error @+1 {{expected `logits` to have at least one sample (C2), got 'tensor<0x3xf32>'}}
  %y = nn.cross_entropy %z, %l, %n : tensor<0x3xf32>, tensor<0xi32>, tensor<i64> -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @no_class(%z: tensor<2x0xf32>, %l: tensor<2xi32>, %n: tensor<i64>) -> tensor<f32> {
  // expected-error @+1 {{expected `logits` to have at least one channel (C2), got 'tensor<2x0xf32>'}}
  %y = nn.cross_entropy %z, %l, %n : tensor<2x0xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @no_channel(%x: tensor<2x0xf32>, %n: tensor<i64>) -> tensor<f32> {
  // expected-error @+1 {{expected `input` to have at least one channel (C2), got 'tensor<2x0xf32>'}}
  %y = nn.mean_squared_error %x, %x, %n : tensor<2x0xf32>, tensor<i64> -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @no_grid(%x: tensor<2x1x0x0xf32>, %n: tensor<i64>) -> tensor<f32> {
  // expected-error @+1 {{expected positions [2b, 2b] or [2b, 2b, 2b] for `weights` area (C3)}}
  %y = nn.mean_squared_error %x, %x, %n weights area : tensor<2x1x0x0xf32>, tensor<i64> -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @adam_factors_C1(%t: tensor<i64>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `result` to be a tensor<4xf32> or tensor<4xf64> (C1), got 'tensor<3xf32>'}}
  %0 = nn.adam_factors %t, %lr : tensor<i64>, tensor<f32> -> tensor<3xf32>
  return
}

// -----

func.func @adam_factors_step_C2(%t: tensor<2xi64>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `step` to be a tensor<i64> (C2), got 'tensor<2xi64>'}}
  %0 = nn.adam_factors %t, %lr : tensor<2xi64>, tensor<f32> -> tensor<4xf32>
  return
}

// -----

func.func @adam_factors_rate_C2(%t: tensor<i64>, %lr: tensor<1xf32>) {
  // expected-error @+1 {{expected `learning_rate` to be a tensor<f32> or tensor<f64> (C2), got 'tensor<1xf32>'}}
  %0 = nn.adam_factors %t, %lr : tensor<i64>, tensor<1xf32> -> tensor<4xf32>
  return
}

// -----

func.func @adam_factors_scale_C2(%t: tensor<i64>, %lr: tensor<f32>, %s: tensor<2xf32>) {
  // expected-error @+1 {{expected `scale` to be a tensor<f32> or tensor<f64> (C2), got 'tensor<2xf32>'}}
  %0 = nn.adam_factors %t, %lr scale(%s : tensor<2xf32>) : tensor<i64>, tensor<f32> -> tensor<4xf32>
  return
}

// -----

func.func @adam_factors_beta_C3(%t: tensor<i64>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `beta1` of at least 0 and below 1 (C3), got -5.0}}
  %0 = nn.adam_factors %t, %lr {beta1 = -0.5 : f64} : tensor<i64>, tensor<f32> -> tensor<4xf32>
  return
}

// -----

func.func @adam_factors_decay_C3(%t: tensor<i64>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `weight_decay` to be finite and not negative (C3), got -1.0}}
  %0 = nn.adam_factors %t, %lr {weight_decay = -1.0 : f64} : tensor<i64>, tensor<f32> -> tensor<4xf32>
  return
}

// -----

func.func @adam_update_C1(%p: tensor<4xf32>, %g: tensor<5xf32>) {
  // expected-error @+1 {{failed to verify that all of {param, grad, m, v, new_param, new_m, new_v} have same type}}
  %0:3 = "nn.adam_update"(%p, %g, %p, %p, %p) : (tensor<4xf32>, tensor<5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @adam_update_C2(%p: tensor<5xf32>, %f: tensor<4xf64>) {
  // expected-error @+1 {{expected `factors` to be a 'tensor<4xf32>' (C2), got 'tensor<4xf64>'}}
  %0:3 = nn.adam_update %p, %p, %p, %p, %f : tensor<5xf32>, tensor<4xf64>
  return
}

// -----

func.func @adam_update_beta_C3(%p: tensor<5xf32>, %f: tensor<4xf32>) {
  // expected-error @+1 {{expected `beta2` of at least 0 and below 1 (C3), got 1.0}}
  %0:3 = nn.adam_update %p, %p, %p, %p, %f {beta2 = 1.0 : f64} : tensor<5xf32>, tensor<4xf32>
  return
}

// -----

func.func @adam_update_eps_C3(%p: tensor<5xf32>, %f: tensor<4xf32>) {
  // expected-error @+1 {{expected `eps` to be positive (C3), got 0.0}}
  %0:3 = nn.adam_update %p, %p, %p, %p, %f {eps = 0.0 : f64} : tensor<5xf32>, tensor<4xf32>
  return
}

// -----

func.func @cross_entropy_C5(%z: tensor<2x3xf32>, %l: tensor<2xi32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `label_smoothing` of at least 0 and below 1 (C5), got 1.0}}
  %0 = nn.cross_entropy %z, %l, %n label_smoothing 1.0 : tensor<2x3xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @huber_C1(%y: tensor<2xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `input` to be [N, C, ...] (C1), got 'tensor<2xf32>'}}
  %0 = nn.huber %y, %y, %n delta 1.0 : tensor<2xf32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @huber_C2(%y: tensor<2x3xf32>, %n: tensor<1xi64>) {
  // expected-error @+1 {{expected `count` to be a tensor<i64> (C2), got 'tensor<1xi64>'}}
  %0 = nn.huber %y, %y, %n delta 1.0 : tensor<2x3xf32>, tensor<1xi64> -> tensor<f32>
  return
}

// -----

func.func @huber_C3(%y: tensor<2x3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected positions [2b, 2b] or [2b, 2b, 2b] for `weights` area (C3), got 'tensor<2x3xf32>'}}
  %0 = nn.huber %y, %y, %n delta 1.0 weights area : tensor<2x3xf32>, tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @huber_grad_C4(%g: tensor<f32>, %y: tensor<2x3xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `delta` to be positive and finite (C4), got 0.0}}
  %0 = nn.huber_grad %g, %y, %y, %n delta 0.0 : tensor<f32>, tensor<2x3xf32>, tensor<i64>
  return
}

// -----

func.func @sum_squares_C2(%g: tensor<2x3xf32>, %n: tensor<2xi64>) {
  // expected-error @+1 {{expected `count` to be a tensor<i64> (C2), got 'tensor<2xi64>'}}
  %0 = nn.sum_squares %g count(%n : tensor<2xi64>) : tensor<2x3xf32> -> tensor<f64>
  return
}

// -----

func.func @sum_squares_samples_C2(%g: tensor<2xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{expected `input` to be [N, C, ...] (C2), got 'tensor<2xf32>'}}
  %0 = nn.sum_squares %g count(%n : tensor<i64>) : tensor<2xf32> -> tensor<f64>
  return
}

// -----

func.func @sgd_C2(%p: tensor<3xf32>, %lr: tensor<1xf32>) {
  // expected-error @+1 {{expected `learning_rate` to be a tensor<f32> or tensor<f64> (C2), got 'tensor<1xf32>'}}
  %0 = nn.sgd %p, %p, %lr : tensor<3xf32>, tensor<1xf32>
  return
}

// -----

func.func @sgd_scale_C2(%p: tensor<3xf32>, %lr: tensor<f32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{expected `scale` to be a tensor<f32> or tensor<f64> (C2), got 'tensor<3xf32>'}}
  %0 = nn.sgd %p, %p, %lr scale(%s : tensor<3xf32>) : tensor<3xf32>, tensor<f32>
  return
}

// -----

func.func @sgd_C3(%p: tensor<3xf32>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `weight_decay` to be finite and not negative (C3), got -1.0}}
  %0 = nn.sgd %p, %p, %lr {weight_decay = -1.0 : f64} : tensor<3xf32>, tensor<f32>
  return
}

// -----

func.func @sgd_momentum_C3(%p: tensor<3xf32>, %lr: tensor<f32>) {
  // expected-error @+1 {{expected `momentum` above 0 and below 1 (C3), got 0.0}}
  %0:2 = nn.sgd_momentum %p, %p, %p, %lr momentum 0.0 : tensor<3xf32>, tensor<f32>
  return
}

// -----

func.func @average_factor_C1(%t: tensor<i64>) {
  // expected-error @+1 {{expected `result` to be a tensor<f32> or tensor<f64> (C1), got 'tensor<1xf32>'}}
  %0 = nn.average_factor %t decay 0.9 : tensor<i64> -> tensor<1xf32>
  return
}

// -----

func.func @average_factor_C2(%t: tensor<1xi64>) {
  // expected-error @+1 {{expected `step` to be a tensor<i64> (C2), got 'tensor<1xi64>'}}
  %0 = nn.average_factor %t decay 0.9 : tensor<1xi64> -> tensor<f32>
  return
}

// -----

func.func @average_factor_C3(%t: tensor<i64>) {
  // expected-error @+1 {{expected `decay` of at least 0 and below 1 (C3), got 1.0}}
  %0 = nn.average_factor %t decay 1.0 : tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @moving_average_C2(%a: tensor<3xf32>, %f: tensor<f64>) {
  // expected-error @+1 {{expected `factor` to be a 'tensor<f32>' (C2), got 'tensor<f64>'}}
  %0 = nn.moving_average %a, %a, %f : tensor<3xf32>, tensor<f64>
  return
}

// -----

func.func @accumulate_C2(%a: tensor<3xf32>, %n: tensor<1xi64>) {
  // expected-error @+1 {{expected `total` to be a tensor<i64> (C2), got 'tensor<1xi64>'}}
  %0 = nn.accumulate %a, %a, %n, %n : tensor<3xf32>, tensor<1xi64>
  return
}

// -----

func.func @mean_scale_C1(%n: tensor<i64>) {
  // expected-error @+1 {{expected `result` to be a tensor<f64> (C1), got 'tensor<f32>'}}
  %0 = nn.mean_scale %n : tensor<i64> -> tensor<f32>
  return
}

// -----

func.func @mean_scale_C2(%n: tensor<1xi64>) {
  // expected-error @+1 {{expected `total` to be a tensor<i64> (C2), got 'tensor<1xi64>'}}
  %0 = nn.mean_scale %n : tensor<1xi64> -> tensor<f64>
  return
}
