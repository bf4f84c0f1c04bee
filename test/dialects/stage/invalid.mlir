// RUN: spherical-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected a static row-major memref of f32, f64 or i32 (C1), got 'memref<?xf32>'}}
stage.table @t : memref<?xf32> = #stage.table<"roots", {n = 4}>

// -----

func.func @f() {
  // expected-error @+1 {{expected a 'stage.table' named t (C1)}}
  %0 = stage.table_ref @t : memref<4xf32>
  return
}

// -----

stage.table @t : memref<4xf32> = #stage.table<"roots", {n = 2}>
func.func @f() {
  // expected-error @+1 {{expected the table's type 'memref<4xf32>' (C1), got 'memref<5xf32>'}}
  %0 = stage.table_ref @t : memref<5xf32>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{expected extents of at least 1 (C1), got 0}}
  stage.sweep "f" (%i) in [0] chunk 1 flop 0 bytes 0 {
  }
  return
}

// -----

func.func @f(%m: memref<4xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{is not supported in the body of a 'stage.sweep' (C3)}}
    %0 = memref.alloc() : memref<4xf32>
  }
  return
}

// -----

func.func @f(%x: memref<2x6x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<8x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected radices with product n = 6 (C1)}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 2>, lanes = 1} : memref<2x6x1xf32>, memref<3x2x2x1xf32>, memref<8x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<2x6x1xf32>, %y: memref<4x2x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected 1 <= limit <= n / 2 (C2), got limit = 4, n = 6}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 4, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<2x6x1xf32>, memref<4x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<2x6x1xf32>, %y: memref<3x2x1x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected out to hold 12 elements (C3), got 6}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<2x6x1xf32>, memref<3x2x1x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<2x6x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected `relu` only with real_synthesis (C4)}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1, relu} : memref<2x6x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x6x2x1xf32>, %y: memref<4x6x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    %0 = memref.subview %x[0, 0, 0, 0] [2, 4, 2, 1] [1, 1, 1, 1] : memref<3x6x2x1xf32> to memref<2x4x2x1xf32, strided<[12, 2, 1, 1]>>
    // expected-error @+1 {{expected in to hold 3 bins of 4 rows, a multiple of 2 elements apart (C3), got}}
    stage.dft real_synthesis %0 -> %y twiddles %t {n = 6, limit = 3, rows = 4, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<2x4x2x1xf32, strided<[12, 2, 1, 1]>>, memref<4x6x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<2x6x1xf32>, %t: memref<9x2xf32>, %p: memref<2x6xi16>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected `positive` only with `relu` (C4)}}
    stage.dft real_synthesis %x -> %y twiddles %t positive %p : memref<2x6xi16> {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<3x2x2x1xf32>, memref<2x6x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<2x6x64xf32>, %y: memref<3x2x2x64xf32>, %t: memref<9x2xf32>, %p: memref<2x6xi32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected mask of i32 for at most 32 lanes (C4), got 'memref<2x6xi32>' for 64}}
    stage.dft real_analysis %x -> %y twiddles %t mask %p : memref<2x6xi32> {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 64} : memref<2x6x64xf32>, memref<3x2x2x64xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<2x34x1xf32>, %y: memref<17x2x2x1xf32>, %t: memref<51x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected `roots` exactly if a radix is above 16 (C5)}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 34, limit = 17, rows = 2, orders = 1, radices = array<i64: 2, 17>, lanes = 1} : memref<2x34x1xf32>, memref<17x2x2x1xf32>, memref<51x2xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %p: memref<2x17xi32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected problems of a contiguous memref<P x 18 x i32> (C1)}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4} : memref<8xf32>, memref<8xf32>, memref<2x17xi32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %b: memref<6xf32>, %p: memref<2x18xi32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a multiple of 4 elements (C2), got 'memref<6xf32>'}}
    stage.contract scalar %a, %b, %p -> %a {lanes = 4} : memref<8xf32>, memref<6xf32>, memref<2x18xi32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected `combine` exactly if there are reductions (C3), got 1 reductions}}
    stage.map [8] ins(%a : memref<8xf32>) outs(%a : memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (0)>] {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected linear maps (C2)}}
    stage.map [8] ins(%a : memref<8xf32>) outs(%a : memref<8xf32>) maps [affine_map<(i) -> (i mod 2)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<16xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a lane stride of 0 or 1 (C4), got 2 for operand 0}}
    stage.map [8] ins(%a : memref<16xf32>) outs(%a : memref<16xf32>) maps [affine_map<(i) -> (2 * i)>, affine_map<(i) -> (i)>] lanes 8 {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected block arguments of the inputs' element types (C5)}}
    stage.map [8] ins(%a : memref<8xf32>) outs(%a : memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f64):
      %y = arith.truncf %x : f64 to f32
      stage.yield %y : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected positions from 0 to below 8 (C6), got a map to 1 ... 8 for operand 0}}
    stage.map [8] ins(%a : memref<8xf32>) outs(%a : memref<8xf32>) maps [affine_map<(i) -> (i + 1)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

// A flat map counts the elements; this one goes back from the last.
func.func @f(%a: memref<2x4xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected positions from 0 to below 8 (C6), got a map to -1 ... 7 for operand 1}}
    stage.map [3, 3] ins(%a : memref<2x4xf32>) outs(%a : memref<2x4xf32>) maps [affine_map<(i, j) -> (3 * i + j - 1 + 1 - i)>, affine_map<(i, j) -> (7 - 3 * i - j)>] {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<2x4xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected extents of at least 1 (C6), got [0, 4]}}
    stage.map [0, 4] ins(%a : memref<2x4xf32>) outs(%a : memref<2x4xf32>) maps [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>] {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %b: memref<7xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected in to hold 8 elements (C3), got 7}}
    stage.gather scalar %b -> %a {count = 8, lanes = 1} : memref<7xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x7xf32>, %b: memref<8x4xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected in to hold 8 elements (C3), got 7}}
    stage.gather to_lanes %a -> %b group %g {count = 8, lanes = 4} : memref<2x7xf32>, memref<8x4xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %i: memref<7x1xi32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected indices of 8 x terms (C1), got 'memref<7x1xi32>'}}
    stage.gather scalar %a -> %a indices %i : memref<7x1xi32> {count = 8, lanes = 1} : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x8xf32>, %b: memref<8x4xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected `group` exactly for to_lanes and from_lanes (C2)}}
    stage.gather to_lanes %a -> %b {count = 8, lanes = 4} : memref<2x8xf32>, memref<8x4xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected `all` for to_lanes and from_lanes only (C2)}}
    stage.gather scalar %a -> %b {all, count = 8, lanes = 1} : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<2x8xf32>, %b: memref<7x4xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected out to hold 32 elements (C3), got 28}}
    stage.gather to_lanes %a -> %b group %g {count = 8, lanes = 4} : memref<2x8xf32>, memref<7x4xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a contiguous memref and a value of its element type (C1)}}
    stage.fill %a with 0.0 : f64 : memref<8xf32>
  }
  return
}

// -----

// Numbers of points are products that must not overflow (sweep C1).
func.func @sweep_of_too_many_points() {
  // expected-error @+1 {{'stage.sweep' op expected at most 1099511627776 points (C1), got more}}
  stage.sweep "huge" (%i, %j) in [4294967296, 4294967296] chunk 1 flop 0 bytes 0 {
  }
  return
}

// -----

// expected-error @+1 {{expected `stage.integers` to be what argument 0 can hold, got #stage.integers<"labels" from 0 to 2>}}
func.func @f(%m: memref<4xf32> {stage.integers = #stage.integers<"labels" from 0 to 2>}) {
  return
}

// -----

// expected-error @+1 {{expected `stage.integers` to be what argument 0 can hold, got 3 : i64}}
func.func @f(%m: memref<4xi32> {stage.integers = 3}) {
  return
}

// -----

// expected-error @+1 {{expected `stage.spectrum` to be what argument 1 can hold}}
func.func @f(%m: memref<4xi32>, %x: memref<1x1x9x2xf32> {stage.spectrum = #stage.spectrum<on_so3 = true, degrees = 2>}) {
  return
}
