// RUN: spherical-opt %s --spherical-assign-layouts "--spherical-choose-algorithms=choose=spectral_matmul:algorithm=complex_product" --spherical-lower-to-stages --spherical-count-work | FileCheck %s
// RUN: spherical-opt %s --spherical-assign-layouts=cpu=sm_90 "--spherical-choose-algorithms=cpu=sm_90 choose=spectral_matmul:algorithm=complex_product" --spherical-lower-to-stages --spherical-count-work | FileCheck %s --check-prefix=GPU

// Real and imaginary parts by a sparse map, their sum behind them; the same of the kernel's
// conjugate; three products; and back. L = 2: 7 coefficients of m >= 0, 10 of all orders. The
// operations are what the schedule says, 504 + 900 + 4560 + 1220 = 7184.
//   CHECK-DAG: stage.table @[[X:.*]] : memref<14x2xi32> = #stage.table<"basis_to_parts_index", {conjugate = 0, degrees = 2, half = 1, so3 = 1}>
//   CHECK-DAG: stage.table @[[Y:.*]] : memref<20x2xi32> = #stage.table<"basis_to_parts_index", {conjugate = 1, degrees = 2, half = 0, so3 = 1}>
//   CHECK-DAG: stage.table @[[LIST:.*]] : memref<6x18xi64> = #stage.table<"product_problems", {columns = 12, complex = 1, degrees = 2, form = 0, groups = 1, in = 2, out = 5, so3 = 1}>
//   CHECK-DAG: stage.table @[[Z:.*]] : memref<10x2xi32> = #stage.table<"parts_to_basis_index", {degrees = 2, half = 1, so3 = 1}>
// CHECK-LABEL: func.func @forward
//       CHECK:   %[[LEFT:.*]] = memref.alloc() : memref<1x2x21x4xf32>
//       CHECK:   %[[RIGHT:.*]] = memref.alloc() : memref<2x5x30xf32>
//       CHECK:   %[[RESULT:.*]] = memref.alloc() : memref<1x5x21x4xf32>
//       CHECK:   %[[XI:.*]] = stage.table_ref @[[X]]
//       CHECK:   stage.sweep "spectral_matmul.left" (%{{.*}}) in [1, 2] chunk 1 flop 504
//       CHECK:     stage.gather {{ ?}}lanes %{{.*}} -> %{{.*}} indices %[[XI]]
//       CHECK:     stage.map [7, 4]
//       CHECK:       arith.addf
//       CHECK:   %[[YI:.*]] = stage.table_ref @[[Y]]
//       CHECK:   stage.sweep "spectral_matmul.right" (%{{.*}}) in [2, 5] chunk 1 flop 900
//       CHECK:     stage.gather {{ ?}}scalar %{{.*}} -> %{{.*}} indices %[[YI]]
//       CHECK:     stage.map [10]
//       CHECK:       arith.addf
//       CHECK:   %[[P:.*]] = stage.table_ref @[[LIST]]
//       CHECK:   stage.sweep "spectral_matmul" (%{{.*}}) in [6, 1] chunk 6 flop 4560
//       CHECK:     %[[B:.*]] = memref.subview %[[LEFT]]
//       CHECK:     memref.subview %[[P]]
//       CHECK:     %[[C:.*]] = memref.subview %[[RESULT]]
//       CHECK:     stage.contract {{ ?}}scalar %[[RIGHT]], %[[B]], %{{.*}} -> %[[C]] {lanes = 4 : i64
//       CHECK:   %[[ZI:.*]] = stage.table_ref @[[Z]]
//       CHECK:   stage.sweep "spectral_matmul.result" (%{{.*}}) in [1, 5] chunk 1 flop 1220
//       CHECK:     stage.map [7, 4]
//       CHECK:       arith.subf
//       CHECK:       arith.subf
//       CHECK:       arith.subf
//       CHECK:     stage.gather {{ ?}}lanes %{{.*}} -> %{{.*}} indices %[[ZI]]

// Blocks of threads make the sums of planes and what follows the three products themselves.
//   GPU-DAG: stage.table @[[LIST:.*]] : memref<2x18xi64> = #stage.table<"product_problems", {columns = 12, complex = 2, degrees = 2, form = 0, groups = 1, in = 2, out = 5, so3 = 1}>
// GPU-LABEL: func.func @forward
//       GPU:   memref.alloc() : memref<1x2x14x4xf32>
//       GPU:   %[[RIGHT:.*]] = memref.alloc() : memref<2x5x20xf32>
//       GPU:   memref.alloc() : memref<1x5x14x4xf32>
//   GPU-NOT:   stage.map
//       GPU:   stage.sweep "spectral_matmul" (%{{.*}}) in [2, 1]
//       GPU:     stage.contract {{ ?}}scalar %[[RIGHT]], %{{.*}} {lanes = 4 : i64, planes = array<i64: 10, 7, 7>}
//   GPU-NOT:   stage.map
// GPU-LABEL: func.func @kernel
//       GPU:     stage.contract {{ ?}}reduce {{.*}} {lanes = 4 : i64, planes = array<i64: 7, 3, 4>}
func.func @forward(%x: !spherical.so3_spectrum<3x2, b = 2, f32>, %y: !spherical.so3_spectrum<2x5, b = 2, f32>)
    -> !spherical.so3_spectrum<3x5, b = 2, f32> {
  %z = spherical.spectral_matmul %x, %y : !spherical.so3_spectrum<3x2, b = 2, f32>, !spherical.so3_spectrum<2x5, b = 2, f32> -> !spherical.so3_spectrum<3x5, b = 2, f32>
  return %z : !spherical.so3_spectrum<3x5, b = 2, f32>
}

// The gradient of a kernel on S2 sums over m: orders m > 0 of one factor stand for -m too.
// CHECK-LABEL: func.func @kernel
//       CHECK:   stage.sweep "spectral_matmul.left"
//       CHECK:     stage.gather {{ ?}}lanes {{.*}} memref<14x2xi32>
//       CHECK:   stage.sweep "spectral_matmul.right"
//       CHECK:     stage.gather {{ ?}}lanes {{.*}} memref<6x1xi32>
//       CHECK:   stage.sweep "spectral_matmul" (%{{.*}}) in [6]
//       CHECK:     stage.contract {{ ?}}reduce
//       CHECK:   stage.sweep "spectral_matmul.result" (%{{.*}}) in [2, 5]
//       CHECK:     stage.gather {{ ?}}scalar {{.*}} memref<4x2xi32>
func.func @kernel(%g: !spherical.so3_spectrum<3x5, b = 2, f32>, %x: !spherical.s2_spectrum<3x2, b = 2, f32>)
    -> !spherical.s2_spectrum<2x5, b = 2, f32> {
  %y = spherical.spectral_matmul %g, %x form grad_kernel : !spherical.so3_spectrum<3x5, b = 2, f32>, !spherical.s2_spectrum<3x2, b = 2, f32> -> !spherical.s2_spectrum<2x5, b = 2, f32>
  return %y : !spherical.s2_spectrum<2x5, b = 2, f32>
}
