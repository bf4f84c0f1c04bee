// RUN: spherical-opt %s --split-input-file --spherical-channel-lanes --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s

// The input leaves its lanes for rows of scalars; kernel and output have output channels in theirs, 20
// in two groups. A problem for each degree and group.
// CHECK-DAG: stage.table @[[LIST:.*]] : memref<4x18xi64> = #stage.table<"channel_problems", {columns = 12, degrees = 2, form = 0, groups = 2, in = 18, samples = 2, so3 = 1, thin = 0}>
// CHECK-LABEL: func @forward
//       CHECK:   memref.alloc() : memref<18x2x10x16xf32>
//       CHECK:   memref.alloc() : memref<2x2x10x16xf32>
//       CHECK:   %[[ROWS:.*]] = memref.alloc() : memref<36x10xf32>
//       CHECK:   stage.sweep "from_channel_lanes" (%{{.*}}, %[[G:.*]]) in [2, 2]
//       CHECK:     stage.gather {{ ?}}from_lanes {{.*}} group %[[G]] {all, count = 10 : i64, lanes = 16 : i64}
//       CHECK:   stage.sweep "spectral_matmul" (%{{.*}}, %{{.*}}) in [4, 2]
//       CHECK:     stage.contract {{ ?}}scalar
!x = !spherical.so3_spectrum<2x18, b = 2, f32>
!y = !spherical.so3_spectrum<18x20, b = 2, f32>
!z = !spherical.so3_spectrum<2x20, b = 2, f32>
func.func @forward(%x: !x, %y: !y) -> !z {
  %z = spherical.spectral_matmul %x, %y : !x, !y -> !z
  return %z : !z
}

// -----

// The gradient of the input sums over the lanes, to rows, which enter the lanes of their own channels.
// CHECK-LABEL: func @grad_input
//       CHECK:   stage.sweep "spectral_matmul" (%{{.*}}, %{{.*}}) in [36, 2]
//       CHECK:     stage.contract {{ ?}}reduce
//       CHECK:   stage.sweep "to_channel_lanes" (%{{.*}}, %{{.*}}) in [2, 2]
!x = !spherical.so3_spectrum<2x18, b = 2, f32>
!y = !spherical.so3_spectrum<18x20, b = 2, f32>
!z = !spherical.so3_spectrum<2x20, b = 2, f32>
func.func @grad_input(%z: !z, %y: !y) -> !x {
  %x = spherical.spectral_matmul %z, %y form grad_input : !z, !y -> !x
  return %x : !x
}

// -----

// That of the kernel sums over the samples.
// CHECK-LABEL: func @grad_kernel
//       CHECK:   stage.sweep "from_channel_lanes"
//       CHECK:   stage.sweep "spectral_matmul" (%{{.*}}) in [72]
//       CHECK:     stage.contract {{ ?}}scalar
//       CHECK:   stage.sweep "to_kernel"
!x = !spherical.so3_spectrum<2x18, b = 2, f32>
!y = !spherical.so3_spectrum<18x20, b = 2, f32>
!z = !spherical.so3_spectrum<2x20, b = 2, f32>
func.func @grad_kernel(%z: !z, %x: !x) -> !y {
  %y = spherical.spectral_matmul %z, %x form grad_kernel : !z, !x -> !y
  return %y : !y
}

// -----

// A bias enters the lanes, its gradient leaves them.
// CHECK-LABEL: func @biases
//       CHECK:   stage.sweep "add_bias" (%[[N:.*]], %[[G:.*]]) in [2, 2]
//       CHECK:     stage.gather {{ ?}}to_lanes {{.*}} group %[[G]] {all, count = 1 : i64, lanes = 16 : i64}
//       CHECK:   stage.sweep "bias_grad" (%[[C:.*]]) in [2]
//       CHECK:     stage.map [1, 2, 16]
//       CHECK:     stage.gather {{ ?}}from_lanes {{.*}} group %[[C]] {all, count = 1 : i64, lanes = 16 : i64}
!z = !spherical.so3_spectrum<2x20, b = 2, f32>
func.func @biases(%z: !z, %b: tensor<20xf32>) -> (!z, tensor<20xf32>) {
  %y = spherical.add_bias %z, %b : !z, tensor<20xf32>
  %g = spherical.bias_grad %z : !z -> tensor<20xf32>
  return %y, %g : !z, tensor<20xf32>
}
