// RUN: spherical-opt %s --spherical-differentiate-functions | FileCheck %s

// One case a rule: what @<name>_vjp computes from the cotangent, its last argument.

!x = tensor<2x3x9x9xf32>
!w = tensor<4x3x3x3xf32>
!y = tensor<2x4x4x4xf32>
!p = tensor<2x3x4x4xf32>

// The adjoint in the input, the sum over windows in the weight, the sum over all in the bias.
// CHECK-LABEL: func @conv2d_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[W:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//   CHECK-DAG:   %[[GX:.*]] = nn.conv_transpose2d %[[G]], %[[W]] stride [2, 2] :
//   CHECK-DAG:   %[[GW:.*]] = nn.conv2d_grad_weight %[[G]], %[[X]] stride [2, 2] :
//   CHECK-DAG:   %[[GB:.*]] = nn.sum_channels %[[G]]
//       CHECK:   return %[[GX]], %[[GW]], %[[GB]]
func.func @conv2d(%x: !x, %w: !w, %b: tensor<4xf32>) -> !y attributes {spherical.gradient} {
  %y = nn.conv2d %x, %w bias(%b : tensor<4xf32>) stride [2, 2] : !x, !w -> !y
  return %y : !y
}

// Operands of the weight's gradient change places.
// CHECK-LABEL: func @conv_transpose2d_vjp
//  CHECK-SAME:   %[[Y:[^:]*]]: {{[^%]*}}, %[[W:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//   CHECK-DAG:   %[[GY:.*]] = nn.conv2d %[[G]], %[[W]] stride [2, 2] padding zero
//   CHECK-DAG:   %[[GW:.*]] = nn.conv2d_grad_weight %[[Y]], %[[G]] stride [2, 2] padding zero
//       CHECK:   return %[[GY]], %[[GW]]
func.func @conv_transpose2d(%y: !y, %w: !w) -> tensor<2x3x8x8xf32> attributes {spherical.gradient} {
  %x = nn.conv_transpose2d %y, %w stride [2, 2] padding zero : !y, !w -> tensor<2x3x8x8xf32>
  return %x : tensor<2x3x8x8xf32>
}

// CHECK-LABEL: func @conv2d_grad_weight_vjp
//  CHECK-SAME:   %[[Y:[^:]*]]: {{[^%]*}}, %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//   CHECK-DAG:   %[[GY:.*]] = nn.conv2d %[[X]], %[[G]] stride [2, 2] :
//   CHECK-DAG:   %[[GX:.*]] = nn.conv_transpose2d %[[Y]], %[[G]] stride [2, 2] :
//       CHECK:   return %[[GY]], %[[GX]]
func.func @conv2d_grad_weight(%y: !y, %x: !x) -> !w attributes {spherical.gradient} {
  %w = nn.conv2d_grad_weight %y, %x stride [2, 2] : !y, !x -> !w
  return %w : !w
}

// CHECK-LABEL: func @max_pool2d_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   nn.max_pool2d_grad %[[G]], %[[X]] window [3, 3] stride [2, 2]
func.func @max_pool2d(%x: !x) -> !p attributes {spherical.gradient} {
  %y = nn.max_pool2d %x window [3, 3] stride [2, 2] : !x -> !p
  return %y : !p
}

// CHECK-LABEL: func @averages_vjp
//       CHECK:   nn.global_avg_pool {{.*}} {adjoint} : tensor<2x3xf32> -> tensor<2x3x4x4xf32>
//       CHECK:   nn.avg_pool2d {{.*}} {adjoint} : tensor<2x3x4x4xf32> -> tensor<2x3x9x9xf32>
//       CHECK:   nn.upsample_nearest {{.*}} {adjoint} : tensor<2x3x9x9xf32> -> tensor<2x3x4x4xf32>
func.func @averages(%x: !p) -> tensor<2x3xf32> attributes {spherical.gradient} {
  %u = nn.upsample_nearest %x : !p -> !x
  %a = nn.avg_pool2d %u window [3, 3] stride [2, 2] : !x -> !p
  %m = nn.global_avg_pool %a : !p -> tensor<2x3xf32>
  return %m : tensor<2x3xf32>
}

// CHECK-LABEL: func @concat_vjp
//  CHECK-SAME:   %[[A:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//   CHECK-DAG:   %[[GA:.*]] = nn.slice_channels %[[G]] first 0 :
//   CHECK-DAG:   %[[GB:.*]] = nn.slice_channels %[[G]] first 4 :
//       CHECK:   return %[[GA]], %[[GB]]
func.func @concat(%a: !y, %b: !p) -> tensor<2x7x4x4xf32> attributes {spherical.gradient} {
  %c = nn.concat %a, %b : !y, !p -> tensor<2x7x4x4xf32>
  return %c : tensor<2x7x4x4xf32>
}

// CHECK-LABEL: func @slice_channels_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   nn.concat %{{.*}}, %[[G]], %{{.*}} : tensor<2x1x4x4xf32>, tensor<2x2x4x4xf32>, tensor<2x1x4x4xf32>
func.func @slice_channels(%x: !y) -> tensor<2x2x4x4xf32> attributes {spherical.gradient} {
  %s = nn.slice_channels %x first 1 : !y -> tensor<2x2x4x4xf32>
  return %s : tensor<2x2x4x4xf32>
}

// CHECK-LABEL: func @activations_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[Y:.*]] = nn.gelu %[[X]]
//       CHECK:   %[[GY:.*]] = nn.leaky_relu_grad %[[G]], %[[Y]] slope
//       CHECK:   nn.gelu_grad %[[GY]], %[[X]]
func.func @activations(%x: !y) -> !y attributes {spherical.gradient} {
  %y = nn.gelu %x : !y
  %z = nn.leaky_relu %y slope 0.01 : !y
  return %z : !y
}
