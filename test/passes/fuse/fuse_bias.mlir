// RUN: spherical-opt %s --spherical-fuse-bias | FileCheck %s

!z = !spherical.so3_spectrum<2x3, b = 4, f32>
!f = !spherical.so3<2x3, b = 4, f32>
!z2 = !spherical.s2_spectrum<2x3, b = 4, f32>
!f2 = !spherical.s2<2x3, b = 6, f32>

// A constant is the degree 0 of its function.
// CHECK-LABEL: func.func @moves_to_spectrum(
//  CHECK-SAME:   %[[Z:[^:]*]]: !spherical.so3_spectrum<2x3, b = 4, f32>, %[[B:[^:]*]]: tensor<3xf32>
//  CHECK-NEXT:   %[[ZB:.*]] = spherical.add_bias %[[Z]], %[[B]]
//  CHECK-NEXT:   %[[Y:.*]] = spherical.so3_ift %[[ZB]]
//  CHECK-NEXT:   return %[[Y]]
func.func @moves_to_spectrum(%z: !z, %b: tensor<3xf32>) -> !f {
  %f = spherical.so3_ift %z : !z -> !f
  %y = spherical.add_bias %f, %b : !f, tensor<3xf32>
  return %y : !f
}

// The same on the sphere, and from fewer degrees than the grid holds.
// CHECK-LABEL: func.func @moves_to_s2_spectrum(
//       CHECK:   spherical.add_bias %{{.*}} : !spherical.s2_spectrum<2x3, b = 4, f32>
//       CHECK:   spherical.s2_ift
func.func @moves_to_s2_spectrum(%z: !z2, %b: tensor<3xf32>) -> !f2 {
  %f = spherical.s2_ift %z : !z2 -> !f2
  %y = spherical.add_bias %f, %b : !f2, tensor<3xf32>
  return %y : !f2
}

// Near miss: the function is needed without the bias, too, and a second transform would cost more.
// CHECK-LABEL: func.func @keeps_shared(
//       CHECK:   %[[F:.*]] = spherical.so3_ift
//       CHECK:   spherical.add_bias %[[F]]
func.func @keeps_shared(%z: !z, %b: tensor<3xf32>) -> (!f, !f) {
  %f = spherical.so3_ift %z : !z -> !f
  %y = spherical.add_bias %f, %b : !f, tensor<3xf32>
  return %f, %y : !f, !f
}

// Near miss: behind a ReLU the bias is added after it.
// CHECK-LABEL: func.func @keeps_behind_relu(
//       CHECK:   %[[F:.*]] = nn.relu
//       CHECK:   spherical.add_bias %[[F]]
func.func @keeps_behind_relu(%z: !z, %b: tensor<3xf32>) -> !f {
  %h = spherical.so3_ift %z : !z -> !f
  %f = nn.relu %h : !f
  %y = spherical.add_bias %f, %b : !f, tensor<3xf32>
  return %y : !f
}

// The sum of g over the grid is the coefficient (0, 0, 0) of its adjoint transform.
// CHECK-LABEL: func.func @gradient_from_spectrum(
//  CHECK-SAME:   %[[G:[^:]*]]: !spherical.so3<2x3, b = 4, f32>
//  CHECK-NEXT:   %[[GZ:.*]] = spherical.so3_ift %[[G]] {adjoint}
//  CHECK-NEXT:   %[[GB:.*]] = spherical.bias_grad %[[GZ]] : !spherical.so3_spectrum
//  CHECK-NEXT:   return %[[GB]], %[[GZ]]
func.func @gradient_from_spectrum(%g: !f) -> (tensor<3xf32>, !z) {
  %gb = spherical.bias_grad %g : !f -> tensor<3xf32>
  %gz = spherical.so3_ift %g {adjoint} : !f -> !z
  return %gb, %gz : tensor<3xf32>, !z
}

// Near miss: no spectrum of g is needed, so the sum over the grid is cheaper.
// CHECK-LABEL: func.func @gradient_from_grid(
//  CHECK-NEXT:   spherical.bias_grad %{{.*}} : !spherical.so3<
func.func @gradient_from_grid(%g: !f) -> tensor<3xf32> {
  %gb = spherical.bias_grad %g : !f -> tensor<3xf32>
  return %gb : tensor<3xf32>
}

// The quadrature of a constant is exact: the sum over the grid is the coefficient (0, 0, 0) of G.
// CHECK-LABEL: func.func @gradient_of_analysis(
//  CHECK-SAME:   %[[G:[^:]*]]: !spherical.so3_spectrum
//  CHECK-NEXT:   spherical.bias_grad %[[G]] : !spherical.so3_spectrum<2x3, b = 4, f32>
func.func @gradient_of_analysis(%g: !z) -> tensor<3xf32> {
  %f = spherical.so3_ft %g {adjoint} : !z -> !f
  %gb = spherical.bias_grad %f : !f -> tensor<3xf32>
  return %gb : tensor<3xf32>
}

// Near miss: from degree 2b on even a constant has aliases.
// CHECK-LABEL: func.func @gradient_of_aliases(
//       CHECK:   %[[F:.*]] = spherical.so3_ft
//       CHECK:   spherical.bias_grad %[[F]]
func.func @gradient_of_aliases(%g: !spherical.so3_spectrum<2x3, b = 9, f32>) -> tensor<3xf32> {
  %f = spherical.so3_ft %g high quadrature {adjoint} : !spherical.so3_spectrum<2x3, b = 9, f32> -> !f
  %gb = spherical.bias_grad %f : !f -> tensor<3xf32>
  return %gb : tensor<3xf32>
}
