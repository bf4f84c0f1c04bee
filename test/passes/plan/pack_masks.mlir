// RUN: spherical-opt %s --split-input-file --stage-pack-masks | FileCheck %s

stage.table @w : memref<4x2xf32> = #stage.table<"twiddles", {n = 4, radix0 = 4}>

// The gradient asks only whether values behind the ReLU are positive: one i16 a point. The sweeps'
// bytes follow: 2 x 3 parts of 16 points of 16 lanes are 6144 bytes, their bits 192.
// CHECK-LABEL: func @relu_and_its_gradient
//       CHECK:   %[[BITS:.*]] = memref.alloc() : memref<2x3x4x4xi16>
//       CHECK:   stage.sweep "forward" (%[[G:.*]], %[[C:.*]]) in [2, 3] chunk 1 flop 0 bytes 10192
//       CHECK:     %[[AT_G:.*]] = memref.subview %[[BITS]][%[[G]], 0, 0, 0] [1, 3, 4, 4]
//       CHECK:     %[[PART:.*]] = memref.subview %[[AT_G]][%[[C]], 0, 0] [1, 4, 4]
//       CHECK:     stage.dft {{ ?}}real_synthesis %{{.*}} positive %[[PART]] : memref<4x4xi16
//       CHECK:   stage.sweep "backward" {{.*}} bytes 14048
//       CHECK:     stage.dft {{ ?}}real_analysis %{{.*}} mask %{{.*}} : memref<4x4xi16
func.func @relu_and_its_gradient(%f: memref<2x4x2x16xf32>, %g: memref<4x4x16xf32>) {
  %t = stage.table_ref @w : memref<4x2xf32>
  %y = memref.alloc() : memref<2x3x2x2x4x16xf32>
  stage.sweep "forward" (%i, %c) in [2, 3] chunk 1 flop 0 bytes 10000 {
    %0 = memref.subview %y[%i, 0, 0, 0, 0, 0] [1, 3, 2, 2, 4, 16] [1, 1, 1, 1, 1, 1] : memref<2x3x2x2x4x16xf32> to memref<3x2x2x4x16xf32, strided<[256, 128, 64, 16, 1], offset: ?>>
    %1 = memref.subview %0[%c, 0, 0, 0, 0] [1, 2, 2, 4, 16] [1, 1, 1, 1, 1] : memref<3x2x2x4x16xf32, strided<[256, 128, 64, 16, 1], offset: ?>> to memref<2x2x4x16xf32, strided<[128, 64, 16, 1], offset: ?>>
    stage.dft real_synthesis %f -> %1 twiddles %t {n = 4, limit = 2, rows = 4, orders = 1, radices = array<i64: 4>, lanes = 16, relu} : memref<2x4x2x16xf32>, memref<2x2x4x16xf32, strided<[128, 64, 16, 1], offset: ?>>, memref<4x2xf32>
  }
  stage.sweep "backward" (%i, %c) in [2, 3] chunk 1 flop 0 bytes 20000 scratch (%h: memref<2x4x2x16xf32>) {
    %0 = memref.subview %y[%i, 0, 0, 0, 0, 0] [1, 3, 2, 2, 4, 16] [1, 1, 1, 1, 1, 1] : memref<2x3x2x2x4x16xf32> to memref<3x2x2x4x16xf32, strided<[256, 128, 64, 16, 1], offset: ?>>
    %1 = memref.subview %0[%c, 0, 0, 0, 0] [1, 2, 2, 4, 16] [1, 1, 1, 1, 1] : memref<3x2x2x4x16xf32, strided<[256, 128, 64, 16, 1], offset: ?>> to memref<2x2x4x16xf32, strided<[128, 64, 16, 1], offset: ?>>
    stage.dft real_analysis %g -> %h twiddles %t mask %1 : memref<2x2x4x16xf32, strided<[128, 64, 16, 1], offset: ?>> {n = 4, limit = 2, rows = 4, orders = 1, radices = array<i64: 4>, lanes = 16} : memref<4x4x16xf32>, memref<2x4x2x16xf32>, memref<4x2xf32>
  }
  return
}

// -----

stage.table @w : memref<4x2xf32> = #stage.table<"twiddles", {n = 4, radix0 = 4}>

// Something else writes the mask too: its sign is not that of the transform's values.
// CHECK-LABEL: func @written_twice
//   CHECK-NOT:   positive
//       CHECK:   mask %{{.*}} : memref<4x4x16xf32>
func.func @written_twice(%f: memref<2x4x2x16xf32>, %g: memref<4x4x16xf32>) {
  %t = stage.table_ref @w : memref<4x2xf32>
  %y = memref.alloc() : memref<4x4x16xf32>
  stage.sweep "forward" (%i) in [1] chunk 1 flop 0 bytes 0 scratch (%h: memref<2x4x2x16xf32>) {
    stage.dft real_synthesis %f -> %y twiddles %t {n = 4, limit = 2, rows = 4, orders = 1, radices = array<i64: 4>, lanes = 16, relu} : memref<2x4x2x16xf32>, memref<4x4x16xf32>, memref<4x2xf32>
    stage.fill %y with 1.0 : f32 : memref<4x4x16xf32>
    stage.dft real_analysis %g -> %h twiddles %t mask %y : memref<4x4x16xf32> {n = 4, limit = 2, rows = 4, orders = 1, radices = array<i64: 4>, lanes = 16} : memref<4x4x16xf32>, memref<2x4x2x16xf32>, memref<4x2xf32>
  }
  return
}
