// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms="cpu=sm_90 choose=*:algorithm=cublas" --spherical-lower-to-stages | FileCheck %s

// Samples are the columns of a group of lanes; weights are the same for each group. Bias and epilogue follow in a kernel.
// CHECK-LABEL: func @linear
//       CHECK:   stage.sweep "linear" (%{{.*}}) in [1]
//       CHECK:     stage.gemm %{{.*}}, %{{.*}} -> %[[Y:.*]] {batch = 3 : i64, shared_a} : memref<3x5xf32>, memref<3x5x16xf32>, memref<3x3x16xf32>
//       CHECK:   stage.sweep "linear.epilogue" (%{{.*}}) in [3]
//       CHECK:     stage.map [3, 16]
func.func @linear(%x: tensor<40x5xf32>, %w: tensor<3x5xf32>, %b: tensor<3xf32>) -> tensor<40x3xf32> {
  %y = nn.linear %x, %w, %b : tensor<40x5xf32>, tensor<3x5xf32>, tensor<3xf32> -> tensor<40x3xf32>
  return %y : tensor<40x3xf32>
}

// -----

// Parts of the weight's gradient are added in the order of the groups.
// CHECK-LABEL: func @gradients
//       CHECK:     stage.gemm {{.*}} {batch = 3 : i64, shared_a, transpose_a} : memref<3x5xf32>, memref<3x3x16xf32>, memref<3x5x16xf32>
//       CHECK:     stage.gemm {{.*}} -> %[[PARTS:.*]] {batch = 3 : i64, transpose_b} : memref<3x3x16xf32>, memref<3x5x16xf32>, memref<3x3x5xf32>
//       CHECK:   stage.sweep "linear_grad_weight.sum"
//       CHECK:     stage.map [5, 3] {{.*}} combine {{ ?}}sum
func.func @gradients(%g: tensor<40x3xf32>, %x: tensor<40x5xf32>, %w: tensor<3x5xf32>) -> (tensor<40x5xf32>, tensor<3x5xf32>) {
  %gx = nn.linear_grad_input %g, %w : tensor<40x3xf32>, tensor<3x5xf32> -> tensor<40x5xf32>
  %gw = nn.linear_grad_weight %g, %x : tensor<40x3xf32>, tensor<40x5xf32> -> tensor<3x5xf32>
  return %gx, %gw : tensor<40x5xf32>, tensor<3x5xf32>
}

// -----

// A kernel's transform writes the padding of its spectrum; the adjoint does not read it.
// CHECK-LABEL: func @kernels
//       CHECK:     stage.gemm %{{.*}}, %{{.*}} -> %{{.*}} : memref<4x5x8xf32>, memref<8x16xf32>, memref<4x5x16xf32>
//       CHECK:     stage.gemm %{{.*}}, %{{.*}} -> %{{.*}} {transpose_b} : memref<4x5x10xf32, {{.*}}>, memref<8x10xf32, {{.*}}>, memref<4x5x8xf32>
func.func @kernels(%k: tensor<4x5x8xf32>) -> tensor<4x5x8xf32> {
  %y = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.5 : tensor<4x5x8xf32> -> !spherical.so3_spectrum<4x5, b = 2, f32>
  %g = spherical.kernel_ft %y grid <so3_soft<1>> scale 0.5 {adjoint} : !spherical.so3_spectrum<4x5, b = 2, f32> -> tensor<4x5x8xf32>
  return %g : tensor<4x5x8xf32>
}
