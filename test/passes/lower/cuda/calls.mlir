// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-choose-launches --spherical-lower-cuda

// The library's calls are of f32.
module attributes {spherical.phase = "plan"} {
  func.func @doubles(%x: memref<6x5xf64>, %f: memref<3x6x2xf64> {stage.result}) {
    stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
      // expected-error @below {{expected f32 on target cuda, got 'memref<6x5xf64>' (not supported)}}
      stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf64>, memref<3x6x2xf64>
    }
    return
  }
}

// -----

// What is no kernel is not launched.
module attributes {spherical.phase = "plan"} {
  func.func @launched(%x: memref<6x5xf32>, %f: memref<3x6x2xf32> {stage.result}) {
    // expected-error @below {{expected no `stage.launch` for a call of a library, which is no kernel}}
    stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 attributes {stage.launch = #stage.launch<blocks = 1, threads = 32, shared = 0, slot = 0, work = 0>} {
      stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
    }
    return
  }
}
