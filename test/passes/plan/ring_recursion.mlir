// RUN: spherical-opt %s --spherical-assign-layouts=cpu=x86-64-v4 --spherical-choose-algorithms="cpu=x86-64-v4 choose=*:algorithm=ring_recursion" --spherical-lower-to-stages | FileCheck %s
// RUN: not spherical-opt %s --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms="cpu=sm_90 choose=*:algorithm=ring_recursion" -o /dev/null 2>&1 | FileCheck %s --check-prefix=UNMET

// UNMET: error: expected an op with a way to compute it as '*:algorithm=ring_recursion' asks, got none

// Blocks of 16 degrees: two rows of 4 groups of latitudes, and 42 factors in three vectors of 16; behind 4 of cosines
// 220 blocks, of which orders m from 0 to 3 have two.
// CHECK-LABEL: func @so3_synthesis
//   CHECK-DAG:   %[[TABLE:.*]] = stage.table_ref @{{.*}} : memref<2424x16xf32>
//       CHECK:   stage.sweep "so3_ift.orders" (%{{.*}}) in [20]
//       CHECK:     stage.contract {{ ?}}scalar %{{.*}}, %[[TABLE]], %{{.*}} {anchors = array<i64: 16, 4>, lanes = 16 : i64}
func.func @so3_synthesis(%x: !spherical.so3_spectrum<1x1, b = 20, f32>) -> !spherical.so3<1x1, b = 20, f32> {
  %f = spherical.so3_ift %x : !spherical.so3_spectrum<1x1, b = 20, f32> -> !spherical.so3<1x1, b = 20, f32>
  return %f : !spherical.so3<1x1, b = 20, f32>
}

// The other way the table is what lanes are summed of.
// CHECK-LABEL: func @so3_analysis
//       CHECK:   stage.contract {{ ?}}reduce %{{.*}}, %{{.*}}, %{{.*}} {anchors = array<i64: 16, 4>, lanes = 16 : i64
func.func @so3_analysis(%x: !spherical.so3<1x1, b = 20, f32>) -> !spherical.so3_spectrum<1x1, b = 20, f32> {
  %f = spherical.so3_ft %x : !spherical.so3<1x1, b = 20, f32> -> !spherical.so3_spectrum<1x1, b = 20, f32>
  return %f : !spherical.so3_spectrum<1x1, b = 20, f32>
}
