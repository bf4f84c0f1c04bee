// What sweeps do and move, from their stages.
// RUN: spherical-opt %s --spherical-count-work | FileCheck %s

stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 3, depth = 5, columns = 2, row_block = 2, column_block = 2, a_row = 5, a_depth = 1, b_depth = 2, b_column = 1, c_row = 2, c_column = 1}>
stage.table @twiddles : memref<4x2xf32> = #stage.table<"twiddles", {n = 4, radix0 = 4}>
stage.table @two : memref<6x2xf32> = #stage.table<"twiddles", {n = 4, radix0 = 2, radix1 = 2}>

// CHECK-LABEL: @product
func.func @product(%a: memref<15xf32>, %b: memref<10x4xf32>, %c: memref<6x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  // 2 x 3 x 5 x 2 multiplications and additions for each of 4 lanes, half of the problems a point; 15, 40, 24
  // numbers and 36 integers of 64 bits.
  // CHECK: stage.sweep "product" {{.*}} flop 240 bytes 604
  stage.sweep "product" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %one = memref.subview %p[%i, 0] [1, 18] [1, 1] : memref<2x18xi64> to memref<1x18xi64, strided<[18, 1], offset: ?>>
    stage.contract scalar %a, %b, %one -> %c {lanes = 4} : memref<15xf32>, memref<10x4xf32>, memref<1x18xi64, strided<[18, 1], offset: ?>>, memref<6x4xf32>
  }
  return
}

// CHECK-LABEL: @transform_in_a_loop
func.func @transform_in_a_loop(%x: memref<3x2x4x4xf32>, %y: memref<3x2x2x2x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %w = stage.table_ref @twiddles : memref<4x2xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  // 3 x 2 rows x 4 lanes of 2.5 x 4 x 2; 96 and 96 numbers and 8 twiddles.
  // CHECK: stage.sweep "transform" {{.*}} flop 480 bytes 800
  stage.sweep "transform" (%i) in [1] chunk 1 flop 7 bytes 7 {
    scf.for %j = %c0 to %c3 step %c1 {
      %from = memref.subview %x[%j, 0, 0, 0] [1, 2, 4, 4] [1, 1, 1, 1] : memref<3x2x4x4xf32> to memref<2x4x4xf32, strided<[16, 4, 1], offset: ?>>
      %to = memref.subview %y[%j, 0, 0, 0, 0] [1, 2, 2, 2, 4] [1, 1, 1, 1, 1] : memref<3x2x2x2x4xf32> to memref<2x2x2x4xf32, strided<[16, 8, 4, 1], offset: ?>>
      stage.dft real_analysis %from -> %to twiddles %w {n = 4, limit = 2, rows = 2, orders = 1, radices = array<i64: 4>, lanes = 4} : memref<2x4x4xf32, strided<[16, 4, 1], offset: ?>>, memref<2x2x2x4xf32, strided<[16, 8, 4, 1], offset: ?>>, memref<4x2xf32>
    }
  }
  return
}

// CHECK-LABEL: @map
func.func @map(%x: memref<2x16xf32>, %y: memref<2x16xf32> {stage.result}) attributes {stage.scratch_bytes = 64} {
  // A square and a maximum for each of 32 points; nothing for copies and scratch memory.
  // CHECK: stage.sweep "map" {{.*}} flop 64 bytes 256
  stage.sweep "map" (%i) in [2] chunk 1 flop 0 bytes 0 scratch (%s: memref<16xf32>) {
    %from = memref.subview %x[%i, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %to = memref.subview %y[%i, 0] [1, 16] [1, 1] : memref<2x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    stage.map [16] ins(%from : memref<16xf32, strided<[1], offset: ?>>) outs(%s : memref<16xf32>) maps [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>] {
    ^bb0(%v: f32):
      %zero = arith.constant 0.0 : f32
      %square = arith.mulf %v, %v : f32
      %max = arith.maximumf %square, %zero : f32
      stage.yield %max : f32
    }
    stage.map [16] ins(%s : memref<16xf32>) outs(%to : memref<16xf32, strided<[1], offset: ?>>) maps [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>] {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
  }
  return
}

// CHECK-LABEL: @there_and_back
func.func @there_and_back(%x: memref<2x2x2x4xf32>, %y: memref<2x2x2x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %w = stage.table_ref @two : memref<6x2xf32>
  // Twice 2 rows x 4 lanes of 2.5 x 4 x 2; 32 and 32 numbers and 12 twiddles.
  // CHECK: stage.sweep "transforms" {{.*}} flop 320 bytes 304
  stage.sweep "transforms" (%i) in [1] chunk 1 flop 7 bytes 7 {
    stage.dft_map %x -> %y twiddles %w {n = 4, limit = 2, result = 2, rows = 2, radices = array<i64: 2, 2>, lanes = 4, relu} : memref<2x2x2x4xf32>, memref<2x2x2x4xf32>, memref<6x2xf32>
  }
  return
}
