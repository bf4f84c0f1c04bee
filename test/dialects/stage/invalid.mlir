// RUN: spherical-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected a static row-major memref of f32, f64, i32 or i64 (C1), got 'memref<?xf32>'}}
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

// All bins of a real transform are n / 2 + 1 (dft C2).
func.func @f(%x: memref<2x6x1xf32>, %y: memref<5x2x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a limit of 1 to 4 of n = 6 (C2), got 5}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 5, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<2x6x1xf32>, memref<5x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<1x2x6x2x1xf32>, %y: memref<1x4x2x4x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a limit of 1 to 3 of n = 6 (C2), got 4}}
    stage.dft complex_analysis %x -> %y twiddles %t {n = 6, limit = 4, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<1x2x6x2x1xf32>, memref<1x4x2x4x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<6x3x2x1xf32>, %y: memref<3x6x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected limit = n = 6 (C2), got 5}}
    stage.dft plain_synthesis %x -> %y twiddles %t {n = 6, limit = 5, rows = 3, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<6x3x2x1xf32>, memref<3x6x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<2x3x6x2x1xf32>, %y: memref<2x6x3x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected one order for a plain transform (C2), got 2}}
    stage.dft plain_analysis %x -> %y twiddles %t {n = 6, limit = 6, rows = 3, orders = 2, radices = array<i64: 2, 3>, lanes = 1} : memref<2x3x6x2x1xf32>, memref<2x6x3x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x6x2x1xf32>, %y: memref<6x3x4x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected out to hold 36 elements (C3), got 72}}
    stage.dft plain_analysis %x -> %y twiddles %t {n = 6, limit = 6, rows = 3, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<3x6x2x1xf32>, memref<6x3x4x1xf32>, memref<9x2xf32>
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

func.func @f(%x: memref<2x6x2x1xf32>, %y: memref<3x2x4x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected `parity` only with a real transform (C4)}}
    stage.dft complex_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1, parity} : memref<2x6x2x1xf32>, memref<3x2x4x1xf32>, memref<9x2xf32>
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

func.func @f(%a: memref<8xf32>, %p: memref<2x17xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected problems of a contiguous memref<P x 18 x i64> (C1), got 'memref<2x17xi64>'}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4} : memref<8xf32>, memref<8xf32>, memref<2x17xi64>, memref<8xf32>
  }
  return
}

// -----

// Positions of 32 bits.
func.func @f(%a: memref<8xf32>, %p: memref<2x18xi32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected problems of a contiguous memref<P x 18 x i64> (C1), got 'memref<2x18xi32>'}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4} : memref<8xf32>, memref<8xf32>, memref<2x18xi32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %b: memref<6xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a multiple of 4 elements (C2), got 'memref<6xf32>'}}
    stage.contract scalar %a, %b, %p -> %a {lanes = 4} : memref<8xf32>, memref<6xf32>, memref<2x18xi64>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected tile to be rows and columns from 1 to 8 with a product of at most 32 (C3), got [4]}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4, tile = array<i64: 4>} : memref<8xf32>, memref<8xf32>, memref<2x18xi64>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected tile to be rows and columns from 1 to 8 with a product of at most 32 (C3), got [0, 4]}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4, tile = array<i64: 0, 4>} : memref<8xf32>, memref<8xf32>, memref<2x18xi64>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected tile to be rows and columns from 1 to 8 with a product of at most 32 (C3), got [9, 1]}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4, tile = array<i64: 9, 1>} : memref<8xf32>, memref<8xf32>, memref<2x18xi64>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected tile to be rows and columns from 1 to 8 with a product of at most 32 (C3), got [8, 5]}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4, tile = array<i64: 8, 5>} : memref<8xf32>, memref<8xf32>, memref<2x18xi64>, memref<8xf32>
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

func.func @f(%a: memref<2x8xf32>, %b: memref<8x4xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected `mirrored` only with `all` (C2)}}
    stage.gather to_lanes %a -> %b group %g {mirrored, count = 8, lanes = 4} : memref<2x8xf32>, memref<8x4xf32>
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

// Points and scale of tables (table C1).
// expected-error @+1 {{expected finite points and scale (C1), got #stage.table<"constants", {}, points = array<f64: 0x7FF0000000000000>>}}
stage.table @t : memref<1xf32> = #stage.table<"constants", {}, points = array<f64: 0x7FF0000000000000>>

// -----

// What ops work on (the dialect's description, Memory): no extents of 0, ...
func.func @f(%a: memref<0x4xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{operand #0 must be memref of f32, f64, bf16, i16, i32 or i64 with static extents of at least 1, static strides and at most 2^40 bytes, but got 'memref<0x4xf32>'}}
    stage.fill %a with 0.0 : f32 : memref<0x4xf32>
  }
  return
}

// -----

// ... no sizes whose product is 0 in 64 bits, ...
func.func @f(%a: memref<4294967296x4294967296xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{operand #0 must be memref of f32, f64, bf16, i16, i32 or i64}}
    stage.fill %a with 0.0 : f32 : memref<4294967296x4294967296xf32>
  }
  return
}

// -----

// ... and no other elements.
func.func @f(%a: memref<4xf16>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{operand #0 must be memref of f32, f64, bf16, i16, i32 or i64}}
    stage.fill %a with 0.0 : f16 : memref<4xf16>
  }
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{'stage.sweep' op expected flop and bytes of at least 0 (C1), got -1 and 0}}
  stage.sweep "f" (%i) in [1] chunk 1 flop -1 bytes 0 {
  }
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{'stage.sweep' op expected a chunk of at least 1 (C1), got 0}}
  stage.sweep "f" (%i) in [1] chunk 0 flop 0 bytes 0 {
  }
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{'stage.sweep' op expected scratch of row-major planned memory (C2), got 'memref<4x4xf32, strided<[1, 4]>>'}}
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 scratch (%s: memref<4x4xf32, strided<[1, 4]>>) {
  }
  return
}

// -----

func.func @f() {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'arith.constant' op is not supported in the body of a 'stage.sweep' (C3)}}
    %0 = arith.constant 1.0 : f32
  }
  return
}

// -----

// Loops (sweep C4): bounds that change, none or too many iterations, steps of 0.
func.func @f() {
  stage.sweep "f" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // expected-error @+1 {{'scf.for' op expected constant index bounds and a step of at least 1 (C4)}}
    scf.for %j = %c0 to %i step %c1 {
    }
  }
  return
}

// -----

func.func @f() {
  stage.sweep "f" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // expected-error @+1 {{'scf.for' op expected 1 to 1048576 iterations (C4), got bounds 1 and 1 and step 1}}
    scf.for %j = %c1 to %c1 step %c1 {
    }
  }
  return
}

// -----

func.func @f() {
  stage.sweep "f" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %many = arith.constant 1048577 : index
    // expected-error @+1 {{'scf.for' op expected 1 to 1048576 iterations (C4), got bounds 0 and 1048577 and step 1}}
    scf.for %j = %c0 to %many step %c1 {
    }
  }
  return
}

// -----

func.func @f() {
  stage.sweep "f" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // expected-error @+1 {{'scf.for' op expected constant index bounds and a step of at least 1 (C4)}}
    scf.for %j = %c0 to %c1 step %c0 {
    }
  }
  return
}

// -----

func.func @f(%x: memref<2x6x1xf32>, %y: memref<3x2x2x1xf64>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft' op expected a half-transformed function of 'f32', or of bf16 for f32 (C3), got 'memref<3x2x2x1xf64>'}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<2x6x1xf32>, memref<3x2x2x1xf64>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<2x6x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft' op expected lanes to be a power of two up to 64 (C2), got 3}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 3} : memref<2x6x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

// 2^61 rows of 8 bytes are 0 in 64 bits.
func.func @f(%x: memref<2x6x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft' op expected rows of 1 to 1099511627776 (C2), got 2305843009213693954}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2305843009213693954, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<2x6x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

// Work memory of 2^18 samples of 16 lanes would be beyond the stack (dft C1).
func.func @f(%x: memref<16xf32>, %y: memref<16xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft' op expected n of at most 8192 (C1), got 262144}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 262144, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 16} : memref<16xf32>, memref<16xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xi32>, %b: memref<8xi32>, %c: memref<8xi32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected elements of f32 or f64 (C2), got 'memref<8xi32>'}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<8xi32>, memref<8xi32>, memref<2x18xi64>, memref<8xi32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %b: memref<8xf32>, %c: memref<8xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected lanes to be a power of two up to 64 (C2), got 0}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 0} : memref<8xf32>, memref<8xf32>, memref<2x18xi64>, memref<8xf32>
  }
  return
}

// -----

// Points (0, 1) and (1, 0) have one position (map C2).
func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.map' op expected a position of its own for each point of an output (C2), got affine_map<(d0, d1) -> (d0 + d1)> for operand 1}}
    stage.map [4, 4] ins(%a : memref<8xf32>) outs(%b : memref<8xf32>) maps [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i + j)>] {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<12xf32>, %b: memref<12xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.map' op expected `lanes` to be a power of two up to 64 (C4), got 12}}
    stage.map [12] ins(%a : memref<12xf32>) outs(%b : memref<12xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] lanes 12 {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.map' op expected at most 1099511627776 points (C6), got more}}
    stage.map [8, 4294967296, 4294967296] ins(%a : memref<8xf32>) outs(%b : memref<8xf32>) maps [affine_map<(i, j, k) -> (i)>, affine_map<(i, j, k) -> (i)>] combine sum {
    ^bb0(%x: f32):
      stage.yield %x : f32
    }
  }
  return
}

// -----

// Regions hold scalars and what is listed (map C7): no loads, ...
func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [8] ins(%a : memref<8xf32>) outs(%b : memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f32):
      %i = stage.index 0
      // expected-error @+1 {{'memref.load' op is not supported in the region of a 'stage.map' (C7)}}
      %0 = memref.load %a[%i] : memref<8xf32>
      stage.yield %0 : f32
    }
  }
  return
}

// -----

// ... no stores to any address, ...
func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [8] ins(%a : memref<8xf32>) outs(%b : memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f32):
      // expected-error @+1 {{'llvm.mlir.zero' op is not supported in the region of a 'stage.map' (C7)}}
      %0 = llvm.mlir.zero : !llvm.ptr
      llvm.store %x, %0 : f32, !llvm.ptr
      stage.yield %x : f32
    }
  }
  return
}

// -----

// ... no division of integers, which traps, ...
func.func @f(%a: memref<8xi32>, %b: memref<8xi32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [8] ins(%a : memref<8xi32>) outs(%b : memref<8xi32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: i32):
      // expected-error @+1 {{'arith.divsi' op is not supported in the region of a 'stage.map' (C7)}}
      %0 = arith.divsi %x, %x : i32
      stage.yield %0 : i32
    }
  }
  return
}

// -----

// ... no vectors and no narrow integers, ...
func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [8] ins(%a : memref<8xf32>) outs(%b : memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f32):
      // expected-error @+1 {{'arith.constant' op expected scalars in the region of a 'stage.map' (C7), got 'vector<4xf32>'}}
      %0 = arith.constant dense<0.0> : vector<4xf32>
      stage.yield %x : f32
    }
  }
  return
}

// -----

// ... no flags that permit other results, ...
func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [8] ins(%a : memref<8xf32>) outs(%b : memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f32):
      // expected-error @+1 {{'arith.addf' op expected no flags in the region of a 'stage.map' (C7)}}
      %0 = arith.addf %x, %x fastmath<nnan> : f32
      stage.yield %0 : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<8xi32>, %b: memref<8xi32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [8] ins(%a : memref<8xi32>) outs(%b : memref<8xi32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: i32):
      // expected-error @+1 {{'arith.addi' op expected no flags in the region of a 'stage.map' (C7)}}
      %0 = arith.addi %x, %x overflow<nsw> : i32
      stage.yield %0 : i32
    }
  }
  return
}

// -----

// ... powf on f64 alone.
func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [8] ins(%a : memref<8xf32>) outs(%b : memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%x: f32):
      // expected-error @+1 {{'math.powf' op expected f64 and a map without lanes (C7)}}
      %0 = math.powf %x, %x : f32
      stage.yield %0 : f32
    }
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %i: memref<8x1xi64>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected indices of i32 (C1), got 'memref<8x1xi64>'}}
    stage.gather scalar %a -> %a indices %i : memref<8x1xi64> {count = 8, lanes = 1} : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %i: memref<8x1xi32>, %c: memref<8x2xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected coefficients of 1 terms (C1), got 'memref<8x2xf32>'}}
    stage.gather scalar %a -> %a indices %i : memref<8x1xi32> coefficients %c : memref<8x2xf32> {count = 8, lanes = 1} : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

// A second term would need an index.
func.func @f(%a: memref<8xf32>, %c: memref<8x2xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected coefficients of 1 terms (C3), got 'memref<8x2xf32>'}}
    stage.gather scalar %a -> %a coefficients %c : memref<8x2xf32> {count = 8, lanes = 1} : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %b: memref<8xf64>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected in and out of one element type f32, f64, i32 or i64 (C4), got 'memref<8xf32>' and 'memref<8xf64>'}}
    stage.gather scalar %a -> %b {count = 8, lanes = 1} : memref<8xf32>, memref<8xf64>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %b: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected a count of at least 1 and lanes of a power of two up to 64 (C4), got 8 and 0}}
    stage.gather lanes %a -> %b {count = 8, lanes = 0} : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>) {
  stage.sweep "f" (%g) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a contiguous memref and a value of its element type (C1)}}
    stage.fill %a with "zero" : f32 : memref<8xf32>
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

// expected-error @+1 {{expected `stage.missing` to be what argument 0 can hold, got true}}
func.func @f(%m: memref<4xf32> {stage.missing = true}) {
  return
}

// -----

// expected-error @+1 {{expected `stage.spectrum` to be what argument 1 can hold}}
func.func @f(%m: memref<4xi32>, %x: memref<1x1x9x2xf32> {stage.spectrum = #stage.spectrum<on_so3 = true, degrees = 2>}) {
  return
}

// -----

// expected-error @+1 {{expected `blocks` in 1 .. 2^31 - 1 (C1), got 0}}
func.func private @f() attributes {a = #stage.launch<blocks = 0, threads = 32, shared = 0, slot = 0, work = 0>}

// -----

// expected-error @+1 {{expected `threads` to be a multiple of 32 up to 1024 (C1), got 48}}
func.func private @f() attributes {a = #stage.launch<blocks = 1, threads = 48, shared = 0, slot = 0, work = 0>}

// -----

// expected-error @+1 {{expected `shared` of at least 0 and 0 <= `work` <= `slot` (C2), got 0, 8 and 4}}
func.func private @f() attributes {a = #stage.launch<blocks = 1, threads = 32, shared = 0, slot = 4, work = 8>}

// -----

func.func @f(%a: !llvm.ptr) {
  // expected-error @+1 {{expected a function with `gpu.kernel` named @kernels::@k (C1)}}
  stage.launch @kernels::@k <blocks = 1, threads = 32, shared = 0, slot = 0, work = 0> (%a) : !llvm.ptr
  return
}

// -----

gpu.module @kernels {
  llvm.func @k(%frame: !llvm.ptr, %scratch: !llvm.ptr) attributes {gpu.kernel} { llvm.return }
}
func.func @f(%a: !llvm.ptr) {
  // expected-error @+1 {{expected arguments of the kernel's types ('!llvm.ptr', '!llvm.ptr') (C1), got ('!llvm.ptr')}}
  stage.launch @kernels::@k <blocks = 1, threads = 32, shared = 0, slot = 0, work = 0> (%a) : !llvm.ptr
  return
}

// -----

func.func @f(%a: memref<8xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected planes to be three distances of at least 1 (C4), got [6, 12]}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4, planes = array<i64: 6, 12>} : memref<8xf32>, memref<8xf32>, memref<2x18xi64>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected planes to be three distances of at least 1 (C4), got [6, 0, 8]}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4, planes = array<i64: 6, 0, 8>} : memref<8xf32>, memref<8xf32>, memref<2x18xi64>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%a: memref<8xf32>, %p: memref<2x18xi64>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected anchors to be a distance from 3 to 64 and 1 to 256 vectors, without planes (C5), got [2, 4]}}
    stage.contract scalar %a, %a, %p -> %a {lanes = 4, anchors = array<i64: 2, 4>} : memref<8xf32>, memref<8xf32>, memref<2x18xi64>, memref<8xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<6x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected two radices or more, of at most 16 (C1), got 6}}
    stage.dft_map %x -> %y twiddles %t {n = 6, limit = 3, result = 3, rows = 2, radices = array<i64: 6>, lanes = 1} : memref<3x2x2x1xf32>, memref<3x2x2x1xf32>, memref<6x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<51x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected two radices or more, of at most 16 (C1), got 2, 17}}
    stage.dft_map %x -> %y twiddles %t {n = 34, limit = 3, result = 3, rows = 2, radices = array<i64: 2, 17>, lanes = 1} : memref<3x2x2x1xf32>, memref<3x2x2x1xf32>, memref<51x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<8x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected radices with product n = 6 (C1)}}
    stage.dft_map %x -> %y twiddles %t {n = 6, limit = 3, result = 3, rows = 2, radices = array<i64: 2, 2>, lanes = 1} : memref<3x2x2x1xf32>, memref<3x2x2x1xf32>, memref<8x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<5x2x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected result of 1 to 4 of n = 6 (C2), got 5}}
    stage.dft_map %x -> %y twiddles %t {n = 6, limit = 3, result = 5, rows = 2, radices = array<i64: 2, 3>, lanes = 1} : memref<3x2x2x1xf32>, memref<5x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x3x2x1xf32>, %y: memref<3x3x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected even rows (C2), got 3}}
    stage.dft_map %x -> %y twiddles %t {n = 6, limit = 3, result = 3, rows = 3, radices = array<i64: 2, 3>, lanes = 1} : memref<3x3x2x1xf32>, memref<3x3x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected out to hold 16 elements (C3), got 12}}
    stage.dft_map %x -> %y twiddles %t {n = 6, limit = 3, result = 4, rows = 2, radices = array<i64: 2, 3>, lanes = 1} : memref<3x2x2x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf64>, %t: memref<9x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected a half-transformed function of 'f32', or of bf16 for f32 (C3), got 'memref<3x2x2x1xf64>'}}
    stage.dft_map %x -> %y twiddles %t {n = 6, limit = 3, result = 3, rows = 2, radices = array<i64: 2, 3>, lanes = 1} : memref<3x2x2x1xf32>, memref<3x2x2x1xf64>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<9x2xf32>, %b: memref<2x6xi16>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected `mask` without `relu` (C4)}}
    stage.dft_map %x -> %y twiddles %t mask %b : memref<2x6xi16> {n = 6, limit = 3, result = 3, rows = 2, radices = array<i64: 2, 3>, lanes = 1, relu} : memref<3x2x2x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<9x2xf32>, %b: memref<2x6xi16>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected `positive` only with `relu` (C4)}}
    stage.dft_map %x -> %y twiddles %t positive %b : memref<2x6xi16> {n = 6, limit = 3, result = 3, rows = 2, radices = array<i64: 2, 3>, lanes = 1} : memref<3x2x2x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<9x2xf32>, %b: memref<2x6xi32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected mask of i16 for at most 32 lanes (C4), got 'memref<2x6xi32>' for 1}}
    stage.dft_map %x -> %y twiddles %t mask %b : memref<2x6xi32> {n = 6, limit = 3, result = 3, rows = 2, radices = array<i64: 2, 3>, lanes = 1} : memref<3x2x2x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @f(%x: memref<3x2x2x1xf32>, %y: memref<3x2x2x1xf32>, %t: memref<8x2xf32>) {
  stage.sweep "f" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected twiddles to hold 18 elements (C5), got 16}}
    stage.dft_map %x -> %y twiddles %t {n = 6, limit = 3, result = 3, rows = 2, radices = array<i64: 2, 3>, lanes = 1} : memref<3x2x2x1xf32>, memref<3x2x2x1xf32>, memref<8x2xf32>
  }
  return
}

// -----

// Two bytes a number are for half-transformed functions alone, beside f32.
func.func @function_in_bf16(%x: memref<400x20x16xbf16>, %f: memref<10x400x2x16xbf16>, %t: memref<25x2xf32>) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected elements of one type f32 or f64 (C3), got 'memref<400x20x16xbf16>'}}
    stage.dft real_analysis %x -> %f twiddles %t {n = 20, limit = 10, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xbf16>, memref<10x400x2x16xbf16>, memref<25x2xf32>
  }
  return
}

// -----

func.func @bf16_beside_f64(%x: memref<400x20x16xf64>, %f: memref<10x400x2x16xbf16>, %t: memref<25x2xf64>) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a half-transformed function of 'f64', or of bf16 for f32 (C3), got 'memref<10x400x2x16xbf16>'}}
    stage.dft real_analysis %x -> %f twiddles %t {n = 20, limit = 10, rows = 400, orders = 1, radices = array<i64: 4, 5>, lanes = 16} : memref<400x20x16xf64>, memref<10x400x2x16xbf16>, memref<25x2xf64>
  }
  return
}

// -----

func.func @bins_of_two_types(%x: memref<10x400x2x16xf32>, %y: memref<10x400x2x16xbf16>, %t: memref<25x2xf32>) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected bins of one type (C3), got 'memref<10x400x2x16xf32>' and 'memref<10x400x2x16xbf16>'}}
    stage.dft_map %x -> %y twiddles %t {n = 20, limit = 10, result = 10, rows = 400, radices = array<i64: 4, 5>, lanes = 16} : memref<10x400x2x16xf32>, memref<10x400x2x16xbf16>, memref<25x2xf32>
  }
  return
}

// -----

func.func @fill_in_bf16(%x: memref<16xbf16>) {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected a contiguous memref and a value of its element type (C1), got 'memref<16xbf16>'}}
    stage.fill %x with 0.0 : bf16 : memref<16xbf16>
  }
  return
}

// -----

// Three results of a row of indices.
func.func @too_few_results(%x: memref<8x4xf32>, %i: memref<5x2xi32>, %c: memref<5x2x3xf32>, %y: memref<5x4xf32>) {
  stage.sweep "s" (%k) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected out to hold 60 elements (C3), got 20}}
    stage.gather lanes %x -> %y indices %i : memref<5x2xi32> coefficients %c : memref<5x2x3xf32> {count = 5, lanes = 4} : memref<8x4xf32>, memref<5x4xf32>
  }
  return
}

// -----

func.func @results_of_scalars(%x: memref<8xf32>, %i: memref<5x2xi32>, %c: memref<5x2x3xf32>, %y: memref<15xf32>) {
  stage.sweep "s" (%k) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{expected coefficients of 5 x terms (C1), got 'memref<5x2x3xf32>'}}
    stage.gather scalar %x -> %y indices %i : memref<5x2xi32> coefficients %c : memref<5x2x3xf32> {count = 5, lanes = 1} : memref<8xf32>, memref<15xf32>
  }
  return
}
