// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s

!x = tensor<20x3x9x7xf32>
!w = tensor<4x3x3x2xf32>
!y = tensor<20x4x4x6xf32>

// A task copies the rows under its windows; (row, channel) is one depth of the product, in the
// weights, too. One problem a row, however large the kernel.
//   CHECK-DAG: stage.table @[[ROWS:.*]] : memref<4x18xi64> = #stage.table<"window_problems", {{{.*}}columns = 6, {{.*}}depth = 2, depth_outer = 9, {{.*}}inner = 1, outer = 4, {{.*}}rows = 4}>
// CHECK-LABEL: func @conv2d
//       CHECK:   %[[W:.*]] = memref.alloc() : memref<4x3x3x2xf32>
//       CHECK:   stage.sweep "conv2d.weights"
//       CHECK:   %[[T:.*]] = stage.table_ref @[[ROWS]]
//       CHECK:   stage.sweep "conv2d" (%[[G:[^,]*]], %[[Y:[^)]*]]) in [2, 4] {{.*}}scratch (%[[S:[^:]*]]: memref<3x3x7x16xf32>)
//       CHECK:     affine.apply #{{.*}}(%[[Y]])
//       CHECK:     stage.map [3, 3, 7, 16] {{.*}}outs(%[[S]]
//       CHECK:     stage.contract scalar %[[W]], %[[S]],
//       CHECK:     stage.map [4, 1, 6, 16]
func.func @conv2d(%x: !x, %w: !w, %b: tensor<4xf32>) -> !y {
  %y = nn.conv2d %x, %w bias(%b : tensor<4xf32>) stride [2, 1] : !x, !w -> !y
  return %y : !y
}

// -----

!x = tensor<20x3x9x7xf32>
!w = tensor<4x3x3x2xf32>
!y = tensor<20x4x4x6xf32>

// Even rows take rows 0 and 2 of the kernel, odd ones row 1: no product has the zero in its place.
// CHECK-DAG: stage.table @{{.*}} = #stage.table<"window_problems", {{{.*}}depth = 2, depth_outer = 8,
// CHECK-DAG: stage.table @{{.*}} = #stage.table<"window_problems", {{{.*}}depth = 2, depth_outer = 4,
// CHECK-LABEL: func @conv_transpose2d
//       CHECK:   memref.alloc() : memref<2x4x6x8x16xf32>
//       CHECK:   stage.sweep "pad"
//       CHECK:   memref.alloc() : memref<2x1x3x2x4x2xf32>
//       CHECK:   stage.sweep "conv_transpose2d.weights" (%{{.*}}) in [3]
//       CHECK:   stage.sweep "conv_transpose2d" (%{{.*}}, %{{.*}}) in [2, 5]
//       CHECK:   stage.sweep "conv_transpose2d" (%{{.*}}, %{{.*}}) in [2, 4]
//   CHECK-NOT:   stage.sweep "conv_transpose2d"
func.func @conv_transpose2d(%y: !y, %w: !w) -> !x {
  %x = nn.conv_transpose2d %y, %w stride [2, 1] : !y, !w -> !x
  return %x : !x
}

// -----

!x = tensor<20x3x9x7xf32>
!w = tensor<4x3x3x2xf32>
!y = tensor<20x4x4x6xf32>

// One product a value of the kernel, for a few rows, channels and output channels of a lane group;
// parts are added in order.
// CHECK-LABEL: func @conv2d_grad_weight
//       CHECK:   stage.sweep "conv2d_grad_weight" (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) in [2, 1, 1, 1]
//       CHECK:     stage.contract reduce {{.*}}memref<6x18xi64
//       CHECK:   stage.sweep "conv2d_grad_weight.total" (%{{.*}}) in [4]
func.func @conv2d_grad_weight(%y: !y, %x: !x) -> !w {
  %g = nn.conv2d_grad_weight %y, %x stride [2, 1] : !y, !x -> !w
  return %g : !w
}

// -----

!x = tensor<20x1x9x27xf32>
!w = tensor<200x1x3x2xf32>
!y = tensor<20x200x4x26xf32>

// One product a row of the kernel, whose columns are the product's, where channels are fewer; output
// channels in blocks that the second cache holds.
// CHECK-LABEL: func @few_channels
//       CHECK:   stage.sweep "conv2d_grad_weight" (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) in [2, 2, 1, 2]
//       CHECK:     stage.contract reduce {{.*}}memref<3x18xi64, {{.*}}memref<67x6xf32
//       CHECK:   stage.sweep "conv2d_grad_weight" (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) in [2, 2, 1, 1]
func.func @few_channels(%y: !y, %x: !x) -> !w {
  %g = nn.conv2d_grad_weight %y, %x stride [2, 1] : !y, !x -> !w
  return %g : !w
}

// -----

!x = tensor<20x3x9x7xf32>
!w = tensor<4x3x3x2xf32>
!y = tensor<20x4x4x6xf32>

// Bias, residual and ReLU are one map over the rows that the task has just made, in place.
// CHECK-LABEL: func @epilogue
//  CHECK-SAME:   %[[B:[a-z0-9]*]]: memref<4xf32>
//       CHECK:   %[[Y:.*]] = memref.alloc() : memref<2x4x4x6x16xf32>
//       CHECK:   stage.sweep "conv2d" (
//       CHECK:     stage.contract
//       CHECK:     %[[ROWS:.*]] = memref.subview %{{.*}} : memref<4x4x6x16xf32, {{.*}} to memref<4x1x6x16xf32
//       CHECK:     %[[R:.*]] = memref.subview %{{.*}} : memref<4x4x6x16xf32, {{.*}} to memref<4x1x6x16xf32
//       CHECK:     stage.map [4, 1, 6, 16] ins(%[[ROWS]], %[[R]], %[[B]] : {{.*}}) outs(%[[ROWS]] :
//       CHECK:       %[[S:.*]] = arith.addf
//       CHECK:       %[[T:.*]] = arith.addf %[[S]],
//       CHECK:       arith.maximumf %[[T]],
//       CHECK:   stage.sweep "from_lanes"
func.func @epilogue(%x: !x, %w: !w, %b: tensor<4xf32>, %r: !y) -> !y {
  %y = nn.conv2d %x, %w bias(%b : tensor<4xf32>) stride [2, 1] : !x, !w -> !y
      epilogue(%value, %extra = %r) {
    %zero = arith.constant 0.0 : f32
    %sum = arith.addf %value, %extra : f32
    %max = arith.maximumf %sum, %zero : f32
    nn.yield %max : f32
  }
  return %y : !y
}

// -----

!x = tensor<20x3x4x5xf32>
!y = tensor<20x3x9x7xf32>

// The result takes the place of the extra, which ends here: the values that are added are in scratch
// memory.
// CHECK-LABEL: func @epilogue_in_place
//       CHECK:   stage.sweep "relu"
//   CHECK-NOT:   memref.alloc() : memref<2x3x9x7x16xf32>
//       CHECK:   stage.sweep "upsample_nearest" (%{{.*}}) in [2, 3] {{.*}} scratch (%[[S:[^:]*]]: memref<9x7x16xf32>)
//       CHECK:     stage.gather lanes %{{.*}} -> %[[S]]
//       CHECK:     stage.map [9, 7, 16] ins(%[[S]], %{{.*}} : {{.*}}) outs(
func.func @epilogue_in_place(%x: !x, %r: !y) -> !y {
  %e = nn.relu %r : !y
  %y = nn.upsample_nearest %x : !x -> !y epilogue(%value, %extra = %e) {
    %sum = arith.addf %value, %extra : f32
    nn.yield %sum : f32
  }
  return %y : !y
}
