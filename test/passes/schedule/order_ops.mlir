// RUN: spherical-opt %s --split-input-file --spherical-order-ops | FileCheck %s

// The gradient of the kernel is the last reader of %x, whose memory that of the input then takes.
// CHECK-LABEL: func @last_reader_first
//       CHECK:   %[[X:.*]] = spherical.truncate
//       CHECK:   %[[DY:.*]] = spherical.spectral_matmul %{{.*}}, %[[X]] form grad_kernel
//       CHECK:   %[[DX:.*]] = spherical.spectral_matmul {{.*}} form grad_input
//       CHECK:   spherical.truncate %[[DX]]
!x = !spherical.so3_spectrum<8x2, b = 4, f32>
!y = !spherical.so3_spectrum<2x2, b = 4, f32>
func.func @last_reader_first(%a: !x, %y: !y, %dz: !x) -> (!y, !x) {
  %x = spherical.truncate %a : !x -> !x
  %dx = spherical.spectral_matmul %dz, %y form grad_input : !x, !y -> !x
  %dy = spherical.spectral_matmul %dz, %x form grad_kernel : !x, !x -> !y
  %s = spherical.truncate %dx : !x -> !x
  return %dy, %s : !y, !x
}

// -----

// What needs the other stays behind it, and so does what takes over memory that the other reads: a
// relu lies where its operand ends.
// CHECK-LABEL: func @stays
//  CHECK-NEXT:   %[[A:.*]] = nn.relu %arg0
//  CHECK-NEXT:   %[[S:.*]] = nn.sum_batch %[[A]]
//  CHECK-NEXT:   %[[B:.*]] = nn.relu %[[A]]
//  CHECK-NEXT:   %[[T:.*]] = nn.sum_batch %[[B]]
//  CHECK-NEXT:   return %[[S]], %[[T]]
func.func @stays(%x: tensor<64x4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %a = nn.relu %x : tensor<64x4xf32>
  %s = nn.sum_batch %a : tensor<64x4xf32> -> tensor<4xf32>
  %b = nn.relu %a : tensor<64x4xf32>
  %t = nn.sum_batch %b : tensor<64x4xf32> -> tensor<4xf32>
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// -----

// A step of the optimizer comes as soon as it may: behind its gradient and the last reader of the
// weight; the factors of all steps come first.
// CHECK-LABEL: func @steps_early
//  CHECK-NEXT:   nn.increment
//  CHECK-NEXT:   nn.adam_factors
//  CHECK-NEXT:   nn.linear_grad_weight
//  CHECK-NEXT:   %[[DX:.*]] = nn.linear_grad_input
//   CHECK-DAG:   nn.adam_update
//   CHECK-DAG:   nn.relu %[[DX]]
//       CHECK:   nn.sum_batch
func.func @steps_early(%dy: tensor<64x8xf32>, %x: tensor<64x4xf32>, %w: tensor<8x4xf32>, %m: tensor<8x4xf32>,
    %v: tensor<8x4xf32>, %t: tensor<i64>, %lr: tensor<f32>)
    -> (tensor<4xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<i64>) {
  %dw = nn.linear_grad_weight %dy, %x : tensor<64x8xf32>, tensor<64x4xf32> -> tensor<8x4xf32>
  %dx = nn.linear_grad_input %dy, %w : tensor<64x8xf32>, tensor<8x4xf32> -> tensor<64x4xf32>
  %r = nn.relu %dx : tensor<64x4xf32>
  %s = nn.sum_batch %r : tensor<64x4xf32> -> tensor<4xf32>
  %step = nn.increment %t : tensor<i64>
  %f = nn.adam_factors %step, %lr : tensor<i64>, tensor<f32> -> tensor<4xf32>
  %w1, %m1, %v1 = nn.adam_update %w, %dw, %m, %v, %f : tensor<8x4xf32>, tensor<4xf32>
  return %s, %w1, %m1, %v1, %step : tensor<4xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<i64>
}

// -----

// Steps that share a learning rate do not wait for each other: it is no value that they replace.
// CHECK-LABEL: func @steps_of_sgd
//  CHECK-NEXT:   nn.linear_grad_weight
//  CHECK-NEXT:   nn.sgd
//  CHECK-NEXT:   nn.linear_grad_weight
//  CHECK-NEXT:   nn.sgd
//  CHECK-NEXT:   return
func.func @steps_of_sgd(%dy: tensor<64x8xf32>, %x: tensor<64x4xf32>, %w: tensor<8x4xf32>, %u: tensor<8x4xf32>,
    %lr: tensor<f32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %a = nn.linear_grad_weight %dy, %x : tensor<64x8xf32>, tensor<64x4xf32> -> tensor<8x4xf32>
  %b = nn.linear_grad_weight %dy, %x : tensor<64x8xf32>, tensor<64x4xf32> -> tensor<8x4xf32>
  %w1 = nn.sgd %w, %a, %lr : tensor<8x4xf32>, tensor<f32>
  %u1 = nn.sgd %u, %b, %lr : tensor<8x4xf32>, tensor<f32>
  return %w1, %u1 : tensor<8x4xf32>, tensor<8x4xf32>
}
