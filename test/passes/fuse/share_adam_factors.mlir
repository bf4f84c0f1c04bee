// RUN: spherical-opt %s --spherical-share-adam-factors | FileCheck %s --implicit-check-not="nn.adam %"

// Two parameters of one step share its factors, which stand before the first of them. The eps is the
// update's own.
// CHECK-LABEL: func.func @shared(
//  CHECK-SAME:   %[[P:[^:]*]]: tensor<4x5xf32>, %[[Q:[^:]*]]: tensor<3xf32>, %[[STEP:[^:]*]]: tensor<i64>, %[[LR:[^:]*]]: tensor<f32>)
//  CHECK-NEXT:   %[[T:.*]] = nn.increment %[[STEP]]
//  CHECK-NEXT:   %[[F:.*]] = nn.adam_factors %[[T]], %[[LR]] : tensor<i64>, tensor<f32> -> tensor<4xf32>
//  CHECK-NEXT:   %[[P1:[^,]*]], %[[M1:[^,]*]], %[[V1:.*]] = nn.adam_update %[[P]], %[[P]], %[[P]], %[[P]], %[[F]] : tensor<4x5xf32>, tensor<4xf32>
//  CHECK-NEXT:   %[[Q1:[^,]*]], %{{.*}}, %{{.*}} = nn.adam_update %[[Q]], %[[Q]], %[[Q]], %[[Q]], %[[F]] {eps = 1.000000e-03 : f64} : tensor<3xf32>, tensor<4xf32>
//  CHECK-NEXT:   return %[[P1]], %[[M1]], %[[V1]], %[[Q1]]
func.func @shared(%p: tensor<4x5xf32>, %q: tensor<3xf32>, %step: tensor<i64>, %lr: tensor<f32>)
    -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<3xf32>) {
  %t = nn.increment %step : tensor<i64>
  %p1, %m1, %v1 = nn.adam %p, %p, %p, %p, %t, %lr : tensor<4x5xf32>, tensor<i64>, tensor<f32>
  %q1, %n1, %w1 = nn.adam %q, %q, %q, %q, %t, %lr {eps = 0.001} : tensor<3xf32>, tensor<i64>, tensor<f32>
  return %p1, %m1, %v1, %q1 : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<3xf32>
}

// Constants go to where they are used, the betas to both ops.
// CHECK-LABEL: func.func @constants(
//       CHECK:   %[[F:.*]] = nn.adam_factors %{{.*}}, %{{.*}} scale(%{{.*}} : tensor<f64>) {beta1 = 5.000000e-01 : f64, beta2 = 2.500000e-01 : f64, weight_decay = 1.000000e-02 : f64} : tensor<i64>, tensor<f64> -> tensor<4xf32>
//  CHECK-NEXT:   nn.adam_update %{{.*}}, %[[F]] scaled {beta1 = 5.000000e-01 : f64, beta2 = 2.500000e-01 : f64} : tensor<3xf32>, tensor<4xf32>
func.func @constants(%p: tensor<3xf32>, %t: tensor<i64>, %lr: tensor<f64>, %s: tensor<f64>) -> tensor<3xf32> {
  %a, %m, %v = nn.adam %p, %p, %p, %p, %t, %lr scale(%s : tensor<f64>) {beta1 = 0.5, beta2 = 0.25, weight_decay = 0.01}
      : tensor<3xf32>, tensor<i64>, tensor<f64>
  return %a : tensor<3xf32>
}

// Another step, rate, scale, constant or element has factors of its own.
// CHECK-LABEL: func.func @apart(
// CHECK-COUNT-8: nn.adam_factors
//     CHECK-NOT: nn.adam_factors
//         CHECK: return
func.func @apart(%p: tensor<3xf32>, %d: tensor<3xf64>, %t: tensor<i64>, %u: tensor<i64>, %lr: tensor<f32>, %s: tensor<f32>)
    -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf64>) {
  %0:3 = nn.adam %p, %p, %p, %p, %t, %lr : tensor<3xf32>, tensor<i64>, tensor<f32>
  %1:3 = nn.adam %p, %p, %p, %p, %u, %lr : tensor<3xf32>, tensor<i64>, tensor<f32>
  %2:3 = nn.adam %p, %p, %p, %p, %t, %s : tensor<3xf32>, tensor<i64>, tensor<f32>
  %3:3 = nn.adam %p, %p, %p, %p, %t, %lr scale(%s : tensor<f32>) : tensor<3xf32>, tensor<i64>, tensor<f32>
  %4:3 = nn.adam %p, %p, %p, %p, %t, %lr {beta1 = 0.8} : tensor<3xf32>, tensor<i64>, tensor<f32>
  %5:3 = nn.adam %p, %p, %p, %p, %t, %lr {beta2 = 0.8} : tensor<3xf32>, tensor<i64>, tensor<f32>
  %6:3 = nn.adam %p, %p, %p, %p, %t, %lr {weight_decay = 0.1} : tensor<3xf32>, tensor<i64>, tensor<f32>
  %7:3 = nn.adam %d, %d, %d, %d, %t, %lr : tensor<3xf64>, tensor<i64>, tensor<f32>
  return %0#0, %1#0, %2#0, %3#0, %4#0, %5#0, %6#0, %7#0 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf64>
}
