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

// -----

stage.table @w : memref<16x2xf32> = #stage.table<"twiddles", {n = 16, radix0 = 16}>

// Gathers from files take the same rows: 4 steps of 16.
// CHECK-LABEL: func @from_file
//       CHECK:   scf.for %[[T:.*]] = %{{.*}} to %c4 step
//       CHECK:     %[[FIRST:.*]] = affine.apply #[[STEP:.*]](%[[T]])
//       CHECK:     %[[FROM:.*]] = memref.subview %{{.*}}[0, %[[FIRST]], 0] [20, 16, 16]
//       CHECK:     stage.gather {{ ?}}to_lanes %[[FROM]] -> %[[ROWS:.*]] group %{{.*}} {count = 256 : i64, lanes = 16 : i64} : {{.*}}, memref<4096xf32>
//       CHECK:     stage.dft {{ ?}}real_analysis %[[ROWS]] -> %{{.*}}rows = 16
func.func @from_file(%x: memref<20x64x16xf32> {stage.batched}, %z: memref<4x64x2x16xf32>) {
  %t = stage.table_ref @w : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%grid: memref<64x16x16xf32>) {
    stage.gather to_lanes %x -> %grid group %g {count = 1024, lanes = 16} : memref<20x64x16xf32>, memref<64x16x16xf32>
    stage.dft real_analysis %grid -> %z twiddles %t {n = 16, limit = 4, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16} : memref<64x16x16xf32>, memref<4x64x2x16xf32>, memref<16x2xf32>
  }
  return
}

// -----

stage.table @w : memref<16x2xf32> = #stage.table<"twiddles", {n = 16, radix0 = 16}>

// Mirrored rows: 8 from either end, those from the south pole on in their order.
//   CHECK-DAG: #[[NORTH:.*]] = affine_map<(d0) -> (d0 * 8)>
//   CHECK-DAG: #[[SOUTH:.*]] = affine_map<(d0) -> (d0 * -8 + 56)>
// CHECK-LABEL: func @to_file
//       CHECK:   scf.for %[[T:.*]] = %{{.*}} to %c4 step
//       CHECK:     stage.dft {{ ?}}real_synthesis %{{.*}} -> %[[ROWS:[a-z0-9]*]] {{.*}}parity{{.*}}rows = 16
//       CHECK:     %[[A:.*]] = affine.apply #[[NORTH]](%[[T]])
//       CHECK:     %[[NORTHERN:.*]] = memref.subview %{{.*}}[0, %[[A]], 0] [20, 8, 16]
//       CHECK:     %[[FIRST:.*]] = memref.subview %[[ROWS]][0] [2048] [1]
//       CHECK:     stage.gather {{ ?}}from_lanes %[[FIRST]] -> %[[NORTHERN]] group %{{.*}} {count = 128 : i64
//       CHECK:     %[[B:.*]] = affine.apply #[[SOUTH]](%[[T]])
//       CHECK:     %[[SOUTHERN:.*]] = memref.subview %{{.*}}[0, %[[B]], 0] [20, 8, 16]
//       CHECK:     %[[LAST:.*]] = memref.subview %[[ROWS]][2048] [2048] [1]
//       CHECK:     stage.gather {{ ?}}from_lanes %[[LAST]] -> %[[SOUTHERN]] group
func.func @to_file(%x: memref<4x64x2x16xf32>, %y: memref<20x64x16xf32> {stage.batched}) {
  %t = stage.table_ref @w : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%grid: memref<64x16x16xf32>) {
    stage.dft real_synthesis %x -> %grid twiddles %t {n = 16, limit = 4, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16, parity} : memref<4x64x2x16xf32>, memref<64x16x16xf32>, memref<16x2xf32>
    stage.gather from_lanes %grid -> %y group %g {count = 1024, lanes = 16} : memref<64x16x16xf32>, memref<20x64x16xf32>
  }
  return
}

// -----

stage.table @w : memref<16x2xf32> = #stage.table<"twiddles", {n = 16, radix0 = 16}>
stage.table @i : memref<1024x1xi32> = #stage.table<"nearest_index", {height = 32, rows = 32, width = 32, columns = 32}>

// Values from anywhere are not rows; a map takes no mirrored ones.
// CHECK-LABEL: func @anywhere
//   CHECK-NOT:   scf.for
func.func @anywhere(%x: memref<20x64x16xf32> {stage.batched}, %z: memref<4x64x2x16xf32>) {
  %t = stage.table_ref @w : memref<16x2xf32>
  %i = stage.table_ref @i : memref<1024x1xi32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%grid: memref<64x16x16xf32>) {
    stage.gather to_lanes %x -> %grid group %g indices %i : memref<1024x1xi32> {count = 1024, lanes = 16} : memref<20x64x16xf32>, memref<64x16x16xf32>
    stage.dft real_analysis %grid -> %z twiddles %t {n = 16, limit = 4, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16} : memref<64x16x16xf32>, memref<4x64x2x16xf32>, memref<16x2xf32>
  }
  return
}
func.func @mirrored(%a: memref<6x64x2x16xf32>, %sums: memref<4x16xf32>) {
  %t = stage.table_ref @w : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%grid: memref<64x16x16xf32>) {
    stage.dft real_synthesis %a -> %grid twiddles %t {n = 16, limit = 6, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16, parity} : memref<6x64x2x16xf32>, memref<64x16x16xf32>, memref<16x2xf32>
    stage.map [4, 256, 16] ins(%grid : memref<64x16x16xf32>) outs(%sums : memref<4x16xf32>) maps [affine_map<(j, i, w) -> (j * 4096 + i * 16 + w)>, affine_map<(j, i, w) -> (j, w)>] combine sum lanes 16 {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

stage.table @w : memref<16x2xf32> = #stage.table<"twiddles", {n = 16, radix0 = 16}>

// Nor are rows without a mirror image, and a function that is another's mask.
// CHECK-LABEL: func @one_row
//   CHECK-NOT:   scf.for
func.func @one_row(%x: memref<20x1x1024xf32> {stage.batched}, %z: memref<4x64x2x16xf32>) {
  %t = stage.table_ref @w : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%grid: memref<64x16x16xf32>) {
    stage.gather to_lanes %x -> %grid group %g {count = 1024, lanes = 16} : memref<20x1x1024xf32>, memref<64x16x16xf32>
    stage.dft real_analysis %grid -> %z twiddles %t {n = 16, limit = 4, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16, parity} : memref<64x16x16xf32>, memref<4x64x2x16xf32>, memref<16x2xf32>
  }
  return
}
func.func @mask(%x: memref<20x64x16xf32> {stage.batched}, %f: memref<64x16x16xf32>, %z: memref<4x64x2x16xf32>) {
  %t = stage.table_ref @w : memref<16x2xf32>
  stage.sweep "s" (%g) in [1] chunk 1 flop 0 bytes 0 scratch (%grid: memref<64x16x16xf32>) {
    stage.gather to_lanes %x -> %grid group %g {count = 1024, lanes = 16} : memref<20x64x16xf32>, memref<64x16x16xf32>
    stage.dft real_analysis %f -> %z twiddles %t mask %grid : memref<64x16x16xf32> {n = 16, limit = 4, rows = 64, orders = 1, radices = array<i64: 16>, lanes = 16} : memref<64x16x16xf32>, memref<4x64x2x16xf32>, memref<16x2xf32>
  }
  return
}
