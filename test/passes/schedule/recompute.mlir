// RUN: spherical-opt %s --split-input-file --spherical-recompute | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-recompute --remark-format=emitRemark --remarks-filter=spherical-choice 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

// %k is idle while most memory lives, and takes 0.1 % of the time.
// CHECK-LABEL: func @cheap
//       CHECK:   %[[K:.*]] = spherical.kernel_ft %[[W:.*]] grid
//       CHECK:   spherical.spectral_matmul %{{.*}}, %[[K]] {
//       CHECK:   %[[L:.*]] = spherical.so3_ift
//       CHECK:   %[[G:.*]] = spherical.so3_ft %[[L]]
//       CHECK:   %[[AGAIN:.*]] = spherical.kernel_ft %[[W]] grid
//  CHECK-NEXT:   spherical.spectral_matmul %[[G]], %[[AGAIN]] form grad_input
//      REMARK:   remark: {{.*}} Reason="for 0.1 MiB less meanwhile, 0.10 % of the function's time", Remark="spherical.kernel_ft again"
!x = !spherical.so3_spectrum<8x8, b = 6, f32>
!f = !spherical.so3<8x8, b = 6, f32>
!k = !spherical.so3_spectrum<8x8, b = 6, f32>
func.func @cheap(%x: !x, %w: tensor<8x8x48xf32>) -> !x {
  %k = spherical.kernel_ft %w grid <so3_near_identity<beta = 3, alpha = 4, gamma = 4, max_beta = 0.5, max_gamma = 6.283185307179586>> scale 1.0 {spherical.choice = #spherical.choice<algorithm = "separable", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 1, reason = "">} : tensor<8x8x48xf32> -> !k
  %z = spherical.spectral_matmul %x, %k {spherical.choice = #spherical.choice<algorithm = "real_blocks", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 500, reason = "">} : !x, !k -> !x
  %l = spherical.so3_ift %z : !x -> !f
  %g = spherical.so3_ft %l : !f -> !x
  %d = spherical.spectral_matmul %g, %k form grad_input {spherical.choice = #spherical.choice<algorithm = "real_blocks", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 499, reason = "">} : !x, !k -> !x
  return %d : !x
}

// -----

// 1 % is too much; and %k does not live where most memory does if it is used there.
// CHECK-LABEL: func @dear
// CHECK-COUNT-1: spherical.kernel_ft
//   CHECK-NOT:   spherical.kernel_ft
// CHECK-LABEL: func @in_use
// CHECK-COUNT-1: spherical.kernel_ft
//   CHECK-NOT:   spherical.kernel_ft
!x = !spherical.so3_spectrum<8x8, b = 6, f32>
!f = !spherical.so3<8x8, b = 6, f32>
!k = !spherical.so3_spectrum<8x8, b = 6, f32>
func.func @dear(%x: !x, %w: tensor<8x8x48xf32>) -> !x {
  %k = spherical.kernel_ft %w grid <so3_near_identity<beta = 3, alpha = 4, gamma = 4, max_beta = 0.5, max_gamma = 6.283185307179586>> scale 1.0 {spherical.choice = #spherical.choice<algorithm = "separable", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 10, reason = "">} : tensor<8x8x48xf32> -> !k
  %z = spherical.spectral_matmul %x, %k {spherical.choice = #spherical.choice<algorithm = "real_blocks", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 500, reason = "">} : !x, !k -> !x
  %l = spherical.so3_ift %z : !x -> !f
  %g = spherical.so3_ft %l : !f -> !x
  %d = spherical.spectral_matmul %g, %k form grad_input {spherical.choice = #spherical.choice<algorithm = "real_blocks", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 490, reason = "">} : !x, !k -> !x
  return %d : !x
}
func.func @in_use(%x: !x, %w: tensor<8x8x48xf32>) -> !x {
  %k = spherical.kernel_ft %w grid <so3_near_identity<beta = 3, alpha = 4, gamma = 4, max_beta = 0.5, max_gamma = 6.283185307179586>> scale 1.0 {spherical.choice = #spherical.choice<algorithm = "separable", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 1, reason = "">} : tensor<8x8x48xf32> -> !k
  %z = spherical.spectral_matmul %x, %k {spherical.choice = #spherical.choice<algorithm = "real_blocks", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 500, reason = "">} : !x, !k -> !x
  %d = spherical.spectral_matmul %z, %k form grad_input {spherical.choice = #spherical.choice<algorithm = "real_blocks", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 499, reason = "">} : !x, !k -> !x
  return %d : !x
}

// -----

// What is used but once, behind the peak, is computed there, and once.
// CHECK-LABEL: func @late
//   CHECK-NOT:   spherical.kernel_ft
//       CHECK:   %[[G:.*]] = spherical.so3_ft
//       CHECK:   %[[K:.*]] = spherical.kernel_ft
//  CHECK-NEXT:   spherical.spectral_matmul %[[G]], %[[K]]
//   CHECK-NOT:   spherical.kernel_ft
//       CHECK:   return
!x = !spherical.so3_spectrum<8x8, b = 6, f32>
!f = !spherical.so3<8x8, b = 6, f32>
!k = !spherical.so3_spectrum<8x8, b = 6, f32>
func.func @late(%x: !x, %w: tensor<8x8x48xf32>) -> !x {
  %k = spherical.kernel_ft %w grid <so3_near_identity<beta = 3, alpha = 4, gamma = 4, max_beta = 0.5, max_gamma = 6.283185307179586>> scale 1.0 {spherical.choice = #spherical.choice<algorithm = "separable", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 1, reason = "">} : tensor<8x8x48xf32> -> !k
  %l = spherical.so3_ift %x : !x -> !f
  %g = spherical.so3_ft %l : !f -> !x
  %z = spherical.spectral_matmul %g, %k {spherical.choice = #spherical.choice<algorithm = "real_blocks", lanes = 16, tasks = 8, flop = 1, bytes = 1, nanoseconds = 999, reason = "">} : !x, !k -> !x
  return %z : !x
}
