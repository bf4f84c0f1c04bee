// RUN: spherical-opt %s --spherical-expand-resample | FileCheck %s

!s2_6 = !spherical.s2<2x3, b = 6, f32>
!s2_9 = !spherical.s2<2x3, b = 9, f32>
!so3_4 = !spherical.so3<2x3, b = 4, f64>
!so3_6 = !spherical.so3<2x3, b = 6, f64>

// Degrees 6 to 8 are zero: the inverse transform ends at 5.
// CHECK-LABEL: func.func @s2_up(
//  CHECK-SAME:   %[[X:.*]]: !spherical.s2<2x3, b = 6, f32>
//       CHECK:   %[[XHAT:.*]] = spherical.s2_ft %[[X]] : {{.*}} -> !spherical.s2_spectrum<2x3, b = 6, f32>
//       CHECK:   %[[Y:.*]] = spherical.s2_ift %[[XHAT]] : {{.*}} -> !spherical.s2<2x3, b = 9, f32>
//       CHECK:   return %[[Y]]
func.func @s2_up(%x: !s2_6) -> !s2_9 {
  %y = spherical.resample %x : !s2_6 -> !s2_9
  return %y : !s2_9
}

// CHECK-LABEL: func.func @s2_down(
//       CHECK:   spherical.s2_ft %{{.*}} : {{.*}} -> !spherical.s2_spectrum<2x3, b = 6, f32>
//       CHECK:   spherical.s2_ift
func.func @s2_down(%x: !s2_9) -> !s2_6 {
  %y = spherical.resample %x : !s2_9 -> !s2_6
  return %y : !s2_6
}

// CHECK-LABEL: func.func @so3_down(
//       CHECK:   spherical.so3_ft %{{.*}} : {{.*}} -> !spherical.so3_spectrum<2x3, b = 4, f64>
//       CHECK:   spherical.so3_ift %{{.*}} : {{.*}} -> !spherical.so3<2x3, b = 4, f64>
func.func @so3_down(%x: !so3_6) -> !so3_4 {
  %y = spherical.resample %x : !so3_6 -> !so3_4
  return %y : !so3_4
}

// Boundary case: the same band-limit is still a projection on the degrees below it.
// CHECK-LABEL: func.func @so3_same(
//       CHECK:   spherical.so3_ft
//       CHECK:   spherical.so3_ift
//   CHECK-NOT:   spherical.resample
func.func @so3_same(%x: !so3_6) -> !so3_6 {
  %y = spherical.resample %x : !so3_6 -> !so3_6
  return %y : !so3_6
}
