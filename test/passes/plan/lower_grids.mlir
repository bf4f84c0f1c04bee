// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s

// Nine rings of 14 points: two products of up to 8 rings along them, then one for each order.
// CHECK-DAG: stage.table @[[WAVES:.*]] : memref<112xf32> = #stage.table<"ring_waves", {columns = 14, degrees = 4, grid = 1, nside = 0, rows = 9}>
// CHECK-DAG: stage.table @{{.*}} : memref<2x18xi64> = #stage.table<"ring_problems", {analysis = 1, columns = 14, degrees = 4, grid = 1, nside = 0, rows = 9}>
// CHECK-DAG: stage.table @{{.*}} : memref<10x9xf32> = #stage.table<"ring_wigner", {columns = 14, degrees = 4, doubled = 0, factor = 0, grid = 1, nside = 0, rows = 9}>
// CHECK-DAG: stage.table @{{.*}} : memref<4x18xi64> = #stage.table<"wigner_problems", {analysis = 1, b = 4, degrees = 4, orders = 4, rings = 9, so3 = 0}>
// CHECK-LABEL: func @grid_ft
//       CHECK:   stage.sweep "grid_ft" (%{{.*}}, %{{.*}}) in [1, 3] {{.*}} scratch (%[[BINS:[^:]*]]: memref<4x9x2x2xf32>, %[[COLUMNS:[^:]*]]: memref<10x2x2xf32>)
//       CHECK:     stage.contract scalar %{{.*}}, %{{.*}}, %{{.*}} -> %[[BINS]]
//       CHECK:     stage.contract scalar %{{.*}}, %[[BINS]], %{{.*}} -> %[[COLUMNS]]
//       CHECK:     stage.gather lanes %[[COLUMNS]]
func.func @grid_ft(%x: tensor<2x3x9x14xf32>) -> !spherical.s2_spectrum<2x3, b = 4, f32> {
  %h = spherical.grid_ft %x grid <equirectangular, 9x14> : tensor<2x3x9x14xf32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
  return %h : !spherical.s2_spectrum<2x3, b = 4, f32>
}

// -----

// Waves of the caps' pairs of rings, by length 4, 8, 12, and of the belt's two phases, of 16:
// 2 * 5 * (4 + 8 + 12 + 32). The nested pixels are put in order on the way out.
// CHECK-DAG: stage.table @{{.*}} : memref<560xf32> = #stage.table<"ring_waves", {columns = 0, degrees = 5, grid = 6, nside = 4, rows = 0}>
// CHECK-DAG: stage.table @{{.*}} : memref<15x15xf32> = #stage.table<"ring_wigner", {columns = 0, degrees = 5, doubled = 1, factor = 1, grid = 6, nside = 4, rows = 0}>
// CHECK-DAG: stage.table @{{.*}} : memref<192x1xi32> = #stage.table<"nested_index", {back = 1, nside = 4}>
// CHECK-LABEL: func @grid_ift
//       CHECK:   stage.sweep "grid_ift"
//       CHECK:     stage.gather lanes
//       CHECK:     stage.contract scalar
//       CHECK:     stage.contract scalar
//       CHECK:     stage.gather lanes
func.func @grid_ift(%h: !spherical.s2_spectrum<2x3, b = 5, f32>) -> tensor<2x3x192xf32> {
  %x = spherical.grid_ift %h grid <healpix_nested, 4> : !spherical.s2_spectrum<2x3, b = 5, f32> -> tensor<2x3x192xf32>
  return %x : tensor<2x3x192xf32>
}

// -----

// CHECK-DAG: stage.table @{{.*}} : memref<64x4xi32> = #stage.table<"linear_index", {b = 4, columns = 14, grid = 1, nside = 0, rows = 9}>
// CHECK-LABEL: func @interpolate
//       CHECK:   stage.sweep "interpolate"
//       CHECK:     stage.gather lanes {{.*}} coefficients
func.func @interpolate(%x: tensor<2x3x9x14xf32>) -> !spherical.s2<2x3, b = 4, f32> {
  %h = spherical.interpolate %x grid <equirectangular, 9x14> : tensor<2x3x9x14xf32> -> !spherical.s2<2x3, b = 4, f32>
  return %h : !spherical.s2<2x3, b = 4, f32>
}

// -----

// Phases of all orders of a sample, then each coefficient with its mirror.
// CHECK-DAG: stage.table @{{.*}} : memref<16x1xi32> = #stage.table<"order_index", {degrees = 4}>
// CHECK-DAG: stage.table @{{.*}} : memref<16x1xf32> = #stage.table<"mirror_values", {degrees = 4}>
// CHECK-LABEL: func @rotate_z
//       CHECK:   stage.sweep "rotate_z" (%{{.*}}, %{{.*}}) in [1, 3] {{.*}} scratch (%[[C:[^:]*]]: memref<4x2xf32>, %[[S:[^:]*]]: memref<4x2xf32>,
//       CHECK:     stage.map [4, 2] ins(%{{.*}}) outs(%[[C]], %[[S]] :
func.func @rotate_z(%h: !spherical.s2_spectrum<2x3, b = 4, f32>, %a: tensor<2x3xf32>) -> !spherical.s2_spectrum<2x3, b = 4, f32> {
  %y = spherical.rotate_z %h, %a at 1 : !spherical.s2_spectrum<2x3, b = 4, f32>, tensor<2x3xf32>
  return %y : !spherical.s2_spectrum<2x3, b = 4, f32>
}

// -----

// Rows as short transforms, which begin at alpha = 0: the map to the real basis turns coefficients by half a column.
// CHECK-DAG: stage.table @{{.*}} : memref<4096x2xf32> = #stage.table<"quad_to_basis_values", {degrees = 64, orders = 64, result = 64, shift = 512, so3 = 0}>
// CHECK-LABEL: func @rows
//       CHECK:   stage.sweep "grid_ft"
//       CHECK:     stage.dft real_analysis {{.*}}limit = 64 : i64, {{.*}}n = 512 : i64, {{.*}}rows = 256
//       CHECK:     stage.contract
//       CHECK:     stage.gather
func.func @rows(%x: tensor<16x3x256x512xf32>) -> !spherical.s2_spectrum<16x3, b = 64, f32> {
  %f = spherical.grid_ft %x grid <equirectangular, 256x512> : tensor<16x3x256x512xf32> -> !spherical.s2_spectrum<16x3, b = 64, f32>
  return %f : !spherical.s2_spectrum<16x3, b = 64, f32>
}
