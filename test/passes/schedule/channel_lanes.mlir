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
