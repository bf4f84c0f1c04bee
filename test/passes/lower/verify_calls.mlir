// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-verify-memory

// A real synthesis may destroy what it reads, which is of the arena and is written again before it is read.
func.func @again(%arena: memref<512xi8> {stage.arena}, %y: memref<6x5xf32> {stage.result})
    attributes {stage.arena_bytes = 512 : i64} {
  %c0 = arith.constant 0 : index
  %f = memref.view %arena[%c0][] : memref<512xi8> to memref<3x6x2xf32>
  stage.sweep "fill" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %f with 0.0 : f32 : memref<3x6x2xf32>
  }
  stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fft real_synthesis %f -> %y {n = 5, rows = 6} : memref<3x6x2xf32>, memref<6x5xf32>
  }
  stage.sweep "fill" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %f with 0.0 : f32 : memref<3x6x2xf32>
  }
  stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fft real_synthesis %f -> %y {n = 5, rows = 6} : memref<3x6x2xf32>, memref<6x5xf32>
  }
  return
}

// -----

func.func @twice(%arena: memref<512xi8> {stage.arena}, %y: memref<6x5xf32> {stage.result})
    attributes {stage.arena_bytes = 512 : i64} {
  %c0 = arith.constant 0 : index
  %f = memref.view %arena[%c0][] : memref<512xi8> to memref<3x6x2xf32>
  stage.sweep "fill" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %f with 0.0 : f32 : memref<3x6x2xf32>
  }
  stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fft real_synthesis %f -> %y {n = 5, rows = 6} : memref<3x6x2xf32>, memref<6x5xf32>
  }
  stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @below {{expected to read what has been written before (P10), got operand 0}}
    stage.fft real_synthesis %f -> %y {n = 5, rows = 6} : memref<3x6x2xf32>, memref<6x5xf32>
  }
  return
}

// -----

// The caller's values, and tables, stay what they are.
func.func @argument(%f: memref<3x6x2xf32>, %y: memref<6x5xf32> {stage.result}) {
  stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @below {{expected `in` of the arena, whose memory real_synthesis uses (P7), got 'memref<3x6x2xf32>'}}
    stage.fft real_synthesis %f -> %y {n = 5, rows = 6} : memref<3x6x2xf32>, memref<6x5xf32>
  }
  return
}

// -----

// An analysis leaves what it reads.
func.func @analysis(%x: memref<6x5xf32>, %f: memref<3x6x2xf32> {stage.result}) {
  stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
  }
  return
}
