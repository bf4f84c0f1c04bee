// RUN: spherical-opt %s --spherical-fold-empty --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func @pointwise
//       CHECK:   %[[Y:.*]] = spherical.zero : tensor<0x4xf32>
//   CHECK-NOT:   nn.relu
//       CHECK:   return %[[Y]]
func.func @pointwise(%x: tensor<0x4xf32>) -> tensor<0x4xf32> {
  %y = nn.relu %x : tensor<0x4xf32>
  return %y : tensor<0x4xf32>
}

// Sums over nothing are 0.
// CHECK-LABEL: func @sums
//       CHECK:   spherical.zero : tensor<4xf32>
//       CHECK:   spherical.zero : tensor<f64>
//       CHECK:   spherical.zero : tensor<3x4xf32>
//   CHECK-NOT:   nn.
func.func @sums(%x: tensor<0x4xf32>, %g: tensor<0x3xf32>) -> (tensor<4xf32>, tensor<f64>, tensor<3x4xf32>) {
  %a = nn.sum_batch %x : tensor<0x4xf32> -> tensor<4xf32>
  %b = nn.sum_squares %x : tensor<0x4xf32> -> tensor<f64>
  %c = nn.linear_grad_weight %g, %x : tensor<0x3xf32>, tensor<0x4xf32> -> tensor<3x4xf32>
  return %a, %b, %c : tensor<4xf32>, tensor<f64>, tensor<3x4xf32>
}

// Of no inputs the bias is left.
// CHECK-LABEL: func @linear
//  CHECK-SAME:   %[[B:[a-z0-9]*]]: tensor<3xf32>)
//   CHECK-DAG:   %[[X:.*]] = spherical.zero : tensor<2x1xf32>
//   CHECK-DAG:   %[[W:.*]] = spherical.zero : tensor<3x1xf32>
//       CHECK:   nn.linear %[[X]], %[[W]], %[[B]]
func.func @linear(%x: tensor<2x0xf32>, %w: tensor<3x0xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %y = nn.linear %x, %w, %b : tensor<2x0xf32>, tensor<3x0xf32>, tensor<3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func @convolutions
//  CHECK-SAME:   %[[B:[a-z0-9]*]]: tensor<3xf32>)
//   CHECK-DAG:   %[[X:.*]] = spherical.zero : tensor<2x1x4x5xf32>
//   CHECK-DAG:   %[[W:.*]] = spherical.zero : tensor<3x1x1x1xf32>
//       CHECK:   nn.conv2d %[[X]], %[[W]] bias(%[[B]] : tensor<3xf32>) stride [1, 1]
//       CHECK:   spherical.zero : tensor<2x3x4x5xf32>
func.func @convolutions(%x: tensor<2x0x6x7xf32>, %w: tensor<3x0x3x3xf32>, %b: tensor<3xf32>)
    -> (tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>) {
  %y = nn.conv2d %x, %w bias(%b : tensor<3xf32>) stride [1, 1]
      : tensor<2x0x6x7xf32>, tensor<3x0x3x3xf32> -> tensor<2x3x4x5xf32>
  %z = nn.conv2d %x, %w stride [1, 1] : tensor<2x0x6x7xf32>, tensor<3x0x3x3xf32> -> tensor<2x3x4x5xf32>
  return %y, %z : tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>
}

// The epilogue acts on the bias, or on 0.
// CHECK-LABEL: func @epilogues
//  CHECK-SAME:   %[[R:[a-z0-9]*]]: tensor<2x3x4x5xf32>, %[[S:[a-z0-9]*]]: tensor<2x3xf32>)
//       CHECK:   nn.conv2d %{{[^ ]*}}, %{{[^ ]*}} stride [1, 1] {{.*}} epilogue(%{{[^,]*}}, %{{[^ ]*}} = %[[R]]) {
//       CHECK:     arith.addf
//       CHECK:   nn.linear {{.*}} epilogue(%{{[^,]*}}, %{{[^ ]*}} = %[[S]]) {
//       CHECK:     arith.subf
func.func @epilogues(%x: tensor<2x0x6x7xf32>, %w: tensor<3x0x3x3xf32>, %i: tensor<2x0xf32>, %l: tensor<3x0xf32>, %b: tensor<3xf32>, %r: tensor<2x3x4x5xf32>, %s: tensor<2x3xf32>)
    -> (tensor<2x3x4x5xf32>, tensor<2x3xf32>) {
  %y = nn.conv2d %x, %w stride [1, 1] : tensor<2x0x6x7xf32>, tensor<3x0x3x3xf32> -> tensor<2x3x4x5xf32>
      epilogue(%value, %extra = %r) {
    %sum = arith.addf %value, %extra : f32
    nn.yield %sum : f32
  }
  %z = nn.linear %i, %l, %b : tensor<2x0xf32>, tensor<3x0xf32>, tensor<3xf32> -> tensor<2x3xf32>
      epilogue(%value, %extra = %s) {
    %difference = arith.subf %value, %extra : f32
    nn.yield %difference : f32
  }
  return %y, %z : tensor<2x3x4x5xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func @concat
//  CHECK-SAME:   %{{.*}}: tensor<2x0x3x3xf32>, %[[B:.*]]: tensor<2x4x3x3xf32>)
//       CHECK:   nn.concat %[[B]] : tensor<2x4x3x3xf32> -> tensor<2x4x3x3xf32>
func.func @concat(%a: tensor<2x0x3x3xf32>, %b: tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32> {
  %y = nn.concat %a, %b : tensor<2x0x3x3xf32>, tensor<2x4x3x3xf32> -> tensor<2x4x3x3xf32>
  return %y : tensor<2x4x3x3xf32>
}

// What has elements stays.
// CHECK-LABEL: func @others
//       CHECK:   nn.relu
func.func @others(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %y = nn.relu %x : tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}
