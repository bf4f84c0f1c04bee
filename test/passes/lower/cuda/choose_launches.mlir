// RUN: spherical-opt %s --spherical-choose-launches=gpu=sm_90 | FileCheck %s --check-prefixes=CHECK,SM90
// RUN: spherical-opt %s --spherical-choose-launches=gpu=sm_80 | FileCheck %s --check-prefixes=CHECK,SM80
// RUN: spherical-opt %s --spherical-choose-launches=gpu=sm_120 | FileCheck %s --check-prefixes=CHECK,SM120
// RUN: spherical-opt %s --spherical-choose-launches=gpu=sm_75 | FileCheck %s --check-prefixes=CHECK,SM75
// RUN: not spherical-opt %s --spherical-choose-launches=gpu=sm_70 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: spherical-opt %s --spherical-choose-launches=gpu=sm_75 | not spherical-opt --spherical-choose-launches=gpu=sm_70 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: spherical-opt %s --spherical-choose-launches=gpu=sm_90 | not spherical-opt --spherical-choose-launches=gpu=sm_75 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: spherical-opt %s --spherical-choose-launches=gpu=sm_75 | spherical-opt --spherical-lower-cuda | FileCheck %s --check-prefix=WORK

// CHIP: error: spherical-choose-launches expected `gpu` to be one of sm_75, sm_80, {{.*}}, sm_121, got 'sm_70'
// LARGE: error: 'stage.sweep' op expected a launch with at most 65536 bytes of shared memory for sm_75, got 172032

// Band-limit 42: two buffers of 84 complex lane values for each warp, 43,008 bytes. As many warps as
// fit, up to four.
// CHECK-LABEL: func @b42
//        SM90:   attributes {stage.launch = #stage.launch<blocks = 1, threads = 128, shared = 172032, slot = 0, work = 0>}
//        SM80:   attributes {stage.launch = #stage.launch<blocks = 1, threads = 64, shared = 86016, slot = 0, work = 0>}
//       SM120:   attributes {stage.launch = #stage.launch<blocks = 1, threads = 64, shared = 86016, slot = 0, work = 0>}
//        SM75:   attributes {stage.launch = #stage.launch<blocks = 1, threads = 32, shared = 43008, slot = 0, work = 0>}
stage.table @t84 : memref<91x2xf32> = #stage.table<"twiddles", {n = 84, radix0 = 12, radix1 = 7}>
func.func @b42(%arena: memref<64xi8> {stage.arena}, %x: memref<2x84x32xf32>, %y: memref<4x2x2x32xf32> {stage.result}) {
  %t = stage.table_ref @t84 : memref<91x2xf32>
  stage.sweep "long" (%i) in [1] chunk 1 flop 32 bytes 256 {
    stage.dft real_analysis %x -> %y twiddles %t {n = 84, limit = 4, rows = 2, orders = 1, radices = array<i64: 12, 7>, lanes = 32}
      : memref<2x84x32xf32>, memref<4x2x2x32xf32>, memref<91x2xf32>
  }
  return
}

// Band-limit 128: one warp's buffers take 131,072 bytes. Where that is too much, the buffers of four
// warps lie behind the scratch memory in the block's slot of device memory.
// CHECK-LABEL: func @b128
//        SM90:   attributes {stage.launch = #stage.launch<blocks = 3, threads = 32, shared = 131072, slot = 1024, work = 0>}
//        SM80:   attributes {stage.launch = #stage.launch<blocks = 3, threads = 32, shared = 131072, slot = 1024, work = 0>}
//       SM120:   attributes {stage.launch = #stage.launch<blocks = 3, threads = 128, shared = 0, slot = 525312, work = 524288>}
//        SM75:   attributes {stage.launch = #stage.launch<blocks = 3, threads = 128, shared = 0, slot = 525312, work = 524288>}
//        WORK: llvm.func @b128_0_long(%{{.*}}: !llvm.ptr, %[[SLOTS:.*]]: !llvm.ptr)
//        WORK:   %[[OFFSET:.*]] = arith.constant 1024 : i64
//        WORK:   %[[WORK:.*]] = llvm.getelementptr %{{.*}}[%[[OFFSET]]]
//        WORK:   llvm.call @dft_real_analysis_16x16_f32x32t128_device({{.*}}, %[[WORK]])
//        WORK: llvm.func internal @dft_real_analysis_16x16_f32x32t128_device
//    WORK-NOT:   @sph_shared
stage.table @t256 : memref<272x2xf32> = #stage.table<"twiddles", {n = 256, radix0 = 16, radix1 = 16}>
func.func @b128(%arena: memref<64xi8> {stage.arena}, %x: memref<2x256x32xf32>, %y: memref<4x2x2x32xf32> {stage.result}) {
  %t = stage.table_ref @t256 : memref<272x2xf32>
  stage.sweep "long" (%i) in [3] chunk 1 flop 32 bytes 256 scratch (%s: memref<256xf32>) {
    stage.fill %s with 0.0 : f32 : memref<256xf32>
    stage.dft real_analysis %x -> %y twiddles %t {n = 256, limit = 4, rows = 2, orders = 1, radices = array<i64: 16, 16>, lanes = 32}
      : memref<2x256x32xf32>, memref<4x2x2x32xf32>, memref<272x2xf32>
  }
  return
}
