// RUN: spherical-opt %s --split-input-file --verify-diagnostics

func.func @f(%x: memref<6x5xf32>, %f: memref<3x6x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected rows of 1 to 2147483647 (C1), got 2147483648}}
    stage.fft real_analysis %x -> %f {n = 5, rows = 2147483648} : memref<6x5xf32>, memref<3x6x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<6x5xf32>, %f: memref<2x6x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected out to hold 36 elements (C2), got 24}}
    stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<2x6x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<6x5xf32>, %f: memref<3x6x2xf64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected elements of one type f32 or f64 (C2)}}
    stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf64>
  }
  return
}

// -----

func.func @f(%x: memref<6x5xf32>, %f: memref<3x6x2xf32>) {
  stage.sweep "f" (%i) in [2] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a sweep of one point and no other op that computes (C5), got 2 points and 1 ops}}
    stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<6x5xf32>, %f: memref<3x6x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a sweep of one point and no other op that computes (C5), got 1 points and 2 ops}}
    stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
    stage.fill %x with 0.0 : f32 : memref<6x5xf32>
  }
  return
}

// -----

func.func @f(%x: memref<6x5xf32>, %f: memref<3x6x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    %p = memref.subview %x[0, 0] [6, 5] [1, 1] : memref<6x5xf32> to memref<6x5xf32, strided<[5, 1]>>
    // expected-error @+1 {{expected memory from outside of the sweep (C5)}}
    stage.fft real_analysis %p -> %f {n = 5, rows = 6} : memref<6x5xf32, strided<[5, 1]>>, memref<3x6x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<6x5xf32>, %f: memref<3x6x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %j = %c0 to %c1 step %c1 {
      // expected-error @+1 {{expected no loop around it (C5)}}
      stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
    }
  }
  return
}

// -----

// The library's complex transforms are rows of n bins, as those of complex kinds (fft C3).
func.func @f(%x: memref<6x5x2xf32>, %f: memref<5x6x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a real or complex kind (C3), got plain_analysis}}
    stage.fft plain_analysis %x -> %f {n = 5, rows = 6} : memref<6x5x2xf32>, memref<5x6x2xf32>
  }
  return
}
