//===- lower_tasks.cpp - spherical-lower-tasks ------------------*- C++ -*-===//
//
// Planned functions become entries, and their sweeps task functions:
//   func @forward { stage.sweep "a" ...; stage.sweep "b" ... }
//     ->  sph_entry_forward(frame) { sph_parallel(context, a, frame, tasks, 0); ... }
//         a(frame, task, scratch)  { for each point of the task: its body }
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"
#include "passes/lower/tasks/manifest.h"
#include "passes/lower/tasks/task_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_LOWERTASKS
#include "passes/lower/passes.h.inc"
namespace {

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
  FailureOr<LLVM::LLVMFuncOp> lowerSweep(func::FuncOp entry, stage::SweepOp sweep, int64_t index);
  LLVM::LLVMFuncOp makeFunction(StringRef name, ArrayRef<Type> arguments, Location loc,
                                LLVM::Linkage linkage);
  void declareParallel();

  ModuleOp module;
  const CpuTarget &target;
  KernelLibrary kernels;
  Type pointer, integer;
  LLVM::LLVMFuncOp parallel;
};

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

FailureOr<LLVM::LLVMFuncOp> ModuleLowering::lowerSweep(func::FuncOp entry, stage::SweepOp sweep,
                                                       int64_t index) {
  Location loc = sweep.getLoc();
  auto function = makeFunction(taskSymbol(entry, sweep, index), {pointer, integer, pointer}, loc,
                               LLVM::Linkage::Internal);
  function.setDsoLocal(true);
  OpBuilder ops(module.getContext());
  Block *block = function.addEntryBlock(ops);
  ops.setInsertionPointToStart(block);
  TaskBuilder tasks(kernels, entry, ops, block->getArgument(0), block->getArgument(2));
  CodeletBuilder c(ops, loc, {ops.getI8Type(), 1});
  LogicalResult result = success();
  Value task = block->getArgument(1);
  if (sweep.getChunk() == 1) {
    result = tasks.emitPoint(sweep, task);
  } else {
    auto chunk = static_cast<int64_t>(sweep.getChunk());
    Value begin = c.mul(task, chunk);
    Value end = c.minimum(c.add(begin, chunk), c.integer(sweep.getPoints()));
    c.loop(begin, end, 1, [&](Value point) { result = tasks.emitPoint(sweep, point); });
  }
  LLVM::ReturnOp::create(ops, loc, ValueRange{});
  if (failed(result))
    return failure();
  return function;
}

LogicalResult ModuleLowering::lowerEntry(func::FuncOp entry) {
  if (failed(verifyPlanned(entry)))
    return failure();
  Location loc = entry.getLoc();
  auto function = makeFunction(("sph_entry_" + entry.getSymName()).str(), {pointer}, loc,
                               LLVM::Linkage::External);
  OpBuilder ops(module.getContext());
  Block *block = function.addEntryBlock(ops);
  ops.setInsertionPointToStart(block);
  CodeletBuilder c(ops, loc, {ops.getI8Type(), 1});
  Value frame = block->getArgument(0);
  Value context = LLVM::LoadOp::create(ops, loc, pointer, frame);
  for (auto [index, sweep] : llvm::enumerate(entry.getOps<stage::SweepOp>())) {
    auto task = lowerSweep(entry, sweep, static_cast<int64_t>(index));
    if (failed(task))
      return failure();
    CodeletBuilder here(ops, sweep.getLoc(), c.lane);
    Value address = LLVM::AddressOfOp::create(ops, sweep.getLoc(), *task);
    LLVM::CallOp::create(ops, sweep.getLoc(), parallel,
                         ValueRange{context, address, frame, here.integer(sweep.getTasks()),
                                    here.integer(static_cast<int64_t>(index))});
  }
  LLVM::ReturnOp::create(ops, loc, ValueRange{});
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
