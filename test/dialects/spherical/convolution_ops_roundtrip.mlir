// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

// The kernel's type follows from channels and points.
// CHECK-LABEL: func @s2_conv
//       CHECK:   spherical.s2_conv %{{.*}}, %{{.*}} grid <s2_near_identity<beta = 3, alpha = 8, max_beta = 0.39>> : !spherical.s2<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 6, f32>
func.func @s2_conv(%x: !spherical.s2<2x3, b = 8, f32>, %k: tensor<3x5x24xf32>) -> !spherical.so3<2x5, b = 6, f32> {
  %y = spherical.s2_conv %x, %k grid <s2_near_identity<beta = 3, alpha = 8, max_beta = 0.39>> : !spherical.s2<2x3, b = 8, f32> -> !spherical.so3<2x5, b = 6, f32>
  return %y : !spherical.so3<2x5, b = 6, f32>
}

// CHECK-LABEL: func @so3_conv
//       CHECK:   spherical.so3_conv %{{.*}}, %{{.*}} grid <so3_soft<1>> : !spherical.so3<2x4, b = 8, f64> -> !spherical.so3<2x5, b = 6, f64>
//       CHECK:   spherical.so3_conv %{{.*}}, %{{.*}} grid <so3_soft<1>> high quadrature {note = "up"} : !spherical.so3<2x4, b = 8, f64> -> !spherical.so3<2x5, b = 9, f64>
func.func @so3_conv(%x: !spherical.so3<2x4, b = 8, f64>, %k: tensor<4x5x8xf64>) -> (!spherical.so3<2x5, b = 6, f64>, !spherical.so3<2x5, b = 9, f64>) {
  %y = spherical.so3_conv %x, %k grid <so3_soft<1>> : !spherical.so3<2x4, b = 8, f64> -> !spherical.so3<2x5, b = 6, f64>
  %z = spherical.so3_conv %x, %k grid <so3_soft<1>> high quadrature {note = "up"} : !spherical.so3<2x4, b = 8, f64>, tensor<4x5x8xf64> -> !spherical.so3<2x5, b = 9, f64>
  return %y, %z : !spherical.so3<2x5, b = 6, f64>, !spherical.so3<2x5, b = 9, f64>
}

// A kernel with a layout has another type than the inferred one, so that it is printed.
// CHECK-LABEL: func @kernel_type
//       CHECK:   spherical.s2_conv %{{.*}}, %{{.*}} grid <s2_soft<1>> : !spherical.s2<2x3, b = 8, f32>, tensor<3x5x4xf32, #spherical.layout<order = [in, out, point]>> -> !spherical.so3<2x5, b = 6, f32>
func.func @kernel_type(%x: !spherical.s2<2x3, b = 8, f32>, %k: tensor<3x5x4xf32, #spherical.layout<order = [in, out, point]>>) -> !spherical.so3<2x5, b = 6, f32> {
  %y = spherical.s2_conv %x, %k grid <s2_soft<1>> : !spherical.s2<2x3, b = 8, f32>, tensor<3x5x4xf32, #spherical.layout<order = [in, out, point]>> -> !spherical.so3<2x5, b = 6, f32>
  return %y : !spherical.so3<2x5, b = 6, f32>
}

// CHECK-LABEL: func @resample
//       CHECK:   spherical.resample %{{.*}} : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2<2x3, b = 11, f32>
func.func @resample(%x: !spherical.s2<2x3, b = 8, f32>) -> !spherical.s2<2x3, b = 11, f32> {
  %y = spherical.resample %x : !spherical.s2<2x3, b = 8, f32> -> !spherical.s2<2x3, b = 11, f32>
  return %y : !spherical.s2<2x3, b = 11, f32>
}

// CHECK-LABEL: func @so3_integrate
//       CHECK:   spherical.so3_integrate %{{.*}} : !spherical.so3<2x3, b = 8, f32> -> tensor<2x3xf32>
//       CHECK:   spherical.so3_integrate %{{.*}} {adjoint} : tensor<2x3xf32> -> !spherical.so3_spectrum<2x3, b = 7, f32>
//       CHECK:   spherical.so3_integrate %{{.*}} : !spherical.so3_spectrum<2x3, b = 7, f32> -> tensor<2x3xf32>
func.func @so3_integrate(%x: !spherical.so3<2x3, b = 8, f32>) -> tensor<2x3xf32> {
  %y = spherical.so3_integrate %x : !spherical.so3<2x3, b = 8, f32> -> tensor<2x3xf32>
  %g = spherical.so3_integrate %y {adjoint} : tensor<2x3xf32> -> !spherical.so3_spectrum<2x3, b = 7, f32>
  %z = spherical.so3_integrate %g : !spherical.so3_spectrum<2x3, b = 7, f32> -> tensor<2x3xf32>
  return %z : tensor<2x3xf32>
}

// CHECK-LABEL: func @so3_shortcut
//       CHECK:   spherical.so3_shortcut %{{.*}}, %{{.*}} high truncated : !spherical.so3<2x3, b = 4, f32>, tensor<3x5x1xf32> -> !spherical.so3<2x5, b = 6, f32>
func.func @so3_shortcut(%x: !spherical.so3<2x3, b = 4, f32>, %k: tensor<3x5x1xf32>) -> !spherical.so3<2x5, b = 6, f32> {
  %y = spherical.so3_shortcut %x, %k high truncated : !spherical.so3<2x3, b = 4, f32>, tensor<3x5x1xf32> -> !spherical.so3<2x5, b = 6, f32>
  return %y : !spherical.so3<2x5, b = 6, f32>
}
