// RUN: spherical-opt %s --spherical-expand-rotations | FileCheck %s

!f = !spherical.s2<2x3, b = 6, f32>
!r = !spherical.so3<2x3, b = 1, f64>
!x = !spherical.so3_spectrum<2x3, b = 6, f32>

// CHECK-LABEL: func.func @on_s2(
//  CHECK-SAME:   %[[F:[^:]*]]:
//       CHECK:   %[[X:.*]] = spherical.s2_ft %[[F]] : {{.*}} -> !spherical.s2_spectrum<2x3, b = 6, f32>
//       CHECK:   %[[Y:.*]] = spherical.rotate %[[X]] by [0.1, 0.2, 0.3]
//       CHECK:   spherical.s2_ift %[[Y]] : {{.*}} -> !spherical.s2<2x3, b = 6, f32>
func.func @on_s2(%f: !f) -> !f {
  %y = spherical.rotate %f by [0.1, 0.2, 0.3] : !f
  return %y : !f
}

// Boundary case: one degree, which no rotation changes but which stays for a canonicaliser.
// CHECK-LABEL: func.func @on_so3(
//       CHECK:   spherical.so3_ft %{{.*}} -> !spherical.so3_spectrum<2x3, b = 1, f64>
//       CHECK:   spherical.rotate
//       CHECK:   spherical.so3_ift
func.func @on_so3(%f: !r) -> !r {
  %y = spherical.rotate %f by [0.1, 0.2, 0.3] : !r
  return %y : !r
}

// Near miss: a spectrum is rotated as it is.
// CHECK-LABEL: func.func @leaves_spectra(
//  CHECK-NEXT:   spherical.rotate
//  CHECK-NEXT:   return
func.func @leaves_spectra(%x: !x) -> !x {
  %y = spherical.rotate %x by [0.1, 0.2, 0.3] : !x
  return %y : !x
}

// Angles at run time turn about the polar axis; between the turns, the rotations that take it to the
// y axis and back are constant.
// CHECK-LABEL: func.func @by_angles(
//  CHECK-SAME:   %[[X:.*]]: !spherical.s2_spectrum<2x3, b = 6, f32>, %[[A:.*]]: tensor<2x3xf32>
//       CHECK:   %[[G:.*]] = spherical.rotate_z %[[X]], %[[A]] at 2
//       CHECK:   %[[T:.*]] = spherical.rotate %[[G]] by [-1.570{{[0-9]*}}, 1.570{{[0-9]*}}, 1.570{{[0-9]*}}]
//       CHECK:   %[[B:.*]] = spherical.rotate_z %[[T]], %[[A]] at 1
//       CHECK:   %[[Y:.*]] = spherical.rotate %[[B]] by [1.570{{[0-9]*}}, 1.570{{[0-9]*}}, -1.570{{[0-9]*}}]
//       CHECK:   %[[Z:.*]] = spherical.rotate_z %[[Y]], %[[A]] at 0
//       CHECK:   return %[[Z]]
func.func @by_angles(%x: !spherical.s2_spectrum<2x3, b = 6, f32>, %a: tensor<2x3xf32>) -> !spherical.s2_spectrum<2x3, b = 6, f32> {
  %y = spherical.rotate_by %x, %a : !spherical.s2_spectrum<2x3, b = 6, f32>, tensor<2x3xf32>
  return %y : !spherical.s2_spectrum<2x3, b = 6, f32>
}
