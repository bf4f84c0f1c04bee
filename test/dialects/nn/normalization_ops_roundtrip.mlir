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

// Area statistics are the default and not printed.
// CHECK-LABEL: func @batch_norm_signals
//       CHECK:   nn.batch_norm %{{.*}}, %{{.*}} statistics grid : !spherical.s2<2x3, b = 4, f32>, tensor<3xf32>
//       CHECK:   nn.batch_norm %{{.*}}, %{{[^ ]*}} : !spherical.s2<2x3, b = 4, f32>, tensor<3xf32>
//       CHECK:   nn.batch_norm_train %{{.*}}, %{{[^ ]*}} : !spherical.so3_spectrum<2x3, b = 4, f32>, tensor<3xf32>, tensor<i64>
//       CHECK:   nn.batch_norm_grad %{{.*}} count(%{{.*}} : tensor<i64>) statistics grid {training} : !spherical.s2<2x3, b = 4, f32>, tensor<3xf32>
func.func @batch_norm_signals(%f: !spherical.s2<2x3, b = 4, f32>, %x: !spherical.so3_spectrum<2x3, b = 4, f32>, %c: !c, %n: tensor<i64>) {
  %0 = nn.batch_norm %f, %c, %c, %c, %c statistics grid : !spherical.s2<2x3, b = 4, f32>, !c
  %1 = nn.batch_norm %f, %c, %c, %c, %c statistics area : !spherical.s2<2x3, b = 4, f32>, !c
  %2:5 = nn.batch_norm_train %x, %c, %c, %c, %c, %n : !spherical.so3_spectrum<2x3, b = 4, f32>, !c, tensor<i64>
  %3:3 = nn.batch_norm_grad %0, %f, %c, %c, %c count(%n : tensor<i64>) statistics grid {training} : !spherical.s2<2x3, b = 4, f32>, !c
  return
}
