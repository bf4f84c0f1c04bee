// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

!x = tensor<2x3x12x11xf32>
!y = tensor<2x4x5x5xf32>
!w = tensor<4x3x3x3xf32>

// Names inside are the region's own.
// CHECK-LABEL: func @layers
//  CHECK-SAME:   (%[[X:[^:]*]]: tensor<2x3x12x11xf32>, %[[Y:[^:]*]]: tensor<2x4x5x5xf32>,
//       CHECK:   %[[A:.*]] = nn.conv2d %[[X]], {{.*}} -> tensor<2x4x5x5xf32> epilogue(%[[V:[^,]*]], %[[E:[^ ]*]] = %[[Y]], %[[F:[^ ]*]] = %[[Y]]) {
//  CHECK-NEXT:     %[[S:.*]] = arith.addf %[[V]], %[[E]] : f32
//  CHECK-NEXT:     %[[T:.*]] = math.exp %[[S]] : f32
//  CHECK-NEXT:     %[[P:.*]] = arith.mulf %[[T]], %[[F]] : f32
//  CHECK-NEXT:     nn.yield %[[P]] : f32
//  CHECK-NEXT:   }
//       CHECK:   nn.conv_transpose2d %[[A]], {{.*}} -> tensor<2x3x12x11xf32> epilogue(%[[V:[^ ]*]]) {
//       CHECK:     %[[N:.*]] = arith.negf %[[V]] : f32
//       CHECK:     nn.yield %[[N]] : f32
//       CHECK:   nn.upsample_nearest %[[A]] : tensor<2x4x5x5xf32> -> tensor<2x4x7x5xf32> epilogue(%[[V:[^ ]*]]) {
//       CHECK:     %[[C:.*]] = arith.constant 1.000000e-01 : f64
//       CHECK:     arith.truncf %[[C]] : f64 to f32
//       CHECK:     arith.cmpf ogt
//       CHECK:     arith.select
func.func @layers(%x: !x, %y: !y, %w: !w, %b: tensor<4xf32>) {
  %a = nn.conv2d %x, %w bias(%b : tensor<4xf32>) stride [2, 2] : !x, !w -> !y
      epilogue(%value, %x = %y, %extra = %y) {
    %s = arith.addf %value, %x : f32
    %t = math.exp %s : f32
    %p = arith.mulf %t, %extra : f32
    nn.yield %p : f32
  }
  %t = nn.conv_transpose2d %a, %w stride [2, 2] : !y, !w -> !x epilogue(%value) {
    %n = arith.negf %value : f32
    nn.yield %n : f32
  }
  %u = nn.upsample_nearest %a : !y -> tensor<2x4x7x5xf32> epilogue(%value) {
    %c = arith.constant 0.1 : f64
    %least = arith.truncf %c : f64 to f32
    %above = arith.cmpf ogt, %value, %least : f32
    %s = arith.select %above, %value, %least : f32
    nn.yield %s : f32
  }
  return
}

// CHECK-LABEL: func @linear
//       CHECK:   nn.linear {{.*}} -> tensor<2x3xf64> epilogue(%{{[^,]*}}, %{{[^ ]*}} = %{{.*}}) {
func.func @linear(%x: tensor<2x4xf64>, %w: tensor<3x4xf64>, %b: tensor<3xf64>, %r: tensor<2x3xf64>) {
  %y = nn.linear %x, %w, %b : tensor<2x4xf64>, tensor<3x4xf64>, tensor<3xf64> -> tensor<2x3xf64>
      epilogue(%value, %extra = %r) {
    %s = arith.subf %value, %extra : f64
    nn.yield %s : f64
  }
  return
}
