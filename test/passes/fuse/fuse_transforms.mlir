// RUN: spherical-opt %s --spherical-fuse-transforms | FileCheck %s

!x6 = !spherical.so3_spectrum<2x3, b = 6, f32>
!x4 = !spherical.so3_spectrum<2x3, b = 4, f32>
!x9 = !spherical.so3_spectrum<2x3, b = 9, f32>
!f8 = !spherical.so3<2x3, b = 8, f32>
!f6 = !spherical.so3<2x3, b = 6, f32>
!s6 = !spherical.s2_spectrum<2x3, b = 6, f32>
!s4 = !spherical.s2_spectrum<2x3, b = 4, f32>
!g8 = !spherical.s2<2x3, b = 8, f32>
!g5 = !spherical.s2<2x3, b = 5, f32>

// All degrees below 8 are exact on the grid of 8.
// CHECK-LABEL: func.func @same_degrees(
//  CHECK-SAME:   %[[X:[^:]*]]: !spherical.so3_spectrum
//       CHECK:   return %[[X]]
func.func @same_degrees(%x: !x6) -> !x6 {
  %f = spherical.so3_ift %x : !x6 -> !f8
  %y = spherical.so3_ft %f : !f8 -> !x6
  return %y : !x6
}

// CHECK-LABEL: func.func @fewer_degrees(
//       CHECK:   spherical.truncate %{{.*}} : !spherical.s2_spectrum<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 4, f32>
//  CHECK-NEXT:   return
func.func @fewer_degrees(%x: !s6) -> !s4 {
  %f = spherical.s2_ift %x : !s6 -> !g8
  %y = spherical.s2_ft %f : !g8 -> !s4
  return %y : !s4
}

// Boundary case: a grid of 5 loses degree 5 in between.
// CHECK-LABEL: func.func @through_a_small_grid(
//       CHECK:   %[[T:.*]] = spherical.truncate %{{.*}} -> !spherical.s2_spectrum<2x3, b = 5, f32>
//       CHECK:   spherical.pad %[[T]] : {{.*}} -> !spherical.s2_spectrum<2x3, b = 6, f32>
//  CHECK-NEXT:   return
func.func @through_a_small_grid(%x: !s6) -> !s6 {
  %f = spherical.s2_ift %x : !s6 -> !g5
  %y = spherical.s2_ft %f high zero : !g5 -> !s6
  return %y : !s6
}

// The adjoint of the pair, in reverse order.
// CHECK-LABEL: func.func @adjoint(
//       CHECK:   spherical.pad %{{.*}} : !spherical.so3_spectrum<2x3, b = 4, f32> -> !spherical.so3_spectrum<2x3, b = 6, f32>
//  CHECK-NEXT:   return
func.func @adjoint(%g: !x4) -> !x6 {
  %f = spherical.so3_ft %g {adjoint} : !x4 -> !f8
  %y = spherical.so3_ift %f {adjoint} : !f8 -> !x6
  return %y : !x6
}

// Near miss: beyond the grid's degrees quadrature gives aliases.
// CHECK-LABEL: func.func @aliases(
//       CHECK:   spherical.so3_ift
//       CHECK:   spherical.so3_ft %{{.*}} high quadrature
func.func @aliases(%x: !x6) -> !x9 {
  %f = spherical.so3_ift %x : !x6 -> !f6
  %y = spherical.so3_ft %f high quadrature : !f6 -> !x9
  return %y : !x9
}

// Near miss: a ReLU makes new degrees.
// CHECK-LABEL: func.func @relu_between(
//       CHECK:   spherical.so3_ift
//       CHECK:   spherical.so3_ft
func.func @relu_between(%x: !x6) -> !x6 {
  %f = spherical.so3_ift %x : !x6 -> !f8
  %r = nn.relu %f : !f8
  %y = spherical.so3_ft %r : !f8 -> !x6
  return %y : !x6
}

// Near miss: analysis of an adjoint is no pair of inverses.
// CHECK-LABEL: func.func @mixed(
//       CHECK:   spherical.so3_ft %{{.*}} {adjoint}
//       CHECK:   spherical.so3_ft
func.func @mixed(%x: !x6) -> !x6 {
  %f = spherical.so3_ft %x {adjoint} : !x6 -> !f8
  %y = spherical.so3_ft %f : !f8 -> !x6
  return %y : !x6
}

// Two syntheses that are added are one of the sum.
// CHECK-LABEL: func.func @sum(
//  CHECK-SAME:   %[[A:[^:]*]]: !spherical.so3_spectrum<2x3, b = 6, f32>, %[[B:[^:]*]]: !spherical.so3_spectrum<2x3, b = 4, f32>
//       CHECK:   %[[P:.*]] = spherical.pad %[[B]]
//       CHECK:   %[[S:.*]] = nn.add %[[A]], %[[P]]
//       CHECK:   %[[F:.*]] = spherical.so3_ift %[[S]]
//  CHECK-NEXT:   return %[[F]]
func.func @sum(%a: !x6, %b: !x4) -> !f8 {
  %f = spherical.so3_ift %a : !x6 -> !f8
  %g = spherical.so3_ift %b : !x4 -> !f8
  %s = nn.add %f, %g : !f8
  return %s : !f8
}

// Near miss: one of the functions is needed alone, too.
// CHECK-LABEL: func.func @shared_summand(
//       CHECK:   spherical.so3_ift
//       CHECK:   spherical.so3_ift
//       CHECK:   nn.add
func.func @shared_summand(%a: !x6, %b: !x4) -> (!f8, !f8) {
  %f = spherical.so3_ift %a : !x6 -> !f8
  %g = spherical.so3_ift %b : !x4 -> !f8
  %s = nn.add %f, %g : !f8
  return %s, %g : !f8, !f8
}
