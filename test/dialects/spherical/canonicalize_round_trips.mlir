// RUN: spherical-opt %s --canonicalize | FileCheck %s

!x5 = !spherical.so3_spectrum<2x3, b = 5, f32>
!f6 = !spherical.so3<2x3, b = 6, f32>

// The grid of 6 carries degrees below 6: X itself, its lower degrees, or zeros beyond its own.
// CHECK-LABEL: func @so3_ft_of_ift
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-DAG:    %[[Y:.*]] = spherical.truncate %[[X]] : {{.*}}b = 5{{.*}} -> {{.*}}b = 4
//  CHECK-DAG:    %[[Z:.*]] = spherical.pad %[[X]] : {{.*}}b = 5{{.*}} -> {{.*}}b = 6
//  CHECK:        return %[[X]], %[[Y]], %[[Z]]
func.func @so3_ft_of_ift(%x: !x5) -> (!x5, !spherical.so3_spectrum<2x3, b = 4, f32>, !spherical.so3_spectrum<2x3, b = 6, f32>) {
  %f = spherical.so3_ift %x : !x5 -> !f6
  %0 = spherical.so3_ft %f : !f6 -> !x5
  %1 = spherical.so3_ft %f : !f6 -> !spherical.so3_spectrum<2x3, b = 4, f32>
  %2 = spherical.so3_ft %f : !f6 -> !spherical.so3_spectrum<2x3, b = 6, f32>
  return %0, %1, %2 : !x5, !spherical.so3_spectrum<2x3, b = 4, f32>, !spherical.so3_spectrum<2x3, b = 6, f32>
}

// A grid coarser than the spectrum keeps the degrees asked for, as they are below its band-limit.
// CHECK-LABEL: func @s2_ft_of_coarse_ift
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-NEXT:   %[[Y:.*]] = spherical.truncate %[[X]] : {{.*}}b = 9{{.*}} -> {{.*}}b = 4
//  CHECK-NEXT:   return %[[Y]]
func.func @s2_ft_of_coarse_ift(%x: !spherical.s2_spectrum<2x3, b = 9, complex<f32>>) -> !spherical.s2_spectrum<2x3, b = 4, complex<f32>> {
  %f = spherical.s2_ift %x : !spherical.s2_spectrum<2x3, b = 9, complex<f32>> -> !spherical.s2<2x3, b = 6, complex<f32>>
  %y = spherical.s2_ft %f : !spherical.s2<2x3, b = 6, complex<f32>> -> !spherical.s2_spectrum<2x3, b = 4, complex<f32>>
  return %y : !spherical.s2_spectrum<2x3, b = 4, complex<f32>>
}

// The adjoint of ft(ift(X)) in the other order.
// CHECK-LABEL: func @adjoint_round_trip
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-NEXT:   %[[Y:.*]] = spherical.pad %[[X]] : {{.*}}b = 5{{.*}} -> {{.*}}b = 8
//  CHECK-NEXT:   return %[[Y]]
func.func @adjoint_round_trip(%x: !x5) -> !spherical.so3_spectrum<2x3, b = 8, f32> {
  %f = spherical.so3_ft %x {adjoint} : !x5 -> !f6
  %y = spherical.so3_ift %f {adjoint} : !f6 -> !spherical.so3_spectrum<2x3, b = 8, f32>
  return %y : !spherical.so3_spectrum<2x3, b = 8, f32>
}

// Near miss: relu is in between.
// CHECK-LABEL: func @relu_between
//       CHECK:   spherical.so3_ift
//       CHECK:   spherical.so3_ft
func.func @relu_between(%x: !x5) -> !x5 {
  %f = spherical.so3_ift %x : !x5 -> !f6
  %r = nn.relu %f : !f6
  %y = spherical.so3_ft %r : !f6 -> !x5
  return %y : !x5
}

// Near miss: aliases of a coarse grid.
// CHECK-LABEL: func @high_degrees
//       CHECK:   spherical.so3_ift
//       CHECK:   spherical.so3_ft
func.func @high_degrees(%x: !x5) -> !spherical.so3_spectrum<2x3, b = 7, f32> {
  %f = spherical.so3_ift %x : !x5 -> !f6
  %y = spherical.so3_ft %f high quadrature : !f6 -> !spherical.so3_spectrum<2x3, b = 7, f32>
  return %y : !spherical.so3_spectrum<2x3, b = 7, f32>
}

// Near miss: the real part was taken.
// CHECK-LABEL: func @real_part_between
//       CHECK:   spherical.s2_ift
//       CHECK:   spherical.s2_ft
func.func @real_part_between(%x: !spherical.s2_spectrum<2x3, b = 4, complex<f32>>) -> !spherical.s2_spectrum<2x3, b = 4, complex<f32>> {
  %f = spherical.s2_ift %x : !spherical.s2_spectrum<2x3, b = 4, complex<f32>> -> !spherical.s2<2x3, b = 6, f32>
  %y = spherical.s2_ft %f : !spherical.s2<2x3, b = 6, f32> -> !spherical.s2_spectrum<2x3, b = 4, complex<f32>>
  return %y : !spherical.s2_spectrum<2x3, b = 4, complex<f32>>
}

// Near miss: ift(ft(f)) is a projection of f.
// CHECK-LABEL: func @projection
//       CHECK:   spherical.so3_ft
//       CHECK:   spherical.so3_ift
func.func @projection(%f: !f6) -> !f6 {
  %x = spherical.so3_ft %f : !f6 -> !spherical.so3_spectrum<2x3, b = 6, f32>
  %y = spherical.so3_ift %x : !spherical.so3_spectrum<2x3, b = 6, f32> -> !f6
  return %y : !f6
}

// CHECK-LABEL: func @parts
//  CHECK-SAME:   (%[[A:.*]]: {{.*}}, %[[B:.*]]: {{.*}}, %[[C:.*]]:
//       CHECK:   return %[[A]], %[[B]], %[[C]]
func.func @parts(%a: !x5, %b: !x5, %c: !spherical.so3_spectrum<2x3, b = 5, complex<f32>>) -> (!x5, !x5, !spherical.so3_spectrum<2x3, b = 5, complex<f32>>) {
  %0 = spherical.complex %a, %b : !x5 -> !spherical.so3_spectrum<2x3, b = 5, complex<f32>>
  %1 = spherical.real_part %0 : !spherical.so3_spectrum<2x3, b = 5, complex<f32>> -> !x5
  %2 = spherical.imag_part %0 : !spherical.so3_spectrum<2x3, b = 5, complex<f32>> -> !x5
  %3 = spherical.real_part %c : !spherical.so3_spectrum<2x3, b = 5, complex<f32>> -> !x5
  %4 = spherical.imag_part %c : !spherical.so3_spectrum<2x3, b = 5, complex<f32>> -> !x5
  %5 = spherical.complex %3, %4 : !x5 -> !spherical.so3_spectrum<2x3, b = 5, complex<f32>>
  return %1, %2, %5 : !x5, !x5, !spherical.so3_spectrum<2x3, b = 5, complex<f32>>
}

// Near miss: the parts exchanged.
// CHECK-LABEL: func @exchanged_parts
//       CHECK:   spherical.complex
func.func @exchanged_parts(%c: !spherical.so3_spectrum<2x3, b = 5, complex<f32>>) -> !spherical.so3_spectrum<2x3, b = 5, complex<f32>> {
  %0 = spherical.real_part %c : !spherical.so3_spectrum<2x3, b = 5, complex<f32>> -> !x5
  %1 = spherical.imag_part %c : !spherical.so3_spectrum<2x3, b = 5, complex<f32>> -> !x5
  %2 = spherical.complex %1, %0 : !x5 -> !spherical.so3_spectrum<2x3, b = 5, complex<f32>>
  return %2 : !spherical.so3_spectrum<2x3, b = 5, complex<f32>>
}
