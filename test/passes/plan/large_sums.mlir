// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s

// Sums over a batch of functions: rows in parallel, then their sums in order.
// CHECK-LABEL: func @bias_grad
//       CHECK:   %[[SUMS:.*]] = memref.alloc() : memref<2x3x6xf32>
//       CHECK:   stage.sweep "bias_grad" (%{{.*}}, %{{.*}}, %{{.*}}) in [3, 2, 6]
//       CHECK:   stage.sweep "bias_grad.total" (%{{.*}}) in [2]
func.func @bias_grad(%g: !spherical.so3<40x2, b = 3, f32>) -> tensor<2xf32> {
  %b = spherical.bias_grad %g : !spherical.so3<40x2, b = 3, f32> -> tensor<2xf32>
  return %b : tensor<2xf32>
}

// -----

// Latitudes have weights with the measure of area, ...
// CHECK-DAG: stage.table @{{.*}} : memref<6xf32> = #stage.table<"integral_weights", {b = 3, so3 = 0}>
// CHECK-LABEL: func @area
//       CHECK:   stage.sweep "batch_norm_train.mean" (%{{.*}}, %{{.*}}, %{{.*}}) in [1, 2, 6]
//       CHECK:   stage.sweep "batch_norm_train.mean" (%{{.*}}) in [2]
//       CHECK:   stage.sweep "batch_norm_train.variance" (%{{.*}}, %{{.*}}, %{{.*}}) in [1, 2, 6]
//       CHECK:   stage.sweep "batch_norm_train.variance" (%{{.*}}) in [2]
//       CHECK:   stage.sweep "batch_norm_train" (%{{.*}}, %{{.*}}, %{{.*}}) in [1, 2, 6]
!f = !spherical.s2<4x2, b = 3, f32>
func.func @area(%x: !f, %w: tensor<2xf32>, %b: tensor<2xf32>, %m: tensor<2xf32>, %v: tensor<2xf32>, %count: tensor<i64>) -> !f {
  %y, %m1, %s, %m2, %v2 = nn.batch_norm_train %x, %w, %b, %m, %v, %count : !f, tensor<2xf32>, tensor<i64>
  return %y : !f
}

// -----

// ... and values of a grid do not.
// CHECK-NOT: integral_weights
// CHECK-LABEL: func @grid
!f = !spherical.s2<4x2, b = 3, f32>
func.func @grid(%x: !f, %w: tensor<2xf32>, %b: tensor<2xf32>, %m: tensor<2xf32>, %v: tensor<2xf32>, %count: tensor<i64>) -> !f {
  %y, %m1, %s, %m2, %v2 = nn.batch_norm_train %x, %w, %b, %m, %v, %count statistics grid : !f, tensor<2xf32>, tensor<i64>
  return %y : !f
}

// -----

// The mean of a spectrum is its coefficient of degree 0: one point of each channel is read.
// CHECK-DAG: stage.table @{{.*}} : memref<10xf32> = #stage.table<"degree_weights", {degrees = 2, so3 = 1}>
// CHECK-LABEL: func @spectrum
//       CHECK:   stage.sweep "batch_norm_train.mean"
//       CHECK:     stage.map [1, 4]
//       CHECK:   stage.sweep "batch_norm_train.variance"
//       CHECK:     stage.map [10, 4]
!s = !spherical.so3_spectrum<4x2, b = 2, f32>
func.func @spectrum(%x: !s, %w: tensor<2xf32>, %b: tensor<2xf32>, %m: tensor<2xf32>, %v: tensor<2xf32>, %count: tensor<i64>) -> !s {
  %y, %m1, %s, %m2, %v2 = nn.batch_norm_train %x, %w, %b, %m, %v, %count : !s, tensor<2xf32>, tensor<i64>
  return %y : !s
}

// -----

// Rows of pixels are tasks; class weights are a table, and the label to ignore counts nothing.
// CHECK-DAG: stage.table @{{.*}} : memref<3xf32> = #stage.table<"constants", {}, points
// CHECK-LABEL: func @pixels
//       CHECK:   stage.sweep "cross_entropy" (%{{.*}}, %{{.*}}) in [1, 8] {{.*}}scratch (%{{.*}}: memref<8x4xf32>, %{{.*}}: memref<8x4xf32>)
//       CHECK:     arith.constant 255 : i32
//       CHECK:   stage.sweep "cross_entropy.total" (%{{.*}}) in [1]
func.func @pixels(%z: tensor<4x3x8x8xf32>, %labels: tensor<4x8x8xi32>, %count: tensor<i64>) -> tensor<f32> {
  %l = nn.cross_entropy %z, %labels, %count weights area ignore 255 class_weights [0.5, 1.0, 2.0]
      : tensor<4x3x8x8xf32>, tensor<4x8x8xi32>, tensor<i64> -> tensor<f32>
  return %l : tensor<f32>
}

// -----

// CHECK-LABEL: func @clip
//       CHECK:   stage.sweep "sum_squares" (%{{.*}}, %{{.*}}) in [20, 30]
//       CHECK:   stage.sweep "sum_squares.total" (%{{.*}}) in [1]
//       CHECK:   stage.sweep "clip_factor"
func.func @clip(%g: tensor<20x30x192xf32>) -> tensor<f64> {
  %s = nn.sum_squares %g : tensor<20x30x192xf32> -> tensor<f64>
  %f = nn.clip_factor %s max_norm 1.0 : tensor<f64>
  return %f : tensor<f64>
}
