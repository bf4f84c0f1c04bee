// RUN: spherical-opt %s --spherical-fuse-integrals | FileCheck %s

!z = !spherical.so3_spectrum<2x3, b = 4, f32>
!z1 = !spherical.so3_spectrum<2x3, b = 1, f32>
!f = !spherical.so3<2x3, b = 4, f32>

// The integral of a synthesised function is its coefficient of degree 0.
// CHECK-LABEL: func.func @reads_spectrum(
//  CHECK-SAME:   %[[Z:[^:]*]]: !spherical.so3_spectrum
//       CHECK:   %[[Z0:.*]] = spherical.truncate %[[Z]] : {{.*}} -> !spherical.so3_spectrum<2x3, b = 1, f32>
//       CHECK:   spherical.so3_integrate %[[Z0]] : !spherical.so3_spectrum<2x3, b = 1, f32> -> tensor<2x3xf32>
//   CHECK-NOT:   spherical.so3_ift
func.func @reads_spectrum(%z: !z) -> tensor<2x3xf32> {
  %f = spherical.so3_ift %z : !z -> !f
  %y = spherical.so3_integrate %f : !f -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Boundary case: one degree is all there is.
// CHECK-LABEL: func.func @degree_zero(
//  CHECK-NEXT:   spherical.so3_integrate %{{.*}} : !spherical.so3_spectrum<2x3, b = 1, f32>
func.func @degree_zero(%z: !z1) -> tensor<2x3xf32> {
  %y = spherical.so3_integrate %z : !z1 -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Its adjoint fills degree 0 alone.
// CHECK-LABEL: func.func @adjoint(
//  CHECK-SAME:   %[[G:[^:]*]]: tensor<2x3xf32>
//       CHECK:   %[[G0:.*]] = spherical.so3_integrate %[[G]] {adjoint} : tensor<2x3xf32> -> !spherical.so3_spectrum<2x3, b = 1, f32>
//       CHECK:   %[[GZ:.*]] = spherical.pad %[[G0]] : {{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f32>
//       CHECK:   return %[[GZ]]
func.func @adjoint(%g: tensor<2x3xf32>) -> !z {
  %f = spherical.so3_integrate %g {adjoint} : tensor<2x3xf32> -> !f
  %y = spherical.so3_ift %f {adjoint} : !f -> !z
  return %y : !z
}

// Near miss: the integral of a ReLU needs the grid.
// CHECK-LABEL: func.func @keeps_relu(
//       CHECK:   %[[F:.*]] = nn.relu
//       CHECK:   spherical.so3_integrate %[[F]] : !spherical.so3<
func.func @keeps_relu(%z: !z) -> tensor<2x3xf32> {
  %h = spherical.so3_ift %z : !z -> !f
  %f = nn.relu %h : !f
  %y = spherical.so3_integrate %f : !f -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Near miss: a mask takes part of the function away.
// CHECK-LABEL: func.func @keeps_mask(
//       CHECK:   spherical.so3_integrate %{{.*}} {adjoint} : {{.*}} -> !spherical.so3<
//       CHECK:   nn.relu_grad
func.func @keeps_mask(%g: tensor<2x3xf32>, %m: !f) -> !z {
  %f = spherical.so3_integrate %g {adjoint} : tensor<2x3xf32> -> !f
  %d = nn.relu_grad %f, %m : !f, !f
  %y = spherical.so3_ift %d {adjoint} : !f -> !z
  return %y : !z
}
