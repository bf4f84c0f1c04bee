// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-verify-memory

// Plans that stay within their memory: views to the last byte of the arena, subviews to the last
// position, through loops and maps; the last index of a table, the last position of a product. The
// points of a sweep write parts of their own, by their indices or by the problems they take.
stage.table @nearest : memref<8x1xi32> = #stage.table<"nearest_index", {height = 2, rows = 4, width = 2, columns = 2}>
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @within(%arena: memref<768xi8> {stage.arena}, %x: memref<6x4xf32> {stage.batched}, %w: memref<6xf32>)
    attributes {stage.arena_bytes = 768, stage.scratch_bytes = 64} {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %c256 = arith.constant 256 : index
  %c512 = arith.constant 512 : index
  %a = memref.view %arena[%c0][] : memref<768xi8> to memref<2x8xf32>
  %b = memref.view %arena[%c64][] : memref<768xi8> to memref<12x4xf32>
  %c = memref.view %arena[%c256][] : memref<768xi8> to memref<16x4xf32>
  %d = memref.view %arena[%c512][] : memref<768xi8> to memref<2x8x4xf32>
  %n = stage.table_ref @nearest : memref<8x1xi32>
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 scratch (%s: memref<4x4xf32>) {
    %c0_0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %row = memref.subview %a[%i, 0] [1, 8] [1, 1] : memref<2x8xf32> to memref<8xf32, strided<[1], offset: ?>>
    stage.gather scalar %w -> %row indices %n : memref<8x1xi32> {count = 8, lanes = 1} : memref<6xf32>, memref<8xf32, strided<[1], offset: ?>>
    stage.gather to_lanes %x -> %s group %i {count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32>
    scf.for %j = %c0_0 to %c3 step %c1 {
      %at = affine.apply affine_map<(d0, d1) -> (d0 * 8 + d1 * 2)>(%i, %j)
      %two = memref.subview %c[%at, 0] [4, 4] [1, 1] : memref<16x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
      stage.gather lanes %s -> %two {count = 4, lanes = 4} : memref<4x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
    }
    %part = affine.apply affine_map<(d0) -> (d0 * 6)>(%i)
    %own = memref.subview %b[%part, 0] [6, 4] [1, 1] : memref<12x4xf32> to memref<6x4xf32, strided<[4, 1], offset: ?>>
    stage.fill %own with 1.0 : f32 : memref<6x4xf32, strided<[4, 1], offset: ?>>
  }
  stage.sweep "t" (%i, %j) in [2, 2] chunk 1 flop 0 bytes 0 {
    %one = memref.subview %p[%i, 0] [1, 18] [1, 1] : memref<2x18xi64> to memref<1x18xi64, strided<[18, 1], offset: ?>>
    %own = memref.subview %d[%j, 0, 0] [1, 8, 4] [1, 1, 1] : memref<2x8x4xf32> to memref<8x4xf32, strided<[4, 1], offset: ?>>
    stage.contract scalar %w, %b, %one -> %own {lanes = 4} : memref<6xf32>, memref<12x4xf32>, memref<1x18xi64, strided<[18, 1], offset: ?>>, memref<8x4xf32, strided<[4, 1], offset: ?>>
  }
  return
}

// -----

// P1
// expected-error @+1 {{'llvm.func' op has no place in a planned module, expected functions and tables (P1)}}
llvm.func @f() {
  llvm.return
}

// -----

// expected-error @+1 {{'func.func' op expected a planned function with a body of one block and without results (P1), got '(memref<4xf32>) -> ()'}}
func.func private @declared(memref<4xf32>)

// -----

func.func @loads(%x: memref<4xf32>) attributes {stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{'memref.load' op has no place in a planned function (P1)}}
  %0 = memref.load %x[%c0] : memref<4xf32>
  return
}

// -----

// Nothing is to run but sweeps.
func.func @f(%x: memref<4xf32>) attributes {stage.scratch_bytes = 0} {
  return
}
func.func @calls(%x: memref<4xf32>) attributes {stage.scratch_bytes = 0} {
  // expected-error @+1 {{'func.call' op has no place in a planned function (P1)}}
  func.call @f(%x) : (memref<4xf32>) -> ()
  return
}

// -----

func.func @other_constants(%x: memref<4xf32>) attributes {stage.scratch_bytes = 0} {
  // expected-error @+1 {{'arith.constant' op has no place in a planned function (P1)}}
  %0 = arith.constant 0.0 : f32
  return
}

// -----

// P2: the run-time allocates what the attribute says.
// expected-error @+1 {{'func.func' op expected `stage.arena_bytes` to be the size of the arena, 256 (P2), got 128}}
func.func @arena_of_another_size(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 128, stage.scratch_bytes = 0} {
  return
}

// -----

// expected-error @+1 {{'func.func' op expected an arena of bytes (P2), got 'memref<256xi32>'}}
func.func @arena_of_words(%arena: memref<256xi32> {stage.arena}) attributes {stage.arena_bytes = 256} {
  return
}

// -----

// expected-error @+1 {{'func.func' op expected one arena at most (P2), got two}}
func.func @two_arenas(%a: memref<64xi8> {stage.arena}, %b: memref<64xi8> {stage.arena}) attributes {stage.arena_bytes = 64} {
  return
}

// -----

// expected-error @+1 {{'func.func' op expected arguments of static row-major memrefs (P2), got 'memref<4x4xf32, strided<[1, 4]>>'}}
func.func @columns(%x: memref<4x4xf32, strided<[1, 4]>>) attributes {stage.scratch_bytes = 0} {
  return
}

// -----

// expected-error @+1 {{'func.func' op expected arguments of f32, f64, i32 or i64 (P2), got 'memref<4xf16>'}}
func.func @halves(%x: memref<4xf16>) attributes {stage.scratch_bytes = 0} {
  return
}

// -----

// Without elements, which nothing has to write.
func.func @empty(%x: memref<0x4xf32>, %y: memref<2x0xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  return
}

// -----

// expected-error @+1 {{'func.func' op expected a result of the type of the argument that it replaces, 'memref<4xf32>' (P2), got 'memref<5xf32>'}}
func.func @grows(%x: memref<4xf32> {spherical.name = "x"}, %y: memref<5xf32> {stage.result, spherical.replaces = "x"}) attributes {stage.scratch_bytes = 0} {
  return
}

// -----

func.func @too_little_scratch(%y: memref<17xf32> {stage.result}) attributes {stage.scratch_bytes = 64} {
  // expected-error @+1 {{'stage.sweep' op expected scratch of at most the function's `stage.scratch_bytes`, 64 (P2), got 128}}
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 scratch (%s: memref<17xf32>) {
    stage.fill %s with 0.0 : f32 : memref<17xf32>
  }
  return
}

// -----

// P3
func.func @view_behind_the_arena(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c64 = arith.constant 64 : index
  // expected-error @+1 {{'memref.view' op expected to end within the 256 bytes of its source (P3), got 256 bytes from byte 64 on}}
  %a = memref.view %arena[%c64][] : memref<256xi8> to memref<64xf32>
  return
}

// -----

func.func @view_before_the_arena(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c = arith.constant -64 : index
  // expected-error @+1 {{'memref.view' op expected an offset of a multiple of 64 bytes (P3), got -64}}
  %a = memref.view %arena[%c][] : memref<256xi8> to memref<16xf32>
  return
}

// -----

func.func @view_off_the_alignment(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c = arith.constant 4 : index
  // expected-error @+1 {{'memref.view' op expected an offset of a multiple of 64 bytes (P3), got 4}}
  %a = memref.view %arena[%c][] : memref<256xi8> to memref<16xf32>
  return
}

// -----

// An extent of 2^62 times 4 bytes is 0 in 64 bits.
func.func @view_that_overflows(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c = arith.constant 0 : index
  // expected-error @+1 {{'memref.view' op expected a view of planned memory (P3), got 'memref<4611686018427387904xf32>'}}
  %a = memref.view %arena[%c][] : memref<256xi8> to memref<4611686018427387904xf32>
  return
}

// -----

// P4: the last of the sweep's points is the third, of two positions.
func.func @subview_behind_its_source(%x: memref<2x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [3] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'memref.subview' op expected to lie within the 2 positions of axis 0 (P4), got 1 from as far as 0 to 2 on}}
    %row = memref.subview %x[%i, 0] [1, 4] [1, 1] : memref<2x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    stage.fill %row with 0.0 : f32 : memref<4xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

func.func @map_before_its_source(%x: memref<4x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [4] chunk 1 flop 0 bytes 0 {
    %at = affine.apply affine_map<(d0) -> (2 - d0)>(%i)
    // expected-error @+1 {{'memref.subview' op expected to lie within the 4 positions of axis 0 (P4), got 1 from as far as -1 to 2 on}}
    %row = memref.subview %x[%at, 0] [1, 4] [1, 1] : memref<4x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    stage.fill %row with 0.0 : f32 : memref<4xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// Quotients and remainders are bounded, too: 7 floordiv 3 = 2.
func.func @quotients(%x: memref<2x3xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [8] chunk 1 flop 0 bytes 0 {
    %q = affine.apply affine_map<(d0) -> (d0 floordiv 3)>(%i)
    %r = affine.apply affine_map<(d0) -> (d0 mod 3)>(%i)
    %column = memref.subview %x[0, %r] [2, 1] [1, 1] : memref<2x3xf32> to memref<2x1xf32, strided<[3, 1], offset: ?>>
    // expected-error @+1 {{'memref.subview' op expected to lie within the 2 positions of axis 0 (P4), got 1 from as far as 0 to 2 on}}
    %row = memref.subview %x[%q, 0] [1, 3] [1, 1] : memref<2x3xf32> to memref<3xf32, strided<[1], offset: ?>>
    stage.fill %row with 0.0 : f32 : memref<3xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// The loop runs to the third position of two.
func.func @loop_behind_its_source(%x: memref<2xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    scf.for %j = %c0 to %c3 step %c1 {
      // expected-error @+1 {{'memref.subview' op expected to lie within the 2 positions of axis 0 (P4), got 1 from as far as 0 to 2 on}}
      %one = memref.subview %x[%j] [1] [1] : memref<2xf32> to memref<1xf32, strided<[1], offset: ?>>
      stage.fill %one with 0.0 : f32 : memref<1xf32, strided<[1], offset: ?>>
    }
  }
  return
}

// -----

func.func @parts_with_gaps(%x: memref<4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'memref.subview' op expected strides of 1 (P4), got 2 on axis 0}}
    %two = memref.subview %x[0] [2] [2] : memref<4xf32> to memref<2xf32, strided<[2]>>
  }
  return
}

// -----

// A quotient by 0 traps.
func.func @nobody_knows(%x: memref<4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'affine.apply' op expected to be bounded by constants and indices of sweeps (P4)}}
    %q = affine.apply affine_map<(d0)[s0] -> (d0 floordiv s0)>(%i)[%i]
    stage.fill %x with 0.0 : f32 : memref<4xf32>
  }
  return
}

// -----

// P5: the caller's input.
func.func @writes_an_input(%x: memref<4xf32>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.fill' op expected to write to the arena, scratch memory or a result (P5), got operand 0}}
    stage.fill %x with 0.0 : f32 : memref<4xf32>
  }
  return
}

// -----

// Tables are shared by all programs of a process.
stage.table @roots : memref<16x2xf32> = #stage.table<"roots", {n = 17}>
func.func @writes_a_table(%x: memref<4xf32>) attributes {stage.scratch_bytes = 0} {
  %t = stage.table_ref @roots : memref<16x2xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.fill' op expected to write to the arena, scratch memory or a result (P5), got operand 0}}
    stage.fill %t with 0.0 : f32 : memref<16x2xf32>
  }
  return
}

// -----

// P6: a batch may hold fewer samples than its capacity.
func.func @all_samples(%x: memref<6x4xf32> {stage.batched, stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.fill' op reads or writes batched samples, expected only the dense side of 'stage.gather' to do so (P6)}}
    stage.fill %x with 0.0 : f32 : memref<6x4xf32>
  }
  return
}

// -----

// expected-error @+1 {{'func.func' op expected batched arguments of one number of samples (P6), got 'memref<5x4xf32>' beside 6}}
func.func @two_batches(%x: memref<6x4xf32> {stage.batched}, %y: memref<5x4xf32> {stage.batched}) attributes {stage.scratch_bytes = 0} {
  return
}

// -----

func.func @some_samples(%x: memref<6x4xf32> {stage.batched}, %y: memref<4x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    %some = memref.subview %x[2, 0] [4, 4] [1, 1] : memref<6x4xf32> to memref<4x4xf32, strided<[4, 1], offset: 8>>
    // expected-error @+1 {{'stage.gather' op expected all samples of a batched argument (P6), got 'memref<4x4xf32, strided<[4, 1], offset: 8>>'}}
    stage.gather to_lanes %some -> %y group %i {count = 4, lanes = 4} : memref<4x4xf32, strided<[4, 1], offset: 8>>, memref<4x4xf32>
  }
  return
}

// -----

// Lanes of the second group are samples 4 to 7; of arguments that are no batch all 6 would have to
// be there.
func.func @samples_behind_the_input(%x: memref<6x4xf32>, %y: memref<2x4x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %own = memref.subview %y[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    // expected-error @+1 {{'stage.gather' op reaches sample 7 of 6 of its dense side (P6)}}
    stage.gather to_lanes %x -> %own group %i {count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
  }
  return
}

// -----

// P7: index 3 of two rows of two.
stage.table @nearest : memref<8x1xi32> = #stage.table<"nearest_index", {height = 2, rows = 4, width = 2, columns = 2}>
func.func @index_behind_the_input(%x: memref<3xf32>, %y: memref<8xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %n = stage.table_ref @nearest : memref<8x1xi32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected indices below the 3 positions of in (P7), got 3}}
    stage.gather scalar %x -> %y indices %n : memref<8x1xi32> {count = 8, lanes = 1} : memref<3xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @indices_that_nobody_knows(%x: memref<4xf32>, %n: memref<4x1xi32>, %y: memref<4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected `indices` of a table of i32 (P7), got another memref}}
    stage.gather scalar %x -> %y indices %n : memref<4x1xi32> {count = 4, lanes = 1} : memref<4xf32>, memref<4xf32>
  }
  return
}

// -----

// The second of two rows of three of A; the first is within.
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @product_behind_a(%a: memref<5xf32>, %b: memref<12x4xf32>, %c: memref<8x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 5 of a (P7), got 5 in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<5xf32>, memref<12x4xf32>, memref<2x18xi64>, memref<8x4xf32>
  }
  return
}

// -----

// Blocks of three degrees, of which a table of anchors has two, for 4 degrees of b = 4: 2 cosines, then two blocks
// of 5 vectors for order 0.
stage.table @problems : memref<1x18xi64> = #stage.table<"wigner_problems", {analysis = 1, anchors = 3, b = 4, degrees = 4, lanes = 4, orders = 1, ring_lanes = 1, rings = 2, so3 = 1}>
stage.table @wigner : memref<12x4xf32> = #stage.table<"so3_wigner", {anchors = 3, b = 4, degrees = 4, factor = 0, lanes = 4, orders = 1, symmetric = 1}>
func.func @anchors(%b: memref<2x4x4xf32>, %c: memref<16xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<1x18xi64>
  %a = stage.table_ref @wigner : memref<12x4xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.contract reduce %a, %b, %p -> %c {lanes = 4, anchors = array<i64: 3, 2>} : memref<12x4xf32>, memref<2x4x4xf32>, memref<1x18xi64>, memref<16xf32>
  }
  return
}

// -----

stage.table @problems : memref<1x18xi64> = #stage.table<"wigner_problems", {analysis = 1, anchors = 3, b = 4, degrees = 4, lanes = 4, orders = 1, ring_lanes = 1, rings = 2, so3 = 1}>
stage.table @wigner : memref<12x4xf32> = #stage.table<"so3_wigner", {anchors = 3, b = 4, degrees = 4, factor = 0, lanes = 4, orders = 1, symmetric = 1}>
func.func @anchors_of_others(%b: memref<2x4x4xf32>, %c: memref<16xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<1x18xi64>
  %a = stage.table_ref @wigner : memref<12x4xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected whole tables of kinds so3_wigner and wigner_problems with anchors = 4, lanes = 4, rings = 2 and equal degrees (P7), got others}}
    stage.contract reduce %a, %b, %p -> %c {lanes = 4, anchors = array<i64: 4, 2>} : memref<12x4xf32>, memref<2x4x4xf32>, memref<1x18xi64>, memref<16xf32>
  }
  return
}

// -----

stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @product_behind_b(%a: memref<6xf32>, %b: memref<11x4xf32>, %c: memref<8x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 11 of b (P7), got 11 in problem 0}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<6xf32>, memref<11x4xf32>, memref<2x18xi64>, memref<8x4xf32>
  }
  return
}

// -----

stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @product_behind_c(%a: memref<6xf32>, %b: memref<12x4xf32>, %c: memref<7x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 7 of c (P7), got 7 in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<6xf32>, memref<12x4xf32>, memref<2x18xi64>, memref<7x4xf32>
  }
  return
}

// -----

// Positions of more than 32 bits: the last ones are within.
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 1, columns = 1, row_block = 1, column_block = 1, a_row = 4294967297, a_depth = 1, b_depth = 1, b_column = 1, c_row = 4294967299, c_column = 1}>
func.func @large(%arena: memref<17179869248xi8> {stage.arena}, %a: memref<4294967298xf32>, %b: memref<1x1xf32>)
    attributes {stage.arena_bytes = 17179869248, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %c = memref.view %arena[%c0][] : memref<17179869248xi8> to memref<4294967300x1xf32>
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.contract scalar %a, %b, %p -> %c {lanes = 1} : memref<4294967298xf32>, memref<1x1xf32>, memref<2x18xi64>, memref<4294967300x1xf32>
  }
  return
}

// -----

// One of A is not; the low 32 bits of its position would be.
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 1, columns = 1, row_block = 1, column_block = 1, a_row = 4294967297, a_depth = 1, b_depth = 1, b_column = 1, c_row = 1, c_column = 1}>
func.func @product_behind_large_a(%a: memref<4294967297xf32>, %b: memref<1x4xf32>, %c: memref<2x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 4294967297 of a (P7), got 4294967297 in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<4294967297xf32>, memref<1x4xf32>, memref<2x18xi64>, memref<2x4xf32>
  }
  return
}

// -----

// What is written twice is looked for in so many positions.
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 1, columns = 1, row_block = 1, column_block = 1, a_row = 1, a_depth = 1, b_depth = 1, b_column = 1, c_row = 17179869184, c_column = 1}>
func.func @product_of_too_many_results(%a: memref<2xf32>, %b: memref<1x4xf32>, %c: memref<17179869185x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected results within the first 17179869184 positions of c (not supported), got position 17179869184 in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<2xf32>, memref<1x4xf32>, memref<2x18xi64>, memref<17179869185x4xf32>
  }
  return
}

// -----

// A stride beyond what any buffer holds.
// expected-error @+1 {{'stage.table' op cannot be made: table 'matrix_problems' expected parameter 'a_row' in 0 .. 1099511627776, got 1099511627777}}
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 1, columns = 1, row_block = 1, column_block = 1, a_row = 1099511627777, a_depth = 1, b_depth = 1, b_column = 1, c_row = 1, c_column = 1}>

// -----

func.func @problems_that_nobody_knows(%a: memref<6xf32>, %b: memref<12x4xf32>, %c: memref<8x4xf32> {stage.result}, %q: memref<2x18xi64>) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected `problems` of a table of problems (P7), got another memref}}
    stage.contract scalar %a, %b, %q -> %c {lanes = 4} : memref<6xf32>, memref<12x4xf32>, memref<2x18xi64>, memref<8x4xf32>
  }
  return
}

// -----

// Rows that are no batch may end within a group of lanes; samples of a batch end at the run-time count.
func.func @all_rows(%x: memref<6x4xf32>, %z: memref<6x4xf32> {stage.batched}, %y: memref<2x4x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %g = memref.subview %y[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    stage.gather to_lanes %x -> %g group %i {all, count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
    // expected-error @+1 {{'stage.gather' op expected no `all` on the samples of a batched argument (P6)}}
    stage.gather to_lanes %z -> %g group %i {all, count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
  }
  return
}

// -----

// Of fewer samples than four, rows are left as they are.
// expected-error @+1 {{'func.func' op expected to write all of its results (P10), got argument 1 of 'memref<4x4xf32>' without some of [0 to 3, 0 to 3]}}
func.func @fewer_samples(%x: memref<4x4xf32> {stage.batched}, %y: memref<4x4xf32> {stage.result}) attributes {stage.scratch_bytes = 64} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 scratch (%s: memref<4x4xf32>) {
    stage.gather to_lanes %x -> %s group %i {count = 4, lanes = 4} : memref<4x4xf32>, memref<4x4xf32>
    stage.gather from_lanes %s -> %y group %i {count = 4, lanes = 4} : memref<4x4xf32>, memref<4x4xf32>
  }
  return
}

// -----

func.func @rows_beyond_all(%x: memref<4x4xf32>, %y: memref<2x4x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %g = memref.subview %y[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    // expected-error @+1 {{'stage.gather' op reaches sample 7 of 4 of its dense side (P6)}}
    stage.gather to_lanes %x -> %g group %i {all, count = 4, lanes = 4} : memref<4x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
  }
  return
}

// -----

// Rows of C that are 2 apart, of 4 columns each.
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 2, c_column = 1}>
func.func @products_that_meet(%a: memref<6xf32>, %b: memref<12x4xf32>, %c: memref<8x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected no element of c to be written twice (P7), got one in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<6xf32>, memref<12x4xf32>, memref<2x18xi64>, memref<8x4xf32>
  }
  return
}

// -----

// All columns of C at one place.
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 0}>
func.func @columns_that_meet(%a: memref<6xf32>, %b: memref<12x4xf32>, %c: memref<8x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected no element of c to be written twice (P7), got one in problem 0}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<6xf32>, memref<12x4xf32>, memref<2x18xi64>, memref<8x4xf32>
  }
  return
}

// -----

// Of as many values.
stage.table @t : memref<9x2xf32> = #stage.table<"constants", {}, points = array<f64: 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0>>
func.func @twiddles_of_another_transform(%x: memref<2x6x1xf32>, %y: memref<3x2x2x1xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %t = stage.table_ref @t : memref<9x2xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft' op expected `twiddles` of a table of n = 6 and these radices (P7), got another memref}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<2x6x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

func.func @twiddles_of_the_caller(%x: memref<2x6x1xf32>, %t: memref<9x2xf32>, %y: memref<3x2x2x1xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft' op expected `twiddles` of a table of n = 6 and these radices (P7), got another memref}}
    stage.dft real_analysis %x -> %y twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, radices = array<i64: 2, 3>, lanes = 1} : memref<2x6x1xf32>, memref<3x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

// P8: a map that moves a row by one element.
func.func @in_place_but_moved(%x: memref<8xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %x with 1.0 : f32 : memref<8xf32>
    // expected-error @+1 {{'stage.map' op expected outputs that overlap no other operand (P8), got operands 0 and 1 with elements in common}}
    stage.map [7] ins(%x : memref<8xf32>) outs(%x : memref<8xf32>) maps [affine_map<(i) -> (i + 1)>, affine_map<(i) -> (i)>] {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
  }
  return
}

// -----

// Its halves, and each element where it is.
func.func @in_place(%x: memref<8xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %x with 1.0 : f32 : memref<8xf32>
    stage.map [4] ins(%x : memref<8xf32>) outs(%x : memref<8xf32>) maps [affine_map<(i) -> (i + 4)>, affine_map<(i) -> (i)>] {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
    stage.map [8] ins(%x : memref<8xf32>) outs(%x : memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
  }
  return
}

// -----

// A gather reads what it has written before.
func.func @gather_in_place(%x: memref<8xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %x with 1.0 : f32 : memref<8xf32>
    // expected-error @+1 {{'stage.gather' op expected outputs that overlap no other operand (P8), got operands 0 and 1 with elements in common}}
    stage.gather scalar %x -> %x {count = 8, lanes = 1} : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

func.func @two_outputs_in_one(%x: memref<8xf32>, %y: memref<8xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.map' op expected outputs that overlap no other operand (P8), got operands 1 and 2 with elements in common}}
    stage.map [8] ins(%x : memref<8xf32>) outs(%y, %y : memref<8xf32>, memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
    ^bb0(%v: f32):
      stage.yield %v, %v : f32, f32
    }
  }
  return
}

// -----

// Even positions and odd ones lie apart, and those of every fourth from two of them on.
func.func @outputs_in_turn(%x: memref<4xf32>, %y: memref<8xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [4] ins(%x : memref<4xf32>) outs(%y, %y : memref<8xf32>, memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i * 2)>, affine_map<(i) -> (i * 2 + 1)>] {
    ^bb0(%v: f32):
      stage.yield %v, %v : f32, f32
    }
    stage.map [2] ins(%y : memref<8xf32>) outs(%y : memref<8xf32>) maps [affine_map<(i) -> (i * 4 + 3)>, affine_map<(i) -> (i * 2)>] {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
  }
  return
}

// -----

// 0, 2, 4 and 1, 4.
func.func @outputs_out_of_turn(%x: memref<8xf32>, %y: memref<8xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %y with 1.0 : f32 : memref<8xf32>
    // expected-error @+1 {{'stage.map' op expected outputs that overlap no other operand (P8), got operands 1 and 2 with elements in common}}
    stage.map [2] ins(%x : memref<8xf32>) outs(%y, %y : memref<8xf32>, memref<8xf32>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i * 2)>, affine_map<(i) -> (i * 3 + 1)>] {
    ^bb0(%v: f32):
      stage.yield %v, %v : f32, f32
    }
  }
  return
}

// -----

// Points of a sweep that write every second element from their own on meet the next but one.
func.func @points_in_turn(%x: memref<4xf32>, %y: memref<12xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [4] chunk 1 flop 0 bytes 0 {
    %part = memref.subview %y[%i] [8] [1] : memref<12xf32> to memref<8xf32, strided<[1], offset: ?>>
    // expected-error @+1 {{(P9)}}
    stage.map [4] ins(%x : memref<4xf32>) outs(%part : memref<8xf32, strided<[1], offset: ?>>) maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i * 2)>] {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
  }
  return
}

// -----

// A result may be in the memory of the argument that it replaces.
func.func @replaced_but_moved(%x: memref<8xf32> {spherical.name = "x"}, %y: memref<8xf32> {stage.result, spherical.replaces = "x"}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.map' op expected outputs that overlap no other operand (P8), got operands 0 and 1 with elements in common}}
    stage.map [8] ins(%x : memref<8xf32>) outs(%y : memref<8xf32>) maps [affine_map<(i) -> (7 - i)>, affine_map<(i) -> (i)>] {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
  }
  return
}

// -----

// P9: all points write the same element.
func.func @points_that_write_one_buffer(%x: memref<8xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i, %j) in [1, 2] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.fill' op expected to write what no other point of its sweep writes (P9), got points that differ in index 1 of the sweep and meet in operand 0}}
    stage.fill %x with 1.0 : f32 : memref<8xf32>
  }
  return
}

// -----

// Blocks of three rows, two rows apart.
func.func @points_that_overlap(%x: memref<9x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [4] chunk 1 flop 0 bytes 0 {
    %at = affine.apply affine_map<(d0) -> (d0 * 2)>(%i)
    %rows = memref.subview %x[%at, 0] [3, 4] [1, 1] : memref<9x4xf32> to memref<3x4xf32, strided<[4, 1], offset: ?>>
    // expected-error @+1 {{'stage.fill' op expected to write what no other point of its sweep writes (P9), got points that differ in index 0 of the sweep and meet in operand 0}}
    stage.fill %rows with 1.0 : f32 : memref<3x4xf32, strided<[4, 1], offset: ?>>
  }
  return
}

// -----

// Index 0 in blocks of 4, index 1 within: all apart.
func.func @points_in_blocks(%x: memref<12xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i, %j) in [3, 4] chunk 1 flop 0 bytes 0 {
    %at = affine.apply affine_map<(d0, d1) -> (d0 * 4 + d1)>(%i, %j)
    %one = memref.subview %x[%at] [1] [1] : memref<12xf32> to memref<1xf32, strided<[1], offset: ?>>
    stage.fill %one with 1.0 : f32 : memref<1xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// Blocks of 6 rows, which leave groups of 4 lanes for them: the last group has two.
func.func @points_in_groups_of_blocks(%x: memref<18x2xf32> {stage.result}) attributes {stage.scratch_bytes = 64} {
  stage.sweep "s" (%i, %g) in [3, 2] chunk 1 flop 0 bytes 0 scratch (%s: memref<2x4xf32>) {
    stage.fill %s with 1.0 : f32 : memref<2x4xf32>
    %at = affine.apply affine_map<(d0) -> (d0 * 6)>(%i)
    %rows = memref.subview %x[%at, 0] [6, 2] [1, 1] : memref<18x2xf32> to memref<6x2xf32, strided<[2, 1], offset: ?>>
    stage.gather from_lanes %s -> %rows group %g {all, count = 2, lanes = 4} : memref<2x4xf32>, memref<6x2xf32, strided<[2, 1], offset: ?>>
  }
  return
}

// -----

// Blocks of 6 rows, 5 apart.
func.func @points_in_groups_that_overlap(%x: memref<16x2xf32> {stage.result}) attributes {stage.scratch_bytes = 64} {
  stage.sweep "s" (%i, %g) in [3, 2] chunk 1 flop 0 bytes 0 scratch (%s: memref<2x4xf32>) {
    stage.fill %s with 1.0 : f32 : memref<2x4xf32>
    %at = affine.apply affine_map<(d0) -> (d0 * 5)>(%i)
    %rows = memref.subview %x[%at, 0] [6, 2] [1, 1] : memref<16x2xf32> to memref<6x2xf32, strided<[2, 1], offset: ?>>
    // expected-error @+1 {{'stage.gather' op expected to write what no other point of its sweep writes (P9), got points that differ in index 0 of the sweep and meet in operand 1}}
    stage.gather from_lanes %s -> %rows group %g {all, count = 2, lanes = 4} : memref<2x4xf32>, memref<6x2xf32, strided<[2, 1], offset: ?>>
  }
  return
}

// -----

// A point reads its neighbour's row.
func.func @points_that_read_each_other(%x: memref<2x4xf32> {stage.result}) attributes {stage.scratch_bytes = 64} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 scratch (%s: memref<4xf32>) {
    %own = memref.subview %x[%i, 0] [1, 4] [1, 1] : memref<2x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    // expected-error @+1 {{'stage.fill' op expected to write what no other point of its sweep reads (P9), got points that differ in index 0 of the sweep and meet in operand 0}}
    stage.fill %own with 1.0 : f32 : memref<4xf32, strided<[1], offset: ?>>
    %at = affine.apply affine_map<(d0) -> (1 - d0)>(%i)
    %other = memref.subview %x[%at, 0] [1, 4] [1, 1] : memref<2x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    // expected-note @+1 {{the other point reads here}}
    stage.gather scalar %other -> %s {count = 4, lanes = 1} : memref<4xf32, strided<[1], offset: ?>>, memref<4xf32>
  }
  return
}

// -----

// Both points take both problems.
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @points_that_take_one_problem(%a: memref<6xf32>, %b: memref<12x4xf32>, %c: memref<8x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected to write what no other point of its sweep writes (P9), got points that differ in index 0 of the sweep and meet in operand 3}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<6xf32>, memref<12x4xf32>, memref<2x18xi64>, memref<8x4xf32>
  }
  return
}

// -----

func.func @buffers_on_each_other(%arena: memref<256xi8> {stage.arena}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<32xf32>
  %b = memref.view %arena[%c64][] : memref<256xi8> to memref<32xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.fill' op expected buffers that overlap no other of the sweep (P9), got one at bytes 0 to 127 of the arena}}
    stage.fill %a with 1.0 : f32 : memref<32xf32>
    // expected-note @+1 {{which uses bytes 64 to 191}}
    stage.fill %b with 1.0 : f32 : memref<32xf32>
  }
  return
}

// -----

// P10
func.func @reads_what_nothing_wrote(%arena: memref<256xi8> {stage.arena}, %y: memref<8xf32> {stage.result}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<8xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected to read what has been written before (P10), got operand 0 at [0 to 7] of 'memref<8xf32>'}}
    stage.gather scalar %a -> %y {count = 8, lanes = 1} : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

// The sweep before leaves out the last row.
func.func @reads_a_row_too_many(%arena: memref<256xi8> {stage.arena}, %y: memref<3x4xf32> {stage.result}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<3x4xf32>
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %row = memref.subview %a[%i, 0] [1, 4] [1, 1] : memref<3x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    stage.fill %row with 1.0 : f32 : memref<4xf32, strided<[1], offset: ?>>
  }
  stage.sweep "s" (%i) in [3] chunk 1 flop 0 bytes 0 {
    %row = memref.subview %a[%i, 0] [1, 4] [1, 1] : memref<3x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    %to = memref.subview %y[%i, 0] [1, 4] [1, 1] : memref<3x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    // expected-error @+1 {{'stage.gather' op expected to read what has been written before (P10), got operand 0 at [2, 0 to 3] of 'memref<3x4xf32>'}}
    stage.gather scalar %row -> %to {count = 4, lanes = 1} : memref<4xf32, strided<[1], offset: ?>>, memref<4xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// Bytes 64 to 127 are the other buffer's by then.
func.func @reads_what_another_buffer_overwrote(%arena: memref<256xi8> {stage.arena}, %y: memref<32xf32> {stage.result}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<32xf32>
  %b = memref.view %arena[%c64][] : memref<256xi8> to memref<32xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %a with 1.0 : f32 : memref<32xf32>
  }
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %b with 1.0 : f32 : memref<32xf32>
  }
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected to read what has been written before (P10), got operand 0 at [0 to 31] of 'memref<32xf32>'}}
    stage.gather scalar %a -> %y {count = 32, lanes = 1} : memref<32xf32>, memref<32xf32>
  }
  return
}

// -----

// Scratch memory holds what the worker's last point left.
func.func @reads_scratch_first(%y: memref<4xf32> {stage.result}) attributes {stage.scratch_bytes = 64} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 scratch (%s: memref<4xf32>) {
    // expected-error @+1 {{'stage.gather' op expected to read what has been written before (P10), got operand 0 at [0 to 3] of 'memref<4xf32>'}}
    stage.gather scalar %s -> %y {count = 4, lanes = 1} : memref<4xf32>, memref<4xf32>
    stage.fill %s with 1.0 : f32 : memref<4xf32>
  }
  return
}

// -----

// The first iteration reads what only the later ones find written.
func.func @reads_the_next_iteration(%y: memref<3xf32> {stage.result}) attributes {stage.scratch_bytes = 64} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 scratch (%s: memref<1xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    scf.for %j = %c0 to %c3 step %c1 {
      %to = memref.subview %y[%j] [1] [1] : memref<3xf32> to memref<1xf32, strided<[1], offset: ?>>
      // expected-error @+1 {{'stage.gather' op expected to read what has been written before (P10), got operand 0 at [0] of 'memref<1xf32>'}}
      stage.gather scalar %s -> %to {count = 1, lanes = 1} : memref<1xf32>, memref<1xf32, strided<[1], offset: ?>>
      stage.fill %s with 1.0 : f32 : memref<1xf32>
    }
  }
  return
}

// -----

// expected-error @+1 {{'func.func' op expected to write all of its results (P10), got argument 0 of 'memref<3x4xf32>' without some of [0 to 2, 0 to 3]}}
func.func @part_of_a_result(%y: memref<3x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %row = memref.subview %y[%i, 0] [1, 4] [1, 1] : memref<3x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    stage.fill %row with 1.0 : f32 : memref<4xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

func.func @reads_what_it_replaced(%x: memref<4xf32> {spherical.name = "x"}, %y: memref<4xf32> {stage.result, spherical.replaces = "x"}, %z: memref<4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %y with 1.0 : f32 : memref<4xf32>
  }
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected to read no argument whose result has been written (P10), got operand 0 at [0 to 3]}}
    stage.gather scalar %x -> %z {count = 4, lanes = 1} : memref<4xf32>, memref<4xf32>
  }
  return
}

// -----

func.func @skips_by_no_index(%x: memref<4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  // expected-error @+1 {{'stage.sweep' op expected `stage.skip` of an index of the sweep and a number of lanes, in a function of a batch (P10), got array<i64: 1, 16>}}
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 attributes {stage.skip = array<i64: 1, 16>} {
    stage.fill %x with 0.0 : f32 : memref<4xf32>
  }
  return
}

// -----

// With 1 sample the second group of lanes is not there, but the sum reads it.
func.func @sums_over_skipped_groups(%arena: memref<256xi8> {stage.arena}, %x: memref<6x4xf32> {stage.batched}, %y: memref<4xf32> {stage.result}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<2x4x4xf32>
  stage.sweep "in" (%i) in [2] chunk 1 flop 0 bytes 0 attributes {stage.skip = array<i64: 0, 4>} {
    %own = memref.subview %a[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    stage.gather to_lanes %x -> %own group %i {count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
  }
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.map' op expected to read what has been written before (P10), got operand 0 at [0 to 1, 0 to 3, 0 to 3] of 'memref<2x4x4xf32>'}}
    stage.map [4, 2, 4] ins(%a : memref<2x4x4xf32>) outs(%y : memref<4xf32>) maps [affine_map<(w, g, c) -> (g, c, w)>, affine_map<(w, g, c) -> (w)>] combine sum {
    ^bb0(%v: f32):
      stage.yield %v : f32
    }
  }
  return
}

// -----

// Each group by itself.
func.func @skips_groups(%arena: memref<256xi8> {stage.arena}, %x: memref<6x4xf32> {stage.batched}, %y: memref<6x4xf32> {stage.result, stage.batched}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<2x4x4xf32>
  stage.sweep "in" (%i) in [2] chunk 1 flop 0 bytes 0 attributes {stage.skip = array<i64: 0, 4>} {
    %own = memref.subview %a[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    stage.gather to_lanes %x -> %own group %i {count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
  }
  stage.sweep "out" (%i) in [2] chunk 1 flop 0 bytes 0 attributes {stage.skip = array<i64: 0, 4>} {
    %own = memref.subview %a[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    stage.gather from_lanes %own -> %y group %i {count = 4, lanes = 4} : memref<4x4xf32, strided<[4, 1], offset: ?>>, memref<6x4xf32>
  }
  return
}

// -----

// Samples 4 and 5 are in the second group, which begins at sample 8 here.
func.func @skips_too_much(%arena: memref<256xi8> {stage.arena}, %x: memref<6x4xf32> {stage.batched}, %y: memref<6x4xf32> {stage.result, stage.batched}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<2x4x4xf32>
  stage.sweep "in" (%i) in [2] chunk 1 flop 0 bytes 0 attributes {stage.skip = array<i64: 0, 8>} {
    %own = memref.subview %a[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    stage.gather to_lanes %x -> %own group %i {count = 4, lanes = 4} : memref<6x4xf32>, memref<4x4xf32, strided<[4, 1], offset: ?>>
  }
  stage.sweep "out" (%i) in [2] chunk 1 flop 0 bytes 0 {
    %own = memref.subview %a[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<2x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    // expected-error @+1 {{'stage.gather' op expected to read what has been written before (P10), got operand 0 at [1, 0 to 3, 0 to 3] of 'memref<2x4x4xf32>'}}
    stage.gather from_lanes %own -> %y group %i {count = 4, lanes = 4} : memref<4x4xf32, strided<[4, 1], offset: ?>>, memref<6x4xf32>
  }
  return
}

// -----

// stage.table C2
// expected-error @+1 {{'stage.table' op expected a type of 72 elements (C2) for the kind 'roots' and its parameters, got 74}}
stage.table @roots : memref<37x2xf32> = #stage.table<"roots", {n = 74}>

// -----

// expected-error @+1 {{'stage.table' op cannot be made: table 'roots' expected 'n' with a prime above 16, got 100}}
stage.table @roots : memref<100x2xf32> = #stage.table<"roots", {n = 100}>

// -----

// expected-error @+1 {{'stage.table' op cannot be made: unknown table kind 'rots'}}
stage.table @roots : memref<100x2xf32> = #stage.table<"rots", {n = 100}>

// -----

// Rows 0 and 2 of three.
stage.table @problems : memref<1x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 1, columns = 1, row_block = 2, column_block = 1, a_row = 1, a_depth = 1, b_depth = 1, b_column = 1, c_row = 2, c_column = 1}>
// expected-error @+1 {{'func.func' op expected to write all of its results (P10), got argument 2 of 'memref<3x4xf32>' without some of [0 to 2, 0 to 3]}}
func.func @products_with_a_row_between(%a: memref<2xf32>, %b: memref<1x4xf32>, %c: memref<3x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<1x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.contract scalar %a, %b, %p -> %c {lanes = 4} : memref<2xf32>, memref<1x4xf32>, memref<1x18xi64>, memref<3x4xf32>
  }
  return
}

// -----

// Every other element, in iterations two apart.
func.func @iterations_two_apart(%arena: memref<256xi8> {stage.arena}, %y: memref<6xf32> {stage.result}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c6 = arith.constant 6 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<6xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    scf.for %j = %c0 to %c6 step %c2 {
      %to = memref.subview %a[%j] [1] [1] : memref<6xf32> to memref<1xf32, strided<[1], offset: ?>>
      stage.fill %to with 1.0 : f32 : memref<1xf32, strided<[1], offset: ?>>
    }
  }
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected to read what has been written before (P10), got operand 0 at [0 to 5] of 'memref<6xf32>'}}
    stage.gather scalar %a -> %y {count = 6, lanes = 1} : memref<6xf32>, memref<6xf32>
  }
  return
}

// -----

// Even and odd elements: all of them.
func.func @even_and_odd(%y: memref<6xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [3] chunk 1 flop 0 bytes 0 {
    %even = affine.apply affine_map<(d) -> (2 * d)>(%i)
    %odd = affine.apply affine_map<(d) -> (2 * d + 1)>(%i)
    %first = memref.subview %y[%even] [1] [1] : memref<6xf32> to memref<1xf32, strided<[1], offset: ?>>
    %second = memref.subview %y[%odd] [1] [1] : memref<6xf32> to memref<1xf32, strided<[1], offset: ?>>
    stage.fill %first with 1.0 : f32 : memref<1xf32, strided<[1], offset: ?>>
    stage.fill %second with 1.0 : f32 : memref<1xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// The diagonal.
// expected-error @+1 {{'func.func' op expected to write all of its results (P10), got argument 0 of 'memref<3x3xf32>' without some of [0 to 2, 0 to 2]}}
func.func @index_on_two_axes(%y: memref<3x3xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [3] chunk 1 flop 0 bytes 0 {
    %to = memref.subview %y[%i, %i] [1, 1] [1, 1] : memref<3x3xf32> to memref<1x1xf32, strided<[3, 1], offset: ?>>
    stage.fill %to with 1.0 : f32 : memref<1x1xf32, strided<[3, 1], offset: ?>>
  }
  return
}

// -----

// Groups without a sample would take as long as others.
func.func @groups_beyond_all_samples(%x: memref<4x4xf32> {stage.batched}, %y: memref<4x4xf32> {stage.result, stage.batched}) attributes {stage.scratch_bytes = 64} {
  stage.sweep "s" (%i) in [1000000000] chunk 1 flop 0 bytes 0 scratch (%s: memref<4x4xf32>) {
    // expected-error @+1 {{'stage.gather' op reaches sample 3999999999 of 4 of its dense side (P6)}}
    stage.gather to_lanes %x -> %s group %i {count = 4, lanes = 4} : memref<4x4xf32>, memref<4x4xf32>
    stage.gather from_lanes %s -> %y group %i {count = 4, lanes = 4} : memref<4x4xf32>, memref<4x4xf32>
  }
  return
}

// -----

// A sum in place of a term that nothing wrote undoes what the other term was.
func.func @passes_on_what_nothing_wrote(%arena: memref<256xi8> {stage.arena}, %y: memref<4xf32> {stage.result}) attributes {stage.arena_bytes = 256, stage.scratch_bytes = 0} {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<4xf32>
  %b = memref.view %arena[%c64][] : memref<256xi8> to memref<4xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %a with 1.0 : f32 : memref<4xf32>
  }
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.map [4] ins(%a, %b : memref<4xf32>, memref<4xf32>) outs(%a : memref<4xf32>) maps [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>, affine_map<(d) -> (d)>] {
    ^bb0(%p: f32, %q: f32):
      %s = arith.addf %p, %q : f32
      stage.yield %s : f32
    }
  }
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.gather' op expected to read what has been written before (P10), got operand 0 at [0 to 3] of 'memref<4xf32>'}}
    stage.gather scalar %a -> %y {count = 4, lanes = 1} : memref<4xf32>, memref<4xf32>
  }
  return
}

// -----

// A view of one row stops there, though its root goes on.
// expected-error @+1 {{'func.func' op expected to write all of its results (P10), got argument 1 of 'memref<2x4xf32>' without some of [0 to 1, 0 to 3]}}
func.func @samples_of_a_view(%x: memref<4x4xf32>, %y: memref<2x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    %row = memref.subview %y[0, 0] [1, 4] [1, 1] : memref<2x4xf32> to memref<1x4xf32, strided<[4, 1]>>
    stage.gather from_lanes %x -> %row group %i {all, count = 4, lanes = 4} : memref<4x4xf32>, memref<1x4xf32, strided<[4, 1]>>
  }
  return
}

// -----

// Complex values: imaginary parts lie behind the real ones, within the operand; all of C is written.
stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @complex_product(%a: memref<12xf32>, %b: memref<24x4xf32>, %c: memref<16x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.contract scalar %a, %b, %p -> %c {lanes = 4, planes = array<i64: 6, 12, 8>} : memref<12xf32>, memref<24x4xf32>, memref<2x18xi64>, memref<16x4xf32>
  }
  return
}

// -----

stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @plane_behind_a(%a: memref<11xf32>, %b: memref<24x4xf32>, %c: memref<16x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 11 of a (P7), got 11 in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4, planes = array<i64: 6, 12, 8>} : memref<11xf32>, memref<24x4xf32>, memref<2x18xi64>, memref<16x4xf32>
  }
  return
}

// -----

stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @plane_behind_c(%a: memref<12xf32>, %b: memref<24x4xf32>, %c: memref<15x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected positions below the 15 of c (P7), got 15 in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4, planes = array<i64: 6, 12, 8>} : memref<12xf32>, memref<24x4xf32>, memref<2x18xi64>, memref<15x4xf32>
  }
  return
}

// -----

stage.table @problems : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 4, row_block = 1, column_block = 4, a_row = 3, a_depth = 1, b_depth = 4, b_column = 1, c_row = 4, c_column = 1}>
func.func @planes_that_meet(%a: memref<12xf32>, %b: memref<24x4xf32>, %c: memref<16x4xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %p = stage.table_ref @problems : memref<2x18xi64>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.contract' op expected no element of c to be written twice (P7), got one in problem 1}}
    stage.contract scalar %a, %b, %p -> %c {lanes = 4, planes = array<i64: 6, 12, 4>} : memref<12xf32>, memref<24x4xf32>, memref<2x18xi64>, memref<16x4xf32>
  }
  return
}

// -----

stage.table @t : memref<9x2xf32> = #stage.table<"twiddles", {n = 6, radix0 = 2, radix1 = 3}>

// Rows of transforms there and back, of which fewer bins are left.
func.func @rows_in_place(%x: memref<4x4x2x1xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %t = stage.table_ref @t : memref<9x2xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %x with 1.0 : f32 : memref<4x4x2x1xf32>
    %a = memref.subview %x[0, 0, 0, 0] [4, 2, 2, 1] [1, 1, 1, 1] : memref<4x4x2x1xf32> to memref<4x2x2x1xf32, strided<[8, 2, 1, 1]>>
    %b = memref.subview %x[0, 0, 0, 0] [3, 2, 2, 1] [1, 1, 1, 1] : memref<4x4x2x1xf32> to memref<3x2x2x1xf32, strided<[8, 2, 1, 1]>>
    stage.dft_map %a -> %b twiddles %t {n = 6, limit = 4, result = 3, rows = 2, radices = array<i64: 2, 3>, lanes = 1, relu} : memref<4x2x2x1xf32, strided<[8, 2, 1, 1]>>, memref<3x2x2x1xf32, strided<[8, 2, 1, 1]>>, memref<9x2xf32>
  }
  return
}

// -----

stage.table @t : memref<9x2xf32> = #stage.table<"twiddles", {n = 6, radix0 = 2, radix1 = 3}>

// Others of the same memory.
func.func @rows_beside(%x: memref<4x4x2x1xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %t = stage.table_ref @t : memref<9x2xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %x with 1.0 : f32 : memref<4x4x2x1xf32>
    %a = memref.subview %x[0, 0, 0, 0] [4, 2, 2, 1] [1, 1, 1, 1] : memref<4x4x2x1xf32> to memref<4x2x2x1xf32, strided<[8, 2, 1, 1]>>
    %b = memref.subview %x[0, 2, 0, 0] [4, 2, 2, 1] [1, 1, 1, 1] : memref<4x4x2x1xf32> to memref<4x2x2x1xf32, strided<[8, 2, 1, 1], offset: 4>>
    stage.dft_map %a -> %b twiddles %t {n = 6, limit = 4, result = 4, rows = 2, radices = array<i64: 2, 3>, lanes = 1, relu} : memref<4x2x2x1xf32, strided<[8, 2, 1, 1]>>, memref<4x2x2x1xf32, strided<[8, 2, 1, 1], offset: 4>>, memref<9x2xf32>
  }
  return
}

// -----

stage.table @t : memref<9x2xf32> = #stage.table<"twiddles", {n = 6, radix0 = 2, radix1 = 3}>

// P8: the second row where the first of another pair is read.
func.func @rows_in_place_but_moved(%x: memref<4x4x2x1xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %t = stage.table_ref @t : memref<9x2xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %x with 1.0 : f32 : memref<4x4x2x1xf32>
    %a = memref.subview %x[0, 0, 0, 0] [4, 2, 2, 1] [1, 1, 1, 1] : memref<4x4x2x1xf32> to memref<4x2x2x1xf32, strided<[8, 2, 1, 1]>>
    %b = memref.subview %x[0, 1, 0, 0] [4, 2, 2, 1] [1, 1, 1, 1] : memref<4x4x2x1xf32> to memref<4x2x2x1xf32, strided<[8, 2, 1, 1], offset: 2>>
    // expected-error @+1 {{'stage.dft_map' op expected outputs that overlap no other operand (P8), got operands 0 and 1 with elements in common}}
    stage.dft_map %a -> %b twiddles %t {n = 6, limit = 4, result = 4, rows = 2, radices = array<i64: 2, 3>, lanes = 1, relu} : memref<4x2x2x1xf32, strided<[8, 2, 1, 1]>>, memref<4x2x2x1xf32, strided<[8, 2, 1, 1], offset: 2>>, memref<9x2xf32>
  }
  return
}

// -----

stage.table @t : memref<9x2xf32> = #stage.table<"twiddles", {n = 9, radix0 = 9}>

func.func @twiddles_of_other_radices(%x: memref<4x2x2x1xf32>, %y: memref<4x2x2x1xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %t = stage.table_ref @t : memref<9x2xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    // expected-error @+1 {{'stage.dft_map' op expected `twiddles` of a table of n = 6 and these radices (P7), got another memref}}
    stage.dft_map %x -> %y twiddles %t {n = 6, limit = 4, result = 4, rows = 2, radices = array<i64: 2, 3>, lanes = 1} : memref<4x2x2x1xf32>, memref<4x2x2x1xf32>, memref<9x2xf32>
  }
  return
}

// -----

stage.table @t : memref<9x2xf32> = #stage.table<"twiddles", {n = 6, radix0 = 2, radix1 = 3}>

// One bin has no distance to the next.
func.func @one_bin_in_place(%x: memref<4x4x2x1xf32> {stage.result}) attributes {stage.scratch_bytes = 0} {
  %t = stage.table_ref @t : memref<9x2xf32>
  stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %x with 1.0 : f32 : memref<4x4x2x1xf32>
    %a = memref.subview %x[0, 0, 0, 0] [4, 2, 2, 1] [1, 1, 1, 1] : memref<4x4x2x1xf32> to memref<4x2x2x1xf32, strided<[8, 2, 1, 1]>>
    %b = memref.subview %x[0, 0, 0, 0] [1, 2, 2, 1] [1, 1, 1, 1] : memref<4x4x2x1xf32> to memref<1x2x2x1xf32, strided<[8, 2, 1, 1]>>
    stage.dft_map %a -> %b twiddles %t {n = 6, limit = 4, result = 1, rows = 2, radices = array<i64: 2, 3>, lanes = 1, relu} : memref<4x2x2x1xf32, strided<[8, 2, 1, 1]>>, memref<1x2x2x1xf32, strided<[8, 2, 1, 1]>>, memref<9x2xf32>
  }
  return
}
