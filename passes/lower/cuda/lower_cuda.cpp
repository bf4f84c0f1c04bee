//===- lower_cuda.cpp - spherical-lower-cuda --------------------*- C++ -*-===//
//
// Planned functions become launches, and their sweeps kernels of a gpu.module:
//   func @forward { stage.sweep "a" ...; stage.sweep "b" ... }
//     ->  func @forward(frame, scratch, places) { stage.launch @kernels::@forward_0_a ...; ... }
//         forward_0_a(frame, scratch)   { for each task of this block: its points' bodies }
// A block of threads runs a task. Lanes are threads of a warp, the rows of a stage are shared out
// among the warps, and a barrier ends every stage. A sweep's scratch memory is a slot of device
// memory for each block, what a kernel keeps on the stack of a CPU is shared memory or, where that
// is too small, the end of the slot. A sweep that is a call of a library stays one of the host,
// whose `places` are a frame that it can read.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"
#include "passes/lower/tasks/manifest.h"
#include "passes/lower/tasks/task_builder.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_LOWERCUDA
#include "passes/lower/passes.h.inc"
namespace {

constexpr StringRef kKernels = "kernels";

/// One stage of an entry: the launch of a kernel, or a call of a library.
struct Launch {
  LLVM::LLVMFuncOp kernel;
  stage::LaunchAttr launch;
  LibraryCall call;
};

/// Lowers the planned functions of one module.
class ModuleLowering {
public:
  ModuleLowering(ModuleOp module, const LowerCUDAOptions &options, const CpuTarget &cpu)
      : module(module), options(options), cpu(cpu),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  LogicalResult run();

private:
  void makeDeviceModule();
  FailureOr<Launch> lowerSweep(func::FuncOp entry, stage::SweepOp sweep, int64_t index);
  LLVM::LLVMFuncOp makeKernel(StringRef name, int64_t threads, Location loc);
  LogicalResult emitTasks(CodeletBuilder &c, TaskBuilder &tasks, stage::SweepOp sweep, Value block);
  FailureOr<SmallVector<Launch>> lowerSweeps(func::FuncOp entry);
  void makeHostFunction(func::FuncOp entry, ArrayRef<Launch> launches);

  ModuleOp module;
  const LowerCUDAOptions &options;
  const CpuTarget &cpu; ///< of the host code
  Type pointer;
  gpu::GPUModuleOp device;
  std::optional<KernelLibrary> kernels;
};

void ModuleLowering::makeDeviceModule() {
  OpBuilder ops = OpBuilder::atBlockEnd(module.getBody());
  MLIRContext *context = module.getContext();
  module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(), ops.getUnitAttr());
  Attribute target =
      NVVM::NVVMTargetAttr::get(context, 3, "nvptx64-nvidia-cuda", options.gpu, "+ptx80");
  device = gpu::GPUModuleOp::create(ops, module.getLoc(), kKernels, ArrayRef(target));
  ops.setInsertionPointToStart(device.getBody());
  auto none = LLVM::LLVMArrayType::get(ops.getI8Type(), 0);
  LLVM::GlobalOp::create(ops, module.getLoc(), none, /*isConstant=*/false, LLVM::Linkage::External,
                         kSharedMemory, Attribute(), /*alignment=*/64,
                         static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
  kernels.emplace(module, device, kWarpRegisters);
}

LLVM::LLVMFuncOp ModuleLowering::makeKernel(StringRef name, int64_t threads, Location loc) {
  OpBuilder ops = OpBuilder::atBlockEnd(device.getBody());
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()), {pointer, pointer});
  auto kernel = LLVM::LLVMFuncOp::create(ops, loc, name, type);
  kernel.setNoUnwind(true);
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), ops.getUnitAttr());
  kernel->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(), ops.getUnitAttr());
  kernel->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                  ops.getDenseI32ArrayAttr({static_cast<int32_t>(threads), 1, 1}));
  return kernel;
}

/// Tasks block, block + blocks, ... of the sweep, each with all of its points.
LogicalResult ModuleLowering::emitTasks(CodeletBuilder &c, TaskBuilder &tasks, stage::SweepOp sweep,
                                        Value block) {
  LogicalResult result = success();
  Type i32 = c.ops.getI32Type();
  Value blocks = c.extend(NVVM::GridDimXOp::create(c.ops, c.loc, i32));
  c.loop(block, c.integer(sweep.getTasks()), blocks,
         [&](Value task) { result = tasks.emitTask(sweep, task); });
  return result;
}

FailureOr<Launch> ModuleLowering::lowerSweep(func::FuncOp entry, stage::SweepOp sweep,
                                             int64_t index) {
  if (LibraryCall call = sweep.getCall()) {
    const auto type = cast<MemRefType>(call->getOperand(0).getType());
    if (!type.getElementType().isF32())
      return call->emitOpError() << "expected f32 on target cuda, got " << type
                                 << " (not supported)";
    return Launch{{}, {}, call};
  }
  auto launch = sweep->getAttrOfType<stage::LaunchAttr>(stage::kLaunchAttr);
  if (!launch)
    return sweep.emitOpError() << "expected the attribute `" << stage::kLaunchAttr << "`, got none";
  Location loc = sweep.getLoc();
  LLVM::LLVMFuncOp kernel = makeKernel(kernelSymbol(entry, sweep, index), launch.getThreads(), loc);
  OpBuilder ops(module.getContext());
  Block *body = kernel.addEntryBlock(ops);
  ops.setInsertionPointToStart(body);
  CodeletBuilder c(ops, loc, {ops.getI8Type(), 1, launch.getThreads()});
  Value block = c.extend(NVVM::BlockIdXOp::create(ops, loc, ops.getI32Type()));
  Value slot = c.atByte(body->getArgument(1), c.mul(block, launch.getSlot()));
  Value work = launch.getWork() > 0 ? c.atByte(slot, c.integer(launch.getSlot() - launch.getWork()))
                                    : Value();
  Value frame = body->getArgument(0);
  FrameAddresses addresses(module, entry, ops, frame);
  TaskBuilder tasks(
      *kernels, ops, loc, frame, slot, [&](Value memref) { return addresses.pointer(memref); },
      launch.getThreads(), work);
  if (failed(emitTasks(c, tasks, sweep, block)))
    return failure();
  LLVM::ReturnOp::create(ops, loc, ValueRange{});
  if (tasks.sharedBytes() > launch.getShared())
    return sweep.emitOpError() << "expected a launch with " << tasks.sharedBytes()
                               << " bytes of shared memory, got " << launch.getShared();
  return Launch{kernel, launch, {}};
}

FailureOr<SmallVector<Launch>> ModuleLowering::lowerSweeps(func::FuncOp entry) {
  WalkResult walk = entry.walk([](Operation *op) {
    bool approximated = isa<math::ExpOp, math::LogOp>(op) && op->getResult(0).getType().isF32();
    if (approximated || !isa<math::ExpOp, math::LogOp, math::PowFOp>(op))
      return WalkResult::advance();
    op->emitOpError() << "is not supported yet by target cuda";
    return WalkResult::interrupt();
  });
  if (walk.wasInterrupted() || failed(verifyPlanned(entry)))
    return failure();
  SmallVector<Launch> launches;
  for (auto [index, sweep] : llvm::enumerate(entry.getOps<stage::SweepOp>())) {
    FailureOr<Launch> launch = lowerSweep(entry, sweep, static_cast<int64_t>(index));
    if (failed(launch))
      return failure();
    launches.push_back(*launch);
  }
  return launches;
}

/// The call of a library, on addresses.
static void makeCall(OpBuilder &ops, Operation *call, FrameAddresses &places) {
  SmallVector<Value> at;
  for (Value operand : call->getOperands())
    at.push_back(places.pointer(operand));
  if (auto fft = dyn_cast<stage::FftOp>(call))
    stage::FftCallOp::create(ops, fft.getLoc(), fft.getKind(), at[0], at[1], fft.getN(),
                             fft.getRows());
  else
    stage::GemmCallOp::create(ops, call->getLoc(), at[0], at[1], at[2]);
}

void ModuleLowering::makeHostFunction(func::FuncOp entry, ArrayRef<Launch> launches) {
  OpBuilder ops(entry);
  Location loc = entry.getLoc();
  auto type = ops.getFunctionType({pointer, pointer, pointer}, {});
  auto host = func::FuncOp::create(ops, loc, entry.getSymName(), type);
  Block *body = host.addEntryBlock();
  ops.setInsertionPointToStart(body);
  FrameAddresses places(module, entry, ops, body->getArgument(2));
  for (Launch launch : launches) {
    if (launch.call) {
      makeCall(ops, launch.call, places);
      continue;
    }
    auto symbol = SymbolRefAttr::get(ops.getStringAttr(kKernels),
                                     {FlatSymbolRefAttr::get(launch.kernel.getSymNameAttr())});
    stage::LaunchOp::create(ops, launch.kernel.getLoc(), symbol, launch.launch,
                            body->getArguments().take_front(2));
  }
  func::ReturnOp::create(ops, loc);
}

LogicalResult ModuleLowering::run() {
  Manifest manifest = buildManifest(module, options.target, cpu, options.gpu);
  makeDeviceModule();
  SmallVector<func::FuncOp> entries(module.getOps<func::FuncOp>());
  for (func::FuncOp entry : entries) {
    FailureOr<SmallVector<Launch>> launches = lowerSweeps(entry);
    if (failed(launches))
      return failure();
    makeHostFunction(entry, *launches);
  }
  for (func::FuncOp entry : entries)
    entry.erase();
  for (auto table : llvm::make_early_inc_range(module.getOps<stage::TableOp>()))
    table.erase();
  addConstants(module, manifestText(std::move(manifest), kernels->size()));
  setLoweredCpu(module, cpu);
  return success();
}

struct LowerCUDA : impl::LowerCUDABase<LowerCUDA> {
  using LowerCUDABase::LowerCUDABase;

  void runOnOperation() override {
    std::string reason;
    std::optional<CpuTarget> host = getCpuTarget(cpu, reason);
    if (!host) {
      getOperation().emitError() << "spherical-lower-cuda: " << reason;
      return signalPassFailure();
    }
    if (failed(ModuleLowering(getOperation(), {target, cpu, gpu}, *host).run()))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
