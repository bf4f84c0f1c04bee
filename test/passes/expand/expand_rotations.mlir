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
