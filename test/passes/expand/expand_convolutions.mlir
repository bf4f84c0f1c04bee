// RUN: spherical-opt %s --spherical-expand-convolutions | FileCheck %s

!s2 = !spherical.s2<2x1, b = 8, f32>
!so3_4 = !spherical.so3<2x4, b = 4, f32>
!so3_6 = !spherical.so3<2x4, b = 6, f32>
!so3_8 = !spherical.so3<2x4, b = 8, f32>

// The scale is 1 / sqrt(P C_in b_out^4 / b_in^2) = 1 / sqrt(24 * 1 * 6^4 / 8^2); kernel_ft on S2 adds 2 L.
// CHECK-LABEL: func.func @s2_conv(
//  CHECK-SAME:   %[[X:.*]]: !spherical.s2<2x1, b = 8, f32>, %[[K:.*]]: tensor<1x4x24xf32>)
//       CHECK:   %[[XHAT:.*]] = spherical.s2_ft %[[X]] : {{.*}} -> !spherical.s2_spectrum<2x1, b = 6, f32>
//       CHECK:   %[[KHAT:.*]] = spherical.kernel_ft %[[K]] grid <s2_near_identity{{.*}}> scale 0.045360921162651{{.*}} -> !spherical.s2_spectrum<1x4, b = 6, f32>
//       CHECK:   %[[Z:.*]] = spherical.spectral_matmul %[[XHAT]], %[[KHAT]] : {{.*}} -> !spherical.so3_spectrum<2x4, b = 6, f32>
//       CHECK:   %[[Y:.*]] = spherical.so3_ift %[[Z]] : {{.*}} -> !spherical.so3<2x4, b = 6, f32>
//       CHECK:   return %[[Y]]
//   CHECK-NOT:   spherical.s2_conv
func.func @s2_conv(%x: !s2, %k: tensor<1x4x24xf32>) -> !so3_6 {
  %y = spherical.s2_conv %x, %k grid <s2_near_identity> : !s2 -> !so3_6
  return %y : !so3_6
}

// The result has no degrees 6 and 7, so they are never computed. The scale is
// 1 / sqrt(P C_in b_out^3 / b_in^3) = 1 / sqrt(24 * 4 * 6^3 / 8^3).
// CHECK-LABEL: func.func @so3_conv_lowers_band_limit(
//       CHECK:   spherical.so3_ft %{{.*}} : {{.*}} -> !spherical.so3_spectrum<2x4, b = 6, f32>
//       CHECK:   spherical.kernel_ft {{.*}} scale 0.157134840263677{{.*}} -> !spherical.so3_spectrum<4x4, b = 6, f32>
//       CHECK:   spherical.so3_ift %{{.*}} : !spherical.so3_spectrum<2x4, b = 6, f32> -> !spherical.so3<2x4, b = 6, f32>
//   CHECK-NOT:   spherical.so3_conv
func.func @so3_conv_lowers_band_limit(%x: !so3_8, %k: tensor<4x4x24xf32>) -> !so3_6 {
  %y = spherical.so3_conv %x, %k grid <so3_near_identity<beta = 2, alpha = 4, gamma = 3>> : !so3_8 -> !so3_6
  return %y : !so3_6
}

// Boundary case: with equal band-limits all degrees pass.
// CHECK-LABEL: func.func @so3_conv_keeps_band_limit(
//       CHECK:   spherical.so3_ft %{{.*}} : {{.*}} -> !spherical.so3_spectrum<2x4, b = 6, f32>
//       CHECK:   spherical.so3_ift
func.func @so3_conv_keeps_band_limit(%x: !so3_6, %k: tensor<4x4x24xf32>) -> !so3_6 {
  %y = spherical.so3_conv %x, %k grid <so3_near_identity<beta = 2, alpha = 4, gamma = 3>> : !so3_6 -> !so3_6
  return %y : !so3_6
}

// Degrees 4 and 5 are zero, so only 0 to 3 are multiplied.
// CHECK-LABEL: func.func @so3_conv_fills_with_zeros(
//       CHECK:   spherical.so3_ft %{{[^ ]*}} : {{.*}} -> !spherical.so3_spectrum<2x4, b = 4, f32>
//       CHECK:   spherical.kernel_ft {{.*}} -> !spherical.so3_spectrum<4x4, b = 4, f32>
//       CHECK:   spherical.so3_ift %{{.*}} : !spherical.so3_spectrum<2x4, b = 4, f32> -> !spherical.so3<2x4, b = 6, f32>
func.func @so3_conv_fills_with_zeros(%x: !so3_4, %k: tensor<4x4x24xf32>) -> !so3_6 {
  %y = spherical.so3_conv %x, %k grid <so3_near_identity<beta = 2, alpha = 4, gamma = 3>> high zero : !so3_4 -> !so3_6
  return %y : !so3_6
}

// With quadrature degrees 4 and 5 hold aliases, which reach the result.
// CHECK-LABEL: func.func @so3_conv_quadrature(
//       CHECK:   spherical.so3_ft %{{.*}} high quadrature : {{.*}} -> !spherical.so3_spectrum<2x4, b = 6, f32>
//       CHECK:   spherical.kernel_ft {{.*}} -> !spherical.so3_spectrum<4x4, b = 6, f32>
//       CHECK:   spherical.so3_ift %{{.*}} : !spherical.so3_spectrum<2x4, b = 6, f32> -> !spherical.so3<2x4, b = 6, f32>
func.func @so3_conv_quadrature(%x: !so3_4, %k: tensor<4x4x24xf32>) -> !so3_6 {
  %y = spherical.so3_conv %x, %k grid <so3_near_identity<beta = 2, alpha = 4, gamma = 3>> high quadrature : !so3_4 -> !so3_6
  return %y : !so3_6
}

// Near miss: what is no convolution stays.
// CHECK-LABEL: func.func @leaves_others(
//       CHECK:   spherical.add_bias
//       CHECK:   spherical.resample
func.func @leaves_others(%x: !so3_6, %b: tensor<4xf32>) -> !so3_4 {
  %y = spherical.add_bias %x, %b : !so3_6, tensor<4xf32>
  %z = spherical.resample %y : !so3_6 -> !so3_4
  return %z : !so3_4
}

// The scale is that of so3_conv, the sum over n stands behind the product.
// CHECK-LABEL: func.func @so3_to_s2(
//       CHECK:   %[[X:.*]] = spherical.so3_ft %{{[^ ]*}} : {{.*}} -> !spherical.so3_spectrum<2x4, b = 6, f32>
//       CHECK:   %[[K:.*]] = spherical.kernel_ft {{.*}} scale 0.157134840263677{{.*}} -> !spherical.so3_spectrum<4x4, b = 6, f32>
//       CHECK:   %[[Z:.*]] = spherical.spectral_matmul %[[X]], %[[K]]
//       CHECK:   %[[H:.*]] = spherical.sum_n %[[Z]] : {{.*}} -> !spherical.s2_spectrum<2x4, b = 6, f32>
//       CHECK:   spherical.s2_ift %[[H]] : {{.*}} -> !spherical.s2<2x4, b = 6, f32>
func.func @so3_to_s2(%x: !so3_8, %k: tensor<4x4x24xf32>) -> !spherical.s2<2x4, b = 6, f32> {
  %y = spherical.so3_to_s2 %x, %k grid <so3_near_identity<beta = 2, alpha = 4, gamma = 3>> : !so3_8 -> !spherical.s2<2x4, b = 6, f32>
  return %y : !spherical.s2<2x4, b = 6, f32>
}

// CHECK-LABEL: func.func @so3_to_s2_orbit_mean(
//       CHECK:   %[[Z:.*]] = spherical.spectral_matmul
//       CHECK:   spherical.so3_orbit_mean %[[Z]] : !spherical.so3_spectrum<2x4, b = 4, f32> -> !spherical.s2_spectrum<2x4, b = 4, f32>
func.func @so3_to_s2_orbit_mean(%x: !so3_4, %k: tensor<4x4x24xf32>) -> !spherical.s2<2x4, b = 6, f32> {
  %y = spherical.so3_to_s2 %x, %k grid <so3_near_identity<beta = 2, alpha = 4, gamma = 3>> high zero projection orbit_mean : !so3_4 -> !spherical.s2<2x4, b = 6, f32>
  return %y : !spherical.s2<2x4, b = 6, f32>
}

// A kernel averaged over SO(2) has n = 0 only: the product is thin from the start.
// CHECK-LABEL: func.func @so3_to_s2_invariant(
//       CHECK:   %[[X:.*]] = spherical.so3_ft %{{.*}} high truncated : {{.*}} -> !spherical.so3_spectrum<2x4, b = 6, f32>
//       CHECK:   %[[C:.*]] = spherical.kernel_ft {{.*}} projection orbit_mean : {{.*}} -> !spherical.s2_spectrum<4x4, b = 6, f32>
//       CHECK:   spherical.thin_matmul %[[X]], %[[C]]
//   CHECK-NOT:   spherical.spectral_matmul
func.func @so3_to_s2_invariant(%x: !so3_4, %k: tensor<4x4x24xf32>) -> !spherical.s2<2x4, b = 6, f32> {
  %y = spherical.so3_to_s2 %x, %k grid <so3_near_identity<beta = 2, alpha = 4, gamma = 3>> high truncated projection invariant : !so3_4 -> !spherical.s2<2x4, b = 6, f32>
  return %y : !spherical.s2<2x4, b = 6, f32>
}

// One point, the identity: scale 1 / sqrt(4 * 6^3 / 8^3).
// CHECK-LABEL: func.func @so3_shortcut(
//       CHECK:   spherical.kernel_ft {{.*}} grid <points<so3, {{\[\[}}0.0, 0.0, 0.0]]>> scale 0.76980035891950{{.*}}
//       CHECK:   spherical.so3_ift
func.func @so3_shortcut(%x: !so3_8, %k: tensor<4x4x1xf32>) -> !so3_6 {
  %y = spherical.so3_shortcut %x, %k : !so3_8, tensor<4x4x1xf32> -> !so3_6
  return %y : !so3_6
}
