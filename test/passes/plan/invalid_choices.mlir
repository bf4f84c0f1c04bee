// Choices that no schedule makes, in files that begin behind it.
// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-lower-to-stages

!lanes = !spherical.s2<16x1, b = 6, f32, #spherical.layout<order = [lane_group, channel, beta, alpha], lane = [batch : 16]>>
!spectrum = !spherical.s2_spectrum<16x1, b = 6, f32, #spherical.layout<order = [lane_group, channel, coefficient], lane = [batch : 16], basis = real>>
func.func @many_lanes(%x: !spherical.s2<16x1, b = 6, f32>) -> !spherical.s2_spectrum<16x1, b = 6, f32> attributes {spherical.lanes = 16 : i64} {
  %0 = spherical.convert_layout %x : !spherical.s2<16x1, b = 6, f32> -> !lanes
  // expected-error @+1 {{expected one sample or channel in the lanes, and a transform alone, for ring_lanes}}
  %1 = spherical.s2_ft %0 {spherical.choice = #spherical.choice<algorithm = "ring_lanes", radices = [12], lanes = 16, reason = "">} : !lanes -> !spectrum
  %2 = spherical.convert_layout %1 : !spectrum -> !spherical.s2_spectrum<16x1, b = 6, f32>
  return %2 : !spherical.s2_spectrum<16x1, b = 6, f32>
}

// -----

!lanes = !spherical.s2<1x1, b = 6, f32, #spherical.layout<order = [lane_group, channel, beta, alpha], lane = [batch : 1]>>
!spectrum = !spherical.s2_spectrum<1x1, b = 6, f32, #spherical.layout<order = [lane_group, channel, coefficient], lane = [batch : 1], basis = real>>
func.func @recursion_on_s2(%x: !spherical.s2<1x1, b = 6, f32>) -> !spherical.s2_spectrum<1x1, b = 6, f32> attributes {spherical.lanes = 1 : i64} {
  %0 = spherical.convert_layout %x : !spherical.s2<1x1, b = 6, f32> -> !lanes
  // expected-error @+1 {{expected a function on SO(3) for ring_recursion}}
  %1 = spherical.s2_ft %0 {spherical.choice = #spherical.choice<algorithm = "ring_recursion", radices = [12], lanes = 16, reason = "">} : !lanes -> !spectrum
  %2 = spherical.convert_layout %1 : !spectrum -> !spherical.s2_spectrum<1x1, b = 6, f32>
  return %2 : !spherical.s2_spectrum<1x1, b = 6, f32>
}

// -----

!lanes = !spherical.s2<16x1, b = 6, f32, #spherical.layout<order = [lane_group, channel, beta, alpha], lane = [batch : 16]>>
!spectrum = !spherical.s2_spectrum<16x1, b = 6, f32, #spherical.layout<order = [lane_group, channel, coefficient], lane = [batch : 16], basis = real>>
func.func @on_s2(%x: !spherical.s2<16x1, b = 6, f32>) -> !spherical.s2_spectrum<16x1, b = 6, f32> attributes {spherical.lanes = 16 : i64} {
  %0 = spherical.convert_layout %x : !spherical.s2<16x1, b = 6, f32> -> !lanes
  // expected-error @+1 {{expected a function on SO(3) for order_tasks}}
  %1 = spherical.s2_ft %0 {spherical.choice = #spherical.choice<algorithm = "order_tasks", radices = [12], lanes = 16, reason = "">} : !lanes -> !spectrum
  %2 = spherical.convert_layout %1 : !spectrum -> !spherical.s2_spectrum<16x1, b = 6, f32>
  return %2 : !spherical.s2_spectrum<16x1, b = 6, f32>
}

// -----

!x = tensor<4x2x9x9xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
!y = tensor<4x3x3x3xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
func.func @stride(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x5x5xf32>) -> tensor<4x3x3x3xf32> attributes {spherical.lanes = 4 : i64} {
  %0 = spherical.convert_layout %x : tensor<4x2x9x9xf32> -> !x
  // expected-error @+1 {{expected a stride of 1 for algorithm fourier}}
  %1 = nn.conv2d %0, %w stride [2, 2] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [8], lanes = 4, reason = "">} : !x, tensor<3x2x5x5xf32> -> !y
  %2 = spherical.convert_layout %1 : !y -> tensor<4x3x3x3xf32>
  return %2 : tensor<4x3x3x3xf32>
}

// -----

!x = tensor<4x2x9x9xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
!y = tensor<4x3x5x5xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
func.func @short(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x5x5xf32>) -> tensor<4x3x5x5xf32> attributes {spherical.lanes = 4 : i64} {
  %0 = spherical.convert_layout %x : tensor<4x2x9x9xf32> -> !x
  // expected-error @+1 {{expected `spherical.choice` to have radices of an even product from 5 on for algorithm fourier, got 4}}
  %1 = nn.conv2d %0, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "fourier", radices = [4], lanes = 4, reason = "">} : !x, tensor<3x2x5x5xf32> -> !y
  %2 = spherical.convert_layout %1 : !y -> tensor<4x3x5x5xf32>
  return %2 : tensor<4x3x5x5xf32>
}

// -----

!x = tensor<4x2x9x9xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
!y = tensor<4x3x2x4xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
func.func @filter_stride(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<4x3x2x4xf32> attributes {spherical.lanes = 4 : i64} {
  %0 = spherical.convert_layout %x : tensor<4x2x9x9xf32> -> !x
  // expected-error @+1 {{expected strides of at most the kernel's sides for algorithm winograd, got [4, 2] and 3 x 3}}
  %1 = nn.conv2d %0, %w stride [4, 2] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [6], lanes = 4, reason = "">} : !x, tensor<3x2x3x3xf32> -> !y
  %2 = spherical.convert_layout %1 : !y -> tensor<4x3x2x4xf32>
  return %2 : tensor<4x3x2x4xf32>
}

// -----

!x = tensor<4x3x9x5xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
!y = tensor<4x2x18x9xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
func.func @filter_width(%x: tensor<4x3x9x5xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<4x2x18x9xf32> attributes {spherical.lanes = 4 : i64} {
  %0 = spherical.convert_layout %x : tensor<4x3x9x5xf32> -> !x
  // expected-error @+1 {{expected a width around the sphere of the stride times that of the input for algorithm winograd, got 9, stride 2 and 5}}
  %1 = nn.conv_transpose2d %0, %w stride [2, 2] padding circular {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [6], lanes = 4, reason = "">} : !x, tensor<3x2x3x3xf32> -> !y
  %2 = spherical.convert_layout %1 : !y -> tensor<4x2x18x9xf32>
  return %2 : tensor<4x2x18x9xf32>
}

// -----

!x = tensor<4x2x9x9xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
!y = tensor<4x3x5x5xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
func.func @filter_short(%x: tensor<4x2x9x9xf32>, %w: tensor<3x2x5x5xf32>) -> tensor<4x3x5x5xf32> attributes {spherical.lanes = 4 : i64} {
  %0 = spherical.convert_layout %x : tensor<4x2x9x9xf32> -> !x
  // expected-error @+1 {{expected `spherical.choice` to have a radix from 4 to 8, above 5 and with at most 32 positions on an axis, for algorithm winograd, got [4]}}
  %1 = nn.conv2d %0, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], lanes = 4, reason = "">} : !x, tensor<3x2x5x5xf32> -> !y
  %2 = spherical.convert_layout %1 : !y -> tensor<4x3x5x5xf32>
  return %2 : tensor<4x3x5x5xf32>
}

// -----

!u = tensor<1x3x9x9xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 1]>>
!v = tensor<1x2x7x7xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 1]>>
!x = tensor<1x3x9x9xf32, #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 4]>>
!y = tensor<1x2x7x7xf32, #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 4]>>
func.func @filter_gradient(%x: tensor<1x3x9x9xf32>, %g: tensor<1x2x7x7xf32>) -> tensor<2x3x3x3xf32> attributes {spherical.channel_lanes = 4 : i64, spherical.lanes = 1 : i64} {
  %u = spherical.convert_layout %x : tensor<1x3x9x9xf32> -> !u
  %0 = spherical.convert_layout %u : !u -> !x
  %v = spherical.convert_layout %g : tensor<1x2x7x7xf32> -> !v
  %1 = spherical.convert_layout %v : !v -> !y
  // expected-error @+1 {{expected samples in the lanes for algorithm winograd}}
  %2 = nn.conv2d_grad_weight %1, %0 stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [4], lanes = 1, reason = "">} : !y, !x -> tensor<2x3x3x3xf32>
  return %2 : tensor<2x3x3x3xf32>
}

// -----

!x = tensor<4x2x90x90xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
!y = tensor<4x3x13x13xf32, #spherical.layout<order = [lane_group, channel, axis2, axis3], lane = [batch : 4]>>
func.func @filter_positions(%x: tensor<4x2x90x90xf32>, %w: tensor<3x2x13x13xf32>) -> tensor<4x3x13x13xf32> attributes {spherical.lanes = 4 : i64} {
  %0 = spherical.convert_layout %x : tensor<4x2x90x90xf32> -> !x
  // expected-error @+1 {{expected `spherical.choice` to have a radix from 4 to 8, above 3 and with at most 32 positions on an axis, for algorithm winograd, got [8]}}
  %1 = nn.conv2d %0, %w stride [6, 6] {spherical.choice = #spherical.choice<algorithm = "winograd", radices = [8], lanes = 4, reason = "">} : !x, tensor<3x2x13x13xf32> -> !y
  %2 = spherical.convert_layout %1 : !y -> tensor<4x3x13x13xf32>
  return %2 : tensor<4x3x13x13xf32>
}

// -----

!lanes = !spherical.so3<16x1, b = 6, f32, #spherical.layout<order = [lane_group, channel, beta, alpha, gamma], lane = [batch : 16]>>
!spectrum = !spherical.so3_spectrum<16x1, b = 6, f32, #spherical.layout<order = [lane_group, channel, coefficient], lane = [batch : 16], basis = real>>
func.func @transform_in_two_bytes(%x: !spherical.so3<16x1, b = 6, f32>) -> !spherical.so3_spectrum<16x1, b = 6, f32> attributes {spherical.lanes = 16 : i64} {
  %0 = spherical.convert_layout %x : !spherical.so3<16x1, b = 6, f32> -> !lanes
  // expected-error @+1 {{expected a boundary on a processor for fft_bfloat16}}
  %1 = spherical.so3_ft %0 {spherical.choice = #spherical.choice<algorithm = "fft_bfloat16", radices = [12], lanes = 16, reason = "">} : !lanes -> !spectrum
  %2 = spherical.convert_layout %1 : !spectrum -> !spherical.so3_spectrum<16x1, b = 6, f32>
  return %2 : !spherical.so3_spectrum<16x1, b = 6, f32>
}
