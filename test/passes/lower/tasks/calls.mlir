// RUN: spherical-opt %s --verify-diagnostics --spherical-lower-tasks

// A processor has no libraries.
module attributes {spherical.phase = "plan"} {
  func.func @call(%x: memref<6x5xf32>, %f: memref<3x6x2xf32> {stage.result}) {
    stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
      // expected-error @below {{'stage.fft' op is not supported on this target}}
      // expected-note @below {{plan again for target cuda, or with --fft=generated}}
      stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
    }
    return
  }
  func.func @product(%a: memref<2x5xf32>, %b: memref<5x3xf32>, %c: memref<2x3xf32> {stage.result}) {
    stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
      stage.gemm %a, %b -> %c : memref<2x5xf32>, memref<5x3xf32>, memref<2x3xf32>
    }
    return
  }
}
