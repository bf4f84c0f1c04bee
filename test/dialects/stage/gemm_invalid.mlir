// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: memref<2x5xf32>, %b: memref<5x3xf32>, %c: memref<2x3xf64>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected elements of one type f32 or f64 (C1)}}
    stage.gemm %a, %b -> %c : memref<2x5xf32>, memref<5x3xf32>, memref<2x3xf64>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xi32>, %b: memref<5x3xi32>, %c: memref<2x3xi32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected elements of one type f32 or f64 (C1)}}
    stage.gemm %a, %b -> %c : memref<2x5xi32>, memref<5x3xi32>, memref<2x3xi32>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xf32, strided<[10, 2]>>, %b: memref<5x3xf32>, %c: memref<2x3xf32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected rows of A at equal distances (C2), got}}
    stage.gemm %a, %b -> %c : memref<2x5xf32, strided<[10, 2]>>, memref<5x3xf32>, memref<2x3xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xf32>, %b: memref<2x2x3xf32, strided<[7, 3, 1]>>, %c: memref<2x3xf32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected rows of B at equal distances (C2), got}}
    stage.gemm %a, %b -> %c : memref<2x5xf32>, memref<2x2x3xf32, strided<[7, 3, 1]>>, memref<2x3xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xf32>, %b: memref<4x3xf32>, %c: memref<2x3xf32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected B of 5 and C of 2 rows (C3), got op(B) of 4 x 3 and C of 2 x 3}}
    stage.gemm %a, %b -> %c : memref<2x5xf32>, memref<4x3xf32>, memref<2x3xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xf32>, %b: memref<5x3xf32>, %c: memref<3x2xf32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected B of 5 and C of 2 rows (C3), got op(B) of 5 x 3 and C of 3 x 2}}
    stage.gemm %a, %b -> %c : memref<2x5xf32>, memref<5x3xf32>, memref<3x2xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xf32>, %b: memref<5x3xf32>, %c: memref<2x3xf32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected B of 2 and C of 5 rows (C3), got op(B) of 5 x 3 and C of 2 x 3}}
    stage.gemm %a, %b -> %c {transpose_a} : memref<2x5xf32>, memref<5x3xf32>, memref<2x3xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xf32>, %b: memref<3x5x3xf32>, %c: memref<3x2x3xf32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected A to have a first extent of 3 (C4), got 2}}
    stage.gemm %a, %b -> %c {batch = 3 : i64} : memref<2x5xf32>, memref<3x5x3xf32>, memref<3x2x3xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xf32>, %b: memref<5x3xf32>, %c: memref<2x3xf32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a batch above 1 for A to be shared (C4), got 1}}
    stage.gemm %a, %b -> %c {shared_a} : memref<2x5xf32>, memref<5x3xf32>, memref<2x3xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x5xf32>, %b: memref<5x3xf32>, %c: memref<2x3xf32>) {
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a batch of at least 1 (C4), got 0}}
    stage.gemm %a, %b -> %c {batch = 0 : i64} : memref<2x5xf32>, memref<5x3xf32>, memref<2x3xf32>
  }
  return
}
