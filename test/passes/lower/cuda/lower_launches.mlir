// RUN: spherical-opt %s --spherical-lower-launches --split-input-file --verify-diagnostics | FileCheck %s

// Each launch is a call of the device's function `launch`, the second field of its table; the kernels'
// two arguments are the fields `frame` and `scratch` of the device frame. The first failure ends it.
// CHECK-LABEL: llvm.func @sph_entry_forward
//  CHECK-SAME:   (%[[FRAME:.*]]: !llvm.ptr) -> !llvm.ptr
//       CHECK:   llvm.getelementptr %[[FRAME]][0]
//       CHECK:   %[[DEVICE:.*]] = llvm.load
//       CHECK:   %[[FIELD:.*]] = llvm.getelementptr %[[DEVICE]][8]
//       CHECK:   %[[LAUNCH:.*]] = llvm.load %[[FIELD]]
//       CHECK:   %[[STREAM_FIELD:.*]] = llvm.getelementptr %[[FRAME]][8]
//       CHECK:   %[[STREAM:.*]] = llvm.load %[[STREAM_FIELD]]
//       CHECK:   %[[ARGUMENTS:.*]] = llvm.alloca
//       CHECK:   %[[KERNEL:.*]] = llvm.load
//       CHECK:   %[[BLOCKS:.*]] = llvm.mlir.constant(40 : i64)
//       CHECK:   %[[THREADS:.*]] = llvm.mlir.constant(64 : i64)
//       CHECK:   %[[SHARED:.*]] = llvm.mlir.constant(512 : i64)
//       CHECK:   %[[FAILURE:.*]] = llvm.call %[[LAUNCH]](%[[STREAM]], %[[KERNEL]], %[[BLOCKS]], %[[THREADS]], %[[SHARED]], %[[ARGUMENTS]])
//       CHECK:   %[[NULL:.*]] = llvm.mlir.zero
//       CHECK:   %[[FAILS:.*]] = llvm.icmp "ne" %[[FAILURE]], %[[NULL]]
//       CHECK:   llvm.cond_br %[[FAILS]], ^[[END:.*]](%[[FAILURE]] : !llvm.ptr), ^
//       CHECK:   llvm.call %[[LAUNCH]]
//       CHECK:   llvm.return
//       CHECK: ^[[END]](%[[RESULT:.*]]: !llvm.ptr):
//       CHECK:   llvm.return %[[RESULT]]
//   CHECK-NOT: func.func
module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @a(%frame: !llvm.ptr, %scratch: !llvm.ptr) attributes {gpu.kernel} { llvm.return }
    llvm.func @b(%frame: !llvm.ptr, %scratch: !llvm.ptr) attributes {gpu.kernel} { llvm.return }
  }
  func.func @forward(%frame: !llvm.ptr, %scratch: !llvm.ptr, %places: !llvm.ptr) {
    stage.launch @kernels::@a <blocks = 40, threads = 64, shared = 512, slot = 0, work = 0> (%frame, %scratch) : !llvm.ptr, !llvm.ptr
    stage.launch @kernels::@b <blocks = 1, threads = 32, shared = 0, slot = 0, work = 0> (%frame, %scratch) : !llvm.ptr, !llvm.ptr
    return
  }
}

// -----

func.func @computes(%frame: !llvm.ptr, %scratch: !llvm.ptr, %places: !llvm.ptr) {
  // expected-error @below {{'memref.alloc' op has no place in a host function (not supported)}}
  %c = memref.alloc() : memref<4xf32>
  return
}

// -----

// A call of the library has the plan of its stage, addresses that the host reads from `places`, field 72
// of the device frame, and the workspace, field 56.
// CHECK-LABEL: llvm.func @sph_entry_calls
//  CHECK-SAME:   (%[[FRAME:.*]]: !llvm.ptr) -> !llvm.ptr
//       CHECK:   %[[FIELD:.*]] = llvm.getelementptr %[[FRAME]][72]
//       CHECK:   %[[PLACES:.*]] = llvm.load %[[FIELD]]
//       CHECK:   %[[ARENA:.*]] = llvm.load %[[PLACES]]
//       CHECK:   %[[OUT:.*]] = llvm.getelementptr %[[ARENA]][64]
//       CHECK:   llvm.getelementptr %[[FRAME]][40]
//       CHECK:   llvm.getelementptr %{{.*}}[0]
//       CHECK:   %[[PLAN:.*]] = llvm.load
//       CHECK:   %[[INVERSE:.*]] = llvm.mlir.constant(1 : i32)
//       CHECK:   llvm.getelementptr %[[FRAME]][56]
//       CHECK:   %[[WORKSPACE:.*]] = llvm.load
//       CHECK:   llvm.getelementptr %{{.*}}[16]
//       CHECK:   %[[EXECUTE:.*]] = llvm.load
//       CHECK:   llvm.call %[[EXECUTE]](%{{.*}}, %[[PLAN]], %[[ARENA]], %[[OUT]], %[[INVERSE]], %[[WORKSPACE]])
//       CHECK:   llvm.icmp "ne"
func.func @calls(%frame: !llvm.ptr, %scratch: !llvm.ptr, %places: !llvm.ptr) {
  %arena = llvm.load %places : !llvm.ptr -> !llvm.ptr
  %out = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  stage.fft_call real_synthesis %arena -> %out {n = 5, rows = 6} : !llvm.ptr, !llvm.ptr
  return
}

// -----

// A product has the shape of its stage, and all of the workspace.
// CHECK-LABEL: llvm.func @sph_entry_product
//  CHECK-SAME:   (%[[FRAME:.*]]: !llvm.ptr) -> !llvm.ptr
//       CHECK:   llvm.getelementptr %[[FRAME]][48]
//       CHECK:   llvm.getelementptr %{{.*}}[0]
//       CHECK:   %[[SHAPE:.*]] = llvm.load
//       CHECK:   llvm.getelementptr %[[FRAME]][64]
//       CHECK:   %[[BYTES:.*]] = llvm.load %{{.*}} -> i64
//       CHECK:   llvm.getelementptr %[[FRAME]][56]
//       CHECK:   %[[WORKSPACE:.*]] = llvm.load
//       CHECK:   llvm.getelementptr %{{.*}}[24]
//       CHECK:   %[[GEMM:.*]] = llvm.load
//       CHECK:   llvm.call %[[GEMM]](%{{.*}}, %[[SHAPE]], %[[A:.*]], %[[A]], %{{.*}}, %[[WORKSPACE]], %[[BYTES]])
//       CHECK:   llvm.icmp "ne"
func.func @product(%frame: !llvm.ptr, %scratch: !llvm.ptr, %places: !llvm.ptr) {
  %arena = llvm.load %places : !llvm.ptr -> !llvm.ptr
  %out = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  stage.gemm_call %arena, %arena -> %out : !llvm.ptr, !llvm.ptr, !llvm.ptr
  return
}
