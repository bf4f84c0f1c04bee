// RUN: spherical-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @relu_of_relu
//  CHECK-NEXT:   %[[Y:.*]] = nn.relu %arg0
//  CHECK-NEXT:   return %[[Y]]
func.func @relu_of_relu(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.relu %x : tensor<2x3xf32>
  %1 = nn.relu %0 : tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// CHECK-LABEL: func @zero
//  CHECK-SAME:   (%[[X:.*]]: tensor<2x3xf32>)
//  CHECK-NEXT:   %[[Z:.*]] = spherical.zero
//  CHECK-NEXT:   return %[[X]], %[[X]], %[[Z]], %[[Z]]
func.func @zero(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %z = spherical.zero : tensor<2x3xf32>
  %0 = nn.add %x, %z : tensor<2x3xf32>
  %1 = nn.add %z, %x : tensor<2x3xf32>
  %2 = nn.relu %z : tensor<2x3xf32>
  %3 = nn.relu_grad %z, %x : tensor<2x3xf32>, tensor<2x3xf32>
  return %0, %1, %2, %3 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// Near misses: a sum of nonnegative values stays as it is, and so does a gradient.
// CHECK-LABEL: func @near_misses
//       CHECK:   nn.relu
//       CHECK:   nn.add
//       CHECK:   nn.relu
//       CHECK:   nn.relu_grad
func.func @near_misses(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.relu %x : tensor<2x3xf32>
  %1 = nn.add %0, %0 : tensor<2x3xf32>
  %2 = nn.relu %1 : tensor<2x3xf32>
  %3 = nn.relu_grad %2, %0 : tensor<2x3xf32>, tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}
