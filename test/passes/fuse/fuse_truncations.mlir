// RUN: spherical-opt %s --spherical-fuse-truncations | FileCheck %s

!f4 = !spherical.so3<2x3, b = 4, f32>
!f8 = !spherical.so3<2x3, b = 8, f32>
!s8 = !spherical.s2<2x3, b = 8, f32>
!x2 = !spherical.so3_spectrum<2x3, b = 2, f32>
!x4 = !spherical.so3_spectrum<2x3, b = 4, f32>
!x6 = !spherical.so3_spectrum<2x3, b = 6, f32>
!x8 = !spherical.so3_spectrum<2x3, b = 8, f32>
!k4 = !spherical.so3_spectrum<3x3, b = 4, f32>
!k8 = !spherical.so3_spectrum<3x3, b = 8, f32>
!y4 = !spherical.s2_spectrum<3x3, b = 4, f32>
!y8 = !spherical.s2_spectrum<3x3, b = 8, f32>

// Degrees 4 to 7 are never computed.
// CHECK-LABEL: func.func @analysis(
//  CHECK-NEXT:   %[[X:.*]] = spherical.so3_ft %{{.*}} : {{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f32>
//  CHECK-NEXT:   return %[[X]]
func.func @analysis(%f: !f8) -> !x4 {
  %x = spherical.so3_ft %f : !f8 -> !x8
  %y = spherical.truncate %x : !x8 -> !x4
  return %y : !x4
}

// `high` says nothing once the degrees end before the grid's.
// CHECK-LABEL: func.func @analysis_without_aliases(
//  CHECK-NEXT:   spherical.so3_ft %{{[^ ]*}} : {{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f32>
func.func @analysis_without_aliases(%f: !f4) -> !x4 {
  %x = spherical.so3_ft %f high quadrature : !f4 -> !x8
  %y = spherical.truncate %x : !x8 -> !x4
  return %y : !x4
}

// Two truncations: the larger one stops the transform.
// CHECK-LABEL: func.func @two_truncations(
//  CHECK-NEXT:   %[[X:.*]] = spherical.so3_ft %{{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f32>
//  CHECK-NEXT:   %[[Y:.*]] = spherical.truncate %[[X]] : {{.*}} -> !spherical.so3_spectrum<2x3, b = 2, f32>
//  CHECK-NEXT:   return %[[Y]], %[[X]]
func.func @two_truncations(%f: !f8) -> (!x2, !x4) {
  %x = spherical.so3_ft %f : !f8 -> !x8
  %y = spherical.truncate %x : !x8 -> !x2
  %z = spherical.truncate %x : !x8 -> !x4
  return %y, %z : !x2, !x4
}

// Near miss: another use needs all degrees.
// CHECK-LABEL: func.func @all_degrees_needed(
//       CHECK:   %[[X:.*]] = spherical.so3_ft %{{.*}} -> !spherical.so3_spectrum<2x3, b = 8, f32>
//       CHECK:   spherical.truncate %[[X]]
func.func @all_degrees_needed(%f: !f8) -> (!x8, !x4) {
  %x = spherical.so3_ft %f : !f8 -> !x8
  %y = spherical.truncate %x : !x8 -> !x4
  return %x, %y : !x8, !x4
}

// The factor 2L of kernel_ft on S2 is the layer's: half the degrees, twice the scale.
// CHECK-LABEL: func.func @kernels(
//   CHECK-DAG:   spherical.kernel_ft {{.*}} scale 1.000000e+00 : {{.*}} -> !spherical.s2_spectrum<3x3, b = 4, f32>
//   CHECK-DAG:   spherical.kernel_ft {{.*}} scale 5.000000e-01 : {{.*}} -> !spherical.so3_spectrum<3x3, b = 4, f32>
//   CHECK-NOT:   spherical.truncate
//       CHECK:   return
func.func @kernels(%s: tensor<3x3x4xf32>, %r: tensor<3x3x8xf32>) -> (!y4, !k4) {
  %y = spherical.kernel_ft %s grid <s2_soft<1>> scale 0.5 : tensor<3x3x4xf32> -> !y8
  %k = spherical.kernel_ft %r grid <so3_soft<1>> scale 0.5 : tensor<3x3x8xf32> -> !k8
  %y4 = spherical.truncate %y : !y8 -> !y4
  %k4 = spherical.truncate %k : !k8 -> !k4
  return %y4, %k4 : !y4, !k4
}

// A product of fewer degrees, from transforms of fewer degrees, with its bias.
// CHECK-LABEL: func.func @layer(
//       CHECK:   spherical.so3_ft %{{.*}} -> !spherical.so3_spectrum<2x3, b = 2, f32>
//       CHECK:   spherical.truncate %{{.*}} -> !spherical.so3_spectrum<3x3, b = 2, f32>
//       CHECK:   spherical.spectral_matmul %{{.*}} -> !spherical.so3_spectrum<2x3, b = 2, f32>
//       CHECK:   %[[Z:.*]] = spherical.add_bias %{{.*}} : !spherical.so3_spectrum<2x3, b = 2, f32>
//       CHECK:   return %[[Z]]
func.func @layer(%f: !f8, %k: !k8, %b: tensor<3xf32>) -> !x2 {
  %x = spherical.so3_ft %f : !f8 -> !x8
  %z = spherical.spectral_matmul %x, %k : !x8, !k8 -> !x8
  %zb = spherical.add_bias %z, %b : !x8, tensor<3xf32>
  %y = spherical.truncate %zb : !x8 -> !x2
  return %y : !x2
}

// Zeros contribute nothing, forward and backward.
// CHECK-LABEL: func.func @zeros(
//  CHECK-SAME:   %[[X:[^:]*]]: !spherical.so3_spectrum<2x3, b = 2, f32>, %[[Y:[^:]*]]: !spherical.s2_spectrum
//   CHECK-DAG:   spherical.so3_ift %[[X]] : !spherical.so3_spectrum<2x3, b = 2, f32> -> !spherical.so3<2x3, b = 8, f32>
//   CHECK-DAG:   spherical.so3_ft %[[X]] {adjoint} : !spherical.so3_spectrum<2x3, b = 2, f32> -> !spherical.so3<2x3, b = 4, f32>
//   CHECK-DAG:   spherical.bias_grad %[[X]]
//   CHECK-DAG:   spherical.kernel_ft %[[Y]] {{.*}} scale 1.000000e+00 {adjoint}
//   CHECK-NOT:   spherical.pad
//       CHECK:   return
func.func @zeros(%x: !x2, %y: !y4) -> (!f8, !f4, tensor<3xf32>, tensor<3x3x4xf32>) {
  %p = spherical.pad %x : !x2 -> !x8
  %q = spherical.pad %y : !y4 -> !y8
  %f = spherical.so3_ift %p : !x8 -> !f8
  %g = spherical.so3_ft %p high quadrature {adjoint} : !x8 -> !f4
  %b = spherical.bias_grad %p : !x8 -> tensor<3xf32>
  %k = spherical.kernel_ft %q grid <s2_soft<1>> scale 0.5 {adjoint} : !y8 -> tensor<3x3x4xf32>
  return %f, %g, %b, %k : !f8, !f4, tensor<3xf32>, tensor<3x3x4xf32>
}

// A factor that ends at degree 1 ends the product there.
// CHECK-LABEL: func.func @product_of_zeros(
//  CHECK-SAME:   %[[X:[^:]*]]: !spherical.so3_spectrum<2x3, b = 2, f32>, %[[K:[^:]*]]:
//       CHECK:   %[[L:.*]] = spherical.truncate %[[K]] : {{.*}} -> !spherical.so3_spectrum<3x3, b = 2, f32>
//       CHECK:   %[[Z:.*]] = spherical.spectral_matmul %[[X]], %[[L]] form grad_input : {{.*}} -> !spherical.so3_spectrum<2x3, b = 2, f32>
//       CHECK:   spherical.so3_ft %[[Z]] {adjoint}
//   CHECK-NOT:   spherical.pad
func.func @product_of_zeros(%x: !x2, %k: !k8) -> !f8 {
  %p = spherical.pad %x : !x2 -> !x8
  %z = spherical.spectral_matmul %p, %k form grad_input : !x8, !k8 -> !x8
  %f = spherical.so3_ft %z {adjoint} : !x8 -> !f8
  return %f : !f8
}

// Degrees beyond the grid are zeros that no transform computes.
// CHECK-LABEL: func.func @beyond_the_grid(
//  CHECK-SAME:   %[[F:[^:]*]]: !spherical.so3<2x3, b = 4, f32>, %[[X:[^:]*]]:
//   CHECK-DAG:   %[[L:.*]] = spherical.so3_ft %[[F]] : {{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f32>
//   CHECK-DAG:   spherical.pad %[[L]] : {{.*}} -> !spherical.so3_spectrum<2x3, b = 8, f32>
//   CHECK-DAG:   %[[T:.*]] = spherical.truncate %[[X]] : {{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f32>
//   CHECK-DAG:   spherical.so3_ift %[[T]] : {{.*}} -> !spherical.so3<2x3, b = 4, f32>
//   CHECK-DAG:   spherical.so3_ift %[[F]] {adjoint} : {{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f32>
//       CHECK:   return
func.func @beyond_the_grid(%f: !f4, %x: !x8) -> (!x8, !f4, !x6) {
  %y = spherical.so3_ft %f high zero : !f4 -> !x8
  %g = spherical.so3_ift %x : !x8 -> !f4
  %z = spherical.so3_ift %f {adjoint} : !f4 -> !x6
  return %y, %g, %z : !x8, !f4, !x6
}

// Sums of spectra that end early end early.
// CHECK-LABEL: func.func @sum(
//       CHECK:   %[[S:.*]] = nn.add %{{.*}} : !spherical.so3_spectrum<2x3, b = 2, f32>
//       CHECK:   spherical.so3_ift %[[S]]
func.func @sum(%a: !x2, %b: !x2) -> !f8 {
  %p = spherical.pad %a : !x2 -> !x8
  %q = spherical.pad %b : !x2 -> !x8
  %s = nn.add %p, %q : !x8
  %f = spherical.so3_ift %s : !x8 -> !f8
  return %f : !f8
}

// Near miss: only one summand ends early.
// CHECK-LABEL: func.func @mixed_sum(
//       CHECK:   nn.add %{{.*}} : !spherical.so3_spectrum<2x3, b = 8, f32>
func.func @mixed_sum(%a: !x2, %b: !x8) -> !x8 {
  %p = spherical.pad %a : !x2 -> !x8
  %s = nn.add %p, %b : !x8
  return %s : !x8
}

// One analysis for two numbers of degrees.
// CHECK-LABEL: func.func @shared_analysis(
//  CHECK-NEXT:   %[[X:.*]] = spherical.so3_ft %{{.*}} high quadrature : {{.*}} -> !spherical.so3_spectrum<2x3, b = 8, f32>
//  CHECK-NEXT:   %[[Y:.*]] = spherical.truncate %[[X]] : {{.*}} -> !spherical.so3_spectrum<2x3, b = 2, f32>
//  CHECK-NEXT:   return %[[Y]], %[[X]]
func.func @shared_analysis(%f: !f4) -> (!x2, !x8) {
  %y = spherical.so3_ft %f : !f4 -> !x2
  %x = spherical.so3_ft %f high quadrature : !f4 -> !x8
  return %y, %x : !x2, !x8
}

// Near miss: only one of the gradients is masked.
// CHECK-LABEL: func.func @other_mask(
//       CHECK:   spherical.so3_ift
//       CHECK:   spherical.so3_ift
func.func @other_mask(%f: !f8, %m: !f8) -> (!x2, !x8) {
  %y = spherical.so3_ift %f {adjoint} : !f8 -> !x2
  %d = nn.relu_grad %f, %m : !f8, !f8
  %x = spherical.so3_ift %d {adjoint} : !f8 -> !x8
  return %y, %x : !x2, !x8
}

// @forward reads degrees 0 and 1 of a kernel, so @prepare computes no others.
// CHECK-LABEL: func.func @forward(
//  CHECK-SAME:   %[[X:[^:]*]]: {{.*}}, %[[K:[^:]*]]: !spherical.so3_spectrum<3x3, b = 2, f32> {spherical.name = "prepared.0"
//  CHECK-NEXT:   spherical.spectral_matmul %[[X]], %[[K]]
func.func @forward(%x: !x2 {spherical.name = "x"}, %k: !k8 {spherical.name = "prepared.0", spherical.role = "prepared"}) -> !x2 {
  %l = spherical.truncate %k : !k8 -> !spherical.so3_spectrum<3x3, b = 2, f32>
  %z = spherical.spectral_matmul %x, %l : !x2, !spherical.so3_spectrum<3x3, b = 2, f32> -> !x2
  return %z : !x2
}
// CHECK-LABEL: func.func @prepare(
//  CHECK-SAME:   -> (!spherical.so3_spectrum<3x3, b = 2, f32> {spherical.name = "prepared.0"})
//  CHECK-NEXT:   %[[K:.*]] = spherical.kernel_ft {{.*}} -> !spherical.so3_spectrum<3x3, b = 2, f32>
//  CHECK-NEXT:   return %[[K]]
func.func @prepare(%r: tensor<3x3x8xf32>) -> (!k8 {spherical.name = "prepared.0"}) {
  %k = spherical.kernel_ft %r grid <so3_soft<1>> scale 0.5 : tensor<3x3x8xf32> -> !k8
  return %k : !k8
}

// What an adjoint sees of truncated degrees is nothing: forward aliases, backward zeros.
// CHECK-LABEL: func.func @resolves_truncated(
//       CHECK:   spherical.so3_ft %{{.*}} high quadrature : !spherical.so3<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32>
//       CHECK:   %[[T:.*]] = spherical.truncate
//       CHECK:   spherical.so3_ft %[[T]] {adjoint} : !spherical.so3_spectrum<2x3, b = 4, f32> -> !spherical.so3<2x3, b = 4, f32>
func.func @resolves_truncated(%f: !spherical.so3<2x3, b = 4, f32>, %g: !spherical.so3_spectrum<2x3, b = 6, f32>) -> (!spherical.so3_spectrum<2x3, b = 6, f32>, !spherical.so3<2x3, b = 4, f32>) {
  %x = spherical.so3_ft %f high truncated : !spherical.so3<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32>
  %y = spherical.so3_ft %g high truncated {adjoint} : !spherical.so3_spectrum<2x3, b = 6, f32> -> !spherical.so3<2x3, b = 4, f32>
  return %x, %y : !spherical.so3_spectrum<2x3, b = 6, f32>, !spherical.so3<2x3, b = 4, f32>
}

// Truncation moves through thin products and sums over n as it does through any map of the degrees.
// CHECK-LABEL: func.func @thin_product(
//       CHECK:   spherical.kernel_ft {{.*}} projection sum_n : tensor<3x5x8xf32> -> !spherical.s2_spectrum<3x5, b = 4, f32>
//       CHECK:   spherical.thin_matmul {{.*}} -> !spherical.s2_spectrum<2x5, b = 4, f32>
//       CHECK:   spherical.s2_ift {{.*}} : !spherical.s2_spectrum<2x5, b = 4, f32> -> !spherical.s2<2x5, b = 6, f32>
func.func @thin_product(%x: !spherical.so3_spectrum<2x3, b = 4, f32>, %k: tensor<3x5x8xf32>) -> !spherical.s2<2x5, b = 6, f32> {
  %p = spherical.pad %x : !spherical.so3_spectrum<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32>
  %c = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.5 projection sum_n : tensor<3x5x8xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
  %h = spherical.thin_matmul %p, %c : !spherical.so3_spectrum<2x3, b = 6, f32>, !spherical.s2_spectrum<3x5, b = 6, f32> -> !spherical.s2_spectrum<2x5, b = 6, f32>
  %y = spherical.s2_ift %h : !spherical.s2_spectrum<2x5, b = 6, f32> -> !spherical.s2<2x5, b = 6, f32>
  return %y : !spherical.s2<2x5, b = 6, f32>
}
