// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms="choose=kernel_ft:algorithm=separable" --spherical-lower-to-stages | FileCheck %s

// Weights to lanes of output channels, a small product for the waves of each ring, and sums of two
// terms of each ring on the way out of the lanes. Rows are written with their padding.
// CHECK-DAG: stage.table @[[WAVES:.*]] : memref<112x64xf32> = #stage.table<"kernel_waves", {degrees = 17, transposed = 0}, points
// CHECK-DAG: stage.table @[[INDEX:.*]] : memref<6560x6xi32> = #stage.table<"kernel_terms_index", {degrees = 17}, points
// CHECK-DAG: stage.table @[[VALUES:.*]] : memref<6560x6xf32> = #stage.table<"kernel_terms_values", {degrees = 17}, points = {{.*}}, scale = 2.5{{0*e-01}}>
// CHECK-LABEL: func @forward
//       CHECK:   memref.alloc() : memref<2x2x192x16xf32>
//       CHECK:   memref.alloc() : memref<2x2x336x16xf32>
//       CHECK:   stage.sweep "kernel_ft.lanes" (%{{.*}}, %[[G:.*]]) in [2, 2]
//       CHECK:     stage.gather {{ ?}}to_lanes {{.*}} group %[[G]] {all, count = 192 : i64, lanes = 16 : i64}
//       CHECK:   stage.sweep "kernel_ft.waves"
//       CHECK:     stage.contract {{ ?}}scalar
//       CHECK:   stage.sweep "kernel_ft" (%{{.*}}, %[[G:.*]]) in [2, 2]
//       CHECK:     stage.gather {{ ?}}from_lanes {{.*}} group %[[G]] {{.*}}{all, count = 6560 : i64, lanes = 16 : i64}
func.func @forward(%k: tensor<2x19x192xf32>) -> !spherical.so3_spectrum<2x19, b = 17, f32> {
  %y = spherical.kernel_ft %k grid <so3_near_identity> scale 0.25 : tensor<2x19x192xf32> -> !spherical.so3_spectrum<2x19, b = 17, f32>
  return %y : !spherical.so3_spectrum<2x19, b = 17, f32>
}

// -----

// Back: 6545 coefficients are a block of 4096 and 2449 more, whose sums are added in order.
// CHECK-LABEL: func @adjoint
//       CHECK:   memref.alloc() : memref<2x2x2x336x16xf32>
//       CHECK:   stage.sweep "kernel_ft.adjoint" (%{{.*}}, %{{.*}}, %{{.*}}) in [1, 2, 2] {{.*}}scratch {{.*}}memref<4096x16xf32>
//       CHECK:     stage.gather {{ ?}}to_lanes
//       CHECK:     stage.gather {{ ?}}lanes
//       CHECK:   stage.sweep "kernel_ft.adjoint.rest" (%{{.*}}, %{{.*}}, %{{.*}}) in [1, 2, 2] {{.*}}scratch {{.*}}memref<2449x16xf32>
//       CHECK:   stage.sweep "kernel_ft.adjoint" (%{{.*}}, %{{.*}}) in [2, 2]
//       CHECK:     stage.map
//       CHECK:   stage.sweep "kernel_ft.waves"
//       CHECK:   stage.sweep "kernel_ft.adjoint" (%{{.*}}, %{{.*}}) in [2, 2]
//       CHECK:     stage.gather {{ ?}}from_lanes
func.func @adjoint(%y: !spherical.so3_spectrum<2x19, b = 17, f32>) -> tensor<2x19x192xf32> {
  %k = spherical.kernel_ft %y grid <so3_near_identity> scale 0.25 {adjoint} : !spherical.so3_spectrum<2x19, b = 17, f32> -> tensor<2x19x192xf32>
  return %k : tensor<2x19x192xf32>
}
