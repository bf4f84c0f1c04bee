// RUN: spherical-opt %s --spherical-approximate-math | FileCheck %s

// No call for each lane is left, and no branch: infinities and NaN are selected at the end.
// CHECK-LABEL: func @vectors
//   CHECK-NOT:   math.exp
//   CHECK-NOT:   math.log
//       CHECK:   math.fma {{.*}} : vector<16xf32>
//   CHECK-NOT:   scf.
//       CHECK:   return
func.func @vectors(%x: vector<16xf32>) -> (vector<16xf32>, vector<16xf32>) {
  %0 = math.exp %x : vector<16xf32>
  %1 = math.log %x : vector<16xf32>
  return %0, %1 : vector<16xf32>, vector<16xf32>
}

// A scalar on each thread of a GPU.
// CHECK-LABEL: func @scalar
//   CHECK-NOT:   math.exp
//       CHECK:   return
func.func @scalar(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}

// f64 keeps its precision; other functions are instructions.
// CHECK-LABEL: func @others
//       CHECK:   math.exp %{{.*}} : f64
//       CHECK:   math.sqrt %{{.*}} : f32
func.func @others(%x: f64, %y: f32) -> (f64, f32) {
  %0 = math.exp %x : f64
  %1 = math.sqrt %y : f32
  return %0, %1 : f64, f32
}
