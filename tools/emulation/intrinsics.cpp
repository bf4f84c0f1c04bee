//===- intrinsics.cpp - NVVM intrinsics as functions of the host *- C++ -*-===//

#include "tools/emulation/intrinsics.h"

#include "tools/emulation/block.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/IRBuilder.h"

#include <optional>

namespace spherical::emulation {
namespace {

/// What llvm.nvvm.read.ptx.sreg.* reads.
enum Register : int32_t {
  ThreadX,
  ThreadY,
  ThreadZ,
  BlockX,
  BlockY,
  BlockZ,
  ThreadsX,
  ThreadsY,
  ThreadsZ,
  BlocksX,
  BlocksY,
  BlocksZ,
  Lane,
  WarpSize
};

int32_t readRegister(int32_t which) {
  const Block &block = Block::current();
  const Dim3 dims[] = {block.threadPosition(), block.blockPosition(), block.threadCount(),
                       block.blockCount()};
  if (which == Lane)
    return block.laneOfThread();
  if (which == WarpSize)
    return kWarpThreads;
  const Dim3 &dim = dims[which / 3];
  return which % 3 == 0 ? dim.x : which % 3 == 1 ? dim.y : dim.z;
}

void waitAtBarrier() { Block::current().barrier(); }

uint32_t shuffle(uint32_t mask, uint32_t value, int32_t b, int32_t c, int32_t mode) {
  return Block::current().shuffle(mask, value, b, c, static_cast<ShuffleMode>(mode));
}

constexpr llvm::StringLiteral kReadRegister = "sph_emulation_register";
constexpr llvm::StringLiteral kBarrier = "sph_emulation_barrier";
constexpr llvm::StringLiteral kShuffle = "sph_emulation_shuffle";

std::optional<int32_t> registerOf(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<int32_t>>(name)
      .Case("tid.x", ThreadX)
      .Case("tid.y", ThreadY)
      .Case("tid.z", ThreadZ)
      .Case("ctaid.x", BlockX)
      .Case("ctaid.y", BlockY)
      .Case("ctaid.z", BlockZ)
      .Case("ntid.x", ThreadsX)
      .Case("ntid.y", ThreadsY)
      .Case("ntid.z", ThreadsZ)
      .Case("nctaid.x", BlocksX)
      .Case("nctaid.y", BlocksY)
      .Case("nctaid.z", BlocksZ)
      .Case("laneid", Lane)
      .Case("warpsize", WarpSize)
      .Default(std::nullopt);
}

/// The mode of shfl.sync.<mode>.<i32|f32>, without a predicate.
std::optional<ShuffleMode> shuffleOf(llvm::StringRef name) {
  if (!name.consume_back(".i32") && !name.consume_back(".f32"))
    return std::nullopt;
  return llvm::StringSwitch<std::optional<ShuffleMode>>(name)
      .Case("up", ShuffleMode::Up)
      .Case("down", ShuffleMode::Down)
      .Case("bfly", ShuffleMode::Butterfly)
      .Case("idx", ShuffleMode::Index)
      .Default(std::nullopt);
}

/// Replaces calls of intrinsics in one module.
class Replacer {
public:
  explicit Replacer(llvm::Module &module)
      : i32(llvm::Type::getInt32Ty(module.getContext())),
        readRegister(
            module.getOrInsertFunction(kReadRegister, llvm::FunctionType::get(i32, {i32}, false))),
        barrier(module.getOrInsertFunction(
            kBarrier, llvm::FunctionType::get(llvm::Type::getVoidTy(module.getContext()), false))),
        shuffle(module.getOrInsertFunction(
            kShuffle, llvm::FunctionType::get(i32, {i32, i32, i32, i32, i32}, false))) {}

  /// Makes what stands for `call` of the intrinsic llvm.nvvm.<name>; false if it is unknown.
  bool replace(llvm::CallInst &call, llvm::StringRef name) {
    llvm::IRBuilder<> ir(&call);
    llvm::Value *value = nullptr;
    if (name.consume_front("read.ptx.sreg.")) {
      const std::optional<int32_t> which = registerOf(name);
      if (!which)
        return false;
      value = ir.CreateCall(readRegister, {ir.getInt32(*which)});
    } else if (name == "barrier0" || name == "barrier.cta.sync.aligned.all") {
      // Barrier 0 is the block's; others would need threads to be counted for each.
      auto *number =
          call.arg_empty() ? nullptr : llvm::dyn_cast<llvm::ConstantInt>(call.getArgOperand(0));
      if (!call.arg_empty() && (!number || !number->isZero()))
        return false;
      ir.CreateCall(barrier);
    } else if (name.consume_front("shfl.sync.")) {
      const std::optional<ShuffleMode> mode = shuffleOf(name);
      if (!mode)
        return false;
      llvm::Value *bits = ir.CreateBitCast(call.getArgOperand(1), i32);
      value =
          ir.CreateCall(shuffle, {call.getArgOperand(0), bits, call.getArgOperand(2),
                                  call.getArgOperand(3), ir.getInt32(static_cast<int32_t>(*mode))});
      value = ir.CreateBitCast(value, call.getType());
    } else {
      return false;
    }
    if (value)
      call.replaceAllUsesWith(value);
    call.eraseFromParent();
    return true;
  }

private:
  llvm::Type *i32;
  llvm::FunctionCallee readRegister, barrier, shuffle;
};

} // namespace

std::string replaceIntrinsics(llvm::Module &module) {
  Replacer replacer(module);
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    llvm::StringRef name = function.getName();
    if (!name.consume_front("llvm.nvvm."))
      continue;
    for (llvm::User *user : llvm::make_early_inc_range(function.users())) {
      auto *call = llvm::dyn_cast<llvm::CallInst>(user);
      if (!call || !replacer.replace(*call, name))
        return function.getName().str();
    }
    function.eraseFromParent();
  }
  return "";
}

std::vector<std::pair<std::string, llvm::orc::ExecutorAddr>> emulatedFunctions() {
  using llvm::orc::ExecutorAddr;
  return {{kReadRegister.str(), ExecutorAddr::fromPtr(&readRegister)},
          {kBarrier.str(), ExecutorAddr::fromPtr(&waitAtBarrier)},
          {kShuffle.str(), ExecutorAddr::fromPtr(&shuffle)}};
}

} // namespace spherical::emulation
