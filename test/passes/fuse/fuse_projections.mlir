// RUN: spherical-opt %s --spherical-fuse-projections --split-input-file | FileCheck %s

!x = !spherical.so3_spectrum<2x4, b = 6, f32>
!y = !spherical.so3_spectrum<4x5, b = 6, f32>
!z = !spherical.so3_spectrum<2x5, b = 6, f32>
!h = !spherical.s2_spectrum<2x5, b = 6, f32>

// The sum over n of the product is a product with one column, which the kernel's transform makes.
// CHECK-LABEL: func.func @sum_n(
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[K:[^:]*]]:
//       CHECK:   %[[C:.*]] = spherical.kernel_ft %[[K]] grid <so3_soft<1>> scale 5.000000e-01 projection sum_n : tensor<4x5x8xf32> -> !spherical.s2_spectrum<4x5, b = 6, f32>
//       CHECK:   %[[H:.*]] = spherical.thin_matmul %[[X]], %[[C]]
//   CHECK-NOT:   spherical.sum_n
//       CHECK:   return %[[H]]
func.func @sum_n(%x: !x, %k: tensor<4x5x8xf32>) -> !h {
  %y = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.5 : tensor<4x5x8xf32> -> !y
  %z = spherical.spectral_matmul %x, %y : !x, !y -> !z
  %h = spherical.sum_n %z : !z -> !h
  return %h : !h
}

// The mean over the orbits of a convolution is the convolution with the kernel averaged over SO(2),
// whose spectrum has n = 0 only; its bias is added behind.
// CHECK-LABEL: func.func @orbit_mean(
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[K:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]:
//       CHECK:   %[[C:.*]] = spherical.kernel_ft %[[K]] {{.*}} projection orbit_mean
//       CHECK:   %[[H:.*]] = spherical.thin_matmul %[[X]], %[[C]]
//       CHECK:   %[[HB:.*]] = spherical.add_bias %[[H]], %[[B]] : !spherical.s2_spectrum<2x5, b = 6, f32>
//       CHECK:   %[[Y:.*]] = spherical.s2_ift %[[HB]] : {{.*}} -> !spherical.s2<2x5, b = 8, f32>
//       CHECK:   return %[[Y]]
func.func @orbit_mean(%x: !x, %k: tensor<4x5x8xf32>, %b: tensor<5xf32>) -> !spherical.s2<2x5, b = 8, f32> {
  %y = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.5 : tensor<4x5x8xf32> -> !y
  %z = spherical.spectral_matmul %x, %y : !x, !y -> !z
  %zb = spherical.add_bias %z, %b : !z, tensor<5xf32>
  %f = spherical.so3_ift %zb : !z -> !spherical.so3<2x5, b = 8, f32>
  %m = spherical.so3_orbit_mean %f : !spherical.so3<2x5, b = 8, f32> -> !spherical.s2<2x5, b = 8, f32>
  return %m : !spherical.s2<2x5, b = 8, f32>
}

// Its gradients: outer products on S2.
// CHECK-LABEL: func.func @gradients(
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}}, %[[X:[^:]*]]: {{[^%]*}}, %[[K:[^:]*]]:
//   CHECK-DAG:   %[[C:.*]] = spherical.kernel_ft %[[K]] {{.*}} projection sum_n
//   CHECK-DAG:   %[[GX:.*]] = spherical.thin_matmul %[[G]], %[[C]] form grad_input
//   CHECK-DAG:   %[[GC:.*]] = spherical.thin_matmul %[[G]], %[[X]] form grad_kernel
//   CHECK-DAG:   %[[GK:.*]] = spherical.kernel_ft %[[GC]] grid <so3_soft<1>> scale 5.000000e-01 projection sum_n {adjoint} : !spherical.s2_spectrum<4x5, b = 6, f32> -> tensor<4x5x8xf32>
//       CHECK:   return %[[GX]], %[[GK]]
func.func @gradients(%g: !h, %x: !x, %k: tensor<4x5x8xf32>) -> (!x, tensor<4x5x8xf32>) {
  %y = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.5 : tensor<4x5x8xf32> -> !y
  %gz = spherical.sum_n %g {adjoint} : !h -> !z
  %gx = spherical.spectral_matmul %gz, %y form grad_input : !z, !y -> !x
  %gy = spherical.spectral_matmul %gz, %x form grad_kernel : !z, !x -> !y
  %gk = spherical.kernel_ft %gy grid <so3_soft<1>> scale 0.5 {adjoint} : !y -> tensor<4x5x8xf32>
  return %gx, %gk : !x, tensor<4x5x8xf32>
}

// The gradient of a mean of a synthesised function fills the column n = 0 of its spectrum.
// CHECK-LABEL: func.func @mean_adjoint(
//  CHECK-SAME:   %[[G:[^:]*]]:
//       CHECK:   %[[S:.*]] = spherical.s2_ift %[[G]] {adjoint} : !spherical.s2<2x5, b = 8, f32> -> !spherical.s2_spectrum<2x5, b = 6, f32>
//       CHECK:   %[[Z:.*]] = spherical.so3_orbit_mean %[[S]] {adjoint}
//       CHECK:   return %[[Z]]
func.func @mean_adjoint(%g: !spherical.s2<2x5, b = 8, f32>) -> !z {
  %f = spherical.so3_orbit_mean %g {adjoint} : !spherical.s2<2x5, b = 8, f32> -> !spherical.so3<2x5, b = 8, f32>
  %z = spherical.so3_ift %f {adjoint} : !spherical.so3<2x5, b = 8, f32> -> !z
  return %z : !z
}

// A kernel that is no transform is projected itself.
// CHECK-LABEL: func.func @any_kernel(
//       CHECK:   spherical.project_kernel %{{.*}} projection sum_n
//       CHECK:   spherical.thin_matmul
func.func @any_kernel(%x: !x, %y: !y) -> !h {
  %z = spherical.spectral_matmul %x, %y : !x, !y -> !z
  %h = spherical.sum_n %z : !z -> !h
  return %h : !h
}

// Near miss: the product is needed as a whole.
// CHECK-LABEL: func.func @other_uses(
//       CHECK:   spherical.spectral_matmul
//       CHECK:   spherical.sum_n
func.func @other_uses(%x: !x, %y: !y) -> (!h, !z) {
  %z = spherical.spectral_matmul %x, %y : !x, !y -> !z
  %h = spherical.sum_n %z : !z -> !h
  return %h, %z : !h, !z
}

// Near miss: the mean of a ReLU needs the grid.
// CHECK-LABEL: func.func @behind_relu(
//       CHECK:   spherical.so3_ift
//       CHECK:   spherical.so3_orbit_mean %{{.*}} : !spherical.so3<
func.func @behind_relu(%z: !z) -> !spherical.s2<2x5, b = 8, f32> {
  %h = spherical.so3_ift %z : !z -> !spherical.so3<2x5, b = 8, f32>
  %f = nn.relu %h : !spherical.so3<2x5, b = 8, f32>
  %m = spherical.so3_orbit_mean %f : !spherical.so3<2x5, b = 8, f32> -> !spherical.s2<2x5, b = 8, f32>
  return %m : !spherical.s2<2x5, b = 8, f32>
}

// -----

!x = !spherical.so3_spectrum<2x4, b = 6, f32>
!y = !spherical.so3_spectrum<4x5, b = 6, f32>
!z = !spherical.so3_spectrum<2x5, b = 6, f32>
!h = !spherical.s2_spectrum<2x5, b = 6, f32>

// @prepare hands over columns where @forward reads nothing else of the kernel.
// CHECK-LABEL: func.func @prepare(
//       CHECK:   %[[C:.*]] = spherical.kernel_ft {{.*}} projection sum_n
//       CHECK:   return %[[C]] : !spherical.s2_spectrum<4x5, b = 6, f32>
func.func @prepare(%k: tensor<4x5x8xf32> {spherical.role = "parameter", spherical.name = "k"})
    -> (!y {spherical.name = "prepared.0"}) {
  %y = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.5 : tensor<4x5x8xf32> -> !y
  return %y : !y
}

// CHECK-LABEL: func.func @forward(
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[C:[^:]*]]: !spherical.s2_spectrum<4x5, b = 6, f32> {
//       CHECK:   spherical.thin_matmul %[[X]], %[[C]]
func.func @forward(%x: !x {spherical.role = "input", spherical.name = "x"},
                   %y: !y {spherical.role = "prepared", spherical.name = "prepared.0"}) -> !h {
  %z = spherical.spectral_matmul %x, %y : !x, !y -> !z
  %h = spherical.sum_n %z : !z -> !h
  return %h : !h
}
