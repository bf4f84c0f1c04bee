// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

!f = !spherical.so3<2x4, b = 8, f32>

// CHECK-LABEL: func @pointwise
//       CHECK:   nn.relu %{{.*}} : !spherical.so3<2x4, b = 8, f32>
//       CHECK:   nn.relu_grad %{{.*}}, %{{.*}} : !spherical.so3<2x4, b = 8, f32>, !spherical.so3<2x4, b = 8, f32>
//       CHECK:   nn.add %{{.*}}, %{{.*}} : !spherical.so3_spectrum<2x4, b = 3, complex<f64>>
func.func @pointwise(%x: !f, %s: !spherical.so3_spectrum<2x4, b = 3, complex<f64>>) -> !spherical.so3_spectrum<2x4, b = 3, complex<f64>> {
  %y = nn.relu %x : !f
  %g = nn.relu_grad %x, %y : !f, !f
  %t = nn.add %s, %s : !spherical.so3_spectrum<2x4, b = 3, complex<f64>>
  return %t : !spherical.so3_spectrum<2x4, b = 3, complex<f64>>
}

// CHECK-LABEL: func @linear
//       CHECK:   nn.linear %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32> -> tensor<2x3xf32>
//       CHECK:   nn.linear_grad_input %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
//       CHECK:   nn.linear_grad_weight %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<3x4xf32>
//       CHECK:   nn.sum_batch %{{.*}} : tensor<2x3xf32> -> tensor<3xf32>
func.func @linear(%x: tensor<2x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>) {
  %y = nn.linear %x, %w, %b : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %gx = nn.linear_grad_input %y, %w : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
  %gw = nn.linear_grad_weight %y, %x : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<3x4xf32>
  %gb = nn.sum_batch %y : tensor<2x3xf32> -> tensor<3xf32>
  return
}
