// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

!f = !spherical.so3<2x3, b = 4, f32>
!x = !spherical.so3_spectrum<2x3, b = 4, f32>
!h = !spherical.s2_spectrum<2x3, b = 4, f32>
!y = !spherical.so3_spectrum<3x5, b = 4, f32>
!c = !spherical.s2_spectrum<3x5, b = 4, f32>
!z = !spherical.s2_spectrum<2x5, b = 4, f32>

// The default projection is not printed, nor is a kernel's type that the grid gives.
// CHECK-LABEL: func @so3_to_s2
//       CHECK:   spherical.so3_to_s2 %{{.*}}, %{{.*}} grid <so3_soft<1>> : !spherical.so3<2x3, b = 4, f32> -> !spherical.s2<2x5, b = 4, f32>
//       CHECK:   spherical.so3_to_s2 %{{.*}}, %{{.*}} grid <so3_soft<1>> high truncated projection orbit_mean : !spherical.so3<2x3, b = 4, f32> -> !spherical.s2<2x5, b = 6, f32>
//       CHECK:   spherical.so3_to_s2 %{{.*}}, %{{.*}} grid <so3_soft<1>> projection invariant : !spherical.so3<2x3, b = 4, f32> -> !spherical.s2<2x5, b = 3, f32>
func.func @so3_to_s2(%f: !f, %k: tensor<3x5x8xf32>) {
  %0 = spherical.so3_to_s2 %f, %k grid <so3_soft<1>> projection sum_n : !f -> !spherical.s2<2x5, b = 4, f32>
  %1 = spherical.so3_to_s2 %f, %k grid <so3_soft<1>> high truncated projection orbit_mean : !f -> !spherical.s2<2x5, b = 6, f32>
  %2 = spherical.so3_to_s2 %f, %k grid <so3_soft<1>> projection invariant : !f -> !spherical.s2<2x5, b = 3, f32>
  return
}

// CHECK-LABEL: func @so3_orbit_mean
//       CHECK:   spherical.so3_orbit_mean %{{.*}} : !spherical.so3<2x3, b = 4, f32> -> !spherical.s2<2x3, b = 4, f32>
//       CHECK:   spherical.so3_orbit_mean %{{.*}} {adjoint} : !spherical.s2_spectrum<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 4, f32>
func.func @so3_orbit_mean(%f: !f, %h: !h) {
  %0 = spherical.so3_orbit_mean %f : !f -> !spherical.s2<2x3, b = 4, f32>
  %1 = spherical.so3_orbit_mean %h {adjoint} : !h -> !x
  return
}

// CHECK-LABEL: func @sum_n
//       CHECK:   spherical.sum_n %{{.*}} : !spherical.so3_spectrum<2x3, b = 4, f32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
//       CHECK:   spherical.sum_n %{{.*}} {adjoint, odd} : !spherical.s2_spectrum<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 4, f32>
func.func @sum_n(%x: !x) {
  %0 = spherical.sum_n %x : !x -> !h
  %1 = spherical.sum_n %0 {adjoint, odd} : !h -> !x
  return
}

// CHECK-LABEL: func @thin
//       CHECK:   spherical.project_kernel %{{.*}} projection sum_n : !spherical.so3_spectrum<3x5, b = 4, f32> -> !spherical.s2_spectrum<3x5, b = 4, f32>
//       CHECK:   spherical.project_kernel %{{.*}} projection orbit_mean {adjoint} : !spherical.s2_spectrum<3x5, b = 4, f32> -> !spherical.so3_spectrum<3x5, b = 4, f32>
//       CHECK:   spherical.thin_matmul %{{.*}}, %{{[^ ]*}} : !spherical.so3_spectrum<2x3, b = 4, f32>, !spherical.s2_spectrum<3x5, b = 4, f32> -> !spherical.s2_spectrum<2x5, b = 4, f32>
//       CHECK:   spherical.thin_matmul %{{.*}}, %{{.*}} form grad_input : !spherical.s2_spectrum<2x5, b = 4, f32>, !spherical.s2_spectrum<3x5, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 4, f32>
//       CHECK:   spherical.thin_matmul %{{.*}}, %{{.*}} form grad_kernel : !spherical.s2_spectrum<2x5, b = 4, f32>, !spherical.so3_spectrum<2x3, b = 4, f32> -> !spherical.s2_spectrum<3x5, b = 4, f32>
func.func @thin(%x: !x, %y: !y) {
  %c = spherical.project_kernel %y projection sum_n : !y -> !c
  %0 = spherical.project_kernel %c projection orbit_mean {adjoint} : !c -> !y
  %z = spherical.thin_matmul %x, %c : !x, !c -> !z
  %1 = spherical.thin_matmul %z, %c form grad_input : !z, !c -> !x
  %2 = spherical.thin_matmul %z, %x form grad_kernel : !z, !x -> !c
  return
}
