// RUN: spherical-opt %s --spherical-expand-normalization | FileCheck %s

!z = !spherical.so3_spectrum<2x3, b = 4, f32>
!f = !spherical.so3<2x3, b = 4, f32>
!c = tensor<3xf32>

// The bias is in degree 0, the mean and the variance are there for nothing.
// CHECK-LABEL: func.func @in_the_spectrum(
//  CHECK-SAME:   %[[Z:[^:]*]]: {{[^%]*}}, %[[C:[^:]*]]:
//       CHECK:   %[[B:.*]] = spherical.add_bias %[[Z]], %[[C]] : !spherical.so3_spectrum
//       CHECK:   %[[N:.*]] = nn.batch_norm %[[B]], %[[C]], %[[C]], %[[C]], %[[C]] {eps = 1.000000e-03 : f64} : !spherical.so3_spectrum<2x3, b = 4, f32>, tensor<3xf32>
//       CHECK:   %[[Y:.*]] = spherical.so3_ift %[[N]]
//       CHECK:   return %[[Y]]
func.func @in_the_spectrum(%z: !z, %c: !c) -> !f {
  %f = spherical.so3_ift %z : !z -> !f
  %b = spherical.add_bias %f, %c : !f, !c
  %y = nn.batch_norm %b, %c, %c, %c, %c {eps = 1.0e-3 : f64} : !f, !c
  return %y : !f
}

// Near miss: the mean over the samples of the grid is another one.
// CHECK-LABEL: func.func @grid_statistics(
//       CHECK:   spherical.so3_ift
//       CHECK:   nn.batch_norm {{.*}} statistics grid
func.func @grid_statistics(%z: !z, %c: !c) -> !f {
  %f = spherical.so3_ift %z : !z -> !f
  %y = nn.batch_norm %f, %c, %c, %c, %c statistics grid : !f, !c
  return %y : !f
}

// Near miss: degrees behind a ReLU are not in the spectrum before it.
// CHECK-LABEL: func.func @behind_relu(
//       CHECK:   nn.batch_norm {{.*}} : !spherical.so3<2x3, b = 4, f32>
func.func @behind_relu(%z: !z, %c: !c) -> !f {
  %f = spherical.so3_ift %z : !z -> !f
  %r = nn.relu %f : !f
  %y = nn.batch_norm %r, %c, %c, %c, %c : !f, !c
  return %y : !f
}

// Near miss: the grid cannot hold all degrees of the spectrum.
// CHECK-LABEL: func.func @cut(
//       CHECK:   nn.batch_norm {{.*}} : !spherical.so3<2x3, b = 4, f32>
func.func @cut(%z: !spherical.so3_spectrum<2x3, b = 5, f32>, %c: !c) -> !f {
  %f = spherical.so3_ift %z : !spherical.so3_spectrum<2x3, b = 5, f32> -> !f
  %y = nn.batch_norm %f, %c, %c, %c, %c : !f, !c
  return %y : !f
}
