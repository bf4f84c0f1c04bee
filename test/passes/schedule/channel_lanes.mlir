// RUN: spherical-opt %s --split-input-file --spherical-channel-lanes | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-channel-lanes="cpu=sm_90" | FileCheck %s --check-prefix=SAMPLES
// RUN: spherical-opt %s --split-input-file --spherical-channel-lanes="lanes=1" | FileCheck %s --check-prefix=SAMPLES
// RUN: spherical-opt %s --split-input-file --spherical-channel-lanes --spherical-assign-layouts | FileCheck %s --check-prefix=LAYOUT

// SAMPLES-NOT: channel_lanes

// An operation on 16 lanes computes 12 channels, or 1 sample.
// CHECK-LABEL: func @one_sample
//  CHECK-SAME:   spherical.channel_lanes = 16 : i64
// LAYOUT-LABEL: func @one_sample
//       LAYOUT:   %[[S:.*]] = spherical.convert_layout %{{.*}} -> !spherical.so3_spectrum<1x12, b = 4, f32, #spherical.layout<order = [lane_group, channel, coefficient], lane = [batch : 1], basis = real>>
//       LAYOUT:   %[[C:.*]] = spherical.convert_layout %[[S]] {{.*}} -> !spherical.so3_spectrum<1x12, b = 4, f32, #spherical.layout<order = [batch, lane_group, coefficient], lane = [channel : 16], basis = real>>
//       LAYOUT:   spherical.truncate %[[C]]
func.func @one_sample(%x: !spherical.so3_spectrum<1x12, b = 4, f32>) -> !spherical.so3_spectrum<1x12, b = 2, f32> {
  %y = spherical.truncate %x : !spherical.so3_spectrum<1x12, b = 4, f32> -> !spherical.so3_spectrum<1x12, b = 2, f32>
  return %y : !spherical.so3_spectrum<1x12, b = 2, f32>
}

// -----

// 5 channels fill 8 lanes as well as 16, and 20 channels two registers of 16.
// CHECK-LABEL: func @five
//  CHECK-SAME:   spherical.channel_lanes = 8 : i64
func.func @five(%x: !spherical.so3_spectrum<2x5, b = 4, f32>) -> !spherical.so3_spectrum<2x5, b = 2, f32> {
  %y = spherical.truncate %x : !spherical.so3_spectrum<2x5, b = 4, f32> -> !spherical.so3_spectrum<2x5, b = 2, f32>
  return %y : !spherical.so3_spectrum<2x5, b = 2, f32>
}
// CHECK-LABEL: func @twenty
//  CHECK-SAME:   spherical.channel_lanes = 16 : i64
func.func @twenty(%x: !spherical.so3_spectrum<8x20, b = 4, f32>) -> !spherical.so3_spectrum<8x20, b = 2, f32> {
  %y = spherical.truncate %x : !spherical.so3_spectrum<8x20, b = 4, f32> -> !spherical.so3_spectrum<8x20, b = 2, f32>
  return %y : !spherical.so3_spectrum<8x20, b = 2, f32>
}

// -----

// Samples fill them as well.
// CHECK-LABEL: func @full
//   CHECK-NOT:   channel_lanes
func.func @full(%x: !spherical.so3_spectrum<16x32, b = 4, f32>) -> !spherical.so3_spectrum<16x32, b = 2, f32> {
  %y = spherical.truncate %x : !spherical.so3_spectrum<16x32, b = 4, f32> -> !spherical.so3_spectrum<16x32, b = 2, f32>
  return %y : !spherical.so3_spectrum<16x32, b = 2, f32>
}
// CHECK-LABEL: func @few_channels
//   CHECK-NOT:   channel_lanes
func.func @few_channels(%x: !spherical.so3_spectrum<4x3, b = 4, f32>) -> !spherical.so3_spectrum<4x3, b = 2, f32> {
  %y = spherical.truncate %x : !spherical.so3_spectrum<4x3, b = 4, f32> -> !spherical.so3_spectrum<4x3, b = 2, f32>
  return %y : !spherical.so3_spectrum<4x3, b = 2, f32>
}

// -----

// Prepared spectra have their output channels in the lanes on both sides. Those of S2 come by their rows.
// CHECK-LABEL: func @forward
// LAYOUT-LABEL: func @forward
//  LAYOUT-SAME:   %{{.*}}: !spherical.s2_spectrum<1x12, b = 3, f32, #spherical.layout<order = [in, lane_group, coefficient], lane = [out : 16], basis = real>>
// LAYOUT-LABEL: func @prepare
//       LAYOUT:   %[[K:.*]] = spherical.kernel_ft %{{.*}} -> !spherical.s2_spectrum<1x12, b = 3, f32, #spherical.layout<order = [in, out, coefficient], basis = real, pad = 16>>
//       LAYOUT:   %[[P:.*]] = spherical.convert_layout %[[K]]
//  LAYOUT-SAME:     lane = [out : 16]
//       LAYOUT:   return %[[P]]
func.func @forward(%x: !spherical.s2_spectrum<1x1, b = 3, f32> {spherical.name = "x", spherical.role = "input"},
                   %k: !spherical.s2_spectrum<1x12, b = 3, f32> {spherical.name = "prepared.k", spherical.role = "prepared"})
    -> !spherical.so3_spectrum<1x12, b = 3, f32> {
  %y = spherical.spectral_matmul %x, %k : !spherical.s2_spectrum<1x1, b = 3, f32>, !spherical.s2_spectrum<1x12, b = 3, f32> -> !spherical.so3_spectrum<1x12, b = 3, f32>
  return %y : !spherical.so3_spectrum<1x12, b = 3, f32>
}
func.func @prepare(%w: tensor<1x12x24xf32> {spherical.name = "w", spherical.role = "parameter"})
    -> (!spherical.s2_spectrum<1x12, b = 3, f32> {spherical.name = "prepared.k"}) {
  %k = spherical.kernel_ft %w grid <s2_near_identity> scale 1.0 : tensor<1x12x24xf32> -> !spherical.s2_spectrum<1x12, b = 3, f32>
  return %k : !spherical.s2_spectrum<1x12, b = 3, f32>
}

// -----

// The gradient of the input adds up over the lanes: what need not be zero in lanes without a channel leaves
// them first, and comes back with zeros.
// LAYOUT-LABEL: func @division
//       LAYOUT:   %[[B:.*]] = spherical.boundary
//       LAYOUT:   %[[F:.*]] = spherical.convert_layout %{{.*}} -> !spherical.so3_spectrum<1x9, b = 3, f32>
//       LAYOUT:   %[[S:.*]] = spherical.convert_layout %[[F]]
//       LAYOUT:   %[[C:.*]] = spherical.convert_layout %[[S]]
//       LAYOUT:   spherical.spectral_matmul %[[C]]
!x = !spherical.so3_spectrum<1x9, b = 3, f32>
!y = !spherical.so3_spectrum<5x9, b = 3, f32>
!t = !spherical.so3_spectrum<1x5, b = 3, f32>
func.func @division(%z: !x, %k: !y) -> !t {
  %b = spherical.boundary %z grid 3 : !x -> !x {
  ^bb0(%v: f32):
    %s = arith.mulf %v, %v : f32
    %w = arith.divf %v, %s : f32
    spherical.yield %w : f32
  }
  %r = spherical.spectral_matmul %b, %k form grad_input : !x, !y -> !t
  return %r : !t
}

// -----

// Rings of one point each: a dense product in rows of coefficients, whose channels enter the lanes then.
// LAYOUT-LABEL: func @rings
//       LAYOUT:   %[[K:.*]] = spherical.kernel_ft {{.*}} #spherical.layout<order = [in, out, coefficient], basis = real, pad = 16>>
//       LAYOUT:   spherical.convert_layout %[[K]] {{.*}} lane = [out : 16]
func.func @rings(%x: !spherical.so3_spectrum<1x12, b = 4, f32>, %w: tensor<12x12x2xf32>) -> !spherical.so3_spectrum<1x12, b = 4, f32> {
  %k = spherical.kernel_ft %w grid <points<so3, [[0.1, 0.3, 0.7], [0.2, 0.3, 0.7]]>> scale 1.0
      : tensor<12x12x2xf32> -> !spherical.so3_spectrum<12x12, b = 4, f32>
  %y = spherical.spectral_matmul %x, %k : !spherical.so3_spectrum<1x12, b = 4, f32>, !spherical.so3_spectrum<12x12, b = 4, f32> -> !spherical.so3_spectrum<1x12, b = 4, f32>
  return %y : !spherical.so3_spectrum<1x12, b = 4, f32>
}

// -----

// Images of planar networks: the convolution counts with its 13 output channels. What has no form
// of its own keeps samples.
// CHECK-LABEL: func @planar
//  CHECK-SAME:   spherical.channel_lanes = 16 : i64
// LAYOUT-LABEL: func @planar
//       LAYOUT:   nn.conv2d %{{.*}} -> tensor<1x13x8x8xf32, #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 16]>>
//       LAYOUT:   nn.concat %{{.*}} -> tensor<1x26x8x8xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 1]>>
func.func @planar(%x: tensor<1x1x10x10xf32>, %w: tensor<13x1x3x3xf32>) -> tensor<1x26x8x8xf32> {
  %y = nn.conv2d %x, %w stride [1, 1] : tensor<1x1x10x10xf32>, tensor<13x1x3x3xf32> -> tensor<1x13x8x8xf32>
  %z = nn.concat %y, %y : tensor<1x13x8x8xf32>, tensor<1x13x8x8xf32> -> tensor<1x26x8x8xf32>
  return %z : tensor<1x26x8x8xf32>
}

// -----

// Lanes without a channel are zeros for the products that follow: what makes others of them keeps samples.
// LAYOUT-LABEL: func @logarithm
//       LAYOUT:   nn.conv2d %{{.*}} -> tensor<1x13x8x8xf32, #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 16]>>
//       LAYOUT:   nn.conv2d %{{.*}} -> tensor<1x13x6x6xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 1]>>
//       LAYOUT:   nn.conv2d %{{.*}} -> tensor<1x13x4x4xf32, #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 16]>>
func.func @logarithm(%x: tensor<1x13x10x10xf32>, %w: tensor<13x13x3x3xf32>) -> tensor<1x13x4x4xf32> {
  %a = nn.conv2d %x, %w stride [1, 1] : tensor<1x13x10x10xf32>, tensor<13x13x3x3xf32> -> tensor<1x13x8x8xf32> epilogue(%v) {
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %v, %zero : f32
    nn.yield %r : f32
  }
  %b = nn.conv2d %a, %w stride [1, 1] : tensor<1x13x8x8xf32>, tensor<13x13x3x3xf32> -> tensor<1x13x6x6xf32> epilogue(%v) {
    %s = arith.mulf %v, %v : f32
    %l = math.log %s : f32
    nn.yield %l : f32
  }
  %c = nn.conv2d %b, %w stride [1, 1] : tensor<1x13x6x6xf32>, tensor<13x13x3x3xf32> -> tensor<1x13x4x4xf32>
  return %c : tensor<1x13x4x4xf32>
}
