// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

!x = tensor<2x3x5xf32>
!c = tensor<3xf32>

// Defaults of eps and momentum are not printed.
// CHECK-LABEL: func @batch_norm
//       CHECK:   nn.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x3x5xf32>, tensor<3xf32>
//       CHECK:   nn.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {eps = 1.000000e-03 : f64, momentum = 5.000000e-01 : f64} : tensor<2x3x5xf32>, tensor<3xf32>
//       CHECK:   nn.inverse_std %{{.*}} : tensor<3xf32>
//       CHECK:   nn.batch_norm_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x3x5xf32>, tensor<3xf32>
func.func @batch_norm(%x: !x, %w: !c, %b: !c, %m: !c, %v: !c) {
  %0 = nn.batch_norm %x, %w, %b, %m, %v {eps = 1.0e-5 : f64} : !x, !c
  %1 = nn.batch_norm %x, %w, %b, %m, %v {eps = 1.0e-3 : f64, momentum = 0.5 : f64} : !x, !c
  %s = nn.inverse_std %v : !c
  %gx, %gw, %gb = nn.batch_norm_grad %0, %x, %w, %m, %s : !x, !c
  return
}

// CHECK-LABEL: func @batch_norm_train
//       CHECK:   nn.batch_norm_train %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x3x5xf32>, tensor<3xf32>, tensor<i64>
//       CHECK:   nn.batch_norm_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} count(%{{.*}} : tensor<i64>) {training} : tensor<2x3x5xf32>, tensor<3xf32>
func.func @batch_norm_train(%x: !x, %w: !c, %b: !c, %m: !c, %v: !c, %n: tensor<i64>) {
  %y, %bm, %s, %m1, %v1 = nn.batch_norm_train %x, %w, %b, %m, %v, %n : !x, !c, tensor<i64>
  %gx, %gw, %gb = nn.batch_norm_grad %y, %x, %w, %bm, %s count(%n : tensor<i64>) {training} : !x, !c
  return
}
