// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-verify-memory

// Plans that stay within their memory: views to the last byte of the arena, subviews to the last
// position, through loops and maps; the last index of a table, the last position of a product.
stage.table @nearest : memref<8x1xi32> = #stage.table<"nearest_index", {height = 2, rows = 4, width = 2, columns = 2}>
stage.table @problems : memref<2x18xi32> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @within(%arena: memref<512xi8> {stage.arena}, %x: memref<6x4xf32> {stage.batched}, %w: memref<6xf32>)
    attributes {stage.arena_bytes = 512, stage.scratch_bytes = 64} {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %c256 = arith.constant 256 : index
  %a = memref.view %arena[%c0][] : memref<512xi8> to memref<2x8xf32>
  %b = memref.view %arena[%c64][] : memref<512xi8> to memref<12x4xf32>
  %c = memref.view %arena[%c256][] : memref<512xi8> to memref<16x4xf32>
  %n = stage.table_ref @nearest : memref<8x1xi32>
  %p = stage.table_ref @problems : memref<2x18xi32>
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 scratch (%s: memref<4x4xf32>) {
    %c0_0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %row = memref.subview %a[%i, 0] [1, 8] [1, 1] : memref<2x8xf32> to memref<8xf32, strided<[1], offset: ?>>
    %four = memref.subview %c[0, 0] [4, 4] [1, 1] : memref<16x4xf32> to memref<4x4xf32, strided<[4, 1]>>
    stage.gather scalar %w -> %row indices %n : memref<8x1xi32> {count = 8, lanes = 1} : memref<6xf32>, memref<8xf32, strided<[1], offset: ?>>
    stage.gather to_lanes %x -> %s group %i {count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32>
    scf.for %j = %c0_0 to %c3 step %c1 {
      %at = affine.apply affine_map<(d0, d1) -> (d0 * 8 + d1 * 2)>(%i, %j)
      %two = memref.subview %c[%at, 0] [4, 4] [1, 1] : memref<16x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
      stage.gather lanes %s -> %two {count = 4, lanes = 4} : memref<4x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
    }
    %one = memref.subview %p[%i, 0] [1, 18] [1, 1] : memref<2x18xi32> to memref<1x18xi32, strided<[18, 1], offset: ?>>
    %whole = memref.subview %c[0, 0] [8, 4] [1, 1] : memref<16x4xf32> to memref<8x4xf32, strided<[4, 1]>>
    stage.contract scalar %w, %b, %one -> %whole {lanes = 4} : memref<6xf32>, memref<12x4xf32>, memref<1x18xi32, strided<[18, 1], offset: ?>>, memref<8x4xf32, strided<[4, 1]>>
  }
  return
}

// -----

func.func @view_behind_the_arena(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c64 = arith.constant 64 : index
  // expected-error @+1 {{'memref.view' op expected to end within the 256 bytes of its source, got 256 bytes from byte 64 on}}
  %a = memref.view %arena[%c64][] : memref<256xi8> to memref<64xf32>
  return
}

// -----

func.func @view_before_the_arena(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c = arith.constant -64 : index
  // expected-error @+1 {{'memref.view' op expected an offset of a multiple of 4 bytes, got -64}}
  %a = memref.view %arena[%c][] : memref<256xi8> to memref<16xf32>
  return
}

// -----

// The run-time allocates what the attribute says.
// expected-error @+1 {{'func.func' op expected `stage.arena_bytes` to be the size of the arena, 256, got 128}}
func.func @arena_of_another_size(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 128, stage.scratch_bytes = 0} {
  return
}

// -----

func.func @too_little_scratch(%arena: memref<0xi8> {stage.arena}) attributes {stage.arena_bytes = 0, stage.scratch_bytes = 64} {
  // expected-error @+1 {{'stage.sweep' op expected scratch of at most the function's `stage.scratch_bytes`, 64, got 128}}
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 scratch (%s: memref<17xf32>) {
    stage.fill %s with 0.0 : f32 : memref<17xf32>
  }
  return
}

// -----

// The last of the sweep's points is the third, of two positions.
func.func @subview_behind_its_source(%x: memref<2x4xf32>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [3] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'memref.subview' op expected to lie within the 2 positions of axis 0, got 1 from as far as 0 to 2 on}}
    %row = memref.subview %x[%i, 0] [1, 4] [1, 1] : memref<2x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    stage.fill %row with 0.0 : f32 : memref<4xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

func.func @map_before_its_source(%x: memref<4x4xf32>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [4] chunk 1 flop 0 bytes 0 {
    %at = affine.apply affine_map<(d0) -> (2 - d0)>(%i)
    // expected-error @+1 {{'memref.subview' op expected to lie within the 4 positions of axis 0, got 1 from as far as -1 to 2 on}}
    %row = memref.subview %x[%at, 0] [1, 4] [1, 1] : memref<4x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    stage.fill %row with 0.0 : f32 : memref<4xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// Quotients and remainders are bounded, too: 7 floordiv 3 = 2.
func.func @quotients(%x: memref<2x3xf32>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [8] chunk 1 flop 0 bytes 0 {
    %q = affine.apply affine_map<(d0) -> (d0 floordiv 3)>(%i)
    %r = affine.apply affine_map<(d0) -> (d0 mod 3)>(%i)
    %column = memref.subview %x[0, %r] [2, 1] [1, 1] : memref<2x3xf32> to memref<2x1xf32, strided<[3, 1], offset: ?>>
    // expected-error @+1 {{'memref.subview' op expected to lie within the 2 positions of axis 0, got 1 from as far as 0 to 2 on}}
    %row = memref.subview %x[%q, 0] [1, 3] [1, 1] : memref<2x3xf32> to memref<3xf32, strided<[1], offset: ?>>
    stage.fill %row with 0.0 : f32 : memref<3xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

func.func @loop_of_another_length_each_time(%x: memref<2xf32>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %j = %c0 to %i step %c1 {
      // expected-error @+1 {{'memref.subview' op expected an offset that is bounded by constants and indices of sweeps, on axis 0}}
      %one = memref.subview %x[%j] [1] [1] : memref<2xf32> to memref<1xf32, strided<[1], offset: ?>>
      stage.fill %one with 0.0 : f32 : memref<1xf32, strided<[1], offset: ?>>
    }
  }
  return
}

// -----

// Index 3 of two rows of two.
stage.table @nearest : memref<8x1xi32> = #stage.table<"nearest_index", {height = 2, rows = 4, width = 2, columns = 2}>
func.func @index_behind_the_input(%x: memref<3xf32>, %y: memref<8xf32>) attributes {stage.scratch_bytes = 0} {
  %n = stage.table_ref @nearest : memref<8x1xi32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected indices below the 3 positions of in, got 3}}
    stage.gather scalar %x -> %y indices %n : memref<8x1xi32> {count = 8, lanes = 1} : memref<3xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @indices_that_nobody_knows(%x: memref<4xf32>, %n: memref<4x1xi32>, %y: memref<4xf32>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected `indices` of a table of i32, got another memref}}
    stage.gather scalar %x -> %y indices %n : memref<4x1xi32> {count = 4, lanes = 1} : memref<4xf32>, memref<4xf32>
  }
  return
}

// -----

// The second of two rows of three of A; the first is within.
stage.table @problems : memref<2x18xi32> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @product_behind_a(%a: memref<5xf32>, %b: memref<12x4xf32>, %c: memref<8x4xf32>) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 5 of a, got 5 in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<5xf32>, memref<12x4xf32>, memref<2x18xi32>, memref<8x4xf32>
  }
  return
}

// -----

stage.table @problems : memref<2x18xi32> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @product_behind_b(%a: memref<6xf32>, %b: memref<11x4xf32>, %c: memref<8x4xf32>) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 11 of b, got 11 in problem 0}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<6xf32>, memref<11x4xf32>, memref<2x18xi32>, memref<8x4xf32>
  }
  return
}

// -----

stage.table @problems : memref<2x18xi32> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @product_behind_c(%a: memref<6xf32>, %b: memref<12x4xf32>, %c: memref<7x4xf32>) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 7 of c, got 7 in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<6xf32>, memref<12x4xf32>, memref<2x18xi32>, memref<7x4xf32>
  }
  return
}

// -----

// Lanes of the second group are samples 4 to 7; of arguments that are no batch all 6 would have to
// be there.
func.func @samples_behind_the_input(%x: memref<6x4xf32>, %y: memref<4x4xf32>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op reaches sample 7 of 6 of its dense side}}
    stage.gather to_lanes %x -> %y group %i {count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32>
  }
  return
}

// -----

// A batch may hold fewer samples than its capacity.
func.func @all_samples(%x: memref<6x4xf32> {stage.batched}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.fill' op reads or writes batched samples, expected only the dense side of 'stage.gather' to do so}}
    stage.fill %x with 0.0 : f32 : memref<6x4xf32>
  }
  return
}

// -----

// Rows that are no batch may end within a group of lanes; samples of a batch end at the run-time count.
func.func @all_rows(%x: memref<6x4xf32>, %z: memref<6x4xf32> {stage.batched}, %y: memref<2x4x4xf32>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %g = memref.subview %y[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    stage.gather to_lanes %x -> %g group %i {all, count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
    // expected-error @+1 {{'stage.gather' op expected no `all` on the samples of a batched argument}}
    stage.gather to_lanes %z -> %g group %i {all, count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
  }
  return
}

// -----

// expected-error @+1 {{'func.func' op expected batched arguments of one number of samples, got 'memref<5x4xf32>' beside 6}}
func.func @two_batches(%x: memref<6x4xf32> {stage.batched}, %y: memref<5x4xf32> {stage.batched}) attributes {stage.scratch_bytes = 0} {
  return
}

// -----

func.func @skips_by_no_index(%x: memref<4xf32>) attributes {stage.scratch_bytes = 0} {
  // expected-error @+1 {{'stage.sweep' op expected `stage.skip` of an index of the sweep and a number of lanes, got array<i64: 1, 16>}}
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 attributes {stage.skip = array<i64: 1, 16>} {
    stage.fill %x with 0.0 : f32 : memref<4xf32>
  }
  return
}

// -----

// expected-error @+1 {{'stage.table' op expected a type of 200 elements (C2) for the kind 'roots' and its parameters, got 198}}
stage.table @roots : memref<99x2xf32> = #stage.table<"roots", {n = 100}>

// -----

// expected-error @+1 {{'stage.table' op cannot be made: unknown table kind 'rots'}}
stage.table @roots : memref<100x2xf32> = #stage.table<"rots", {n = 100}>
