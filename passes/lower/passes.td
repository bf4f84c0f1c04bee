//===- passes.td - passes of the lower phase -------------------*- tablegen -*-===//

#ifndef SPHERICAL_PASSES_LOWER_PASSES_TD
#define SPHERICAL_PASSES_LOWER_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyMemory : Pass<"spherical-verify-memory", "::mlir::ModuleOp"> {
  let summary = "Check that planned functions stay within their memory";
  let description = [{
    Runs when the plan phase is over, and on plans from files, for every target. Checks what the
    verifiers of single ops cannot see, P1 to P10 of the stage dialect's description: planned
    functions hold what they may; every view lies within the arena, every subview within its source
    for all values of its indices; positions in tables of indices and of problems lie within the
    operands; outputs of an op overlap nothing else, and no two points of a sweep meet where one
    writes; samples of batched arguments are only reached by gathers, which stop at the run-time
    count; nothing is read that nothing has written. The type of a table holds what its kind has.

    *Before*
    ```mlir
    %c128 = arith.constant 128 : index
    %v = memref.view %arena[%c128][] : memref<192xi8> to memref<16xf32>
    ```
    *After*: the same.
    *Leaves*: everything.
    *Fails*: at the first op that breaks one of them, and at offsets, indices and problems that are
    not known before the program runs.
  }];
}

def CountWork : Pass<"spherical-count-work", "::mlir::ModuleOp"> {
  let summary = "Count operations and bytes of each sweep from its stages";
  let description = [{
    Runs behind `spherical-verify-memory`. `flop` becomes the operations that all points of the sweep
    execute, lanes without a sample included: 2 for each product of a `stage.contract`, 5 n log2 n for
    each complex and 2.5 n log2 n for each real transform of a `stage.dft` or `stage.dft_map`, those
    of the region for each point of a `stage.map`, and the sums of a `stage.gather`. `bytes` becomes
    the least that moves to and from memory: what its ops read of each buffer but scratch memory once,
    and what they write.

    *Before*
    ```mlir
    stage.sweep "relu" (%i) in [2] chunk 1 flop 0 bytes 0 { stage.map [16] ... arith.maximumf ... }
    ```
    *After*
    ```mlir
    stage.sweep "relu" (%i) in [2] chunk 1 flop 32 bytes 256 { stage.map [16] ... arith.maximumf ... }
    ```
    *Leaves*: everything else.
    *Fails*: never, on a plan that `spherical-verify-memory` accepts.
  }];
}

def LowerTasks : Pass<"spherical-lower-tasks", "::mlir::ModuleOp"> {
  let summary = "Turn planned entries into tasks and calls of kernels";
  let description = [{
    Every `stage.sweep` becomes a function (places, task, scratch) that an entry hands to
    `sph_parallel`; a planned function `@name` becomes `sph_entry_name(frame)`. The entry fills the
    list of places: the frame, then the address of each memref from outside of the sweep. Sweeps that
    become the same text share one function, named after the stage and a hash of the text. Transforms,
    products and gathers become calls of kernels: private functions over pointers with run-time
    extents (but for the bins of a `stage.dft_map`), one for each codelet, radices or register tile,
    lane type and epilogue. Maps are expanded in place on vectors. The manifest, built from the
    planned functions, becomes the constant `sph_manifest`; it says which instructions the code needs,
    and `spherical.cpu` of the module which processor the code is made for, whoever takes it up.

    *Before*
    ```mlir
    func.func @forward(%arena: memref<4096xi8> {stage.arena}, %x: memref<..>, %y: memref<..>) {
      stage.sweep "relu" (%g, %c) in [2, 20] chunk 1 flop 100 bytes 800 { stage.map ... }
      return
    }
    ```
    *After*
    ```mlir
    llvm.func @sph_entry_forward(%frame: !llvm.ptr) { llvm.call @sph_parallel(...) }
    llvm.func internal @task_relu_<hash>(%places: !llvm.ptr, %task: i64, %scratch: !llvm.ptr) { ... }
    ```
    *Leaves*: loops (scf), arithmetic, math and vector ops inside `llvm.func`.
    *Fails*: at an op that has no place in a planned function, and at an unknown `cpu`.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"\"",
           "x86-64-v3, x86-64-v4, native, or empty for the best level of this machine">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def ApproximateMath : Pass<"spherical-approximate-math"> {
  let summary = "Exponentials and logarithms of f32 become polynomials";
  let description = [{
    `math.exp` and `math.log` of f32 and of vectors of f32 become arithmetic on a reduced range, with
    errors of a few units in the last place; infinities and NaN stay what they are.

    *Before*
    ```mlir
    %y = math.exp %x : vector<16xf32>
    ```
    *After*
    ```mlir
    %n = math.floor %scaled : vector<16xf32>
    %p = math.fma %r, %c5, %c4 : vector<16xf32>
    ...
    ```
    *Leaves*: other functions, and f64.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def ChooseLaunches : Pass<"spherical-choose-launches", "::mlir::ModuleOp"> {
  let summary = "Choose blocks, threads and memory of each sweep's kernel on a GPU";
  let description = [{
    Every `stage.sweep` gets the attribute `stage.launch`: a block for each task, up to
    `max-blocks`, of the most warps, up to four, for which what transforms keep between their passes
    fits into the shared memory that a block of the chip can ask for. Where not even one warp's fits,
    it goes into the block's slot of device memory. An attribute that is already there is checked and stays.

    *Before*
    ```mlir
    stage.sweep "rows" (%i) in [3] chunk 1 flop 100 bytes 200 scratch (%s: memref<10x2x2x32xf32>) { .. }
    ```
    *After*
    ```mlir
    stage.sweep "rows" (%i) in [3] chunk 1 flop 100 bytes 200 scratch (%s: memref<10x2x2x32xf32>)
        attributes {stage.launch = #stage.launch<blocks = 3, threads = 128, shared = 40960, slot = 5120, work = 0>} { .. }
    ```
    *Leaves*: everything else.
    *Fails*: for a GPU that is not supported, and at a launch that is too small for its sweep or too
    large for the GPU.
  }];
  let options = [
    Option<"gpu", "gpu", "std::string", "\"sm_90\"", "compute capability of the GPU">,
    Option<"maxBlocks", "max-blocks", "int64_t", "528",
           "most blocks of a launch, each with a slot of device memory">
  ];
  let dependentDialects = ["::mlir::stage::StageDialect"];
}

def LowerCUDA : Pass<"spherical-lower-cuda", "::mlir::ModuleOp"> {
  let summary = "Turn planned entries into kernels of a gpu.module and their launches";
  let description = [{
    Every `stage.sweep` becomes a kernel (frame, scratch) of `gpu.module @kernels`: block k runs the
    tasks k, k + blocks, ... A planned function `@name` becomes the host function of that name, which
    launches them in order as the attributes `stage.launch` say. The frame is a `sph_frame`
    (runtime/spherical_runtime.h) in device memory. The kernels of stages are those of
    `spherical-lower-tasks`, with T = f32 and each lane a thread: lanes over a batch of 32 are a
    warp, so that a lane value is one coalesced access of 128 bytes. Rows, tiles and points are shared
    out among the warps of a block; a barrier follows every stage. What a transform keeps between its
    passes is in shared memory, or in the block's slot of device memory. The manifest, built from
    the planned functions, becomes the constant `sph_manifest`. A sweep that is a call of a library
    (`stage.fft`) becomes one of the host function, with addresses from `places`, a frame like that
    on the device which the host can read.

    *Before*
    ```mlir
    func.func @forward(%arena: memref<4096xi8> {stage.arena}, %x: memref<..>, %y: memref<..>) {
      stage.sweep "relu" (%g, %c) in [2, 20] chunk 1 flop 100 bytes 800
          attributes {stage.launch = #stage.launch<blocks = 40, ..>} { stage.map ... }
      return
    }
    ```
    *After*
    ```mlir
    func.func @forward(%frame: !llvm.ptr, %scratch: !llvm.ptr, %places: !llvm.ptr) {
      stage.launch @kernels::@forward_0_relu <blocks = 40, ..> (%frame, %scratch) : !llvm.ptr, !llvm.ptr
    }
    gpu.module @kernels [#nvvm.target<chip = "sm_90", ..>] {
      llvm.func @forward_0_relu(%frame: !llvm.ptr, %scratch: !llvm.ptr) attributes {gpu.kernel, ..}
    }
    ```
    *Leaves*: loops (scf), arithmetic and math ops inside `llvm.func`.
    *Fails*: at an op that has no place in a planned function, at exp and log of f64 and powf, and
    at sweeps without a launch.
  }];
  let options = [
    Option<"target", "target", "std::string", "\"cuda\"",
           "cuda, cuda-emulated or cuda-emulated:strict">,
    Option<"cpu", "cpu", "std::string", "\"\"", "processor of the host code (see spherical-lower-tasks)">,
    Option<"gpu", "gpu", "std::string", "\"sm_90\"", "compute capability of the GPU">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect",
                           "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
                           "::mlir::gpu::GPUDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::stage::StageDialect"];
}

def LowerLaunches : Pass<"spherical-lower-launches", "::mlir::ModuleOp"> {
  let summary = "Turn launches into calls of the device";
  let description = [{
    A host function `@name` becomes `sph_entry_name`, a sph_device_entry (runtime/cuda/device.h): it
    calls the function `launch` of the frame's table of device calls for each `stage.launch`, in
    order, with kernel number i of the frame for stage number i, and `fft_execute` with plan number i
    for each `stage.fft_call`. It returns null, or what the first call that failed returns.

    *Before*
    ```mlir
    func.func @forward(%frame: !llvm.ptr, %scratch: !llvm.ptr, %places: !llvm.ptr) {
      stage.launch @kernels::@forward_0_relu <blocks = 40, ..> (%frame, %scratch) : !llvm.ptr, !llvm.ptr
      return
    }
    ```
    *After*
    ```mlir
    llvm.func @sph_entry_forward(%device_frame: !llvm.ptr) -> !llvm.ptr {
      %failure = llvm.call %launch(%stream, %kernel, %blocks, %threads, %shared, %arguments) : ..
      ..
    }
    ```
    *Leaves*: the kernels.
    *Fails*: at an op of a host function that is no launch, call or arithmetic on addresses.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // SPHERICAL_PASSES_LOWER_PASSES_TD
