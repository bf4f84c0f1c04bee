// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

// CHECK-LABEL: func @samples
//       CHECK:   spherical.samples %{{.*}} : tensor<2x3x16x16xf32> -> !spherical.s2<2x3, b = 8, f32>
//       CHECK:   spherical.samples %{{.*}} : !spherical.so3<2x3, b = 1, complex<f64>> -> tensor<2x3x2x2x2x2xf64>
func.func @samples(%t: tensor<2x3x16x16xf32>, %f: !spherical.so3<2x3, b = 1, complex<f64>>) -> (!spherical.s2<2x3, b = 8, f32>, tensor<2x3x2x2x2x2xf64>) {
  %0 = spherical.samples %t : tensor<2x3x16x16xf32> -> !spherical.s2<2x3, b = 8, f32>
  %1 = spherical.samples %f : !spherical.so3<2x3, b = 1, complex<f64>> -> tensor<2x3x2x2x2x2xf64>
  return %0, %1 : !spherical.s2<2x3, b = 8, f32>, tensor<2x3x2x2x2x2xf64>
}

// CHECK-LABEL: func @bias
//       CHECK:   spherical.add_bias %{{.*}}, %{{.*}} : !spherical.so3_spectrum<2x3, b = 8, f32>, tensor<3xf32>
//       CHECK:   spherical.bias_grad %{{.*}} : !spherical.so3_spectrum<2x3, b = 8, f32> -> tensor<3xf32>
func.func @bias(%x: !spherical.so3_spectrum<2x3, b = 8, f32>, %b: tensor<3xf32>) -> tensor<3xf32> {
  %0 = spherical.add_bias %x, %b : !spherical.so3_spectrum<2x3, b = 8, f32>, tensor<3xf32>
  %1 = spherical.bias_grad %0 : !spherical.so3_spectrum<2x3, b = 8, f32> -> tensor<3xf32>
  return %1 : tensor<3xf32>
}

// CHECK-LABEL: func @zero
//       CHECK:   spherical.zero : !spherical.s2<2x3, b = 8, f32>
//       CHECK:   spherical.zero : tensor<i64>
func.func @zero() -> (!spherical.s2<2x3, b = 8, f32>, tensor<i64>) {
  %0 = spherical.zero : !spherical.s2<2x3, b = 8, f32>
  %1 = spherical.zero : tensor<i64>
  return %0, %1 : !spherical.s2<2x3, b = 8, f32>, tensor<i64>
}

#lanes = #spherical.layout<order = [lane_group, channel], lane = [batch : 2]>

// CHECK-LABEL: func @convert_layout
//       CHECK:   spherical.convert_layout %{{.*}} : tensor<2x3xf32> -> tensor<2x3xf32, #spherical.layout<order = [lane_group, channel], lane = [batch : 2]>>
//       CHECK:   spherical.convert_layout %{{.*}} : tensor<2x3xf32, #spherical.layout<order = [lane_group, channel], lane = [batch : 2]>> -> tensor<2x3xf32>
func.func @convert_layout(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = spherical.convert_layout %x : tensor<2x3xf32> -> tensor<2x3xf32, #lanes>
  %1 = spherical.convert_layout %0 : tensor<2x3xf32, #lanes> -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// CHECK-LABEL: func @rotate
//       CHECK:   spherical.rotate %{{.*}} by [0.1, 0.2, -0.3] : !spherical.so3<2x3, b = 8, f32>
//       CHECK:   spherical.rotate %{{.*}} by [0.0, 1.0, 0.0] : !spherical.s2_spectrum<2x3, b = 8, complex<f64>>
func.func @rotate(%f: !spherical.so3<2x3, b = 8, f32>, %x: !spherical.s2_spectrum<2x3, b = 8, complex<f64>>) {
  %0 = spherical.rotate %f by [0.1, 0.2, -0.3] : !spherical.so3<2x3, b = 8, f32>
  %1 = spherical.rotate %x by [0.0, 1.0, 0.0] : !spherical.s2_spectrum<2x3, b = 8, complex<f64>>
  return
}
