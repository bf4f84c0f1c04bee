// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms="cpu=x86-64-v4 choose=*:algorithm=order_tasks" --spherical-lower-to-stages | FileCheck %s

// A sweep for each step of a boundary, the second channel after the first in the same memory.
// CHECK-LABEL: func @boundary
//   CHECK-DAG:   %[[FROM:.*]] = memref.alloc() : memref<56x16xf32>
//   CHECK-DAG:   %[[TO:.*]] = memref.alloc() : memref<56x16xf32>
//   CHECK-DAG:   %[[HALF:.*]] = memref.alloc() : memref<3x64x2x16xf32>
//       CHECK:   stage.sweep "boundary.from.columns"
//       CHECK:     stage.gather {{ ?}}lanes %{{.*}} -> %[[FROM]]
//       CHECK:   stage.sweep "boundary.from.orders" (%[[N:.*]]) in [3] {{.*}}scratch (%[[BINS:.*]]: memref<3x8x4x16xf32>)
//       CHECK:     %[[OWN:.*]] = memref.subview %[[HALF]][%[[N]], 0, 0, 0]
//       CHECK:     stage.contract {{ ?}}scalar %{{.*}}, %[[FROM]], %{{.*}} -> %[[BINS]]
//       CHECK:     stage.dft {{ ?}}complex_synthesis %[[BINS]] -> %[[OWN]]
//       CHECK:   stage.sweep "boundary.rows" (%{{.*}}) in [2] {{.*}}scratch (%[[ROWS:.*]]: memref<4096xf32>)
//       CHECK:     stage.dft {{ ?}}real_synthesis %{{.*}} -> %[[ROWS]] {{.*}}relu
//       CHECK:     stage.dft {{ ?}}real_analysis %[[ROWS]]
//       CHECK:   stage.sweep "boundary.to.orders" (%{{.*}}) in [3]
//       CHECK:     stage.dft {{ ?}}complex_analysis
//       CHECK:     stage.contract {{ ?}}scalar %{{.*}} -> %[[TO]]
//       CHECK:   stage.sweep "boundary.to.basis"
//       CHECK:     stage.gather {{ ?}}lanes %[[TO]]
//       CHECK:   stage.sweep "boundary.from.columns"
//       CHECK:     stage.gather {{ ?}}lanes %{{.*}} -> %[[FROM]]
//       CHECK:   stage.sweep "boundary.to.basis"
//   CHECK-NOT:   boundary.
func.func @boundary(%x: !spherical.so3_spectrum<16x2, b = 3, f32>) -> !spherical.so3_spectrum<16x2, b = 3, f32> {
  %y = spherical.boundary %x grid 4 : !spherical.so3_spectrum<16x2, b = 3, f32> -> !spherical.so3_spectrum<16x2, b = 3, f32> {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %w = arith.maximumf %v, %zero : f32
    spherical.yield %w : f32
  }
  return %y : !spherical.so3_spectrum<16x2, b = 3, f32>
}

// -----

// Rows of one beta are a task.
// CHECK-LABEL: func @analysis
//       CHECK:   stage.sweep "so3_ft.rows" (%[[BETA:.*]]) in [6]
//       CHECK:     stage.dft {{ ?}}real_analysis {{.*}}rows = 6
//       CHECK:   stage.sweep "so3_ft.orders" (%{{.*}}) in [3]
//       CHECK:   stage.sweep "so3_ft.basis"
func.func @analysis(%x: !spherical.so3<16x1, b = 3, f32>) -> !spherical.so3_spectrum<16x1, b = 3, f32> {
  %f = spherical.so3_ft %x : !spherical.so3<16x1, b = 3, f32> -> !spherical.so3_spectrum<16x1, b = 3, f32>
  return %f : !spherical.so3_spectrum<16x1, b = 3, f32>
}
