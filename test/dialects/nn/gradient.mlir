// RUN: spherical-opt %s --spherical-differentiate-functions --split-input-file --verify-diagnostics | FileCheck %s

// One case a rule: what @<name>_vjp computes from the cotangent, its last argument.

!x = tensor<2x4xf32>
!w = tensor<3x4xf32>
!y = tensor<2x3xf32>
!c = tensor<4xf32>

// The result of relu is positive where its input is.
// CHECK-LABEL: func @relu_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[Y:.*]] = nn.relu %[[X]]
//       CHECK:   nn.relu_grad %[[G]], %[[Y]]
func.func @relu(%x: !x) -> !x attributes {spherical.gradient} {
  %y = nn.relu %x : !x
  return %y : !x
}

// CHECK-LABEL: func @relu_grad_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[Y:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//   CHECK-DAG:   %[[GX:.*]] = nn.relu_grad %[[G]], %[[Y]]
//   CHECK-DAG:   %[[GY:.*]] = spherical.zero
//       CHECK:   return %[[GX]], %[[GY]]
func.func @relu_grad(%x: !x, %y: !x) -> !x attributes {spherical.gradient} {
  %g = nn.relu_grad %x, %y : !x, !x
  return %g : !x
}

// CHECK-LABEL: func @add_vjp
//  CHECK-SAME:   %[[A:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   return %[[G]], %[[G]]
func.func @add(%a: !x, %b: !x) -> !x attributes {spherical.gradient} {
  %y = nn.add %a, %b : !x
  return %y : !x
}

// y = x w^T + b.
// CHECK-LABEL: func @linear_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[W:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//   CHECK-DAG:   %[[GX:.*]] = nn.linear_grad_input %[[G]], %[[W]]
//   CHECK-DAG:   %[[GW:.*]] = nn.linear_grad_weight %[[G]], %[[X]]
//   CHECK-DAG:   %[[GB:.*]] = nn.sum_batch %[[G]]
//       CHECK:   return %[[GX]], %[[GW]], %[[GB]]
func.func @linear(%x: !x, %w: !w, %b: tensor<3xf32>) -> !y attributes {spherical.gradient} {
  %y = nn.linear %x, %w, %b : !x, !w, tensor<3xf32> -> !y
  return %y : !y
}

// r = g w: dg = dr w^T, dw = g^T dr.
// CHECK-LABEL: func @linear_grad_input_vjp
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}}, %[[W:[^:]*]]: {{[^%]*}}, %[[D:[^:]*]]:
//       CHECK:   %[[Z:.*]] = spherical.zero : tensor<3xf32>
//       CHECK:   %[[GG:.*]] = nn.linear %[[D]], %[[W]], %[[Z]]
//       CHECK:   %[[GW:.*]] = nn.linear_grad_weight %[[G]], %[[D]]
//       CHECK:   return %[[GG]], %[[GW]]
func.func @linear_grad_input(%g: !y, %w: !w) -> !x attributes {spherical.gradient} {
  %r = nn.linear_grad_input %g, %w : !y, !w -> !x
  return %r : !x
}

// r = g^T x: dg = x dr^T, dx = g dr.
// CHECK-LABEL: func @linear_grad_weight_vjp
//  CHECK-SAME:   %[[G:[^:]*]]: {{[^%]*}}, %[[X:[^:]*]]: {{[^%]*}}, %[[D:[^:]*]]:
//       CHECK:   %[[Z:.*]] = spherical.zero : tensor<3xf32>
//       CHECK:   %[[GG:.*]] = nn.linear %[[X]], %[[D]], %[[Z]]
//       CHECK:   %[[GX:.*]] = nn.linear_grad_input %[[G]], %[[D]]
//       CHECK:   return %[[GG]], %[[GX]]
func.func @linear_grad_weight(%g: !y, %x: !x) -> !w attributes {spherical.gradient} {
  %r = nn.linear_grad_weight %g, %x : !y, !x -> !w
  return %r : !w
}

// Running statistics are constants: no count, and no gradient of their own.
// CHECK-LABEL: func @batch_norm_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[W:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]: {{[^%]*}}, %[[M:[^:]*]]: {{[^%]*}}, %[[V:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[S:.*]] = nn.inverse_std %[[V]] {eps = 1.000000e-03 : f64}
//       CHECK:   %[[GX:.*]], %[[GW:.*]], %[[GB:.*]] = nn.batch_norm_grad %[[G]], %[[X]], %[[W]], %[[M]], %[[S]] :
//       CHECK:   return %[[GX]], %[[GW]], %[[GB]],
func.func @batch_norm(%x: !x, %w: !c, %b: !c, %m: !c, %v: !c) -> !x attributes {spherical.gradient} {
  %y = nn.batch_norm %x, %w, %b, %m, %v {eps = 1.0e-3 : f64} : !x, !c
  return %y : !x
}

// CHECK-LABEL: func @batch_norm_train_vjp
//  CHECK-SAME:   %[[X:[^:]*]]: {{[^%]*}}, %[[W:[^:]*]]: {{[^%]*}}, %[[B:[^:]*]]: {{[^%]*}}, %[[M:[^:]*]]: {{[^%]*}}, %[[N:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %{{.*}}, %[[BM:.*]], %[[S:.*]], %{{.*}}, %{{.*}} = nn.batch_norm_train
//       CHECK:   nn.batch_norm_grad %[[G]], %[[X]], %[[W]], %[[BM]], %[[S]] count(%[[N]] : tensor<i64>) {training}
func.func @batch_norm_train(%x: !x, %w: !c, %b: !c, %m: !c, %n: tensor<i64>) -> !x attributes {spherical.gradient} {
  %y:5 = nn.batch_norm_train %x, %w, %b, %m, %m, %n : !x, !c, tensor<i64>
  return %y#0 : !x
}

// Labels and count have no gradient.
// CHECK-LABEL: func @cross_entropy_vjp
//  CHECK-SAME:   %[[Z:[^:]*]]: {{[^%]*}}, %[[L:[^:]*]]: {{[^%]*}}, %[[N:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[GZ:.*]] = nn.cross_entropy_grad %[[G]], %[[Z]], %[[L]], %[[N]]
//       CHECK:   return %[[GZ]] :
func.func @cross_entropy(%z: !x, %l: tensor<2xi32>, %n: tensor<i64>) -> tensor<f32> attributes {spherical.gradient} {
  %e = nn.cross_entropy %z, %l, %n : !x, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return %e : tensor<f32>
}

// What weighs the loss weighs its gradient.
// CHECK-LABEL: func @pixels_vjp
//       CHECK:   nn.cross_entropy_grad %{{.*}} weights area ignore 2 class_weights [1.0, 2.0]
func.func @pixels(%z: tensor<2x2x4x4xf32>, %l: tensor<2x4x4xi32>, %n: tensor<i64>) -> tensor<f32> attributes {spherical.gradient} {
  %e = nn.cross_entropy %z, %l, %n weights area ignore 2 class_weights [1.0, 2.0] : tensor<2x2x4x4xf32>, tensor<2x4x4xi32>, tensor<i64> -> tensor<f32>
  return %e : tensor<f32>
}

// The target's gradient is that of the input, negated by the cotangent.
// CHECK-LABEL: func @mean_squared_error_vjp
//  CHECK-SAME:   %[[Y:[^:]*]]: {{[^%]*}}, %[[T:[^:]*]]: {{[^%]*}}, %[[N:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[GY:.*]] = nn.mean_squared_error_grad %[[G]], %[[Y]], %[[T]], %[[N]] :
//       CHECK:   %[[NEG:.*]] = nn.sub %{{.*}}, %[[G]] :
//       CHECK:   %[[GT:.*]] = nn.mean_squared_error_grad %[[NEG]], %[[Y]], %[[T]], %[[N]] :
//       CHECK:   return %[[GY]], %[[GT]] :
func.func @mean_squared_error(%y: !x, %t: !x, %n: tensor<i64>) -> tensor<f32> attributes {spherical.gradient} {
  %e = nn.mean_squared_error %y, %t, %n : !x, tensor<i64> -> tensor<f32>
  return %e : tensor<f32>
}

// CHECK-LABEL: func @mean_absolute_error_vjp
//  CHECK-SAME:   %[[Y:[^:]*]]: {{[^%]*}}, %[[T:[^:]*]]: {{[^%]*}}, %[[N:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[GY:.*]] = nn.mean_absolute_error_grad %[[G]], %[[Y]], %[[T]], %[[N]] :
//       CHECK:   %[[NEG:.*]] = nn.sub %{{.*}}, %[[G]] :
//       CHECK:   %[[GT:.*]] = nn.mean_absolute_error_grad %[[NEG]], %[[Y]], %[[T]], %[[N]] :
//       CHECK:   return %[[GY]], %[[GT]] :
func.func @mean_absolute_error(%y: !x, %t: !x, %n: tensor<i64>) -> tensor<f32> attributes {spherical.gradient} {
  %e = nn.mean_absolute_error %y, %t, %n : !x, tensor<i64> -> tensor<f32>
  return %e : tensor<f32>
}

// CHECK-LABEL: func @huber_vjp
//  CHECK-SAME:   %[[Y:[^:]*]]: {{[^%]*}}, %[[T:[^:]*]]: {{[^%]*}}, %[[N:[^:]*]]: {{[^%]*}}, %[[G:[^:]*]]:
//       CHECK:   %[[GY:.*]] = nn.huber_grad %[[G]], %[[Y]], %[[T]], %[[N]] delta 5.000000e-01 :
//       CHECK:   %[[NEG:.*]] = nn.sub %{{.*}}, %[[G]] :
//       CHECK:   %[[GT:.*]] = nn.huber_grad %[[NEG]], %[[Y]], %[[T]], %[[N]] delta 5.000000e-01 :
//       CHECK:   return %[[GY]], %[[GT]] :
func.func @huber(%y: !x, %t: !x, %n: tensor<i64>) -> tensor<f32> attributes {spherical.gradient} {
  %e = nn.huber %y, %t, %n delta 0.5 : !x, tensor<i64> -> tensor<f32>
  return %e : tensor<f32>
}

// CHECK-LABEL: func @smoothed_vjp
//       CHECK:   nn.cross_entropy_grad %{{.*}} label_smoothing 1.000000e-01
func.func @smoothed(%z: !x, %l: tensor<2xi32>, %n: tensor<i64>) -> tensor<f32> attributes {spherical.gradient} {
  %e = nn.cross_entropy %z, %l, %n label_smoothing 0.1 : !x, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return %e : tensor<f32>
}

// -----

func.func @statistics(%x: tensor<2x4xf32>, %c: tensor<4xf32>, %n: tensor<i64>) -> tensor<4xf32> attributes {spherical.gradient} {
  // expected-error @+1 {{has no gradient through its statistics: not supported}}
  %y:5 = nn.batch_norm_train %x, %c, %c, %c, %c, %n : tensor<2x4xf32>, tensor<4xf32>, tensor<i64>
  return %y#3 : tensor<4xf32>
}
