// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms="cpu=x86-64-v4 choose=*:algorithm=ring_lanes" --spherical-lower-to-stages | FileCheck %s

// 20 latitudes in lanes of 16: two groups of each half, the second with 4; a group and its mirror image are the
// two rows of a transform, whose sums and differences go to the products of even and of odd degrees.
// CHECK-LABEL: func @s2_analysis
//   CHECK-DAG:   %[[HALF:.*]] = memref.alloc() : memref<20x4x2x16xf32>
//   CHECK-DAG:   %[[COLUMNS:.*]] = memref.alloc() : memref<420xf32>
//       CHECK:   stage.sweep "s2_ft.rings" (%[[Q:.*]]) in [2] {{.*}}scratch (%[[ROWS:.*]]: memref<2x40x16xf32>)
//       CHECK:     affine.apply #{{.*}}(%[[Q]])
//       CHECK:     stage.gather {{ ?}}to_lanes %{{.*}} group %[[Q]] {all, count = 40 : i64, lanes = 16 : i64} : memref<20x40xf32
//       CHECK:     stage.gather {{ ?}}to_lanes %{{.*}} group %[[Q]] {all, count = 40 : i64, lanes = 16 : i64, mirrored} : memref<20x40xf32
//       CHECK:     stage.dft {{ ?}}real_analysis %[[ROWS]] -> %{{.*}}parity, {{.*}}rows = 2
//       CHECK:   stage.sweep "s2_ft.orders" (%{{.*}}) in [39]
//       CHECK:     stage.contract {{ ?}}reduce {{.*}} {lanes = 16 : i64, tile = array<i64: 8, 2>} : memref<210x2x16xf32>
//       CHECK:   stage.sweep "s2_ft.basis"
//       CHECK:     stage.gather {{ ?}}scalar
func.func @s2_analysis(%x: !spherical.s2<1x1, b = 20, f32>) -> !spherical.s2_spectrum<1x1, b = 20, f32> {
  %f = spherical.s2_ft %x : !spherical.s2<1x1, b = 20, f32> -> !spherical.s2_spectrum<1x1, b = 20, f32>
  return %f : !spherical.s2_spectrum<1x1, b = 20, f32>
}

// -----

// On SO(3) a group and its mirror image follow each other; one order n is a point of the products.
// CHECK-LABEL: func @so3_synthesis
//   CHECK-DAG:   %[[HALF:.*]] = memref.alloc() : memref<20x4x40x2x16xf32>
//   CHECK-DAG:   %[[COLUMNS:.*]] = memref.alloc() : memref<11480xf32>
//       CHECK:   stage.sweep "so3_ift.columns"
//       CHECK:   stage.sweep "so3_ift.orders" (%{{.*}}) in [20] {{.*}}scratch (%[[BINS:.*]]: memref<20x4x4x16xf32>)
//       CHECK:     stage.contract {{ ?}}scalar %[[COLUMNS]], %{{.*}}, %{{.*}} -> %[[BINS]]
//       CHECK:     stage.dft {{ ?}}complex_synthesis %[[BINS]] {{.*}}rows = 4
//       CHECK:   stage.sweep "so3_ift.rings" (%[[Q:.*]], %{{.*}}) in [2, 2] {{.*}}scratch (%[[ROWS:.*]]: memref<20x40x16xf32>)
//       CHECK:     stage.dft {{ ?}}real_synthesis %{{.*}} -> %[[ROWS]]
//       CHECK:     stage.gather {{ ?}}from_lanes %[[ROWS]] -> %{{.*}} group %[[Q]] {all, count = 800 : i64, lanes = 16 : i64}
//       CHECK:     stage.dft {{ ?}}real_synthesis %{{.*}} -> %[[ROWS]]
//       CHECK:     stage.gather {{ ?}}from_lanes %[[ROWS]] -> %{{.*}} group %[[Q]] {all, count = 800 : i64, lanes = 16 : i64, mirrored}
func.func @so3_synthesis(%x: !spherical.so3_spectrum<1x1, b = 20, f32>) -> !spherical.so3<1x1, b = 20, f32> {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x1, b = 20, f32> -> !spherical.so3<1x1, b = 20, f32>
  return %f : !spherical.so3<1x1, b = 20, f32>
}
