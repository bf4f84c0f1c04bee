// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

// CHECK-LABEL: func @s2
//       CHECK:   spherical.s2_ft %{{.*}} : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 5, f32>
//       CHECK:   spherical.s2_ift %{{.*}} : !spherical.s2_spectrum<2x3, b = 5, f32> -> !spherical.s2<2x3, b = 7, f32>
//       CHECK:   spherical.s2_ft %{{.*}} high zero : !spherical.s2<2x3, b = 7, f32> -> !spherical.s2_spectrum<2x3, b = 9, complex<f32>>
//       CHECK:   spherical.s2_ift %{{.*}} : !spherical.s2_spectrum<2x3, b = 9, complex<f32>> -> !spherical.s2<2x3, b = 8, f32>
func.func @s2(%x: !spherical.s2<2x3, b = 8, f32>) -> !spherical.s2<2x3, b = 8, f32> {
  %0 = spherical.s2_ft %x : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2_spectrum<2x3, b = 5, f32>
  %1 = spherical.s2_ift %0 : !spherical.s2_spectrum<2x3, b = 5, f32> -> !spherical.s2<2x3, b = 7, f32>
  %2 = spherical.s2_ft %1 high zero : !spherical.s2<2x3, b = 7, f32> -> !spherical.s2_spectrum<2x3, b = 9, complex<f32>>
  %3 = spherical.s2_ift %2 : !spherical.s2_spectrum<2x3, b = 9, complex<f32>> -> !spherical.s2<2x3, b = 8, f32>
  return %3 : !spherical.s2<2x3, b = 8, f32>
}

// Adjoints go the other way.
// CHECK-LABEL: func @so3_adjoints
//       CHECK:   spherical.so3_ft %{{.*}} high quadrature {adjoint} : !spherical.so3_spectrum<2x3, b = 9, f64> -> !spherical.so3<2x3, b = 8, f64>
//       CHECK:   spherical.so3_ift %{{.*}} {adjoint} : !spherical.so3<2x3, b = 8, f64> -> !spherical.so3_spectrum<2x3, b = 9, f64>
func.func @so3_adjoints(%g: !spherical.so3_spectrum<2x3, b = 9, f64>) -> !spherical.so3_spectrum<2x3, b = 9, f64> {
  %0 = spherical.so3_ft %g high quadrature {adjoint} : !spherical.so3_spectrum<2x3, b = 9, f64> -> !spherical.so3<2x3, b = 8, f64>
  %1 = spherical.so3_ift %0 {adjoint} : !spherical.so3<2x3, b = 8, f64> -> !spherical.so3_spectrum<2x3, b = 9, f64>
  return %1 : !spherical.so3_spectrum<2x3, b = 9, f64>
}

// CHECK-LABEL: func @kernel_ft
//       CHECK:   spherical.kernel_ft %{{.*}} grid <s2_soft<1>> scale 2.500000e-01 : tensor<3x5x4xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
//       CHECK:   spherical.kernel_ft %{{.*}} grid <s2_soft<1>> scale 0.33333333333333331 {adjoint} : !spherical.s2_spectrum<3x5, b = 6, f32> -> tensor<3x5x4xf32>
func.func @kernel_ft(%k: tensor<3x5x4xf32>) -> tensor<3x5x4xf32> {
  %0 = spherical.kernel_ft %k grid <s2_soft<1>> scale 0.25 : tensor<3x5x4xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
  %1 = spherical.kernel_ft %0 grid <s2_soft<1>> scale 0.33333333333333331 {adjoint} : !spherical.s2_spectrum<3x5, b = 6, f32> -> tensor<3x5x4xf32>
  return %1 : tensor<3x5x4xf32>
}

// CHECK-LABEL: func @columns
//       CHECK:   spherical.kernel_ft %{{.*}} grid <so3_soft<1>> scale 2.500000e-01 projection sum_n : tensor<3x5x8xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
//       CHECK:   spherical.kernel_ft %{{.*}} grid <so3_soft<1>> scale 2.500000e-01 projection orbit_mean {adjoint} : !spherical.s2_spectrum<3x5, b = 6, f32> -> tensor<3x5x8xf32>
func.func @columns(%k: tensor<3x5x8xf32>) -> tensor<3x5x8xf32> {
  %c = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.25 projection sum_n : tensor<3x5x8xf32> -> !spherical.s2_spectrum<3x5, b = 6, f32>
  %g = spherical.kernel_ft %c grid <so3_soft<1>> scale 0.25 projection orbit_mean {adjoint} : !spherical.s2_spectrum<3x5, b = 6, f32> -> tensor<3x5x8xf32>
  return %g : tensor<3x5x8xf32>
}
