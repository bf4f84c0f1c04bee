// RUN: spherical-opt %s --split-input-file --stage-stream-rows | FileCheck %s

stage.table @w : memref<16x2xf32> = #stage.table<"twiddles", {n = 16, radix0 = 16}>

// 64 rows of 16 x 16 values are 64 KiB: 4 steps of 16 rows.
// CHECK-LABEL: func @rows
//       CHECK:   stage.sweep "s" (%{{.*}}) {{.*}} scratch (%[[HALF:.*]]: memref<6x64x2x16xf32>, %[[BEHIND:.*]]: memref<4x64x2x16xf32>, %[[ROWS:.*]]: memref<4096xf32>)
//       CHECK:     stage.fill %[[HALF]]
//       CHECK:     scf.for %[[T:.*]] = %{{.*}} to %c4 step %{{.*}} {
//       CHECK:       %[[FIRST:.*]] = affine.apply #{{.*}}(%[[T]])
//       CHECK:       %[[IN:.*]] = memref.subview %[[HALF]][0, %[[FIRST]], 0, 0] [6, 16, 2, 16]
//       CHECK:       %[[BITS:.*]] = memref.subview %{{.*}} [16, 16]
//       CHECK:       stage.dft {{ ?}}real_synthesis %[[IN]] -> %[[ROWS]] twiddles %{{.*}} positive %[[BITS]] {{.*}}rows = 16
//       CHECK:       %[[OUT:.*]] = memref.subview %[[BEHIND]][0, %{{.*}}, 0, 0] [4, 16, 2, 16]
//       CHECK:       stage.dft {{ ?}}real_analysis %[[ROWS]] -> %[[OUT]] {{.*}}rows = 16
//       CHECK:     stage.gather {{ ?}}lanes %[[BEHIND]]
func.func @rows(%bits: memref<64x16xi16>, %z: memref<4x64x2x16xf32>) {
  %t = stage.table_ref @w : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%a: memref<6x64x2x16xf32>, %grid: memref<64x16x16xf32>, %b: memref<4x64x2x16xf32>) {
    stage.fill %a with 1.0 : f32 : memref<6x64x2x16xf32>
    stage.dft real_synthesis %a -> %grid twiddles %t positive %bits : memref<64x16xi16> {n = 16, limit = 6, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16, relu} : memref<6x64x2x16xf32>, memref<64x16x16xf32>, memref<16x2xf32>
    stage.dft real_analysis %grid -> %b twiddles %t {n = 16, limit = 4, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16} : memref<64x16x16xf32>, memref<4x64x2x16xf32>, memref<16x2xf32>
    stage.gather lanes %b -> %z {count = 512, lanes = 16} : memref<4x64x2x16xf32>, memref<4x64x2x16xf32>
  }
  return
}

// -----

stage.table @w : memref<16x2xf32> = #stage.table<"twiddles", {n = 16, radix0 = 16}>

// Sums over latitudes are cut between latitudes: here one at a time.
// CHECK-LABEL: func @sums
//       CHECK:   scf.for %{{.*}} = %{{.*}} to %c4 step
//       CHECK:     stage.dft {{ ?}}real_synthesis %{{.*}} -> %[[ROWS:.*]] twiddles %{{.*}}rows = 16
//       CHECK:     %[[SUM:.*]] = memref.subview %{{.*}}[%{{.*}}, 0] [1, 16]
//       CHECK:     stage.map [1, 256, 16] ins(%[[ROWS]] : memref<4096xf32>) outs(%[[SUM]] :
func.func @sums(%a: memref<6x64x2x16xf32>, %sums: memref<4x16xf32>) {
  %t = stage.table_ref @w : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%grid: memref<64x16x16xf32>) {
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 16, limit = 6, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16} : memref<6x64x2x16xf32>, memref<64x16x16xf32>, memref<16x2xf32>
    stage.map [4, 256, 16] ins(%grid : memref<64x16x16xf32>) outs(%sums : memref<4x16xf32>) maps [affine_map<(j, i, w) -> (j * 4096 + i * 16 + w)>, affine_map<(j, i, w) -> (j, w)>] combine sum lanes 16 {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

stage.table @w : memref<16x2xf32> = #stage.table<"twiddles", {n = 16, radix0 = 16}>

// A sum over everything needs all rows at once.
// CHECK-LABEL: func @whole
//   CHECK-NOT:   scf.for
func.func @whole(%a: memref<6x64x2x16xf32>, %sum: memref<16xf32>) {
  %t = stage.table_ref @w : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%grid: memref<64x16x16xf32>) {
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 16, limit = 6, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16} : memref<6x64x2x16xf32>, memref<64x16x16xf32>, memref<16x2xf32>
    stage.map [4, 256, 16] ins(%grid : memref<64x16x16xf32>) outs(%sum : memref<16xf32>) maps [affine_map<(j, i, w) -> (j * 4096 + i * 16 + w)>, affine_map<(j, i, w) -> (w)>] combine sum lanes 16 {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}
