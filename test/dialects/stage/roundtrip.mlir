// RUN: spherical-opt %s | spherical-opt | FileCheck %s
// RUN: spherical-opt %s --mlir-print-op-generic | spherical-opt | FileCheck %s

// Tables keep kind, parameters, points and scale.
// CHECK: stage.table @roots : memref<18x2xf32> = #stage.table<"roots", {n = 38}>
stage.table @roots : memref<18x2xf32> = #stage.table<"roots", {n = 38}>
// CHECK: stage.table @kernel : memref<1x16xf64> = #stage.table<"s2_kernel", {degrees = 2, transposed = 0}, points = array<f64: 1.000000e-01, 2.000000e-01>, scale = 5.000000e-01>
stage.table @kernel : memref<1x16xf64> = #stage.table<"s2_kernel", {degrees = 2, transposed = 0},
    points = array<f64: 0.1, 0.2>, scale = 0.5>
stage.table @twiddles : memref<24x2xf32> = #stage.table<"twiddles", {n = 20, radix0 = 5, radix1 = 4}>
stage.table @problems : memref<6x18xi64> = #stage.table<"s2_analysis_problems", {degrees = 3}>
stage.table @index : memref<9x2xi32> = #stage.table<"s2_index", {degrees = 3}>
stage.table @values : memref<9x2xf32> = #stage.table<"s2_values", {degrees = 3}>

#id = affine_map<(i, w) -> (i, w)>
#none = affine_map<(i, w) -> (0)>
#last = affine_map<(i, w) -> (w)>

// A sweep holds every compute op, a sequential loop and a map that uses a sweep index.
// CHECK-LABEL: func @body
func.func @body(%arena: memref<65536xi8> {stage.arena}, %x: memref<3x4x20x20xf32> {stage.batched}) {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<65536xi8> to memref<20x20x8xf32>
  %q = memref.view %arena[%c0][] : memref<65536xi8> to memref<20x10x2x8xf32>
  // CHECK: stage.table_ref @roots : memref<18x2xf32>
  %t = stage.table_ref @twiddles : memref<24x2xf32>
  %r = stage.table_ref @roots : memref<18x2xf32>
  %p = stage.table_ref @problems : memref<6x18xi64>
  %i = stage.table_ref @index : memref<9x2xi32>
  %v = stage.table_ref @values : memref<9x2xf32>
  // CHECK: stage.sweep "s2_ft" (%[[G:.*]], %[[C:.*]]) in [1, 4] chunk 2 flop 5 bytes 7 scratch (%{{.*}}: memref<10x20x2x8xf32>, %{{.*}}: memref<9x8xf32>)
  stage.sweep "s2_ft" (%g, %c) in [1, 4] chunk 2 flop 5 bytes 7
      scratch (%s0: memref<10x20x2x8xf32>, %s1: memref<9x8xf32>) {
    %xc = memref.subview %x[0, %c, 0, 0] [3, 1, 20, 20] [1, 1, 1, 1]
        : memref<3x4x20x20xf32> to memref<3x20x20xf32, strided<[1600, 20, 1], offset: ?>>
    // CHECK: stage.gather {{ ?}}to_lanes %{{.*}} -> %{{.*}} group %[[G]] {count = 400 : i64, lanes = 8 : i64}
    stage.gather to_lanes %xc -> %a group %g {count = 400, lanes = 8}
        : memref<3x20x20xf32, strided<[1600, 20, 1], offset: ?>>, memref<20x20x8xf32>
    // CHECK: stage.gather {{ ?}}to_lanes %{{.*}} -> %{{.*}} group %[[G]] {all, count = 400 : i64, lanes = 8 : i64}
    stage.gather to_lanes %xc -> %a group %g {all, count = 400, lanes = 8}
        : memref<3x20x20xf32, strided<[1600, 20, 1], offset: ?>>, memref<20x20x8xf32>
    // CHECK: stage.dft {{ ?}}real_analysis %{{.*}} -> %{{.*}} twiddles %{{.*}} mask
    stage.dft real_analysis %a -> %s0 twiddles %t mask %a : memref<20x20x8xf32>
        {n = 20, limit = 10, rows = 20, orders = 1, radices = array<i64: 5, 4>, lanes = 8}
        : memref<20x20x8xf32>, memref<10x20x2x8xf32>, memref<24x2xf32>
    // CHECK: stage.dft_map %{{.*}} -> %{{.*}} twiddles %{{.*}} {lanes = 8 : i64, limit = 10 : i64, n = 20 : i64, radices = array<i64: 5, 4>, relu, result = 10 : i64, rows = 20 : i64}
    stage.dft_map %s0 -> %s0 twiddles %t
        {n = 20, limit = 10, result = 10, rows = 20, radices = array<i64: 5, 4>, lanes = 8, relu}
        : memref<10x20x2x8xf32>, memref<10x20x2x8xf32>, memref<24x2xf32>
    // CHECK: stage.dft {{ ?}}plain_analysis
    stage.dft plain_analysis %s0 -> %q twiddles %t
        {n = 20, limit = 20, rows = 10, orders = 1, radices = array<i64: 5, 4>, lanes = 8}
        : memref<10x20x2x8xf32>, memref<20x10x2x8xf32>, memref<24x2xf32>
    // CHECK: stage.dft {{ ?}}plain_synthesis
    stage.dft plain_synthesis %q -> %s0 twiddles %t
        {n = 20, limit = 20, rows = 10, orders = 1, radices = array<i64: 5, 4>, lanes = 8}
        : memref<20x10x2x8xf32>, memref<10x20x2x8xf32>, memref<24x2xf32>
    %l = arith.constant 0 : index
    %u = arith.constant 3 : index
    %s = arith.constant 1 : index
    scf.for %m = %l to %u step %s {
      %pm = memref.subview %p[%m, 0] [1, 18] [1, 1]
          : memref<6x18xi64> to memref<1x18xi64, strided<[18, 1], offset: ?>>
      // CHECK: stage.contract {{ ?}}scalar {{.*}} {lanes = 8 : i64, tile = array<i64: 6, 4>}
      stage.contract scalar %v, %s0, %pm -> %s1 {lanes = 8, tile = array<i64: 6, 4>}
          : memref<9x2xf32>, memref<10x20x2x8xf32>, memref<1x18xi64, strided<[18, 1], offset: ?>>, memref<9x8xf32>
      // CHECK: stage.contract {{ ?}}scalar {{.*}} {anchors = array<i64: 16, 4>, lanes = 8 : i64}
      stage.contract scalar %v, %s0, %pm -> %s1 {lanes = 8, anchors = array<i64: 16, 4>}
          : memref<9x2xf32>, memref<10x20x2x8xf32>, memref<1x18xi64, strided<[18, 1], offset: ?>>, memref<9x8xf32>
    }
    // CHECK: stage.gather {{ ?}}to_lanes %{{.*}} -> %{{.*}} group %[[G]] {all, count = 400 : i64, lanes = 8 : i64, mirrored}
    stage.gather to_lanes %xc -> %a group %g {all, mirrored, count = 400, lanes = 8}
        : memref<3x20x20xf32, strided<[1600, 20, 1], offset: ?>>, memref<20x20x8xf32>
    // CHECK: stage.dft {{ ?}}real_analysis {{.*}}, parity,
    stage.dft real_analysis %a -> %s0 twiddles %t
        {n = 20, limit = 10, rows = 20, orders = 1, radices = array<i64: 5, 4>, lanes = 8, parity}
        : memref<20x20x8xf32>, memref<10x20x2x8xf32>, memref<24x2xf32>
    // CHECK: stage.gather {{ ?}}lanes %{{.*}} -> %{{.*}} indices %{{.*}} : memref<9x2xi32> coefficients
    stage.gather lanes %s0 -> %s1 indices %i : memref<9x2xi32> coefficients %v : memref<9x2xf32>
        {count = 9, lanes = 8} : memref<10x20x2x8xf32>, memref<9x8xf32>
    // CHECK: stage.fill %{{.*}} with 0.000000e+00 : f32 : memref<9x8xf32>
    stage.fill %s1 with 0.0 : f32 : memref<9x8xf32>
    // CHECK: stage.map [9, 8] ins(%{{.*}} : memref<9x8xf32>) outs(%{{.*}} : memref<18x2xf32>) maps [#{{.*}}, #{{.*}}] combine {{ ?}}sum lanes 8 {
    stage.map [9, 8] ins(%s1 : memref<9x8xf32>) outs(%r : memref<18x2xf32>) maps [#id, #none]
        combine sum lanes 8 {
    ^bb0(%e: f32):
      // CHECK: stage.index 1
      %w = stage.index 1
      %b = arith.cmpi slt, %w, %g : index
      %z = arith.select %b, %e, %e : f32
      stage.yield %z : f32
    }
  }
  return
}

// CHECK-LABEL: func @constraints
//  CHECK-SAME:   memref<4xi32> {stage.integers = #stage.integers<"labels" from 0 to 9 or 255 counted by "count">}
//  CHECK-SAME:   memref<i64> {stage.integers = #stage.integers<"a step" from -1 to 9223372036854775807>}
//  CHECK-SAME:   memref<1x1x10x2xf32> {stage.spectrum = #stage.spectrum<on_so3 = true, degrees = 2>}
//  CHECK-SAME:   memref<4xf32> {stage.missing}
func.func @constraints(
    %labels: memref<4xi32> {stage.integers = #stage.integers<"labels" from 0 to 9 or 255 counted by "count">},
    %step: memref<i64> {stage.integers = #stage.integers<"a step" from -1 to 9223372036854775807>},
    %x: memref<1x1x10x2xf32> {stage.spectrum = #stage.spectrum<on_so3 = true, degrees = 2>},
    %target: memref<4xf32> {stage.missing}) {
  return
}

// A launch of a kernel, and how a sweep's kernel is to be launched.
// CHECK-LABEL: gpu.module @kernels
gpu.module @kernels {
  llvm.func @k(%frame: !llvm.ptr, %scratch: !llvm.ptr) attributes {gpu.kernel} { llvm.return }
}
// CHECK-LABEL: func @launches
func.func @launches(%frame: !llvm.ptr, %scratch: !llvm.ptr) {
  // CHECK: stage.launch @kernels::@k <blocks = 40, threads = 128, shared = 40960, slot = 5120, work = 64>(%{{.*}}, %{{.*}}) : !llvm.ptr, !llvm.ptr
  stage.launch @kernels::@k <blocks = 40, threads = 128, shared = 40960, slot = 5120, work = 64> (%frame, %scratch) : !llvm.ptr, !llvm.ptr
  // CHECK: stage.sweep "empty" {{.*}} attributes {stage.launch = #stage.launch<blocks = 1, threads = 32, shared = 0, slot = 0, work = 0>}
  stage.sweep "empty" (%i) in [1] chunk 1 flop 0 bytes 0
      attributes {stage.launch = #stage.launch<blocks = 1, threads = 32, shared = 0, slot = 0, work = 0>} {
  }
  return
}

// A call of a library: one point, memory from outside.
// CHECK-LABEL: func @library
//       CHECK: stage.fft {{ ?}}real_analysis %{{.*}} -> %{{.*}} {n = 5 : i64, rows = 6 : i64} : memref<6x5xf32>, memref<3x6x2xf32>
//       CHECK: stage.fft {{ ?}}complex_synthesis
//       CHECK: stage.fft_call {{ ?}}real_synthesis %{{.*}} -> %{{.*}} {n = 5 : i64, rows = 6 : i64} : !llvm.ptr, !llvm.ptr
//       CHECK: stage.gemm %{{.*}}, %{{.*}} -> %{{.*}} {batch = 2 : i64, shared_b, transpose_a, transpose_b} : memref<2x5x8x4xf32>, memref<7x40xf32>, memref<2x4x7xf32>
//       CHECK: stage.gemm_call %{{.*}}, %{{.*}} -> %{{.*}} : !llvm.ptr, !llvm.ptr, !llvm.ptr
func.func @library(%x: memref<6x5xf32>, %f: memref<3x6x2xf32>, %c: memref<2x3x5x2xf64>, %d: memref<6x5x2xf64>, %p: !llvm.ptr,
    %a: memref<2x5x8x4xf32>, %b: memref<7x40xf32>, %y: memref<2x4x7xf32>) {
  stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fft real_analysis %x -> %f {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
  }
  stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fft complex_synthesis %c -> %d {n = 5, rows = 6} : memref<2x3x5x2xf64>, memref<6x5x2xf64>
  }
  stage.fft_call real_synthesis %p -> %p {n = 5, rows = 6} : !llvm.ptr, !llvm.ptr
  stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.gemm %a, %b -> %y {batch = 2 : i64, shared_b, transpose_a, transpose_b} : memref<2x5x8x4xf32>, memref<7x40xf32>, memref<2x4x7xf32>
  }
  stage.gemm_call %p, %p -> %p : !llvm.ptr, !llvm.ptr, !llvm.ptr
  return
}
