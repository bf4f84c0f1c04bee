// RUN: spherical-opt %s --split-input-file --stage-plan-memory | FileCheck %s

// %a and %c never live at once and share their place; %b lives with both.
// CHECK-LABEL: func @chain
//  CHECK-SAME:   (%[[ARENA:.*]]: memref<1024xi8> {stage.arena},
//  CHECK-SAME:   stage.arena_bytes = 1024 : i64, stage.scratch_bytes = 64 : i64
//   CHECK-NOT:   memref.alloc
//       CHECK:   %[[A0:.*]] = arith.constant 0 : index
//       CHECK:   memref.view %[[ARENA]][%[[A0]]][] : memref<1024xi8> to memref<128xf32>
//       CHECK:   %[[B0:.*]] = arith.constant 512 : index
//       CHECK:   memref.view %[[ARENA]][%[[B0]]][] : memref<1024xi8> to memref<128xf32>
//       CHECK:   %[[C0:.*]] = arith.constant 0 : index
//       CHECK:   memref.view %[[ARENA]][%[[C0]]][] : memref<1024xi8> to memref<120xf32>
func.func @chain(%x: memref<128xf32>, %y: memref<120xf32> {stage.result}) {
  %a = memref.alloc() : memref<128xf32>
  stage.sweep "one" (%i) in [1] chunk 1 flop 0 bytes 0 scratch (%s: memref<3xf32>) {
    stage.gather scalar %x -> %a {count = 128, lanes = 1} : memref<128xf32>, memref<128xf32>
  }
  %b = memref.alloc() : memref<128xf32>
  stage.sweep "two" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.gather scalar %a -> %b {count = 128, lanes = 1} : memref<128xf32>, memref<128xf32>
  }
  %c = memref.alloc() : memref<120xf32>
  stage.sweep "three" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.gather scalar %b -> %c {count = 120, lanes = 1} : memref<128xf32>, memref<120xf32>
  }
  stage.sweep "four" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.gather scalar %c -> %y {count = 120, lanes = 1} : memref<120xf32>, memref<120xf32>
  }
  return
}

// -----

// Nothing to place: an arena of no bytes, so that all entries are called alike.
// CHECK-LABEL: func @nothing
//  CHECK-SAME:   memref<0xi8> {stage.arena}
//  CHECK-SAME:   stage.arena_bytes = 0
func.func @nothing(%x: memref<4xf32>) {
  return
}
