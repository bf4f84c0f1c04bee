// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s

// Parts of complex values in file order: every second number, latitude by latitude, on the way to
// the lanes and back.
// CHECK-DAG: stage.table @[[RE:.*]] : memref<6x1xi32> = #stage.table<"pairs_to_part_index", {count = 6, imaginary = 0}>
// CHECK-DAG: stage.table @[[PAIRS:.*]] : memref<12x1xi32> = #stage.table<"parts_to_pairs_index", {count = 6}>
// CHECK-LABEL: func @conjugate
//  CHECK-SAME:   (%[[X:.*]]: memref<4x2x6x6x2xf32> {spherical.name = "arg0", stage.batched}, %[[OUT:.*]]: memref<4x2x6x6x2xf32> {spherical.name = "result0", stage.batched, stage.result})
//       CHECK:   stage.sweep "to_lanes" (%[[G:.*]], %[[C:.*]], %[[J:.*]]) in [1, 2, 6]
//       CHECK:     stage.gather {{ ?}}to_lanes %{{.*}} group %[[G]] indices %{{.*}} : memref<6x1xi32> {count = 6 : i64, lanes = 4 : i64}
//       CHECK:   stage.sweep "complex" ({{.*}}) in [1, 2, 6] {{.*}}scratch (%[[PARTS:.*]]: memref<2x6x4xf32>)
//       CHECK:     stage.gather {{ ?}}from_lanes %[[PARTS]] -> %{{.*}} indices %{{.*}} : memref<12x1xi32>
func.func @conjugate(%x: !spherical.s2<4x2, b = 3, complex<f32>>) -> !spherical.s2<4x2, b = 3, complex<f32>> {
  %a = spherical.real_part %x : !spherical.s2<4x2, b = 3, complex<f32>> -> !spherical.s2<4x2, b = 3, f32>
  %b = spherical.imag_part %x : !spherical.s2<4x2, b = 3, complex<f32>> -> !spherical.s2<4x2, b = 3, f32>
  %y = spherical.complex %b, %a : !spherical.s2<4x2, b = 3, f32> -> !spherical.s2<4x2, b = 3, complex<f32>>
  return %y : !spherical.s2<4x2, b = 3, complex<f32>>
}

// -----

// Parts of a tensor stay dense; that of a scalar is one number.
// CHECK-LABEL: func @dense
//       CHECK:   stage.sweep "part" (%[[I:.*]]) in [3]
//       CHECK:     stage.gather {{ ?}}scalar {{.*}} {count = 2 : i64, lanes = 1 : i64}
//       CHECK:   stage.sweep "part" ({{.*}}) in [1]
//       CHECK:     stage.gather {{ ?}}scalar {{.*}} {count = 1 : i64, lanes = 1 : i64}
func.func @dense(%t: tensor<3x2xcomplex<f32>>, %s: tensor<complex<f32>>) -> (tensor<3x2xf32>, tensor<f32>) {
  %a = spherical.real_part %t : tensor<3x2xcomplex<f32>> -> tensor<3x2xf32>
  %b = spherical.imag_part %s : tensor<complex<f32>> -> tensor<f32>
  return %a, %b : tensor<3x2xf32>, tensor<f32>
}

// -----

// Rows of a kernel that come from a function: all of them go to lanes and on, whatever the number
// of samples, which only the batch says.
// CHECK-LABEL: func @correlation
//  CHECK-SAME:   (%{{.*}}: memref<2x3x4x2xf32> {spherical.name = "arg0", stage.batched, stage.spectrum = #stage.spectrum<on_so3 = false, degrees = 2>}, %{{.*}}: memref<3x5x4x4xf32> {spherical.name = "arg1"}, %{{.*}}: memref<2x5x10x2xf32> {spherical.name = "result0", stage.batched, stage.result})
//       CHECK:   stage.gather {{ ?}}to_lanes {{.*}} {all, count = 16 : i64, lanes = 2 : i64} : memref<3x4x4xf32
//       CHECK:   stage.sweep "to_kernel" (%[[G:.*]], %[[C:.*]]) in [2, 5]
//       CHECK:     stage.gather {{ ?}}from_lanes %{{.*}} -> %{{.*}} group %[[G]] {all, count = 4 : i64, lanes = 2 : i64} : memref<4x2xf32, {{.*}}>, memref<3x4xf32, strided<[80, 1], offset: ?>>
//       CHECK:   stage.sweep "spectral_matmul"
func.func @correlation(%x: !spherical.s2_spectrum<2x3, b = 2, f32>, %y: !spherical.s2<3x5, b = 2, f32>)
    -> !spherical.so3_spectrum<2x5, b = 2, f32> {
  %b = spherical.s2_ft %y : !spherical.s2<3x5, b = 2, f32> -> !spherical.s2_spectrum<3x5, b = 2, f32>
  %z = spherical.spectral_matmul %x, %b : !spherical.s2_spectrum<2x3, b = 2, f32>, !spherical.s2_spectrum<3x5, b = 2, f32> -> !spherical.so3_spectrum<2x5, b = 2, f32>
  return %z : !spherical.so3_spectrum<2x5, b = 2, f32>
}

// -----

// And back: the spectrum of a kernel as that of functions.
// CHECK-LABEL: func @synthesis
//       CHECK:   stage.sweep "kernel_ft"
//       CHECK:   stage.sweep "to_lanes"
//       CHECK:     stage.gather {{ ?}}to_lanes {{.*}} {all, count = 4 : i64, lanes = 4 : i64} : memref<3x4xf32, {{.*}}>, memref<4x4xf32
//       CHECK:   stage.sweep "s2_ift"
func.func @synthesis(%k: tensor<3x5x4xf32>) -> !spherical.s2<3x5, b = 2, f32> {
  %b = spherical.kernel_ft %k grid <s2_soft<1>> scale 1.0 : tensor<3x5x4xf32> -> !spherical.s2_spectrum<3x5, b = 2, f32>
  %y = spherical.s2_ift %b : !spherical.s2_spectrum<3x5, b = 2, f32> -> !spherical.s2<3x5, b = 2, f32>
  return %y : !spherical.s2<3x5, b = 2, f32>
}

// -----

// An argument that is returned as well keeps its batch.
// CHECK-LABEL: func @returned
//  CHECK-SAME:   (%{{.*}}: memref<3x2x4x4xf32> {spherical.name = "arg0", stage.batched}
//       CHECK:   stage.sweep "copy" (%[[S:.*]]) in [3]
//       CHECK:     stage.gather {{ ?}}from_lanes %{{.*}} group %[[S]] {count = 32 : i64, lanes = 1 : i64}
func.func @returned(%x: !spherical.s2<3x2, b = 2, f32>) -> (!spherical.s2<3x2, b = 2, f32>, !spherical.s2<3x2, b = 2, f32>) {
  %y = nn.relu %x : !spherical.s2<3x2, b = 2, f32>
  return %x, %y : !spherical.s2<3x2, b = 2, f32>, !spherical.s2<3x2, b = 2, f32>
}
