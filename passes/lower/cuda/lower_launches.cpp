//===- lower_launches.cpp - spherical-lower-launches ------------*- C++ -*-===//
//
// Host functions become machine code over the table of device calls:
//   func @forward(frame, scratch) { launch a; launch b }
//     ->  sph_entry_forward(device_frame) {
//           failure = device->launch(stream, kernels[0], ..., {&frame, &scratch});
//           if (failure) return failure;
//           failure = device->fft_execute(stream, ffts[1], in, out, inverse, workspace);
//           failure = device->gemm(stream, gemms[2], a, b, c, workspace, workspace_bytes);
//           ... kernels[3] ...
//           return null;
//         }
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_LOWERLAUNCHES
#include "passes/lower/passes.h.inc"
namespace {

/// Byte offsets of the fields of sph_device_frame, and of the calls in sph_device
/// (runtime/cuda/device.h).
constexpr int32_t kDevice = 0, kStream = 8, kKernels = 16, kFrame = 24, kScratch = 32, kFfts = 40,
                  kGemms = 48, kWorkspace = 56, kWorkspaceBytes = 64, kPlaces = 72;
constexpr int32_t kLaunch = 8, kFftExecute = 16, kGemm = 24;

/// Emits one entry.
class EntryLowering {
public:
  explicit EntryLowering(func::FuncOp host)
      : host(host), ops(host), pointer(LLVM::LLVMPointerType::get(host.getContext())),
        i64(ops.getI64Type()) {}

  LogicalResult run();

private:
  Value at(Location loc, Value base, int32_t offset);
  Value load(Location loc, Value base, int32_t offset);
  void makePrologue(Location loc);
  void emitLaunch(stage::LaunchOp launch, int32_t index);
  void emitFft(stage::FftCallOp call, int32_t index);
  void emitGemm(stage::GemmCallOp call, int32_t index);
  void emitCall(Location loc, int32_t function, ValueRange operands);
  void returnFailure(Location loc, Value failure);

  func::FuncOp host;
  OpBuilder ops;
  Type pointer, i64;
  LLVM::LLVMFuncOp entry;
  Block *failed = nullptr; ///< returns its argument
  Value frame, stream, kernels, launch, arguments;
  IRMapping addresses; ///< of device memory, in `host` and in `entry`
};

Value EntryLowering::at(Location loc, Value base, int32_t offset) {
  return LLVM::GEPOp::create(ops, loc, pointer, ops.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{offset});
}

Value EntryLowering::load(Location loc, Value base, int32_t offset) {
  return LLVM::LoadOp::create(ops, loc, pointer, at(loc, base, offset));
}

/// What all launches share; the kernels' two arguments are fields of the frame.
void EntryLowering::makePrologue(Location loc) {
  auto type = LLVM::LLVMFunctionType::get(pointer, {pointer});
  entry = LLVM::LLVMFuncOp::create(ops, loc, ("sph_entry_" + host.getSymName()).str(), type);
  entry.setNoUnwind(true);
  Block *body = entry.addEntryBlock(ops);
  failed = ops.createBlock(&entry.getBody(), {}, {pointer}, {loc});
  LLVM::ReturnOp::create(ops, loc, failed->getArgument(0));
  ops.setInsertionPointToStart(body);
  frame = body->getArgument(0);
  addresses.map(host.getArgument(2), load(loc, frame, kPlaces));
  launch = load(loc, load(loc, frame, kDevice), kLaunch);
  stream = load(loc, frame, kStream);
  kernels = load(loc, frame, kKernels);
  Value two = LLVM::ConstantOp::create(ops, loc, i64, ops.getI64IntegerAttr(2));
  arguments = LLVM::AllocaOp::create(ops, loc, pointer, pointer, two, 8);
  LLVM::StoreOp::create(ops, loc, at(loc, frame, kFrame), arguments);
  LLVM::StoreOp::create(ops, loc, at(loc, frame, kScratch), at(loc, arguments, 8));
}

void EntryLowering::emitLaunch(stage::LaunchOp op, int32_t index) {
  Location loc = op.getLoc();
  stage::LaunchAttr shape = op.getLaunch();
  SmallVector<Value> operands = {launch, stream, load(loc, kernels, 8 * index)};
  for (int64_t value : {shape.getBlocks(), shape.getThreads(), shape.getShared()})
    operands.push_back(LLVM::ConstantOp::create(ops, loc, i64, ops.getI64IntegerAttr(value)));
  operands.push_back(arguments);
  auto type = LLVM::LLVMFunctionType::get(pointer, {pointer, pointer, i64, i64, i64, pointer});
  returnFailure(loc, LLVM::CallOp::create(ops, loc, type, operands).getResult());
}

/// The plan of the stage, whose shape the manifest has.
void EntryLowering::emitFft(stage::FftCallOp call, int32_t index) {
  Location loc = call.getLoc();
  const bool inverse = !stage::isAnalysis(call.getKind());
  Type i32 = ops.getI32Type();
  Value plan = load(loc, load(loc, frame, kFfts), 8 * index);
  Value direction = LLVM::ConstantOp::create(ops, loc, i32, ops.getI32IntegerAttr(inverse));
  emitCall(loc, kFftExecute,
           {stream, plan, addresses.lookup(call.getInput()), addresses.lookup(call.getOutput()),
            direction, load(loc, frame, kWorkspace)});
}

/// The shape, which the manifest has.
void EntryLowering::emitGemm(stage::GemmCallOp call, int32_t index) {
  Location loc = call.getLoc();
  Value shape = load(loc, load(loc, frame, kGemms), 8 * index);
  Value bytes = LLVM::LoadOp::create(ops, loc, i64, at(loc, frame, kWorkspaceBytes));
  emitCall(loc, kGemm,
           {stream, shape, addresses.lookup(call.getA()), addresses.lookup(call.getB()),
            addresses.lookup(call.getC()), load(loc, frame, kWorkspace), bytes});
}

/// Calls a function of the table.
void EntryLowering::emitCall(Location loc, int32_t function, ValueRange operands) {
  SmallVector<Value> all = {load(loc, load(loc, frame, kDevice), function)};
  llvm::append_range(all, operands);
  auto type = LLVM::LLVMFunctionType::get(pointer, SmallVector<Type>(operands.getTypes()));
  returnFailure(loc, LLVM::CallOp::create(ops, loc, type, all).getResult());
}

/// Goes on behind a call that gave null.
void EntryLowering::returnFailure(Location loc, Value failure) {
  Value null = LLVM::ZeroOp::create(ops, loc, pointer);
  Value fails = LLVM::ICmpOp::create(ops, loc, LLVM::ICmpPredicate::ne, failure, null);
  Block *here = ops.getInsertionBlock(), *next = ops.createBlock(failed);
  ops.setInsertionPointToEnd(here);
  LLVM::CondBrOp::create(ops, loc, fails, failed, ValueRange{failure}, next, ValueRange{});
  ops.setInsertionPointToStart(next);
}

LogicalResult EntryLowering::run() {
  makePrologue(host.getLoc());
  int32_t index = 0;
  for (Operation &op : host.getBody().front()) {
    if (auto launch = dyn_cast<stage::LaunchOp>(op))
      emitLaunch(launch, index++);
    else if (auto call = dyn_cast<stage::FftCallOp>(op))
      emitFft(call, index++);
    else if (auto call = dyn_cast<stage::GemmCallOp>(op))
      emitGemm(call, index++);
    else if (isa<LLVM::LLVMDialect, arith::ArithDialect>(op.getDialect()))
      ops.clone(op, addresses);
    else if (!isa<func::ReturnOp>(op))
      return op.emitOpError() << "has no place in a host function (not supported)";
  }
  Value null = LLVM::ZeroOp::create(ops, host.getLoc(), pointer);
  LLVM::ReturnOp::create(ops, host.getLoc(), null);
  return success();
}

struct LowerLaunches : impl::LowerLaunchesBase<LowerLaunches> {
  using LowerLaunchesBase::LowerLaunchesBase;

  void runOnOperation() override {
    for (auto host : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (failed(EntryLowering(host).run()))
        return signalPassFailure();
      host.erase();
    }
  }
};

} // namespace
} // namespace mlir::spherical
