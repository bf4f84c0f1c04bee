// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-lower-tasks

// A processor has no libraries, and its products are real.
module attributes {spherical.phase = "plan"} {
  func.func @call(%x: memref<6x5xf32>, %f: memref<3x6x2xf32> {stage.result}) {
    stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
      // expected-error @below {{'stage.fft' op is not supported on this target}}
      // expected-note @below {{plan again for target cuda, or with --fft=generated}}
      stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
    }
    return
  }
}

// -----

module attributes {spherical.phase = "plan"} {
  func.func @product(%a: memref<2x5xf32>, %b: memref<5x3xf32>, %c: memref<2x3xf32> {stage.result}) {
    stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
      // expected-error @below {{'stage.gemm' op is not supported on this target}}
      // expected-note @below {{plan again for target cuda, or with --gemm=generated}}
      stage.gemm %a, %b -> %c : memref<2x5xf32>, memref<5x3xf32>, memref<2x3xf32>
    }
    return
  }
}

// -----

module attributes {spherical.phase = "plan"} {
  stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
  func.func @complex(%a: memref<12xf32>, %b: memref<24x4xf32>, %c: memref<16x4xf32> {stage.result}) {
    %p = stage.table_ref @problems : memref<2x18xi64>
    stage.sweep "contract" (%i) in [1] chunk 1 flop 0 bytes 0 {
      // expected-error @below {{'stage.contract' op expected no `planes` but on target cuda, of f32 in 4 lanes or more (not supported)}}
      stage.contract scalar %a, %b, %p -> %c {lanes = 4, planes = array<i64: 6, 12, 8>} : memref<12xf32>, memref<24x4xf32>, memref<2x18xi64>, memref<16x4xf32>
    }
    return
  }
}
