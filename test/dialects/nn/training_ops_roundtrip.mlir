// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

// CHECK-LABEL: func @cross_entropy
//       CHECK:   nn.cross_entropy %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x10xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
//       CHECK:   nn.cross_entropy_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<f32>, tensor<2x10xf32>, tensor<2xi32>, tensor<i64>
func.func @cross_entropy(%z: tensor<2x10xf32>, %l: tensor<2xi32>, %n: tensor<i64>) -> tensor<2x10xf32> {
  %0 = nn.cross_entropy %z, %l, %n : tensor<2x10xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  %1 = nn.cross_entropy_grad %0, %z, %l, %n : tensor<f32>, tensor<2x10xf32>, tensor<2xi32>, tensor<i64>
  return %1 : tensor<2x10xf32>
}

// CHECK-LABEL: func @adam
//       CHECK:   nn.increment %{{.*}} : tensor<i64>
//       CHECK:   nn.adam %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {beta1 = 5.000000e-01 : f64} : tensor<4x5xf64>, tensor<i64>, tensor<f32>
func.func @adam(%p: tensor<4x5xf64>, %g: tensor<4x5xf64>, %step: tensor<i64>, %lr: tensor<f32>) -> tensor<4x5xf64> {
  %t = nn.increment %step : tensor<i64>
  %p1, %m1, %v1 = nn.adam %p, %g, %g, %g, %t, %lr {beta1 = 0.5 : f64} : tensor<4x5xf64>, tensor<i64>, tensor<f32>
  return %p1 : tensor<4x5xf64>
}

// CHECK-LABEL: func @adam_apart
//       CHECK:   nn.adam_factors %{{[^ ]*}}, %{{[^ ]*}} : tensor<i64>, tensor<f32> -> tensor<4xf64>
//       CHECK:   nn.adam_factors %{{.*}}, %{{.*}} scale(%{{.*}} : tensor<f64>) {beta1 = 5.000000e-01 : f64, weight_decay = 1.000000e-02 : f64} : tensor<i64>, tensor<f32> -> tensor<4xf32>
//       CHECK:   nn.adam_update %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{[^ ]*}} : tensor<4x5xf64>, tensor<4xf64>
//       CHECK:   nn.adam_update %{{.*}}, %{{[^ ]*}} scaled {beta2 = 5.000000e-01 : f64, eps = 1.000000e-03 : f64} : tensor<4x5xf64>, tensor<4xf64>
func.func @adam_apart(%p: tensor<4x5xf64>, %t: tensor<i64>, %lr: tensor<f32>, %s: tensor<f64>) {
  %f = nn.adam_factors %t, %lr : tensor<i64>, tensor<f32> -> tensor<4xf64>
  %g = nn.adam_factors %t, %lr scale(%s : tensor<f64>) {beta1 = 0.5, weight_decay = 0.01} : tensor<i64>, tensor<f32> -> tensor<4xf32>
  %0:3 = nn.adam_update %p, %p, %p, %p, %f : tensor<4x5xf64>, tensor<4xf64>
  %1:3 = nn.adam_update %p, %p, %p, %p, %f scaled {beta2 = 0.5, eps = 0.001} : tensor<4x5xf64>, tensor<4xf64>
  return
}

// CHECK-LABEL: func @pixels
//       CHECK:   nn.cross_entropy %{{.*}}, %{{.*}}, %{{.*}} weights area ignore 255 class_weights [0.5, 1.0, 2.0] : tensor<2x3x8x8xf32>, tensor<2x8x8xi32>, tensor<i64> -> tensor<f32>
//       CHECK:   nn.cross_entropy_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} ignore 0 : tensor<f32>, tensor<2x3x8x8xf32>, tensor<2x8x8xi32>, tensor<i64>
//       CHECK:   nn.mean_squared_error %{{.*}}, %{{.*}}, %{{.*}} weights area : tensor<2x3x8x8xf32>, tensor<i64> -> tensor<f32>
//       CHECK:   nn.mean_squared_error_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{[^ ]*}} : tensor<f32>, tensor<2x3x8x8xf32>, tensor<i64>
//       CHECK:   nn.mean_absolute_error %{{.*}}, %{{.*}}, %{{[^ ]*}} : tensor<2x3x8x8xf32>, tensor<i64> -> tensor<f32>
//       CHECK:   nn.mean_absolute_error_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} weights area : tensor<f32>, tensor<2x3x8x8xf32>, tensor<i64>
func.func @pixels(%z: tensor<2x3x8x8xf32>, %l: tensor<2x8x8xi32>, %n: tensor<i64>) {
  %0 = nn.cross_entropy %z, %l, %n weights area ignore 255 class_weights [0.5, 1.0, 2.0] : tensor<2x3x8x8xf32>, tensor<2x8x8xi32>, tensor<i64> -> tensor<f32>
  %1 = nn.cross_entropy_grad %0, %z, %l, %n weights grid ignore 0 : tensor<f32>, tensor<2x3x8x8xf32>, tensor<2x8x8xi32>, tensor<i64>
  %2 = nn.mean_squared_error %z, %1, %n weights area : tensor<2x3x8x8xf32>, tensor<i64> -> tensor<f32>
  %3 = nn.mean_squared_error_grad %2, %z, %1, %n : tensor<f32>, tensor<2x3x8x8xf32>, tensor<i64>
  %4 = nn.mean_absolute_error %z, %1, %n weights grid : tensor<2x3x8x8xf32>, tensor<i64> -> tensor<f32>
  %5 = nn.mean_absolute_error_grad %4, %z, %1, %n weights area : tensor<f32>, tensor<2x3x8x8xf32>, tensor<i64>
  return
}

// CHECK-LABEL: func @clipped
//       CHECK:   nn.sum_squares %{{.*}} : tensor<4x5xf32> -> tensor<f64>
//       CHECK:   nn.clip_factor %{{.*}} max_norm 1.000000e+00 : tensor<f64>
//       CHECK:   nn.adam %{{.*}} scale(%{{.*}} : tensor<f64>) {weight_decay = 1.000000e-02 : f64} : tensor<4x5xf32>, tensor<i64>, tensor<f32>
func.func @clipped(%p: tensor<4x5xf32>, %t: tensor<i64>, %lr: tensor<f32>) {
  %s = nn.sum_squares %p : tensor<4x5xf32> -> tensor<f64>
  %f = nn.clip_factor %s max_norm 1.0 : tensor<f64>
  %p1, %m1, %v1 = nn.adam %p, %p, %p, %p, %t, %lr scale(%f : tensor<f64>) {weight_decay = 0.01} : tensor<4x5xf32>, tensor<i64>, tensor<f32>
  return
}

// CHECK-LABEL: func @huber
//       CHECK:   nn.huber %{{.*}}, %{{.*}}, %{{.*}} delta 5.000000e-01 weights area : tensor<2x3x8x8xf32>, tensor<i64> -> tensor<f32>
//       CHECK:   nn.huber_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} delta 1.000000e+00 : tensor<f32>, tensor<2x3x8x8xf32>, tensor<i64>
//       CHECK:   nn.cross_entropy %{{.*}}, %{{.*}}, %{{.*}} class_weights [0.5, 1.0, 2.0] label_smoothing 1.000000e-01 :
//       CHECK:   nn.cross_entropy_grad %{{.*}} label_smoothing 1.000000e-01 :
func.func @huber(%z: tensor<2x3x8x8xf32>, %l: tensor<2x8x8xi32>, %n: tensor<i64>) {
  %0 = nn.huber %z, %z, %n delta 0.5 weights area : tensor<2x3x8x8xf32>, tensor<i64> -> tensor<f32>
  %1 = nn.huber_grad %0, %z, %z, %n delta 1.0 weights grid : tensor<f32>, tensor<2x3x8x8xf32>, tensor<i64>
  %2 = nn.cross_entropy %z, %l, %n class_weights [0.5, 1.0, 2.0] label_smoothing 0.1 : tensor<2x3x8x8xf32>, tensor<2x8x8xi32>, tensor<i64> -> tensor<f32>
  %3 = nn.cross_entropy_grad %0, %z, %l, %n label_smoothing 0.1 : tensor<f32>, tensor<2x3x8x8xf32>, tensor<2x8x8xi32>, tensor<i64>
  return
}

// CHECK-LABEL: func @sgd
//       CHECK:   nn.sgd %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : tensor<4x5xf32>, tensor<f32>
//       CHECK:   nn.sgd %{{.*}} scale(%{{.*}} : tensor<f64>) {weight_decay = 1.000000e-02 : f64} : tensor<4x5xf32>, tensor<f32>
//       CHECK:   nn.sgd_momentum %{{.*}} momentum 9.000000e-01 nesterov : tensor<4x5xf32>, tensor<f32>
//       CHECK:   nn.sgd_momentum %{{.*}} scale(%{{.*}} : tensor<f64>) momentum 5.000000e-01 {weight_decay = 1.000000e-02 : f64} : tensor<4x5xf32>, tensor<f32>
func.func @sgd(%p: tensor<4x5xf32>, %lr: tensor<f32>, %s: tensor<f64>) {
  %0 = nn.sgd %p, %p, %lr : tensor<4x5xf32>, tensor<f32>
  %1 = nn.sgd %p, %p, %lr scale(%s : tensor<f64>) {weight_decay = 0.01} : tensor<4x5xf32>, tensor<f32>
  %2:2 = nn.sgd_momentum %p, %p, %p, %lr momentum 0.9 nesterov : tensor<4x5xf32>, tensor<f32>
  %3:2 = nn.sgd_momentum %p, %p, %p, %lr scale(%s : tensor<f64>) momentum 0.5 {weight_decay = 0.01} : tensor<4x5xf32>, tensor<f32>
  return
}

// CHECK-LABEL: func @beside_a_step
//       CHECK:   %[[F:.*]] = nn.average_factor %{{.*}} decay 7.500000e-01 : tensor<i64> -> tensor<f32>
//       CHECK:   nn.moving_average %{{.*}}, %{{.*}}, %[[F]] : tensor<4x5xf32>, tensor<f32>
//       CHECK:   nn.accumulate %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<4x5xf32>, tensor<i64>
//       CHECK:   nn.increment %{{.*}} by %{{.*}} : tensor<i64>
//       CHECK:   %[[M:.*]] = nn.mean_scale %{{.*}} : tensor<i64> -> tensor<f64>
//       CHECK:   nn.sum_squares %{{.*}} count(%{{.*}} : tensor<i64>) : tensor<4x5xf32> -> tensor<f64>
//       CHECK:   nn.clip_factor %{{.*}} scale %[[M]] max_norm 1.000000e+00 : tensor<f64>
func.func @beside_a_step(%p: tensor<4x5xf32>, %t: tensor<i64>, %n: tensor<i64>) {
  %f = nn.average_factor %t decay 0.75 : tensor<i64> -> tensor<f32>
  %0 = nn.moving_average %p, %p, %f : tensor<4x5xf32>, tensor<f32>
  %1 = nn.accumulate %p, %p, %t, %n : tensor<4x5xf32>, tensor<i64>
  %2 = nn.increment %t by %n : tensor<i64>
  %3 = nn.mean_scale %t : tensor<i64> -> tensor<f64>
  %4 = nn.sum_squares %p count(%n : tensor<i64>) : tensor<4x5xf32> -> tensor<f64>
  %5 = nn.clip_factor %4 scale %3 max_norm 1.0 : tensor<f64>
  return
}
