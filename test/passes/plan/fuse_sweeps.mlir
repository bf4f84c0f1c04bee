// RUN: spherical-opt %s --split-input-file --stage-fuse-sweeps | FileCheck %s

// The part of the buffer at a point becomes scratch memory; both sweeps' bytes lose it.
// CHECK-LABEL: func @point_by_point
//   CHECK-NOT:   memref.alloc
//       CHECK:   stage.sweep "a + b" (%{{.*}}, %[[C:.*]]) in [2, 3] chunk 1 flop 30 bytes 1928
//  CHECK-SAME:     scratch (%{{.*}}: memref<4xf32>, %[[PART:.*]]: memref<8x16xf32>)
//       CHECK:     stage.fill %[[PART]]
//       CHECK:     stage.gather {{ ?}}lanes %[[PART]] -> %{{.*}}
//   CHECK-NOT:   stage.sweep
func.func @point_by_point(%z: memref<2x3x8x16xf32>) {
  %y = memref.alloc() : memref<2x3x8x16xf32>
  stage.sweep "a" (%g, %c) in [2, 3] chunk 2 flop 10 bytes 4000 scratch (%s: memref<4xf32>) {
    %0 = memref.subview %y[%g, 0, 0, 0] [1, 3, 8, 16] [1, 1, 1, 1] : memref<2x3x8x16xf32> to memref<3x8x16xf32, strided<[128, 16, 1], offset: ?>>
    %1 = memref.subview %0[%c, 0, 0] [1, 8, 16] [1, 1, 1] : memref<3x8x16xf32, strided<[128, 16, 1], offset: ?>> to memref<8x16xf32, strided<[16, 1], offset: ?>>
    stage.fill %s with 0.0 : f32 : memref<4xf32>
    stage.fill %1 with 1.0 : f32 : memref<8x16xf32, strided<[16, 1], offset: ?>>
  }
  stage.sweep "b" (%g, %c) in [2, 3] chunk 1 flop 20 bytes 4072 {
    %0 = memref.subview %y[%g, 0, 0, 0] [1, 3, 8, 16] [1, 1, 1, 1] : memref<2x3x8x16xf32> to memref<3x8x16xf32, strided<[128, 16, 1], offset: ?>>
    %1 = memref.subview %0[%c, 0, 0] [1, 8, 16] [1, 1, 1] : memref<3x8x16xf32, strided<[128, 16, 1], offset: ?>> to memref<8x16xf32, strided<[16, 1], offset: ?>>
    %2 = memref.subview %z[%g, 0, 0, 0] [1, 3, 8, 16] [1, 1, 1, 1] : memref<2x3x8x16xf32> to memref<3x8x16xf32, strided<[128, 16, 1], offset: ?>>
    %3 = memref.subview %2[%c, 0, 0] [1, 8, 16] [1, 1, 1] : memref<3x8x16xf32, strided<[128, 16, 1], offset: ?>> to memref<8x16xf32, strided<[16, 1], offset: ?>>
    stage.gather lanes %1 -> %3 {count = 8, lanes = 16} : memref<8x16xf32, strided<[16, 1], offset: ?>>, memref<8x16xf32, strided<[16, 1], offset: ?>>
  }
  return
}

// -----

// A sweep between that reads what the second writes keeps that in place; the first can move.
// CHECK-LABEL: func @first_moves
//       CHECK:   stage.sweep "between"
//       CHECK:   stage.sweep "a + b"
func.func @first_moves(%z: memref<2x16xf32>, %w: memref<2x16xf32>) {
  %y = memref.alloc() : memref<2x16xf32>
  stage.sweep "a" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.fill %0 with 1.0 : f32 : memref<16xf32, strided<[1], offset: ?>>
  }
  stage.sweep "between" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.gather scalar %z -> %w {count = 32, lanes = 1} : memref<2x16xf32>, memref<2x16xf32>
  }
  stage.sweep "b" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %z[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.gather scalar %0 -> %1 {count = 16, lanes = 1} : memref<16xf32, strided<[1], offset: ?>>, memref<16xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// A result may share memory with what it replaces: neither sweep can pass the one between.
// CHECK-LABEL: func @kept_apart
//       CHECK:   stage.sweep "a"
//       CHECK:   stage.sweep "between"
//       CHECK:   stage.sweep "b"
func.func @kept_apart(%x: memref<2x16xf32> {spherical.name = "x"},
                      %z: memref<2x16xf32> {stage.result, spherical.replaces = "x"}) {
  %y = memref.alloc() : memref<2x16xf32>
  stage.sweep "a" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %x[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.gather scalar %1 -> %0 {count = 16, lanes = 1} : memref<16xf32, strided<[1], offset: ?>>, memref<16xf32, strided<[1], offset: ?>>
  }
  stage.sweep "between" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %x with 0.0 : f32 : memref<2x16xf32>
  }
  stage.sweep "b" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %z[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.gather scalar %0 -> %1 {count = 16, lanes = 1} : memref<16xf32, strided<[1], offset: ?>>, memref<16xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// The second sweep reads all of the buffer at each point.
// CHECK-LABEL: func @not_point_by_point
//       CHECK:   stage.sweep "a"
//       CHECK:   stage.sweep "b"
func.func @not_point_by_point(%z: memref<2x16xf32>) {
  %y = memref.alloc() : memref<2x16xf32>
  stage.sweep "a" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.fill %0 with 1.0 : f32 : memref<16xf32, strided<[1], offset: ?>>
  }
  stage.sweep "b" (%g) in [2] chunk 1 flop 0 bytes 0 {
    stage.gather scalar %y -> %z {count = 32, lanes = 1} : memref<2x16xf32>, memref<2x16xf32>
  }
  return
}

// -----

// Besides the buffer that joins them they share %z: "b" reads at each point what "a" writes at
// others, and in one sweep that would not have happened yet.
// CHECK-LABEL: func @other_points_of_shared_buffer
//       CHECK:   stage.sweep "a"
//       CHECK:   stage.sweep "b"
func.func @other_points_of_shared_buffer(%w: memref<2x16xf32>) {
  %y = memref.alloc() : memref<2x16xf32>
  %z = memref.alloc() : memref<2x16xf32>
  stage.sweep "a" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %z[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.fill %0 with 1.0 : f32 : memref<16xf32, strided<[1], offset: ?>>
    stage.fill %1 with 2.0 : f32 : memref<16xf32, strided<[1], offset: ?>>
  }
  stage.sweep "b" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %z[0, 0] [2, 8] [1, 1] : memref<2x16xf32> to memref<2x8xf32, strided<[16, 1]>>
    %2 = memref.subview %w[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.map [16] ins(%0 : memref<16xf32, strided<[1], offset: ?>>) outs(%2 : memref<16xf32, strided<[1], offset: ?>>)
        maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
    stage.map [2, 8] ins(%1 : memref<2x8xf32, strided<[16, 1]>>) outs(%2 : memref<16xf32, strided<[1], offset: ?>>)
        maps [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (8 * i + j)>] {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

// "b" overwrites at each point all of what "a" reads at every point.
// CHECK-LABEL: func @overwrites_what_the_first_reads
//       CHECK:   stage.sweep "a"
//       CHECK:   stage.sweep "b"
func.func @overwrites_what_the_first_reads(%z: memref<2x16xf32>) {
  %y = memref.alloc() : memref<2x16xf32>
  stage.sweep "a" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %z[1, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: 16>>
    stage.gather scalar %1 -> %0 {count = 16, lanes = 1} : memref<16xf32, strided<[1], offset: 16>>, memref<16xf32, strided<[1], offset: ?>>
  }
  stage.sweep "b" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %z[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.gather scalar %0 -> %1 {count = 16, lanes = 1} : memref<16xf32, strided<[1], offset: ?>>, memref<16xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// Both reach %z, too, at their own points alone: pairs of points are as good.
// CHECK-LABEL: func @own_points_of_shared_buffer
//       CHECK:   stage.sweep "a + b"
//   CHECK-NOT:   stage.sweep
func.func @own_points_of_shared_buffer(%z: memref<2x16xf32>) {
  %y = memref.alloc() : memref<2x16xf32>
  stage.sweep "a" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %z[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.gather scalar %1 -> %0 {count = 16, lanes = 1} : memref<16xf32, strided<[1], offset: ?>>, memref<16xf32, strided<[1], offset: ?>>
  }
  stage.sweep "b" (%g) in [2] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %y[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %1 = memref.subview %z[%g, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.gather scalar %0 -> %1 {count = 16, lanes = 1} : memref<16xf32, strided<[1], offset: ?>>, memref<16xf32, strided<[1], offset: ?>>
  }
  return
}
