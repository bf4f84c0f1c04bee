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
    // expected-error @below {{expected memory of the arena where the library may use it (P7), got 'memref<3x6x2xf32>'}}
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

// -----

// A product reads the columns that it has, and no padding behind them.
func.func @columns(%arena: memref<512xi8> {stage.arena}, %b: memref<5x3xf32>, %c: memref<2x3xf32> {stage.result})
    attributes {stage.arena_bytes = 512 : i64} {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<512xi8> to memref<2x8xf32>
  %part = memref.subview %a[0, 0] [2, 5] [1, 1] : memref<2x8xf32> to memref<2x5xf32, strided<[8, 1]>>
  stage.sweep "map" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [2, 5] outs(%part : memref<2x5xf32, strided<[8, 1]>>) maps [affine_map<(i, j) -> (i, j)>] {
      %one = arith.constant 1.0 : f32
      stage.yield %one : f32
    }
  }
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.gemm %part, %b -> %c : memref<2x5xf32, strided<[8, 1]>>, memref<5x3xf32>, memref<2x3xf32>
  }
  return
}

// -----

func.func @padding(%arena: memref<512xi8> {stage.arena}, %b: memref<6x3xf32>, %c: memref<2x3xf32> {stage.result})
    attributes {stage.arena_bytes = 512 : i64} {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<512xi8> to memref<2x8xf32>
  %part = memref.subview %a[0, 0] [2, 5] [1, 1] : memref<2x8xf32> to memref<2x5xf32, strided<[8, 1]>>
  %more = memref.subview %a[0, 0] [2, 6] [1, 1] : memref<2x8xf32> to memref<2x6xf32, strided<[8, 1]>>
  stage.sweep "map" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [2, 5] outs(%part : memref<2x5xf32, strided<[8, 1]>>) maps [affine_map<(i, j) -> (i, j)>] {
      %one = arith.constant 1.0 : f32
      stage.yield %one : f32
    }
  }
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @below {{expected to read what has been written before (P10), got operand 0}}
    stage.gemm %more, %b -> %c : memref<2x6xf32, strided<[8, 1]>>, memref<6x3xf32>, memref<2x3xf32>
  }
  return
}

// -----

func.func @in_place(%a: memref<3x3xf32>, %c: memref<3x3xf32> {stage.result}) {
  stage.sweep "fill" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %c with 0.0 : f32 : memref<3x3xf32>
  }
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @below {{(P8)}}
    stage.gemm %a, %c -> %c : memref<3x3xf32>, memref<3x3xf32>, memref<3x3xf32>
  }
  return
}
