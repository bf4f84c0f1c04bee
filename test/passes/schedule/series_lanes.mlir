// RUN: spherical-opt %s --split-input-file --spherical-series-lanes | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-series-lanes --spherical-assign-layouts | FileCheck %s --check-prefix=LAYOUT
// RUN: spherical-opt %s --split-input-file --spherical-series-lanes --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages --stage-fuse-sweeps | FileCheck %s --check-prefix=STAGES

// 8 samples of 11 channels are 6 lane groups of 16, and not 8. The bias wants the channels of a sample, the
// products read the rows of their inputs from either.
// CHECK-LABEL: func @forward
//       CHECK:   spherical.boundary %{{.*}} grid 16 {spherical.series_lanes = 16 : i64}
// LAYOUT-LABEL: func @forward
//       LAYOUT:   %[[Z:.*]] = spherical.add_bias {{.*}} lane = [channel : 16], basis = real>>
//       LAYOUT:   %[[S:.*]] = spherical.convert_layout %[[Z]] : {{.*}} -> !spherical.so3_spectrum<8x11, b = 16, f32, #spherical.layout<order = [lane_group, coefficient], lane = [series : 16], basis = real>>
//       LAYOUT:   %[[F:.*]] = spherical.boundary %[[S]]
//       LAYOUT:   spherical.spectral_matmul %[[F]], %{{.*}} : !spherical.so3_spectrum<8x11, b = 14, f32, #spherical.layout<order = [lane_group, coefficient], lane = [series : 16], basis = real>>
// STAGES-LABEL: func @forward
//       STAGES:   stage.sweep "from_channel_lanes" (%{{.*}}, %{{.*}}) in [8, 1]
//       STAGES:   stage.sweep "to_series_lanes + boundary + from_series_lanes" (%[[G:.*]], %{{.*}}) in [6, 1]
//       STAGES:     stage.gather {{ ?}}to_lanes {{.*}} group %[[G]] {all, count = 5456 : i64, lanes = 16 : i64} : memref<88x5456xf32>
//       STAGES:     stage.gather {{ ?}}from_lanes {{.*}} group %[[G]] {all, {{.*}} memref<88x3654xf32>
//       STAGES:   stage.sweep "spectral_matmul"
!z = !spherical.so3_spectrum<8x11, b = 16, f32>
!f = !spherical.so3_spectrum<8x11, b = 14, f32>
!k = !spherical.so3_spectrum<11x11, b = 14, f32>
func.func @forward(%x: !z, %bias: tensor<11xf32>, %k: !k) -> !f attributes {spherical.channel_lanes = 16 : i64} {
  %z = spherical.add_bias %x, %bias : !z, tensor<11xf32>
  %f = spherical.boundary %z grid 16 : !z -> !f {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %v, %zero : f32
    spherical.yield %r : f32
  }
  %y = spherical.spectral_matmul %f, %k : !f, !k -> !f
  return %y : !f
}

// -----

// The gradient of a product's input comes by rows, too.
// CHECK-LABEL: func @gradient
//       CHECK:   spherical.boundary %{{.*}} grid 16 {{.*}}spherical.series_lanes = 16 : i64
// LAYOUT-LABEL: func @gradient
//       LAYOUT:   %[[DF:.*]] = spherical.spectral_matmul {{.*}} form grad_input {{.*}} -> {{.*}} lane = [series : 16], basis = real>>
//       LAYOUT:   spherical.boundary %[[DF]]
// STAGES-LABEL: func @gradient
//       STAGES:   stage.sweep "to_series_lanes + boundary + from_series_lanes" (%{{.*}}, %{{.*}}) in [6, 1]
!z = !spherical.so3_spectrum<8x11, b = 16, f32>
!f = !spherical.so3_spectrum<8x11, b = 14, f32>
!k = !spherical.so3_spectrum<11x11, b = 14, f32>
func.func @gradient(%g: !f, %k: !k) -> !z attributes {spherical.channel_lanes = 16 : i64} {
  %df = spherical.spectral_matmul %g, %k form grad_input : !f, !k -> !f
  %dz = spherical.boundary %df grid 16 {adjoint} : !f -> !z {
  ^bb0(%v: f32):
    %r = arith.mulf %v, %v : f32
    spherical.yield %r : f32
  }
  return %dz : !z
}

// -----

// The same value as x and as z of a product: z is brought to the channels of each sample.
// CHECK-LABEL: func @square
//       CHECK:   spherical.series_lanes
// LAYOUT-LABEL: func @square
//       LAYOUT:   %[[F:.*]] = spherical.boundary
//       LAYOUT:   %[[Z:.*]] = spherical.convert_layout %[[F]] {{.*}} lane = [channel : 16], basis = real>>
//       LAYOUT:   spherical.spectral_matmul %[[Z]], %[[F]] form grad_kernel
// STAGES-LABEL: func @square
!z = !spherical.so3_spectrum<8x11, b = 16, f32>
!f = !spherical.so3_spectrum<8x11, b = 14, f32>
!k = !spherical.so3_spectrum<11x11, b = 14, f32>
func.func @square(%z: !z) -> !k attributes {spherical.channel_lanes = 16 : i64} {
  %f = spherical.boundary %z grid 16 : !z -> !f {
  ^bb0(%v: f32):
    %r = arith.mulf %v, %v : f32
    spherical.yield %r : f32
  }
  %k = spherical.spectral_matmul %f, %f form grad_kernel : !f, !f -> !k
  return %k : !k
}

// -----

// 16 channels fill the lanes; 7 groups take two cores as long as 8; samples lie in the lanes of a function
// that is not marked.
// CHECK-NOT: series_lanes
!z = !spherical.so3_spectrum<8x16, b = 16, f32>
func.func @full(%z: !z) -> !z attributes {spherical.channel_lanes = 16 : i64} {
  %f = spherical.boundary %z grid 16 : !z -> !z {
  ^bb0(%v: f32):
    %r = arith.mulf %v, %v : f32
    spherical.yield %r : f32
  }
  return %f : !z
}
!y = !spherical.so3_spectrum<8x13, b = 16, f32>
func.func @odd(%z: !y) -> !y attributes {spherical.channel_lanes = 16 : i64} {
  %f = spherical.boundary %z grid 16 : !y -> !y {
  ^bb0(%v: f32):
    %r = arith.mulf %v, %v : f32
    spherical.yield %r : f32
  }
  return %f : !y
}
!x = !spherical.so3_spectrum<8x11, b = 16, f32>
func.func @samples(%z: !x) -> !x {
  %f = spherical.boundary %z grid 16 : !x -> !x {
  ^bb0(%v: f32):
    %r = arith.mulf %v, %v : f32
    spherical.yield %r : f32
  }
  return %f : !x
}

// -----

// A mask that leaves for what has no such lanes keeps both sides as they are.
// CHECK-LABEL: func @mask
//   CHECK-NOT:   series_lanes
!z = !spherical.so3_spectrum<8x11, b = 16, f32>
!f = !spherical.so3<8x11, b = 16, f32>
!m = !spherical.so3<8x11, b = 16, i1>
func.func @mask(%z: !z, %g: !f) -> (!z, !z) attributes {spherical.channel_lanes = 16 : i64} {
  %y, %mask = spherical.boundary %z grid 16 : !z -> !z, !m {
  ^bb0(%v: f32):
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %v, %zero : f32
    spherical.yield %r : f32
  }
  %d = spherical.boundary %g with(%mask : !m) grid 16 {adjoint} : !f -> !z {
  ^bb0(%v: f32, %bit: i1):
    %zero = arith.constant 0.0 : f32
    %r = arith.select %bit, %v, %zero : f32
    spherical.yield %r : f32
  }
  return %y, %d : !z, !z
}
