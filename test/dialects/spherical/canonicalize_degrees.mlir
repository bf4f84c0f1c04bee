// RUN: spherical-opt %s --canonicalize | FileCheck %s

!s4 = !spherical.s2_spectrum<2x3, b = 4, f32>
!s5 = !spherical.s2_spectrum<2x3, b = 5, f32>
!s6 = !spherical.s2_spectrum<2x3, b = 6, f32>
!s9 = !spherical.s2_spectrum<2x3, b = 9, f32>

// CHECK-LABEL: func @truncate_of_truncate
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-NEXT:   %[[Y:.*]] = spherical.truncate %[[X]] : {{.*}}b = 9{{.*}} -> {{.*}}b = 4
//  CHECK-NEXT:   return %[[Y]]
func.func @truncate_of_truncate(%x: !s9) -> !s4 {
  %0 = spherical.truncate %x : !s9 -> !s6
  %1 = spherical.truncate %0 : !s6 -> !s4
  return %1 : !s4
}

// CHECK-LABEL: func @pad_of_pad
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-NEXT:   %[[Y:.*]] = spherical.pad %[[X]] : {{.*}}b = 4{{.*}} -> {{.*}}b = 9
//  CHECK-NEXT:   return %[[Y]]
func.func @pad_of_pad(%x: !s4) -> !s9 {
  %0 = spherical.pad %x : !s4 -> !s6
  %1 = spherical.pad %0 : !s6 -> !s9
  return %1 : !s9
}

// Back to, below and above the degrees of x.
// CHECK-LABEL: func @truncate_of_pad
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-DAG:    %[[Y:.*]] = spherical.truncate %[[X]] : {{.*}}b = 5{{.*}} -> {{.*}}b = 4
//  CHECK-DAG:    %[[Z:.*]] = spherical.pad %[[X]] : {{.*}}b = 5{{.*}} -> {{.*}}b = 6
//  CHECK:        return %[[X]], %[[Y]], %[[Z]]
func.func @truncate_of_pad(%x: !s5) -> (!s5, !s4, !s6) {
  %0 = spherical.pad %x : !s5 -> !s9
  %1 = spherical.truncate %0 : !s9 -> !s5
  %2 = spherical.truncate %0 : !s9 -> !s4
  %3 = spherical.truncate %0 : !s9 -> !s6
  return %1, %2, %3 : !s5, !s4, !s6
}

// Near miss: padding a truncation has lost degrees.
// CHECK-LABEL: func @pad_of_truncate
//       CHECK:   spherical.truncate
//       CHECK:   spherical.pad
func.func @pad_of_truncate(%x: !s5) -> !s5 {
  %0 = spherical.truncate %x : !s5 -> !s4
  %1 = spherical.pad %0 : !s4 -> !s5
  return %1 : !s5
}

// CHECK-LABEL: func @same_degrees
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-NEXT:   return %[[X]]
func.func @same_degrees(%x: !s5) -> !s5 {
  %0 = spherical.truncate %x : !s5 -> !s5
  %1 = spherical.pad %0 : !s5 -> !s5
  return %1 : !s5
}

// The band-limit between is not the smallest, so that it takes nothing away.
// CHECK-LABEL: func @resample_of_resample
//  CHECK-SAME:   (%[[X:.*]]:
//  CHECK-NEXT:   %[[Y:.*]] = spherical.resample %[[X]] : {{.*}}b = 4{{.*}} -> {{.*}}b = 9
//  CHECK-NEXT:   return %[[Y]]
func.func @resample_of_resample(%x: !spherical.s2<2x3, b = 4, f32>) -> !spherical.s2<2x3, b = 9, f32> {
  %0 = spherical.resample %x : !spherical.s2<2x3, b = 4, f32> -> !spherical.s2<2x3, b = 5, f32>
  %1 = spherical.resample %0 : !spherical.s2<2x3, b = 5, f32> -> !spherical.s2<2x3, b = 9, f32>
  return %1 : !spherical.s2<2x3, b = 9, f32>
}

// Near miss: through a smaller band-limit.
// CHECK-LABEL: func @resample_through_smaller
//       CHECK:   spherical.resample
//       CHECK:   spherical.resample
func.func @resample_through_smaller(%x: !spherical.s2<2x3, b = 5, f32>) -> !spherical.s2<2x3, b = 9, f32> {
  %0 = spherical.resample %x : !spherical.s2<2x3, b = 5, f32> -> !spherical.s2<2x3, b = 4, f32>
  %1 = spherical.resample %0 : !spherical.s2<2x3, b = 4, f32> -> !spherical.s2<2x3, b = 9, f32>
  return %1 : !spherical.s2<2x3, b = 9, f32>
}

// Near miss: with layouts the choice is the schedule's.
// CHECK-LABEL: func @layouts
//       CHECK:   spherical.truncate
//       CHECK:   spherical.truncate
func.func @layouts(%x: !s9) -> !s4 {
  %0 = spherical.truncate %x : !s9 -> !spherical.s2_spectrum<2x3, b = 6, f32, #spherical.layout<order = [batch]>>
  %1 = spherical.truncate %0 : !spherical.s2_spectrum<2x3, b = 6, f32, #spherical.layout<order = [batch]>> -> !s4
  return %1 : !s4
}
