// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

// CHECK-LABEL: func @cross_entropy
//       CHECK:   nn.cross_entropy %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x10xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
//       CHECK:   nn.cross_entropy_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<f32>, tensor<2x10xf32>, tensor<2xi32>, tensor<i64>
func.func @cross_entropy(%z: tensor<2x10xf32>, %l: tensor<2xi32>, %n: tensor<i64>) -> tensor<2x10xf32> {
  %0 = nn.cross_entropy %z, %l, %n : tensor<2x10xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  %1 = nn.cross_entropy_grad %0, %z, %l, %n : tensor<f32>, tensor<2x10xf32>, tensor<2xi32>, tensor<i64>
  return %1 : tensor<2x10xf32>
}

// CHECK-LABEL: func @adam
//       CHECK:   nn.increment %{{.*}} : tensor<i64>
//       CHECK:   nn.adam %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {beta1 = 5.000000e-01 : f64} : tensor<4x5xf64>, tensor<i64>, tensor<f32>
func.func @adam(%p: tensor<4x5xf64>, %g: tensor<4x5xf64>, %step: tensor<i64>, %lr: tensor<f32>) -> tensor<4x5xf64> {
  %t = nn.increment %step : tensor<i64>
  %p1, %m1, %v1 = nn.adam %p, %g, %g, %g, %t, %lr {beta1 = 0.5 : f64} : tensor<4x5xf64>, tensor<i64>, tensor<f32>
  return %p1 : tensor<4x5xf64>
}
