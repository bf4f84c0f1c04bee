//===- passes.td - passes of the lower phase -------------------*- tablegen -*-===//

#ifndef SPHERICAL_PASSES_LOWER_PASSES_TD
#define SPHERICAL_PASSES_LOWER_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerTasks : Pass<"spherical-lower-tasks", "::mlir::ModuleOp"> {
  let summary = "Turn planned entries into tasks and calls of kernels";
  let description = [{
    Every `stage.sweep` becomes a function (frame, task, scratch) that an entry hands to
    `sph_parallel`; a planned function `@name` becomes `sph_entry_name(frame)`. Transforms,
    products and gathers become calls of kernels: private functions over pointers with run-time
    extents, one for each codelet, radices or register tile, lane type and epilogue. Maps are
    expanded in place on vectors. The manifest, built from the planned functions, becomes the
    constant `sph_manifest`.

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
    llvm.func internal @forward_0_relu(%frame: !llvm.ptr, %task: i64, %scratch: !llvm.ptr) { ... }
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

#endif // SPHERICAL_PASSES_LOWER_PASSES_TD
