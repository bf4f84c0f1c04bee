//===- lower_tasks.cpp - spherical-lower-tasks ------------------*- C++ -*-===//
//
// Planned functions become entries, and their sweeps task functions:
//   func @forward { stage.sweep "a" ...; stage.sweep "b" ... }
//     ->  sph_entry_forward(frame) { places = {frame, addresses of what a names outside of itself};
//                                    sph_parallel(context, task_a, places, tasks, 0); ... }
//         task_a(places, task, scratch)  { for each point of the task: its body }
// A task function knows nothing of the entry nor of places in memory: sweeps that differ in nothing
// else share it, of one entry or of several.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"
#include "passes/lower/tasks/manifest.h"
#include "passes/lower/tasks/task_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_LOWERTASKS
#include "passes/lower/passes.h.inc"
namespace {

/// A sweep's task function, and the memory from outside of the sweep that it works on: place 1 + i
/// of its list has the address of outside[i], place 0 the frame.
struct Task {
  stage::SweepOp sweep;
  LLVM::LLVMFuncOp function;
  SmallVector<Value> outside;
};

/// Lowers the planned functions of one module.
class ModuleLowering {
public:
  ModuleLowering(ModuleOp module, const CpuTarget &target)
      : module(module), target(target), kernels(module, module, target.registers),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        integer(IntegerType::get(module.getContext(), 64)) {}

  LogicalResult run();

private:
  LogicalResult lowerEntry(func::FuncOp entry);
  FailureOr<Task> lowerSweep(stage::SweepOp sweep);
  LLVM::LLVMFuncOp unique(LLVM::LLVMFuncOp task);
  void makeEntry(func::FuncOp entry, MutableArrayRef<Task> tasks);
  LLVM::LLVMFuncOp makeFunction(StringRef name, ArrayRef<Type> arguments, Location loc,
                                LLVM::Linkage linkage);
  void declareParallel();

  ModuleOp module;
  const CpuTarget &target;
  KernelLibrary kernels;
  Type pointer, integer;
  LLVM::LLVMFuncOp parallel;
  llvm::StringMap<LLVM::LLVMFuncOp> known; ///< tasks by their text
};

/// The address of the place of outside[i] in a list of places.
Value placeAt(OpBuilder &ops, Location loc, Value places, size_t i) {
  auto pointer = LLVM::LLVMPointerType::get(ops.getContext());
  return LLVM::GEPOp::create(ops, loc, pointer, pointer, places,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(1 + i)});
}

LLVM::LLVMFuncOp ModuleLowering::makeFunction(StringRef name, ArrayRef<Type> arguments,
                                              Location loc, LLVM::Linkage linkage) {
  OpBuilder ops = OpBuilder::atBlockEnd(module.getBody());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()), arguments);
  auto function = LLVM::LLVMFuncOp::create(ops, loc, name, type, linkage);
  function.setNoUnwind(true);
  return function;
}

void ModuleLowering::declareParallel() {
  parallel = makeFunction("sph_parallel", {pointer, pointer, pointer, integer, integer},
                          module.getLoc(), LLVM::Linkage::External);
}

FailureOr<Task> ModuleLowering::lowerSweep(stage::SweepOp sweep) {
  Location loc = sweep.getLoc();
  Task task{sweep, {}, {}};
  task.function = makeFunction("task_" + symbolOf(sweep), {pointer, integer, pointer}, loc,
                               LLVM::Linkage::Internal);
  task.function.setDsoLocal(true);
  OpBuilder ops(module.getContext());
  Block *block = task.function.addEntryBlock(ops);
  ops.setInsertionPointToStart(block);
  Value places = block->getArgument(0);
  Value frame = LLVM::LoadOp::create(ops, loc, pointer, places);
  auto place = [&](Value memref) -> Value {
    task.outside.push_back(memref);
    return LLVM::LoadOp::create(ops, loc, pointer,
                                placeAt(ops, loc, places, task.outside.size() - 1));
  };
  TaskBuilder builder(kernels, ops, loc, frame, block->getArgument(2), place);
  if (failed(builder.emitTask(sweep, block->getArgument(1))))
    return failure();
  LLVM::ReturnOp::create(ops, loc, ValueRange{});
  task.function = unique(task.function);
  return task;
}

/// The task function of the same text that there is already, in place of `task`, which goes; or
/// `task`, with a symbol that its text tells apart, whatever else is in the module.
LLVM::LLVMFuncOp ModuleLowering::unique(LLVM::LLVMFuncOp task) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  task->print(stream, OpPrintingFlags().useLocalScope());
  const StringRef body = StringRef(text).drop_until([](char c) { return c == '('; });
  auto [found, isNew] = known.try_emplace(body, task);
  if (isNew)
    task.setSymName((task.getSymName() + "_" + llvm::utohexstr(llvm::xxh3_64bits(body))).str());
  else
    task->erase();
  return found->second;
}

/// The function that runs tasks, sweep by sweep, each with the places of its sweep.
void ModuleLowering::makeEntry(func::FuncOp entry, MutableArrayRef<Task> tasks) {
  Location loc = entry.getLoc();
  auto function = makeFunction(("sph_entry_" + entry.getSymName()).str(), {pointer}, loc,
                               LLVM::Linkage::External);
  OpBuilder ops(module.getContext());
  Block *block = function.addEntryBlock(ops);
  ops.setInsertionPointToStart(block);
  Value frame = block->getArgument(0);
  Value context = LLVM::LoadOp::create(ops, loc, pointer, frame);
  size_t most = 0;
  for (const Task &task : tasks)
    most = std::max(most, task.outside.size());
  Value count = CodeletBuilder(ops, loc, {ops.getI8Type(), 1}).integer(1 + most);
  Value places = LLVM::AllocaOp::create(ops, loc, pointer, pointer, count, alignof(void *));
  LLVM::StoreOp::create(ops, loc, frame, places);
  FrameAddresses addresses(module, entry, ops, frame);
  for (auto [index, task] : llvm::enumerate(tasks)) {
    CodeletBuilder c(ops, task.sweep.getLoc(), {ops.getI8Type(), 1});
    for (auto [i, memref] : llvm::enumerate(task.outside))
      LLVM::StoreOp::create(ops, c.loc, addresses.pointer(memref), placeAt(ops, c.loc, places, i));
    Value address = LLVM::AddressOfOp::create(ops, c.loc, task.function);
    LLVM::CallOp::create(ops, c.loc, parallel,
                         ValueRange{context, address, places, c.integer(task.sweep.getTasks()),
                                    c.integer(static_cast<int64_t>(index))});
  }
  LLVM::ReturnOp::create(ops, loc, ValueRange{});
}

LogicalResult ModuleLowering::lowerEntry(func::FuncOp entry) {
  if (failed(verifyPlanned(entry)))
    return failure();
  SmallVector<Task> lowered;
  for (auto sweep : entry.getOps<stage::SweepOp>()) {
    FailureOr<Task> task = lowerSweep(sweep);
    if (failed(task))
      return failure();
    lowered.push_back(std::move(*task));
  }
  makeEntry(entry, lowered);
  return success();
}

LogicalResult ModuleLowering::run() {
  declareParallel();
  Manifest manifest = buildManifest(module, "cpu", target);
  SmallVector<func::FuncOp> entries(module.getOps<func::FuncOp>());
  for (func::FuncOp entry : entries)
    if (failed(lowerEntry(entry)))
      return failure();
  for (func::FuncOp entry : entries)
    entry.erase();
  for (auto table : llvm::make_early_inc_range(module.getOps<stage::TableOp>()))
    table.erase();
  addConstants(module, manifestText(std::move(manifest), kernels.size()));
  setLoweredCpu(module, target);
  return success();
}

struct LowerTasks : impl::LowerTasksBase<LowerTasks> {
  using LowerTasksBase::LowerTasksBase;

  void runOnOperation() override {
    std::string reason;
    std::optional<CpuTarget> target = getCpuTarget(cpu, reason);
    if (!target) {
      getOperation().emitError() << "spherical-lower-tasks: " << reason;
      return signalPassFailure();
    }
    if (failed(ModuleLowering(getOperation(), *target).run()))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
