// RUN: spherical-opt %s --spherical-lower-tasks=cpu=x86-64-v4 --split-input-file --verify-diagnostics | FileCheck %s
// RUN: spherical-opt %s --spherical-lower-tasks=cpu=x86-64-v3 --split-input-file --verify-diagnostics | FileCheck %s --check-prefix=AVX2

// A task function for each kind of sweep, which gets the addresses of what is outside of it in a
// list, the frame first; two transforms of the same kind and radices share a kernel, and the arena's
// buffer is the arena's address plus its offset.
// CHECK-LABEL: module @model attributes {spherical.cpu = "x86-64-v4"
//       CHECK: llvm.func @sph_parallel(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64)
//       CHECK: llvm.func internal @task_rows_[[ROWS:[0-9A-F]+]](%[[PLACES:.*]]: !llvm.ptr, %{{.*}}: i64, %[[SCRATCH:.*]]: !llvm.ptr)
//       CHECK:   llvm.getelementptr %[[PLACES]][1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
//       CHECK:   llvm.call @dft_real_analysis_5x4_f32x16
//       CHECK:   llvm.call @dft_real_analysis_5x4_f32x16
//       CHECK: llvm.func internal @dft_real_analysis_5x4_f32x16(%{{.*}}: !llvm.ptr {llvm.noalias}
//   CHECK-NOT: llvm.func internal @dft_real_analysis
//       CHECK: llvm.func internal @task_products_[[PRODUCTS:[0-9A-F]+]](

// Positions have 64 bits from the table to the address: the fields of the one problem are loaded as they are.
//       CHECK: llvm.func internal @contract_scalar_5x4_f32x16
//   CHECK-NOT:   i32
//       CHECK:   %[[FIELD:.*]] = llvm.getelementptr %{{.*}}[17] : (!llvm.ptr) -> !llvm.ptr, i64
//  CHECK-NEXT:   llvm.load %[[FIELD]] {alignment = 8 : i64} : !llvm.ptr -> i64
//   CHECK-NOT:   i32
//       CHECK:   llvm.intr.fma{{.*}} : (vector<16xf32>, vector<16xf32>, vector<16xf32>) -> vector<16xf32>
//       CHECK: llvm.func @sph_entry_forward(%[[FRAME:.*]]: !llvm.ptr)
//       CHECK:   %[[LIST:.*]] = llvm.alloca
//       CHECK:   llvm.store %[[FRAME]], %[[LIST]]
//       CHECK:   %[[C64:.*]] = arith.constant 64 : i64
//       CHECK:   llvm.getelementptr %{{.*}}[%[[C64]]] : (!llvm.ptr, i64) -> !llvm.ptr, i8
//       CHECK:   llvm.mlir.addressof @task_rows_[[ROWS]] :
//       CHECK:   %[[TASKS:.*]] = arith.constant 3 : i64
//       CHECK:   llvm.call @sph_parallel(%{{.*}}, %{{.*}}, %[[LIST]], %[[TASKS]],
//       CHECK:   llvm.mlir.addressof @task_products_[[PRODUCTS]] :
//       CHECK:   llvm.call @sph_parallel
//       CHECK: llvm.mlir.global external constant @sph_manifest("{
//  CHECK-SAME:   \22cpu\22:\22x86-64-v4\22
// 2 x 2 x 20 vectors between the passes of a transform, and 256 KiB for all else.
//  CHECK-SAME:   \22stack_bytes\22:267264
//  CHECK-SAME:   \22location\22:\22model.yaml:7:3\22
//  CHECK-SAME:   \22kernels\22:2
//  CHECK-SAME:   \22needs\22:{\22features\22:[],\22level\22:\22x86-64-v4\22}
//       CHECK: llvm.mlir.global external constant @sph_abi(3 : i32)
// AVX2: llvm.func internal @contract_scalar_5x1_f32x16
module @model attributes {spherical.phase = "plan"} {
  stage.table @t0 : memref<24x2xf32> = #stage.table<"twiddles", {n = 20, radix0 = 5, radix1 = 4}>
  func.func @forward(%arena: memref<8192xi8> {stage.arena},
                     %x: memref<3x2x20x16xf32> {spherical.role = "input", spherical.name = "x"},
                     %p: memref<1x18xi64>, %k: memref<64xf32>,
                     %y: memref<64x16xf32> {stage.result, spherical.name = "y"})
      attributes {stage.arena_bytes = 8192 : i64, stage.scratch_bytes = 5120 : i64, stage.lanes = 16 : i64} {
    %c64 = arith.constant 64 : index
    %f = memref.view %arena[%c64][] : memref<8192xi8> to memref<10x2x2x16xf32>
    %t = stage.table_ref @t0 : memref<24x2xf32>
    stage.sweep "rows" (%i) in [3] chunk 1 flop 100 bytes 200 scratch (%s: memref<10x2x2x16xf32>) {
      %xs = memref.subview %x[%i, 0, 0, 0] [1, 2, 20, 16] [1, 1, 1, 1] : memref<3x2x20x16xf32> to memref<2x20x16xf32, strided<[320, 16, 1], offset: ?>>
      stage.dft real_analysis %xs -> %s twiddles %t {n = 20, limit = 10, rows = 2, orders = 1, radices = array<i64: 5, 4>, lanes = 16}
        : memref<2x20x16xf32, strided<[320, 16, 1], offset: ?>>, memref<10x2x2x16xf32>, memref<24x2xf32>
      stage.dft real_analysis %xs -> %f twiddles %t {n = 20, limit = 10, rows = 2, orders = 1, radices = array<i64: 5, 4>, lanes = 16}
        : memref<2x20x16xf32, strided<[320, 16, 1], offset: ?>>, memref<10x2x2x16xf32>, memref<24x2xf32>
    }
    stage.sweep "products" (%i) in [1] chunk 1 flop 100 bytes 200 {
      stage.contract scalar %k, %f, %p -> %y {lanes = 16} : memref<64xf32>, memref<10x2x2x16xf32>, memref<1x18xi64>, memref<64x16xf32>
    } loc(#layer)
    return
  }
}
#layer = loc(fused["layer"("model.yaml":7:3)])

// -----

// A complex transform asks for the row that it writes next, a line of each value in the first pass
// and, where a value takes two, one in the last. Products of which no depth is known add up in C.
// CHECK-LABEL: llvm.func internal @dft_complex_synthesis_5x4_f32x16
// CHECK-COUNT-9: llvm.intr.prefetch
//   CHECK-NOT: llvm.intr.prefetch
//       CHECK: llvm.func internal @contract_scalar_2x2_f32x16_segments
//       CHECK:   scf.if
//       CHECK:     arith.addf
// AVX2-LABEL: llvm.func internal @dft_complex_synthesis_5x4_f32x16
// AVX2-COUNT-9: llvm.intr.prefetch
//   AVX2-NOT: llvm.intr.prefetch
module attributes {spherical.phase = "plan"} {
  func.func @ahead(%bins: memref<7x6x4x16xf32>, %rows: memref<6x20x2x16xf32> {stage.result}, %w: memref<24x2xf32>,
                   %p: memref<1x18xi64>, %k: memref<64xf32>, %x: memref<64x16xf32>, %y: memref<64x16xf32> {stage.result}) {
    stage.sweep "synthesis" (%i) in [1] chunk 1 flop 100 bytes 200 {
      stage.dft complex_synthesis %bins -> %rows twiddles %w {n = 20, limit = 7, rows = 6, orders = 1, radices = array<i64: 5, 4>, lanes = 16}
          : memref<7x6x4x16xf32>, memref<6x20x2x16xf32>, memref<24x2xf32>
      stage.contract scalar %k, %x, %p -> %y {lanes = 16, tile = array<i64: 2, 2>} : memref<64xf32>, memref<64x16xf32>, memref<1x18xi64>, memref<64x16xf32>
    }
    return
  }
}

// -----

// The kernel has the tile that was chosen, whatever registers there are.
// CHECK: llvm.func internal @contract_scalar_6x3_f32x16
// AVX2: llvm.func internal @contract_scalar_6x3_f32x16
module attributes {spherical.phase = "plan"} {
  func.func @tile(%p: memref<1x18xi64>, %k: memref<64xf32>, %x: memref<64x16xf32>, %y: memref<64x16xf32> {stage.result}) {
    stage.sweep "products" (%i) in [1] chunk 1 flop 100 bytes 200 {
      stage.contract scalar %k, %x, %p -> %y {lanes = 16, tile = array<i64: 6, 3>} : memref<64xf32>, memref<64x16xf32>, memref<1x18xi64>, memref<64x16xf32>
    }
    return
  }
}

// -----

// Sweeps that differ in their places alone share a task function, in one entry and in several; one
// with another body or other extents does not.
//       CHECK: llvm.func internal @task_add_[[ADD:[0-9A-F]+]](
//       CHECK: llvm.func internal @task_add_[[SQUARE:[0-9A-F]+]](
//       CHECK: llvm.func @sph_entry_one
//       CHECK:   addressof @task_add_[[ADD]] :
//       CHECK:   addressof @task_add_[[ADD]] :
//       CHECK:   addressof @task_add_[[SQUARE]] :
//       CHECK: llvm.func @sph_entry_two
//       CHECK:   addressof @task_add_[[ADD]] :
#id = affine_map<(i) -> (i)>
module attributes {spherical.phase = "plan"} {
  func.func @one(%arena: memref<8192xi8> {stage.arena}, %x: memref<64xf32>, %y: memref<64xf32> {stage.result}) {
    %c0 = arith.constant 0 : index
    %c256 = arith.constant 256 : index
    %a = memref.view %arena[%c0][] : memref<8192xi8> to memref<64xf32>
    %b = memref.view %arena[%c256][] : memref<8192xi8> to memref<64xf32>
    stage.sweep "add" (%i) in [1] chunk 1 flop 64 bytes 512 {
      stage.map [64] ins(%x : memref<64xf32>) outs(%a : memref<64xf32>) maps [#id, #id] {
      ^bb0(%v: f32):
        %s = arith.addf %v, %v : f32
        stage.yield %s : f32
      }
    }
    stage.sweep "sum" (%i) in [1] chunk 1 flop 32 bytes 512 {
      stage.map [64] ins(%a : memref<64xf32>) outs(%b : memref<64xf32>) maps [#id, #id] {
      ^bb0(%v: f32):
        %s = arith.addf %v, %v : f32
        stage.yield %s : f32
      }
    }
    stage.sweep "add" (%i) in [1] chunk 1 flop 64 bytes 512 {
      stage.map [64] ins(%b : memref<64xf32>) outs(%y : memref<64xf32>) maps [#id, #id] {
      ^bb0(%v: f32):
        %s = arith.mulf %v, %v : f32
        stage.yield %s : f32
      }
    }
    return
  }
  func.func @two(%x: memref<64xf32>, %y: memref<64xf32> {stage.result}) {
    stage.sweep "add" (%i) in [1] chunk 1 flop 64 bytes 512 {
      stage.map [64] ins(%x : memref<64xf32>) outs(%y : memref<64xf32>) maps [#id, #id] {
      ^bb0(%v: f32):
        %s = arith.addf %v, %v : f32
        stage.yield %s : f32
      }
    }
    return
  }
}

// -----

// One sample has one lane: positions run in vectors, of which 100 leave a rest, and not the classes
// that are a stride apart.
// CHECK-LABEL: llvm.func internal @task_maximum_
//       CHECK:   llvm.load %{{.*}} -> vector<16xf32>
//       CHECK:   arith.cmpf ogt, %{{.*}} : vector<16xf32>
//       CHECK:   llvm.store %{{.*}} : vector<16xf32>
//       CHECK:   llvm.load %{{.*}} -> f32
module attributes {spherical.phase = "plan"} {
  func.func @one_lane(%x: memref<11x100x1xf32>, %y: memref<100x1xf32> {stage.result}) {
    stage.sweep "maximum" (%i) in [1] chunk 1 flop 64 bytes 512 {
      stage.map [11, 100, 1] ins(%x : memref<11x100x1xf32>) outs(%y : memref<100x1xf32>)
          maps [affine_map<(c, p, w) -> (c, p, w)>, affine_map<(c, p, w) -> (p, w)>] combine max lanes 1 {
      ^bb0(%v: f32):
        stage.yield %v : f32
      }
    }
    return
  }
}

// -----

// What the plan phase should have turned into a sweep.
module {
  func.func @loads(%arena: memref<64xi8> {stage.arena}, %x: memref<4xf32>) {
    %c0 = arith.constant 0 : index
    // expected-error @below {{'memref.load' op has no place in a planned function (not supported)}}
    %0 = memref.load %x[%c0] : memref<4xf32>
    return
  }
}

// -----

// Of many rows a panel of B, whose values lie apart, is packed for each segment; results are asked for
// before the sums that are added to them.
// CHECK-LABEL: llvm.func internal @contract_scalar_5x4_f32x16_packed_segments
//       CHECK:   llvm.alloca %{{.*}} x vector<16xf32>
// CHECK-COUNT-20: llvm.intr.prefetch
//  AVX2-LABEL: llvm.func internal @contract_scalar_5x1_f32x16_packed_segments
module attributes {spherical.phase = "plan"} {
  stage.table @p : memref<1x18xi64> = #stage.table<"equal_problems", {R0 = 64, K1 = 10, K0 = 30, N = 5, aR0 = 300, aK1 = 30, aK0 = 1, bK1 = 150, bK0 = 5, bV = 1, cR0 = 5, cV = 1, count = 1}>
  func.func @packed(%k: memref<64x300xf32>, %x: memref<300x5x16xf32>, %y: memref<64x5x16xf32> {stage.result}) {
    %p = stage.table_ref @p : memref<1x18xi64>
    stage.sweep "products" (%i) in [1] chunk 1 flop 100 bytes 200 {
      stage.contract scalar %k, %x, %p -> %y {lanes = 16} : memref<64x300xf32>, memref<300x5x16xf32>, memref<1x18xi64>, memref<64x5x16xf32>
    }
    return
  }
}

// -----

// A table is read once: each tile asks for its rows' share of what the next problem reads of it, of
// the last problem its own again. Weights are not asked for.
// CHECK-LABEL: llvm.func internal @contract_scalar_5x4_f32x16_ahead(
//       CHECK:   arith.minsi
//       CHECK:   scf.for
// CHECK-COUNT-5: llvm.intr.prefetch
//   CHECK-NOT:   llvm.intr.prefetch
//       CHECK:   llvm.intr.fma
//       CHECK: llvm.func internal @contract_scalar_5x4_f32x16(
//   CHECK-NOT:   llvm.intr.prefetch
//       CHECK: llvm.func @sph_entry_tables
module attributes {spherical.phase = "plan"} {
  stage.table @w : memref<5x8xf32> = #stage.table<"s2_wigner", {b = 4, degrees = 5, orders = 1, factor = 1}>
  stage.table @p : memref<1x18xi64> = #stage.table<"equal_problems", {R0 = 8, K0 = 5, N = 4, aR0 = 1, aK0 = 8, bK0 = 4, bV = 1, cR0 = 4, cV = 1, count = 1}>
  func.func @tables(%k: memref<5x8xf32>, %x: memref<5x4x16xf32>, %y: memref<8x4x16xf32> {stage.result}, %z: memref<8x4x16xf32> {stage.result}) {
    %w = stage.table_ref @w : memref<5x8xf32>
    %p = stage.table_ref @p : memref<1x18xi64>
    stage.sweep "sums" (%i) in [1] chunk 1 flop 100 bytes 200 {
      stage.contract scalar %w, %x, %p -> %y {lanes = 16} : memref<5x8xf32>, memref<5x4x16xf32>, memref<1x18xi64>, memref<8x4x16xf32>
      stage.contract scalar %k, %x, %p -> %z {lanes = 16} : memref<5x8xf32>, memref<5x4x16xf32>, memref<1x18xi64>, memref<8x4x16xf32>
    }
    return
  }
}
