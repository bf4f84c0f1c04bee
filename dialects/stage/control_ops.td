//===- control_ops.td - tables and sweeps -------------------*- tablegen -*-===//

#ifndef DIALECTS_STAGE_CONTROL_OPS_TD
#define DIALECTS_STAGE_CONTROL_OPS_TD

include "dialects/stage/attributes.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// The memory that ops work on (the dialect's description, Memory).
def Stage_Memory : Type<CPred<"::mlir::stage::isPlannedMemory($_self)">,
    "memref of f32, f64, bf16, i16, i32 or i64 with static extents of at least 1, static strides and "
    "at most 2^40 bytes", "::mlir::MemRefType">;

/// Ops that compute on memory in the body of a sweep.
def Stage_Computes : NativeOpTrait<"ComputesOnMemory"> {
  let cppNamespace = "::mlir::stage";
}

class Stage_Op<string mnemonic, list<Trait> traits = []> : Op<Stage_Dialect, mnemonic, traits>;

def Stage_TableOp : Stage_Op<"table", [Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "a read-only table, made when the model is loaded";
  let description = [{
    The runtime fills it (runtime/math/tables.h), so that only the lower phase can know its size.
    - C1: the type is a static memref of f32, f64, i32 or i64 in row-major order; points and scale
      are finite.
    - C2: it holds as many elements as the kind and its parameters have: an error of
      `spherical-verify-memory`.
    ```mlir
    stage.table @t0 : memref<18x2xf32> = #stage.table<"roots", {n = 38}>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<AnyMemRef>:$type,
                       Stage_TableAttr:$value);
  let assemblyFormat = "$sym_name `:` $type `=` qualified($value) attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The table's memref type, with the accessor's cast done.
    ::mlir::MemRefType getMemRefType() { return ::llvm::cast<::mlir::MemRefType>(getType()); }
  }];
}

def Stage_TableRefOp : Stage_Op<"table_ref", [Pure,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the address of a table";
  let description = [{
    - C1: `table` names a `stage.table` of the result's type.
    ```mlir
    %t = stage.table_ref @t0 : memref<100x2xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$table);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$table attr-dict `:` type($result)";
}

def Stage_SweepOp : Stage_Op<"sweep", [RecursiveMemoryEffects,
    SingleBlockImplicitTerminator<"YieldOp">, HasParent<"::mlir::func::FuncOp">]> {
  let summary = "a parallel loop over an index space with private scratch memory";
  let description = [{
    Runs the body once for each point of the index space [0, e_0) x [0, e_1) x ... The points are
    independent of each other and may run at once and in any order. Points are numbered in row-major
    order (last index fastest); task t holds the points t * chunk ... min((t + 1) * chunk, points) -
    1,
    in order, so that there are ceil(points / chunk) tasks. Sweeps run one after the other.

    The body's block arguments are the indices (one `index` for each extent) and then the scratch
    buffers: static row-major memrefs, 64-byte aligned, private to the worker; what they hold when
    the body of a point starts is undefined.

    The body holds stage compute ops (dft, contract, map, gather, fill; fft or gemm); `memref.subview` with
    static
    sizes and unit strides of buffers, arguments, scratch and tables; `affine.apply` and index
    constants for offsets; and `scf.for`, a sequential loop whose body holds the same.

    `flop` and `bytes` count the work and the least traffic of the whole sweep; `stage` names it in
    timings.
    - C1: one block argument of type index for each extent, all extents and the chunk at least 1,
      flop and bytes at least 0, at most 2^40 points.
    - C2: every further block argument is a row-major memref of planned memory.
    - C3: the body holds none but the ops above.
    - C4: loops have constant index bounds, a step of at least 1, from 1 to 2^20 iterations, and no
      results.
    - C5: a body with a call of a library (fft, gemm) has one point, no loop around it and no other
      compute op, and the call's memory is from outside.
    ```mlir
    stage.sweep "clear" (%g, %c) in [2, 20] chunk 1 flop 0 bytes 64000 scratch (%s : memref<9x16xf32>) {
      stage.fill %s with 0.0 : f32 : memref<9x16xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$stage, DenseI64ArrayAttr:$space, I64Attr:$chunk, I64Attr:$flop,
                       I64Attr:$bytes);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$stage, "::llvm::ArrayRef<int64_t>":$space,
      "::llvm::ArrayRef<::mlir::Type>":$scratch,
      "::llvm::function_ref<void(::mlir::OpBuilder &, ::mlir::Location, ::mlir::ValueRange,"
      " ::mlir::ValueRange)>":$body)>];
  let extraClassDeclaration = [{
    /// Number of points of the index space.
    int64_t getPoints();
    /// Number of tasks, ceil(points / chunk).
    int64_t getTasks();
    /// The index block arguments.
    ::mlir::Block::BlockArgListType getIndices();
    /// The call of a library that the sweep is, or null for a sweep that is a kernel.
    ::mlir::spherical::LibraryCall getCall();
    /// The scratch block arguments.
    ::mlir::Block::BlockArgListType getScratch();
    /// Byte offset of each scratch buffer in a worker's scratch memory (multiples of 64), and
    /// the bytes of all as the last element. Buffers that ops of the body never use at once may
    /// share memory.
    ::llvm::SmallVector<int64_t> getScratchOffsets();
  }];
}

def Stage_LaunchOp : Stage_Op<"launch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel on a GPU";
  let description = [{
    Puts a launch of `kernel`, which has a sweep's body, on the stream of the entry. Launches run
    one after the other.
    - C1: `kernel` is a function with the attribute `gpu.kernel` in a module of kernels, and takes
      the arguments.
    ```mlir
    stage.launch @kernels::@forward_0_relu
        <blocks = 40, threads = 128, shared = 0, slot = 0, work = 0>(%frame, %scratch)
        : !llvm.ptr, !llvm.ptr
    ```
  }];
  let arguments = (ins SymbolRefAttr:$kernel, Stage_LaunchAttr:$launch,
                       Variadic<AnyType>:$arguments);
  let assemblyFormat = "$kernel $launch `(` $arguments `)` attr-dict `:` type($arguments)";
}

def Stage_YieldOp : Stage_Op<"yield", [Pure, Terminator,
    ParentOneOf<["SweepOp", "MapOp"]>]> {
  let summary = "ends a sweep's body, or gives a map's values";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), [{ (void)$_state; }]>];
}

#endif // DIALECTS_STAGE_CONTROL_OPS_TD
