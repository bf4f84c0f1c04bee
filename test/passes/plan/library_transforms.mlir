// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms="cpu=sm_90 choose=*:algorithm=cufft" --spherical-lower-to-stages | FileCheck %s

// Between two calls functions and half-transformed functions are dense; the bins of n lie [n][sample and
// channel][beta][m], those of -m behind the highest m, with zeros between.
// CHECK-LABEL: func @synthesis
//       CHECK:   %[[HALF:.*]] = memref.alloc() : memref<4x1x2x4x6x6x2xf32>
//       CHECK:   %[[BINS:.*]] = memref.alloc() : memref<2x1x2x4x6x6x2xf32>
//       CHECK:   stage.sweep "so3_ift.wigner" (%{{.*}}, %{{.*}}) in [1, 2] {{.*}}scratch (%[[COLUMNS:.*]]: memref<5x4x4xf32>, %[[M:.*]]: memref<2x6x4x4xf32>)
//       CHECK:     stage.gather {{ ?}}lanes %{{.*}} -> %[[COLUMNS]]
//       CHECK:     scf.for
//       CHECK:       stage.contract {{ ?}}scalar %{{.*}}, %[[COLUMNS]], %{{.*}} -> %[[M]]
//       CHECK:       stage.map [4, 6, 2, 2] ins(%[[M]]
//       CHECK:       stage.map [4, 6, 1, 2] ins(%[[M]]
//       CHECK:       stage.map [4, 6, 3, 2] outs
//       CHECK:     scf.for
//       CHECK:       stage.fill
//       CHECK:   %[[LOW:.*]] = memref.subview %[[HALF]][0, {{.*}}[2,
//       CHECK:   stage.sweep "so3_ift.fft" (%{{.*}}) in [1]
//       CHECK:     stage.fft {{ ?}}complex_synthesis %[[BINS]] -> %[[LOW]] {n = 6 : i64, rows = 96 : i64}
//       CHECK:   stage.sweep "so3_ift.fft" (%{{.*}}) in [1]
//       CHECK:     stage.fft {{ ?}}real_synthesis %[[HALF]] -> %[[F:.*]] {n = 6 : i64, rows = 288 : i64}
//       CHECK:   stage.sweep "so3_ift.function"
//       CHECK:     stage.gather {{ ?}}to_lanes
func.func @synthesis(%x: !spherical.so3_spectrum<4x2, b = 2, f32>) -> !spherical.so3<4x2, b = 3, f32> {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<4x2, b = 2, f32> -> !spherical.so3<4x2, b = 3, f32>
  return %f : !spherical.so3<4x2, b = 3, f32>
}

// -----

// One kernel between the calls of a boundary; bits of the mask are added up over the lanes.
// CHECK-LABEL: func @boundary
//       CHECK:   stage.sweep "boundary.wigner"
//       CHECK:   stage.fft {{ ?}}real_synthesis %{{.*}} -> %[[F:.*]] {n = 8 : i64, rows = 64 : i64}
//       CHECK:   stage.sweep "boundary" (%{{.*}}, %{{.*}}, %{{.*}}) in [1, 2, 4]
//       CHECK:     stage.gather {{ ?}}to_lanes {{.*}} -> %[[V:.*]] group
//       CHECK:     stage.map [16, 4] ins(%[[V]] {{.*}} outs(%{{.*}}i16{{.*}} combine {{ ?}}sum
//       CHECK:       arith.shli
//       CHECK:     stage.map [16, 4] ins(%[[V]]
//       CHECK:       arith.maximumf
//       CHECK:     stage.gather {{ ?}}from_lanes
//       CHECK:   stage.fft {{ ?}}real_analysis
//       CHECK:   stage.sweep "boundary.wigner"
// The gradient tests the bit of its lane.
//       CHECK:   stage.sweep "boundary" (%
//       CHECK:     stage.map [16, 4] ins(%{{.*}}i16
//       CHECK:       arith.shrui
//       CHECK:       arith.select
func.func @boundary(%x: !spherical.s2_spectrum<4x2, b = 3, f32>, %g: !spherical.s2_spectrum<4x2, b = 3, f32>)
    -> (!spherical.s2_spectrum<4x2, b = 3, f32>, !spherical.s2_spectrum<4x2, b = 3, f32>) {
  %y, %m = spherical.boundary %x grid 4 : !spherical.s2_spectrum<4x2, b = 3, f32> -> !spherical.s2_spectrum<4x2, b = 3, f32>, !spherical.s2<4x2, b = 4, i1> {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %w = arith.maximumf %v, %zero : f32
    spherical.yield %w : f32
  }
  %z = spherical.boundary %g with(%m : !spherical.s2<4x2, b = 4, i1>) grid 4 {adjoint} : !spherical.s2_spectrum<4x2, b = 3, f32> -> !spherical.s2_spectrum<4x2, b = 3, f32> {
  ^bb0(%v: f32, %keep: i1):
    %zero = arith.constant 0.0 : f32
    %w = arith.select %keep, %v, %zero : f32
    spherical.yield %w : f32
  }
  return %y, %z : !spherical.s2_spectrum<4x2, b = 3, f32>, !spherical.s2_spectrum<4x2, b = 3, f32>
}
