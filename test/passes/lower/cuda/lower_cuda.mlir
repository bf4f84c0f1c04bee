// RUN: spherical-opt %s --spherical-choose-launches --spherical-lower-cuda --split-input-file --verify-diagnostics | FileCheck %s
// RUN: spherical-opt %s --spherical-choose-launches=max-blocks=2 --spherical-lower-cuda --split-input-file --verify-diagnostics | FileCheck %s --check-prefix=TWO

// The host function launches a kernel for each sweep, as `spherical-choose-launches` says.
// CHECK-LABEL: module @model
//  CHECK-SAME:   gpu.container_module
//       CHECK: func.func @forward(%[[FRAME:.*]]: !llvm.ptr, %[[SCRATCH:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr)
//       CHECK:   stage.launch @kernels::@forward_0_rows <blocks = 3, threads = 128, shared = 40960, slot = 5120, work = 0>(%[[FRAME]], %[[SCRATCH]])
//       CHECK:   stage.launch @kernels::@forward_1_products <blocks = 1, threads = 128, shared = 13312, slot = 0, work = 0>
//       CHECK: gpu.module @kernels [#nvvm.target<{{.*}}chip = "sm_90"
//       CHECK:   llvm.mlir.global external @sph_shared() {addr_space = 3 : i32

// Blocks take tasks in turn; every stage of a task ends in a barrier.
//       CHECK:   llvm.func @forward_0_rows(%{{.*}}: !llvm.ptr, %[[SLOTS:.*]]: !llvm.ptr) attributes {gpu.kernel, {{.*}}nvvm.kernel, {{.*}}nvvm.reqntid = array<i32: 128, 1, 1>
//       CHECK:     nvvm.read.ptx.sreg.ctaid.x
//       CHECK:     nvvm.read.ptx.sreg.nctaid.x
//       CHECK:     scf.for
//       CHECK:       llvm.call @dft_real_analysis_5x4_f32x32t128
//  CHECK-NEXT:       nvvm.barrier
//       CHECK:       llvm.call @dft_real_analysis_5x4_f32x32t128
//  CHECK-NEXT:       nvvm.barrier

// One kernel for both transforms. A lane is a thread: lane values are scalars in registers and 32
// of them in memory, warps share out the pairs of rows, and passes meet in shared memory.
//       CHECK:   llvm.func internal @dft_real_analysis_5x4_f32x32t128(
//       CHECK:     llvm.mlir.addressof @sph_shared : !llvm.ptr<3>
//       CHECK:     nvvm.read.ptx.sreg.tid.x
//       CHECK:     llvm.getelementptr {{.*}} -> !llvm.ptr, !llvm.array<32 x f32>
//       CHECK:     llvm.load {{.*}} : !llvm.ptr -> f32
//       CHECK:     arith.addf {{.*}} : f32
//   CHECK-NOT: vector<
//   CHECK-NOT:   llvm.func internal @dft_real_analysis
//       CHECK:   llvm.func internal @contract_block_scalar_f32x32t128_align4_16_4_segments
//       CHECK:     %[[FIELD:.*]] = llvm.getelementptr %{{.*}}[17] : (!llvm.ptr) -> !llvm.ptr, i64
//  CHECK-NEXT:     llvm.load %[[FIELD]] {alignment = 8 : i64} : !llvm.ptr -> i64

// A block makes a product from tiles in shared memory, four values at an access; of operands that are
// arguments only the alignment of their elements is known.
//       CHECK:     llvm.load {{.*}} {alignment = 16 : i64} : !llvm.ptr -> vector<4xf32>
//       CHECK:     nvvm.barrier
//       CHECK:     llvm.store {{.*}} {alignment = 16 : i64} : vector<4xf32>
//       CHECK:     nvvm.barrier
//       CHECK:     llvm.load {{.*}} {alignment = 16 : i64} : !llvm.ptr -> vector<4xf32>
//       CHECK:     llvm.intr.fma({{.*}}) : (vector<4xf32>, vector<4xf32>, vector<4xf32>) -> vector<4xf32>
//       CHECK:     llvm.store {{.*}} {alignment = 4 : i64} : vector<4xf32>
//       CHECK:   llvm.func internal @contract_block_reduce_f32x32t128_align16_4_4_segments
//       CHECK:     llvm.load {{.*}} {alignment = 4 : i64} : !llvm.ptr -> vector<4xf32>
//       CHECK: llvm.mlir.global external constant @sph_manifest("{
//  CHECK-SAME:   \22scratch_bytes\22:15360
//  CHECK-SAME:   \22blocks\22:3,{{.*}}\22kernel\22:\22forward_0_rows\22
//  CHECK-SAME:   \22gpu\22:\22sm_90\22
//  CHECK-SAME:   \22target\22:\22cuda\22

// TWO: stage.launch @kernels::@forward_0_rows <blocks = 2,
// TWO: \22scratch_bytes\22:10240
module @model attributes {spherical.phase = "plan"} {
  stage.table @t0 : memref<24x2xf32> = #stage.table<"twiddles", {n = 20, radix0 = 5, radix1 = 4}>
  func.func @forward(%arena: memref<8192xi8> {stage.arena},
                     %x: memref<3x2x20x32xf32> {spherical.role = "input", spherical.name = "x"},
                     %p: memref<1x18xi64>, %k: memref<64xf32>,
                     %y: memref<64x32xf32> {stage.result, spherical.name = "y"},
                     %w: memref<64xf32> {stage.result, spherical.name = "w"})
      attributes {stage.arena_bytes = 8192 : i64, stage.scratch_bytes = 5120 : i64, stage.lanes = 32 : i64} {
    %c64 = arith.constant 64 : index
    %f = memref.view %arena[%c64][] : memref<8192xi8> to memref<10x2x2x32xf32>
    %t = stage.table_ref @t0 : memref<24x2xf32>
    stage.sweep "rows" (%i) in [3] chunk 1 flop 100 bytes 200 scratch (%s: memref<10x2x2x32xf32>) {
      %xs = memref.subview %x[%i, 0, 0, 0] [1, 2, 20, 32] [1, 1, 1, 1] : memref<3x2x20x32xf32> to memref<2x20x32xf32, strided<[640, 32, 1], offset: ?>>
      stage.dft real_analysis %xs -> %s twiddles %t {n = 20, limit = 10, rows = 2, orders = 1, radices = array<i64: 5, 4>, lanes = 32}
        : memref<2x20x32xf32, strided<[640, 32, 1], offset: ?>>, memref<10x2x2x32xf32>, memref<24x2xf32>
      stage.dft real_analysis %xs -> %f twiddles %t {n = 20, limit = 10, rows = 2, orders = 1, radices = array<i64: 5, 4>, lanes = 32}
        : memref<2x20x32xf32, strided<[640, 32, 1], offset: ?>>, memref<10x2x2x32xf32>, memref<24x2xf32>
    }
    stage.sweep "products" (%i) in [1] chunk 1 flop 100 bytes 200 {
      stage.contract scalar %k, %f, %p -> %y {lanes = 32} : memref<64xf32>, memref<10x2x2x32xf32>, memref<1x18xi64>, memref<64x32xf32>
      stage.contract reduce %f, %y, %p -> %w {lanes = 32, tile = array<i64: 6, 3>} : memref<10x2x2x32xf32>, memref<64x32xf32>, memref<1x18xi64>, memref<64xf32>
    }
    return
  }
}

// -----

// A point of a map is a thread's work: point tid, tid + 128, ... without vectors.
// CHECK-LABEL: module @map
//       CHECK: llvm.func @scale_0_scale
//   CHECK-DAG:   %[[POINTS:.*]] = arith.constant 960 : i64
//       CHECK:   scf.for %{{.*}} = %{{.*}} to %[[POINTS]] step %{{.*}} : i64 {
//       CHECK:     arith.mulf {{.*}} : f32
//   CHECK-NOT: vector<
module @map attributes {spherical.phase = "plan"} {
  func.func @scale(%arena: memref<64xi8> {stage.arena}, %x: memref<30x32xf32>, %y: memref<30x32xf32> {stage.result}) {
    stage.sweep "scale" (%i) in [1] chunk 1 flop 960 bytes 7680 {
      stage.map [30, 32] ins(%x : memref<30x32xf32>) outs(%y : memref<30x32xf32>)
          maps [affine_map<(i, w) -> (i, w)>, affine_map<(i, w) -> (i, w)>] lanes 32 {
      ^bb0(%a: f32):
        %0 = arith.mulf %a, %a : f32
        stage.yield %0 : f32
      }
    }
    return
  }
}

// -----

// Functions of f64 need a library of the CUDA toolkit; those of f32 become polynomials.
module {
  func.func @exponential(%arena: memref<64xi8> {stage.arena}, %x: memref<32xf32>, %y: memref<32xf32> {stage.result}) {
    stage.sweep "exp" (%i) in [1] chunk 1 flop 32 bytes 256 {
      stage.map [32] ins(%x : memref<32xf32>) outs(%y : memref<32xf32>)
          maps [affine_map<(w) -> (w)>, affine_map<(w) -> (w)>] lanes 32 {
      ^bb0(%a: f32):
        %0 = math.exp %a : f32
        %1 = arith.extf %0 : f32 to f64
        // expected-error @below {{'math.exp' op is not supported yet by target cuda}}
        %2 = math.exp %1 : f64
        %3 = arith.truncf %2 : f64 to f32
        stage.yield %3 : f32
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

// A call of a library is the host's: no kernel, and addresses from the frame that the host reads.
// CHECK-LABEL: func.func @call
//  CHECK-SAME:   (%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %[[PLACES:.*]]: !llvm.ptr)
//       CHECK:   %[[C8:.*]] = arith.constant 8 : i64
//       CHECK:   %[[FIELD:.*]] = llvm.getelementptr %[[PLACES]][%[[C8]]]
//       CHECK:   %[[ARENA:.*]] = llvm.load %[[FIELD]]
//       CHECK:   %[[IN:.*]] = llvm.getelementptr %[[ARENA]]
//       CHECK:   stage.fft_call {{ ?}}real_analysis %[[IN]] -> %{{.*}} {n = 5 : i64, rows = 6 : i64}
//       CHECK: sph_manifest("{
//  CHECK-SAME:   \22call\22:{\22arguments\22:[],\22fft\22:{\22kind\22:\22real_analysis\22,\22n\22:5,\22rows\22:6},\22results\22:[0]}
module attributes {spherical.phase = "plan"} {
  func.func @call(%arena: memref<512xi8> {stage.arena}, %y: memref<3x6x2xf32> {stage.result})
      attributes {stage.arena_bytes = 512 : i64} {
    %c64 = arith.constant 64 : index
    %x = memref.view %arena[%c64][] : memref<512xi8> to memref<6x5xf32>
    stage.sweep "fft" (%i) in [1] chunk 1 flop 0 bytes 0 {
      stage.fft real_analysis %x -> %y {n = 5, rows = 6} : memref<6x5xf32>, memref<3x6x2xf32>
    }
    return
  }
}

// -----

// Rows of A are 12 elements apart, those of C are the rows of all extents but the last; A is the same each time.
// CHECK-LABEL: func.func @product
//       CHECK:   stage.gemm_call %{{.*}}, %{{.*}} -> %{{.*}} : !llvm.ptr, !llvm.ptr, !llvm.ptr
//       CHECK: sph_manifest("{
//  CHECK-SAME:   \22call\22:{\22arguments\22:[0,1],\22gemm\22:{\22batch\22:2,\22k\22:10,\22ld\22:[12,10,8],\22m\22:3,\22n\22:8,\22strides\22:[0,80,24],\22transpose_a\22:false,\22transpose_b\22:true},\22results\22:[0]}
module attributes {spherical.phase = "plan"} {
  func.func @product(%a: memref<3x12xf32>, %b: memref<2x8x10xf32>, %c: memref<2x3x8xf32> {stage.result}) {
    %part = memref.subview %a[0, 0] [3, 10] [1, 1] : memref<3x12xf32> to memref<3x10xf32, strided<[12, 1]>>
    stage.sweep "gemm" (%i) in [1] chunk 1 flop 0 bytes 0 {
      stage.gemm %part, %b -> %c {batch = 2 : i64, shared_a, transpose_b} : memref<3x10xf32, strided<[12, 1]>>, memref<2x8x10xf32>, memref<2x3x8xf32>
    }
    return
  }
}

// -----

// f64, and lanes that are no whole quads, are products of single warps: sums over lanes are butterflies
// of shuffles, stored once. Where lanes are threads the tile is the kernel's own.
// CHECK-LABEL: func.func @warps
//       CHECK:   llvm.func internal @contract_scalar_4x2_f64x32t128
//       CHECK:     llvm.intr.fma({{.*}}) : (f64, f64, f64) -> f64
//       CHECK:   llvm.func internal @contract_reduce_4x{{[0-9]}}_f32x2t128
//       CHECK:     nvvm.shfl.sync bfly {{.*}} : f32 -> f32
module attributes {spherical.phase = "plan"} {
  func.func @warps(%a: memref<64xf64>, %b: memref<40x32xf64>, %p: memref<1x18xi64>, %c: memref<64x32xf64> {stage.result},
                   %x: memref<40x2xf32>, %y: memref<64xf32> {stage.result}) {
    stage.sweep "products" (%i) in [1] chunk 1 flop 0 bytes 0 {
      stage.contract scalar %a, %b, %p -> %c {lanes = 32} : memref<64xf64>, memref<40x32xf64>, memref<1x18xi64>, memref<64x32xf64>
      stage.contract reduce %x, %x, %p -> %y {lanes = 2, tile = array<i64: 6, 3>} : memref<40x2xf32>, memref<40x2xf32>, memref<1x18xi64>, memref<64xf32>
    }
    return
  }
}
