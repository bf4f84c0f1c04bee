//===- task_builder.h - planned memory and work inside a function -*- C++ -*-===//
//
// Inside a task function every memref of the plan is a pointer and every index
// an arith value. The task builder finds or makes them and emits the body of a
// sweep, op by op. Where memory from outside of the sweep lies is asked of its
// maker: in the entry's frame (FrameAddresses), or in a list that the entry fills.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_TASK_BUILDER_H
#define SPHERICAL_PASSES_LOWER_TASKS_TASK_BUILDER_H

#include "passes/lower/tasks/contract_codelet.h"
#include "passes/lower/tasks/dft_codelet.h"
#include "passes/lower/tasks/dft_map_codelet.h"
#include "passes/lower/tasks/kernels.h"

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"

#include <functional>

namespace mlir::spherical {

/// Byte offsets of the fields of sph_frame (runtime/spherical_runtime.h).
enum class FrameField : int64_t {
  Context = 0,
  Arena = 8,
  Tables = 16,
  Arguments = 24,
  Results = 32,
  Count = 40
};

/// True for an argument of a planned function that is a result of the entry.
bool isResultArgument(func::FuncOp entry, unsigned index);
/// True for the arena of a planned function.
bool isArenaArgument(func::FuncOp entry, unsigned index);

/// The place of an argument other than the arena in the frame's list of its kind.
int64_t frameIndex(func::FuncOp entry, unsigned index);

/// True for an op that names a part of planned memory: views of the arena, of buffers and tables.
bool isPlannedView(Operation *op);

/// Checks that a planned function holds sweeps, views at constant places and nothing else.
LogicalResult verifyPlanned(func::FuncOp entry);

/// The name of a sweep's stage as part of a symbol.
std::string symbolOf(stage::SweepOp sweep);
/// The symbol of the kernel that is an entry's sweep number `index` on GPUs.
std::string kernelSymbol(func::FuncOp entry, stage::SweepOp sweep, int64_t index);

/// The kernel of a dft stage in blocks of that many threads (0: lanes are those of a register).
DftCodelet dftCodelet(stage::DftOp op, int64_t threads);
DftMapCodelet dftMapCodelet(stage::DftMapOp op, int64_t threads);

/// The kernel of a contract stage in such blocks.
ContractCodelet contractCodelet(stage::ContractOp op, int64_t threads, KernelLibrary &kernels);

/// Addresses of the memory of a planned function, from its frame.
class FrameAddresses {
public:
  /// `frame` is known where `ops` stands, at each call.
  FrameAddresses(ModuleOp module, func::FuncOp entry, OpBuilder &ops, Value frame)
      : module(module), entry(entry), ops(ops), frame(frame) {}

  /// Address of the first element of an argument, a table or a view at a constant place.
  Value pointer(Value memref);

private:
  Value pointerOfArgument(BlockArgument argument);
  Value pointerOfTable(stage::TableRefOp op);
  /// A pointer read from the frame's field, entry `index` of the array there if given.
  Value loadPointer(FrameField field, std::optional<int64_t> index, Location loc);

  ModuleOp module;
  func::FuncOp entry;
  OpBuilder &ops;
  Value frame;
};

/// The address that a subview, whose source is at `base`, starts at; `integer` gives an index.
Value addressOfSubview(CodeletBuilder &c, memref::SubViewOp op, Value base,
                       llvm::function_ref<Value(Value)> integer);

/// Emits the body of one task function. Where lanes are threads, a block of threads runs it
/// together, and all wait for each other after every stage.
class TaskBuilder {
public:
  /// Gives the address of a memref from outside of the sweep, made where the builder stands.
  using Outside = std::function<Value(Value memref)>;

  /// `frame` (sph_frame) and `scratch` are known in the entry block of the task function, which
  /// holds `ops`' insertion point. `threads` of a block, 0 where lanes are those of a register;
  /// `work`: the block's device memory in place of shared memory.
  TaskBuilder(KernelLibrary &kernels, OpBuilder &ops, Location loc, Value frame, Value scratch,
              Outside outside, int64_t threads = 0, Value work = {});

  /// Emits sweep's task number `task` (i64): a chunk of its points.
  LogicalResult emitTask(stage::SweepOp sweep, Value task);

  /// Bytes of shared memory that the stages emitted so far need.
  int64_t sharedBytes() const { return shared; }

private:
  /// Point number `point` (i64): its indices, then its body.
  LogicalResult emitPoint(stage::SweepOp sweep, Value point);
  LogicalResult emitBody(stage::SweepOp sweep);
  LogicalResult emitBlock(Block &block);
  LogicalResult emitOp(Operation &op);
  LogicalResult emitCompute(Operation &op);
  LogicalResult emitFor(Operation &op);
  LogicalResult emitApply(Operation &op);
  void emitDft(stage::DftOp op);
  void emitDftMap(stage::DftMapOp op);
  LogicalResult emitContract(stage::ContractOp op);
  void emitGather(stage::GatherOp op);
  void emitFill(stage::FillOp op);

  /// Address of the first element of a planned memref.
  Value pointer(Value memref);
  /// The pointer of `memref`, or null for an absent operand.
  Value pointerOrNull(Value memref, Location loc);
  /// Samples in batched arrays, i64.
  Value sampleCount(Location loc);
  /// The i64 of a planned index.
  Value integer(Value index, Location loc);
  void call(LLVM::LLVMFuncOp kernel, ValueRange arguments, Location loc);
  /// The lane type of `memref` with `lanes` samples side by side.
  LaneType laneType(Value memref, int64_t lanes);
  CodeletBuilder scalars(Location loc) { return CodeletBuilder(ops, loc, {ops.getI8Type(), 1}); }

  KernelLibrary &kernels;
  OpBuilder &ops;
  Value frame, scratch;
  Outside outside;
  int64_t threads;
  Value work;
  Operation *prologue; ///< what the whole function shares goes before this
  IRMapping indices;
  DenseMap<Value, Value> pointers;
  int64_t shared = 0;
};

/// Emits a map's loops in place. `pointers` are the operands' addresses, inputs first; `outer`
/// holds the index values from outside of the map that its region may use. In blocks of `threads`
/// (0: none), each point is a thread's work.
void emitMap(OpBuilder &ops, stage::MapOp op, ArrayRef<Value> pointers, const IRMapping &outer,
             RegisterFile registers, int64_t threads);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_TASK_BUILDER_H
