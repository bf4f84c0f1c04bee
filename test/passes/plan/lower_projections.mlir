// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s

// One problem for each block of orders: 1 of degree 0, 1 of degree 1. The kernel's columns have the
// padding of S2.
// CHECK-DAG: stage.table @[[LIST:.*]] : memref<2x18xi64> = #stage.table<"product_problems", {columns = 12, degrees = 2, form = 0, groups = 1, in = 2, out = 3, so3 = 1, thin = 1}>
// CHECK-LABEL: func @thin_matmul
//       CHECK:   memref.alloc() : memref<1x2x10x4xf32>
//       CHECK:   memref.alloc() : memref<2x3x16xf32>
//       CHECK:   memref.alloc() : memref<1x3x4x4xf32>
//       CHECK:   stage.sweep "thin_matmul" (%[[P:.*]], %[[G:.*]]) in [2, 1]
//       CHECK:     stage.contract {{ ?}}scalar
!x = !spherical.so3_spectrum<4x2, b = 2, f32>
!c = !spherical.s2_spectrum<2x3, b = 2, f32>
!h = !spherical.s2_spectrum<4x3, b = 2, f32>
func.func @thin_matmul(%x: !x, %c: !c) -> !h {
  %h = spherical.thin_matmul %x, %c : !x, !c -> !h
  return %h : !h
}

// -----

// Its gradient in the kernel sums over the lanes: one problem for each degree and input channel.
// CHECK-LABEL: func @thin_matmul_grad_kernel
//       CHECK:   stage.sweep "thin_matmul" (%{{.*}}) in [4]
//       CHECK:     stage.contract {{ ?}}reduce
!x = !spherical.so3_spectrum<4x2, b = 2, f32>
!c = !spherical.s2_spectrum<2x3, b = 2, f32>
!h = !spherical.s2_spectrum<4x3, b = 2, f32>
func.func @thin_matmul_grad_kernel(%g: !h, %x: !x) -> !c {
  %c = spherical.thin_matmul %g, %x form grad_kernel : !h, !x -> !c
  return %c : !c
}

// -----

// A projected kernel never has its matrices: the table holds columns, L^2 of them.
// CHECK-DAG: stage.table @{{.*}} : memref<8x16xf32> = #stage.table<"so3_kernel", {degrees = 3, projection = 1, transposed = 0}, points
// CHECK-LABEL: func @projected_kernel
//       CHECK:   memref.alloc() : memref<2x3x16xf32>
func.func @projected_kernel(%k: tensor<2x3x8xf32>) -> !spherical.s2_spectrum<2x3, b = 3, f32> {
  %c = spherical.kernel_ft %k grid <so3_soft<1>> scale 0.5 projection sum_n
      : tensor<2x3x8xf32> -> !spherical.s2_spectrum<2x3, b = 3, f32>
  return %c : !spherical.s2_spectrum<2x3, b = 3, f32>
}

// -----

// CHECK-DAG: stage.table @{{.*}} : memref<5xf32> = #stage.table<"projection_orders", {degrees = 3, projection = 3}>
// CHECK-LABEL: func @sum_n_odd
//       CHECK:   stage.sweep "sum_n" (%{{.*}}, %{{.*}}) in [1, 2]
func.func @sum_n_odd(%x: !spherical.so3_spectrum<4x2, b = 3, f32>) -> !spherical.s2_spectrum<4x2, b = 3, f32> {
  %h = spherical.sum_n %x {odd}
      : !spherical.so3_spectrum<4x2, b = 3, f32> -> !spherical.s2_spectrum<4x2, b = 3, f32>
  return %h : !spherical.s2_spectrum<4x2, b = 3, f32>
}

// -----

// The matrix of a rotation is a kernel's table of one point: beta, alpha, gamma.
// CHECK-DAG: stage.table @{{.*}} : memref<1x48xf32> = #stage.table<"so3_kernel", {degrees = 3, transposed = 0}, points = array<f64: 2.{{0*e\+0*}}, 1.{{0*e\+0*}}, 3.{{0*e\+0*}}>
// CHECK-LABEL: func @rotate
//       CHECK:   stage.sweep "rotate"
func.func @rotate(%x: !spherical.s2_spectrum<4x2, b = 3, f32>) -> !spherical.s2_spectrum<4x2, b = 3, f32> {
  %y = spherical.rotate %x by [1.0, 2.0, 3.0] : !spherical.s2_spectrum<4x2, b = 3, f32>
  return %y : !spherical.s2_spectrum<4x2, b = 3, f32>
}
