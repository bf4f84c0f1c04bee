// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

!x = tensor<2x3x12x11xf32>
!y = tensor<2x4x5x5xf32>
!w = tensor<4x3x3x3xf32>

// CHECK-LABEL: func @convolutions
//       CHECK:   nn.conv2d %{{.*}}, %{{.*}} bias(%{{.*}} : tensor<4xf32>) stride [2, 2] : tensor<2x3x12x11xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x5x5xf32>
//       CHECK:   nn.conv2d %{{.*}}, %{{.*}} stride [1, 1] padding circular : tensor<2x3x12x11xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x12x11xf32>
//       CHECK:   nn.conv_transpose2d %{{.*}}, %{{.*}} bias(%{{.*}} : tensor<3xf32>) stride [2, 2] : tensor<2x4x5x5xf32>, tensor<4x3x3x3xf32> -> tensor<2x3x12x11xf32>
//       CHECK:   nn.conv2d_grad_weight %{{.*}}, %{{.*}} stride [2, 2] : tensor<2x4x5x5xf32>, tensor<2x3x12x11xf32> -> tensor<4x3x3x3xf32>
func.func @convolutions(%x: !x, %w: !w, %b: tensor<4xf32>, %c: tensor<3xf32>) {
  %y = nn.conv2d %x, %w bias(%b : tensor<4xf32>) stride [2, 2] : !x, !w -> !y
  %z = nn.conv2d %x, %w stride [1, 1] padding circular : !x, !w -> tensor<2x4x12x11xf32>
  %t = nn.conv_transpose2d %y, %w bias(%c : tensor<3xf32>) stride [2, 2] : !y, !w -> !x
  %g = nn.conv2d_grad_weight %y, %x stride [2, 2] : !y, !x -> !w
  return
}

#channels = #spherical.layout<order = [batch, lane_group, axis2, axis3], lane = [channel : 16]>

// CHECK-LABEL: func @packed
//       CHECK:   nn.pack_weight %{{.*}} : tensor<4x3x3x3xf32> -> tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 16>>
//       CHECK:   nn.pack_weight %{{.*}} : tensor<4x3x3x3xf32> -> tensor<4x3x3x3xf32, #nn.packing<phases, lanes = 16, stride = [2, 2]>>
//       CHECK:   nn.pack_weight %{{.*}} : tensor<4x3x3x3xf32> -> tensor<4x3x3x3xf32, #nn.packing<transposed_positions, length = 6, lanes = 16>>
//       CHECK:   nn.pack_weight %{{.*}} : tensor<4x3x3x3xf32> -> tensor<4x3x3x3xf32, #nn.packing<positions, length = 5, lanes = 16, stride = [2, 1]>>
//       CHECK:   nn.conv2d %{{.*}}, %{{.*}} stride [2, 2] : {{.*}}, tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 16>> ->
//       CHECK:   nn.conv_transpose2d %{{.*}}, %{{.*}} stride [2, 2] : {{.*}}, tensor<4x3x3x3xf32, #nn.packing<phases, lanes = 16, stride = [2, 2]>> ->
func.func @packed(%x: tensor<2x3x12x11xf32, #channels>, %w: !w) {
  %p = nn.pack_weight %w : !w -> tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 16>>
  %q = nn.pack_weight %w : !w -> tensor<4x3x3x3xf32, #nn.packing<phases, lanes = 16, stride = [2, 2]>>
  %r = nn.pack_weight %w : !w -> tensor<4x3x3x3xf32, #nn.packing<transposed_positions, length = 6, lanes = 16>>
  %s = nn.pack_weight %w : !w -> tensor<4x3x3x3xf32, #nn.packing<positions, length = 5, lanes = 16, stride = [2, 1]>>
  %y = nn.conv2d %x, %p stride [2, 2] : tensor<2x3x12x11xf32, #channels>, tensor<4x3x3x3xf32, #nn.packing<windows, lanes = 16>> -> tensor<2x4x5x5xf32, #channels>
  %t = nn.conv_transpose2d %y, %q stride [2, 2] : tensor<2x4x5x5xf32, #channels>, tensor<4x3x3x3xf32, #nn.packing<phases, lanes = 16, stride = [2, 2]>> -> tensor<2x3x12x11xf32, #channels>
  return
}

// CHECK-LABEL: func @pools
//       CHECK:   nn.max_pool2d %{{.*}} window [3, 3] stride [2, 2] : tensor<2x3x12x11xf32> -> tensor<2x3x5x5xf32>
//       CHECK:   nn.max_pool2d_grad %{{.*}}, %{{.*}} window [3, 3] stride [2, 2] : tensor<2x3x5x5xf32>, tensor<2x3x12x11xf32>
//       CHECK:   nn.avg_pool2d %{{.*}} window [3, 3] stride [2, 2] {adjoint} : tensor<2x3x5x5xf32> -> tensor<2x3x12x11xf32>
//       CHECK:   nn.global_avg_pool %{{.*}} : tensor<2x3x5x5xf32> -> tensor<2x3xf32>
//       CHECK:   nn.upsample_nearest %{{.*}} : tensor<2x3x5x5xf32> -> tensor<2x3x13x4xf32>
func.func @pools(%x: !x) {
  %y = nn.max_pool2d %x window [3, 3] stride [2, 2] : !x -> tensor<2x3x5x5xf32>
  %g = nn.max_pool2d_grad %y, %x window [3, 3] stride [2, 2] : tensor<2x3x5x5xf32>, !x
  %a = nn.avg_pool2d %y window [3, 3] stride [2, 2] {adjoint} : tensor<2x3x5x5xf32> -> !x
  %m = nn.global_avg_pool %y : tensor<2x3x5x5xf32> -> tensor<2x3xf32>
  %u = nn.upsample_nearest %y : tensor<2x3x5x5xf32> -> tensor<2x3x13x4xf32>
  return
}

// CHECK-LABEL: func @channels
//       CHECK:   nn.concat %{{.*}}, %{{.*}} : tensor<2x4x5x5xf32>, tensor<2x4x5x5xf32> -> tensor<2x8x5x5xf32>
//       CHECK:   nn.slice_channels %{{.*}} first 3 : tensor<2x8x5x5xf32> -> tensor<2x4x5x5xf32>
//       CHECK:   nn.sum_channels %{{.*}} : tensor<2x4x5x5xf32> -> tensor<4xf32>
func.func @channels(%y: !y) {
  %c = nn.concat %y, %y : !y, !y -> tensor<2x8x5x5xf32>
  %s = nn.slice_channels %c first 3 : tensor<2x8x5x5xf32> -> !y
  %b = nn.sum_channels %y : !y -> tensor<4xf32>
  return
}

// CHECK-LABEL: func @activations
//       CHECK:   nn.leaky_relu %{{.*}} slope 1.000000e-02 : tensor<2x4x5x5xf32>
//       CHECK:   nn.leaky_relu_grad %{{.*}}, %{{.*}} slope 1.000000e-02 : tensor<2x4x5x5xf32>
//       CHECK:   nn.gelu %{{.*}} : tensor<2x4x5x5xf32>
//       CHECK:   nn.gelu_grad %{{.*}}, %{{.*}} : tensor<2x4x5x5xf32>
func.func @activations(%y: !y) {
  %r = nn.leaky_relu %y slope 0.01 : !y
  %d = nn.leaky_relu_grad %y, %r slope 0.01 : !y
  %g = nn.gelu %y : !y
  %e = nn.gelu_grad %y, %y : !y
  return
}
