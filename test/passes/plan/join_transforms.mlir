// RUN: spherical-opt %s --split-input-file --stage-join-transforms | FileCheck %s

stage.table @w : memref<25x2xf32> = #stage.table<"twiddles", {n = 20, radix0 = 4, radix1 = 5}>

// In place, with fewer bins behind ReLU than before it.
// CHECK-LABEL: func @relu
//       CHECK:   scratch (%[[HALF:[a-z0-9]*]]: memref<8x400x2x16xf32>) {
//       CHECK:     %[[OUT:.*]] = memref.subview %[[HALF]][0, 0, 0, 0] [6, 400, 2, 16]
//  CHECK-NEXT:     stage.dft_map %[[HALF]] -> %[[OUT]] twiddles %{{.*}} {lanes = 16 : i64, limit = 8 : i64, n = 20 : i64, radices = array<i64: 4, 5>, relu, result = 6 : i64, rows = 400 : i64}
//   CHECK-NOT:     stage.dft{{ }}
func.func @relu(%z: memref<8x400x2x16xf32>) {
  %t = stage.table_ref @w : memref<25x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<8x400x2x16xf32>, %grid: memref<400x20x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<8x400x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16, relu} : memref<8x400x2x16xf32>, memref<400x20x16xf32>, memref<25x2xf32>
    %0 = memref.subview %a[0, 0, 0, 0] [6, 400, 2, 16] [1, 1, 1, 1] : memref<8x400x2x16xf32> to memref<6x400x2x16xf32, strided<[12800, 32, 16, 1]>>
    stage.dft real_analysis %grid -> %0 twiddles %t {n = 20, limit = 6, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xf32>, memref<6x400x2x16xf32, strided<[12800, 32, 16, 1]>>, memref<25x2xf32>
    stage.gather lanes %a -> %z {count = 6400, lanes = 16} : memref<8x400x2x16xf32>, memref<8x400x2x16xf32>
  }
  return
}

// -----

stage.table @w : memref<25x2xf32> = #stage.table<"twiddles", {n = 20, radix0 = 4, radix1 = 5}>

// A mask of bits that an op before wrote, and bits of what is positive.
// CHECK-LABEL: func @bits
//       CHECK:     stage.dft_map %{{.*}} -> %{{.*}} twiddles %{{.*}} mask %{{.*}} : memref<400x20xi16> {
// CHECK-LABEL: func @positive
//       CHECK:     stage.dft_map %{{.*}} -> %{{.*}} twiddles %{{.*}} positive %{{.*}} : memref<400x20xi16> {{{.*}}relu
func.func @bits(%m: memref<400x20xi16>, %z: memref<8x400x2x16xf32>) {
  %t = stage.table_ref @w : memref<25x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<8x400x2x16xf32>, %grid: memref<400x20x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<8x400x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<8x400x2x16xf32>, memref<400x20x16xf32>, memref<25x2xf32>
    stage.dft real_analysis %grid -> %a twiddles %t mask %m : memref<400x20xi16> {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xf32>, memref<8x400x2x16xf32>, memref<25x2xf32>
    stage.gather lanes %a -> %z {count = 6400, lanes = 16} : memref<8x400x2x16xf32>, memref<8x400x2x16xf32>
  }
  return
}
func.func @positive(%m: memref<400x20xi16>, %z: memref<8x400x2x16xf32>) {
  %t = stage.table_ref @w : memref<25x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<8x400x2x16xf32>, %grid: memref<400x20x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<8x400x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t positive %m : memref<400x20xi16> {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16, relu} : memref<8x400x2x16xf32>, memref<400x20x16xf32>, memref<25x2xf32>
    stage.dft real_analysis %grid -> %a twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xf32>, memref<8x400x2x16xf32>, memref<25x2xf32>
    stage.gather lanes %a -> %z {count = 6400, lanes = 16} : memref<8x400x2x16xf32>, memref<8x400x2x16xf32>
  }
  return
}

// -----

stage.table @w : memref<25x2xf32> = #stage.table<"twiddles", {n = 20, radix0 = 4, radix1 = 5}>

// Not: values as a mask, ReLU and a mask, mirrored rows, other rows of one memory, a third reader.
// CHECK-LABEL: func @values
//   CHECK-NOT:   dft_map
func.func @values(%m: memref<400x20x16xf32>, %z: memref<8x400x2x16xf32>) {
  %t = stage.table_ref @w : memref<25x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<8x400x2x16xf32>, %grid: memref<400x20x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<8x400x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<8x400x2x16xf32>, memref<400x20x16xf32>, memref<25x2xf32>
    stage.dft real_analysis %grid -> %a twiddles %t mask %m : memref<400x20x16xf32> {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xf32>, memref<8x400x2x16xf32>, memref<25x2xf32>
    stage.gather lanes %a -> %z {count = 6400, lanes = 16} : memref<8x400x2x16xf32>, memref<8x400x2x16xf32>
  }
  return
}
func.func @both(%m: memref<400x20xi16>, %z: memref<8x400x2x16xf32>) {
  %t = stage.table_ref @w : memref<25x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<8x400x2x16xf32>, %grid: memref<400x20x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<8x400x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16, relu} : memref<8x400x2x16xf32>, memref<400x20x16xf32>, memref<25x2xf32>
    stage.dft real_analysis %grid -> %a twiddles %t mask %m : memref<400x20xi16> {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xf32>, memref<8x400x2x16xf32>, memref<25x2xf32>
    stage.gather lanes %a -> %z {count = 6400, lanes = 16} : memref<8x400x2x16xf32>, memref<8x400x2x16xf32>
  }
  return
}
func.func @parity(%z: memref<8x400x2x16xf32>) {
  %t = stage.table_ref @w : memref<25x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<8x400x2x16xf32>, %grid: memref<400x20x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<8x400x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16, parity} : memref<8x400x2x16xf32>, memref<400x20x16xf32>, memref<25x2xf32>
    stage.dft real_analysis %grid -> %a twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16, parity} : memref<400x20x16xf32>, memref<8x400x2x16xf32>, memref<25x2xf32>
    stage.gather lanes %a -> %z {count = 6400, lanes = 16} : memref<8x400x2x16xf32>, memref<8x400x2x16xf32>
  }
  return
}
func.func @other_rows(%z: memref<8x400x2x16xf32>) {
  %t = stage.table_ref @w : memref<25x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%b: memref<8x800x2x16xf32>, %grid: memref<400x20x16xf32>) {
    stage.fill %b with 1.0 : f32 : memref<8x800x2x16xf32>
    %a = memref.subview %b[0, 0, 0, 0] [8, 400, 2, 16] [1, 1, 1, 1] : memref<8x800x2x16xf32> to memref<8x400x2x16xf32, strided<[25600, 32, 16, 1]>>
    %0 = memref.subview %b[0, 200, 0, 0] [8, 400, 2, 16] [1, 1, 1, 1] : memref<8x800x2x16xf32> to memref<8x400x2x16xf32, strided<[25600, 32, 16, 1], offset: 6400>>
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<8x400x2x16xf32, strided<[25600, 32, 16, 1]>>, memref<400x20x16xf32>, memref<25x2xf32>
    stage.dft real_analysis %grid -> %0 twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xf32>, memref<8x400x2x16xf32, strided<[25600, 32, 16, 1], offset: 6400>>, memref<25x2xf32>
  }
  return
}
func.func @third(%y: memref<400x20x16xf32>) {
  %t = stage.table_ref @w : memref<25x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<8x400x2x16xf32>, %grid: memref<400x20x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<8x400x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<8x400x2x16xf32>, memref<400x20x16xf32>, memref<25x2xf32>
    stage.dft real_analysis %grid -> %a twiddles %t {n = 20, limit = 8, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xf32>, memref<8x400x2x16xf32>, memref<25x2xf32>
    stage.gather lanes %grid -> %y {count = 8000, lanes = 16} : memref<400x20x16xf32>, memref<400x20x16xf32>
  }
  return
}

// -----

stage.table @p : memref<51x2xf32> = #stage.table<"twiddles", {n = 34, radix0 = 2, radix1 = 17}>
stage.table @r : memref<16x2xf32> = #stage.table<"roots", {n = 34}>

// Not: a radix that has no butterfly in registers.
// CHECK-LABEL: func @prime
//   CHECK-NOT:   dft_map
func.func @prime(%z: memref<8x4x2x16xf32>) {
  %t = stage.table_ref @p : memref<51x2xf32>
  %r = stage.table_ref @r : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<8x4x2x16xf32>, %grid: memref<4x34x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<8x4x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t roots %r : memref<16x2xf32> {n = 34, limit = 8, rows = 4, orders = 1, radices = array<i64: 2, 17>, lanes = 16} : memref<8x4x2x16xf32>, memref<4x34x16xf32>, memref<51x2xf32>
    stage.dft real_analysis %grid -> %z twiddles %t roots %r : memref<16x2xf32> {n = 34, limit = 8, rows = 4, orders = 1, radices = array<i64: 2, 17>, lanes = 16} : memref<4x34x16xf32>, memref<8x4x2x16xf32>, memref<51x2xf32>
  }
  return
}
