// RUN: spherical-opt %s --split-input-file --stage-skip-groups | FileCheck %s

// Lane groups are known from the gather; they are index 1 of the second sweep, because it reads
// their buffer there. The last one works on all groups at once, value by value, and runs.
// CHECK-LABEL: func @inference
//       CHECK:   stage.sweep "in" (%{{.*}}) in [2] {{.*}} attributes {stage.skip = array<i64: 0, 16>}
//       CHECK:   stage.sweep "inner" (%{{.*}}) in [3, 2] {{.*}} attributes {stage.skip = array<i64: 1, 16>}
//       CHECK:   stage.sweep "double" (%{{.*}}) in [1] chunk 1 flop 0 bytes 0 {
//       CHECK:   stage.sweep "out" (%{{.*}}) in [2] {{.*}} attributes {stage.skip = array<i64: 0, 16>}
func.func @inference(%x: memref<32x8xf32>, %k: memref<3x8xf32>, %y: memref<32x8xf32>) {
  %a = memref.alloc() : memref<2x8x16xf32>
  %b = memref.alloc() : memref<2x8x16xf32>
  %c = memref.alloc() : memref<2x8x16xf32>
  stage.sweep "in" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %a[%g, 0, 0] [1, 8, 16] [1, 1, 1] : memref<2x8x16xf32> to memref<8x16xf32, strided<[16, 1], offset: ?>>
    stage.gather to_lanes %x -> %0 group %g {count = 8, lanes = 16} : memref<32x8xf32>, memref<8x16xf32, strided<[16, 1], offset: ?>>
  }
  stage.sweep "inner" (%i, %g) in [3, 2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %a[%g, 0, 0] [1, 8, 16] [1, 1, 1] : memref<2x8x16xf32> to memref<8x16xf32, strided<[16, 1], offset: ?>>
    %1 = memref.subview %b[%g, 0, 0] [1, 8, 16] [1, 1, 1] : memref<2x8x16xf32> to memref<8x16xf32, strided<[16, 1], offset: ?>>
    stage.gather lanes %0 -> %1 {count = 8, lanes = 16} : memref<8x16xf32, strided<[16, 1], offset: ?>>, memref<8x16xf32, strided<[16, 1], offset: ?>>
  }
  stage.sweep "double" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [16, 16] ins(%b : memref<2x8x16xf32>) outs(%c : memref<2x8x16xf32>) maps [affine_map<(i, w) -> (i * 16 + w)>, affine_map<(i, w) -> (i * 16 + w)>] lanes 16 {
    ^bb0(%v: f32):
      %0 = arith.addf %v, %v : f32
      stage.yield %0 : f32
    }
  }
  stage.sweep "out" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %c[%g, 0, 0] [1, 8, 16] [1, 1, 1] : memref<2x8x16xf32> to memref<8x16xf32, strided<[16, 1], offset: ?>>
    stage.gather from_lanes %0 -> %y group %g {count = 8, lanes = 16} : memref<8x16xf32, strided<[16, 1], offset: ?>>, memref<32x8xf32>
  }
  return
}

// -----

// A sum over the batch reads all groups: each must hold its zeros.
// CHECK-LABEL: func @sum
//   CHECK-NOT:   stage.skip
func.func @sum(%x: memref<32x8xf32>, %y: memref<1xf32>) {
  %a = memref.alloc() : memref<2x8x16xf32>
  stage.sweep "in" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %a[%g, 0, 0] [1, 8, 16] [1, 1, 1] : memref<2x8x16xf32> to memref<8x16xf32, strided<[16, 1], offset: ?>>
    stage.gather to_lanes %x -> %0 group %g {count = 8, lanes = 16} : memref<32x8xf32>, memref<8x16xf32, strided<[16, 1], offset: ?>>
  }
  stage.sweep "sum" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [16, 16] ins(%a : memref<2x8x16xf32>) outs(%y : memref<1xf32>) maps [affine_map<(i, w) -> (i * 16 + w)>, affine_map<(i, w) -> (0)>] combine sum lanes 16 {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
  }
  return
}
