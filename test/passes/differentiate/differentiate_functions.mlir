// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-differentiate-functions | FileCheck %s

!x = !spherical.so3_spectrum<2x3, b = 4, f64>
!y = !spherical.so3_spectrum<3x5, b = 4, f64>
!z = !spherical.so3_spectrum<2x5, b = 4, f64>

// dX = G Y and dY = G^H X, named after the arguments.
// CHECK-LABEL: func.func @product(
//   CHECK-NOT:   spherical.gradient
// CHECK-LABEL: func.func @product_vjp(
//  CHECK-SAME:   %[[X:[^:]*]]: !spherical.so3_spectrum<2x3, b = 4, f64> {spherical.name = "x"}
//  CHECK-SAME:   %[[Y:[^:]*]]: !spherical.so3_spectrum<3x5, b = 4, f64>,
//  CHECK-SAME:   %[[G:[^:]*]]: !spherical.so3_spectrum<2x5, b = 4, f64> {spherical.name = "cot.z", spherical.role = "input"})
//  CHECK-SAME:   {spherical.name = "grad.x"}, {{.*}} {spherical.name = "grad.arg1"})
//   CHECK-DAG:   %[[GX:.*]] = spherical.spectral_matmul %[[G]], %[[Y]] form grad_input
//   CHECK-DAG:   %[[GY:.*]] = spherical.spectral_matmul %[[G]], %[[X]] form grad_kernel
//       CHECK:   return %[[GX]], %[[GY]]
func.func @product(%x: !x {spherical.name = "x"}, %y: !y) -> (!z {spherical.name = "z"})
    attributes {spherical.gradient} {
  %z = spherical.spectral_matmul %x, %y : !x, !y -> !z
  return %z : !z
}

// Integers have no gradient, and an argument that is returned as it is has that of the result.
// CHECK-LABEL: func.func @loss_vjp(
//  CHECK-SAME:   %[[LOGITS:[^:]*]]: tensor<2x3xf32>, %[[LABELS:[^:]*]]: tensor<2xi32>, %[[COUNT:[^:]*]]: tensor<i64>,
//  CHECK-SAME:   %[[G:[^:]*]]: tensor<f32> {spherical.name = "cot.result0"{{.*}}, %[[H:[^:]*]]: tensor<2x3xf32> {spherical.name = "cot.result1"
//  CHECK-SAME:   -> (tensor<2x3xf32> {spherical.name = "grad.arg0"})
//       CHECK:   %[[D:.*]] = nn.cross_entropy_grad %[[G]], %[[LOGITS]], %[[LABELS]], %[[COUNT]]
//       CHECK:   %[[SUM:.*]] = nn.add %[[H]], %[[D]]
//       CHECK:   return %[[SUM]]
func.func @loss(%logits: tensor<2x3xf32>, %labels: tensor<2xi32>, %count: tensor<i64>)
    -> (tensor<f32>, tensor<2x3xf32>) attributes {spherical.gradient} {
  %l = nn.cross_entropy %logits, %labels, %count : tensor<2x3xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return %l, %logits : tensor<f32>, tensor<2x3xf32>
}

// Near miss: nobody asked.
// CHECK-LABEL: func.func @plain(
//   CHECK-NOT: func.func @plain_vjp
func.func @plain(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}

// -----

// An op without a rule is no obstacle where no gradient passes.
// CHECK-LABEL: func.func @constant_vjp(
//       CHECK:   %[[ZERO:.*]] = spherical.zero : tensor<2xf32>
//       CHECK:   return %[[ZERO]]
func.func @constant(%x: tensor<2xf32>) -> tensor<2xf32> attributes {spherical.gradient} {
  %c = arith.constant dense<3.0> : tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

func.func @no_rule(%x: tensor<2xf32>) -> tensor<2xf32> attributes {spherical.gradient} {
  // expected-error @below {{'math.sqrt' op has no gradient rule (not supported)}}
  %y = math.sqrt %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @epilogue(%x: tensor<2x3x4x4xf32>) -> tensor<2x3x8x8xf32> attributes {spherical.gradient} {
  // expected-error @below {{'nn.upsample_nearest' op has an epilogue, and epilogues have no gradient rule (not supported)}}
  %y = nn.upsample_nearest %x : tensor<2x3x4x4xf32> -> tensor<2x3x8x8xf32> epilogue(%value) {
    %n = arith.negf %value : f32
    nn.yield %n : f32
  }
  return %y : tensor<2x3x8x8xf32>
}

// -----

// expected-error @below {{expected a body of one block to build its gradient, got a declaration}}
func.func private @declared(tensor<2xf32>) -> tensor<2xf32> attributes {spherical.gradient}

// -----

// What has the batch takes as many samples as the inputs; the cotangent of a kernel or of a scalar is
// whole always, so that it is no input.
// CHECK-LABEL: func.func @whole_vjp(
//  CHECK-SAME:   !spherical.so3_spectrum<2x5, b = 2, f64> {spherical.name = "cot.z", spherical.role = "input"}
//  CHECK-SAME:   !spherical.so3_spectrum<3x5, b = 2, f64> {spherical.name = "cot.k"}
//  CHECK-SAME:   tensor<f64> {spherical.name = "cot.l"}
func.func @whole(%x: !spherical.so3_spectrum<2x3, b = 2, f64>, %w: tensor<3x5x8xf64>, %y: tensor<2x4xf64>, %n: tensor<i64>)
    -> (!spherical.so3_spectrum<2x5, b = 2, f64> {spherical.name = "z"}, !spherical.so3_spectrum<3x5, b = 2, f64> {spherical.name = "k"},
        tensor<f64> {spherical.name = "l"}) attributes {spherical.gradient} {
  %k = spherical.kernel_ft %w grid <so3_soft<1>> scale 1.0 : tensor<3x5x8xf64> -> !spherical.so3_spectrum<3x5, b = 2, f64>
  %z = spherical.spectral_matmul %x, %k : !spherical.so3_spectrum<2x3, b = 2, f64>, !spherical.so3_spectrum<3x5, b = 2, f64> -> !spherical.so3_spectrum<2x5, b = 2, f64>
  %l = nn.mean_squared_error %y, %y, %n : tensor<2x4xf64>, tensor<i64> -> tensor<f64>
  return %z, %k, %l : !spherical.so3_spectrum<2x5, b = 2, f64>, !spherical.so3_spectrum<3x5, b = 2, f64>, tensor<f64>
}
