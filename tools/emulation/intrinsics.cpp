//===- intrinsics.cpp - NVVM intrinsics as code of the host -----*- C++ -*-===//

#include "tools/emulation/intrinsics.h"

#include "tools/emulation/block.h"
#include "tools/emulation/butterfly.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/DynamicLibrary.h"

#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>

namespace spherical::emulation {
namespace {

//===----------------------------------------------------------------------===//
// What compiled kernels call
//===----------------------------------------------------------------------===//

void waitAtBarrier(Thread *thread, int32_t number, int32_t expected) {
  thread->block->barrier(*thread, number, expected);
}

/// The value, and in bit 32 whether the lane asked for was in range.
uint64_t shuffle(Thread *thread, uint32_t mask, uint32_t value, int32_t b, int32_t c,
                 int32_t mode) {
  const Shuffled got =
      thread->block->shuffle(*thread, mask, value, b, c, static_cast<ShuffleMode>(mode));
  return got.value | uint64_t(got.inRange) << 32;
}

void butterflies(Thread *thread, uint32_t mask, uint32_t *values, int32_t count, uint32_t halves,
                 int32_t op) {
  thread->block->butterflies(*thread, mask, values, count, halves, static_cast<ButterflyOp>(op));
}

constexpr llvm::StringLiteral kBarrier = "sph_emulation_barrier";
constexpr llvm::StringLiteral kShuffle = "sph_emulation_shuffle";

//===----------------------------------------------------------------------===//
// Which intrinsic becomes what
//===----------------------------------------------------------------------===//

/// An integer that kernels read where it lies.
struct Field {
  bool ofBlock;
  size_t offset;
};

Field blockField(size_t dim, size_t axis) { return {true, dim + axis * sizeof(int32_t)}; }

/// What llvm.nvvm.read.ptx.sreg.<name> reads.
std::optional<Field> fieldOf(llvm::StringRef name) {
  if (name == "laneid")
    return Field{false, offsetof(Thread, lane)};
  const auto [dim, letter] = name.split('.');
  const size_t axis = letter == "x" ? 0 : letter == "y" ? 1 : letter == "z" ? 2 : 3;
  if (axis == 3)
    return std::nullopt;
  return llvm::StringSwitch<std::optional<Field>>(dim)
      .Case("tid", Field{false, offsetof(Thread, position) + axis * sizeof(int32_t)})
      .Case("ctaid", blockField(offsetof(BlockFacts, position), axis))
      .Case("ntid", blockField(offsetof(BlockFacts, threads), axis))
      .Case("nctaid", blockField(offsetof(BlockFacts, blocks), axis))
      .Default(std::nullopt);
}

/// Replaces calls in one kernel.
class Replacer {
public:
  Replacer(llvm::Function &kernel, llvm::Value *thread)
      : kernel(kernel), module(*kernel.getParent()), thread(thread),
        i32(llvm::Type::getInt32Ty(module.getContext())),
        i64(llvm::Type::getInt64Ty(module.getContext())),
        pointer(llvm::PointerType::get(module.getContext(), 0)) {}

  /// The value of a field, loaded once at the beginning of the kernel.
  llvm::Value *load(Field field);
  llvm::Value *callBarrier(llvm::CallInst &call, llvm::Value *number, llvm::Value *expected);
  llvm::Value *callShuffle(llvm::CallInst &call, ShuffleMode mode);
  llvm::Value *callLibrary(llvm::CallInst &call, llvm::StringRef name);
  llvm::Constant *integer(int32_t value) { return llvm::ConstantInt::get(i32, value); }

private:
  llvm::Function &kernel;
  llvm::Module &module;
  llvm::Value *thread;
  llvm::Type *i32, *i64, *pointer;
  std::map<std::pair<bool, size_t>, llvm::Value *> loaded;
  llvm::Instruction *facts = nullptr;
};

llvm::Value *Replacer::load(Field field) {
  llvm::Value *&value = loaded[{field.ofBlock, field.offset}];
  if (value)
    return value;
  llvm::BasicBlock &entry = kernel.getEntryBlock();
  llvm::IRBuilder<> ir(&entry, entry.getFirstInsertionPt());
  static_assert(offsetof(Thread, facts) == 0);
  if (field.ofBlock && !facts)
    facts = ir.CreateLoad(pointer, thread);
  if (field.ofBlock)
    ir.SetInsertPoint(facts->getNextNode());
  llvm::Value *base = field.ofBlock ? facts : thread;
  return value = ir.CreateLoad(i32, ir.CreateConstGEP1_64(ir.getInt8Ty(), base, field.offset));
}

llvm::Value *Replacer::callBarrier(llvm::CallInst &call, llvm::Value *number,
                                   llvm::Value *expected) {
  llvm::IRBuilder<> ir(&call);
  auto *type = llvm::FunctionType::get(ir.getVoidTy(), {pointer, i32, i32}, false);
  return ir.CreateCall(module.getOrInsertFunction(kBarrier, type), {thread, number, expected});
}

llvm::Value *Replacer::callShuffle(llvm::CallInst &call, ShuffleMode mode) {
  llvm::IRBuilder<> ir(&call);
  auto *type = llvm::FunctionType::get(i64, {pointer, i32, i32, i32, i32, i32}, false);
  llvm::Value *given = call.getArgOperand(1);
  llvm::Value *got = ir.CreateCall(module.getOrInsertFunction(kShuffle, type),
                                   {thread, call.getArgOperand(0), ir.CreateBitCast(given, i32),
                                    call.getArgOperand(2), call.getArgOperand(3),
                                    integer(static_cast<int32_t>(mode))});
  llvm::Value *value = ir.CreateBitCast(ir.CreateTrunc(got, i32), given->getType());
  if (!call.getType()->isStructTy())
    return value;
  llvm::Value *inRange = ir.CreateTrunc(ir.CreateLShr(got, 32), ir.getInt1Ty());
  llvm::Value *pair = ir.CreateInsertValue(llvm::PoisonValue::get(call.getType()), value, 0);
  return ir.CreateInsertValue(pair, inRange, 1);
}

llvm::Value *Replacer::callLibrary(llvm::CallInst &call, llvm::StringRef name) {
  llvm::IRBuilder<> ir(&call);
  return ir.CreateCall(module.getOrInsertFunction(name, call.getFunctionType()),
                       llvm::SmallVector<llvm::Value *>(call.args()));
}

/// Makes what stands for a call; null for a call that stands for nothing.
using Replacement = std::function<llvm::Value *(Replacer &, llvm::CallInst &)>;

/// shfl.sync.<mode>.<i32|f32>[p]: p also gives whether the lane was in range.
Replacement shuffleNamed(llvm::StringRef name) {
  auto [modeName, type] = name.split('.');
  type.consume_back("p");
  const auto mode = llvm::StringSwitch<std::optional<ShuffleMode>>(modeName)
                        .Case("up", ShuffleMode::Up)
                        .Case("down", ShuffleMode::Down)
                        .Case("bfly", ShuffleMode::Butterfly)
                        .Case("idx", ShuffleMode::Index)
                        .Default(std::nullopt);
  if (!mode || (type != "i32" && type != "f32"))
    return {};
  return [mode](Replacer &r, llvm::CallInst &call) { return r.callShuffle(call, *mode); };
}

/// barrier.cta.sync[.aligned].<all|count> (PTX ISA, barrier.sync).
Replacement barrierNamed(llvm::StringRef name) {
  name.consume_front("aligned.");
  if (name == "all")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callBarrier(call, call.getArgOperand(0), r.integer(0));
    };
  if (name == "count")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callBarrier(call, call.getArgOperand(0), call.getArgOperand(1));
    };
  return {};
}

/// What becomes of the intrinsic llvm.nvvm.<name>; nothing if it is unknown.
Replacement replacementOf(llvm::StringRef name) {
  if (name.consume_front("read.ptx.sreg.")) {
    if (name == "warpsize")
      return [](Replacer &r, llvm::CallInst &) { return r.integer(kWarpThreads); };
    if (const std::optional<Field> field = fieldOf(name))
      return [field](Replacer &r, llvm::CallInst &) { return r.load(*field); };
    return {};
  }
  if (name == "barrier0")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callBarrier(call, r.integer(0), r.integer(0));
    };
  if (name.consume_front("barrier.cta.sync."))
    return barrierNamed(name);
  if (name.consume_front("shfl.sync."))
    return shuffleNamed(name);
  return {};
}

//===----------------------------------------------------------------------===//
// Mathematical functions
//===----------------------------------------------------------------------===//

float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
double rsqrt(double x) { return 1.0 / std::sqrt(x); }

/// The function of libm for __nv_<name> of libdevice, "" if there is none.
std::string libraryFunction(llvm::StringRef name) {
  if (name == "rsqrtf" || name == "rsqrt")
    return ("sph_emulation_" + name).str();
  const bool found = llvm::sys::DynamicLibrary::SearchForAddressOfSymbol(name.str());
  return found ? name.str() : "";
}

Replacement replacementOfFunction(llvm::StringRef name) {
  if (name.consume_front("llvm.nvvm."))
    return replacementOf(name);
  if (!name.consume_front("__nv_"))
    return {};
  const std::string function = libraryFunction(name);
  if (function.empty())
    return {};
  return [function](Replacer &r, llvm::CallInst &call) { return r.callLibrary(call, function); };
}

} // namespace

bool isKnownFunction(llvm::StringRef name) {
  if (name.starts_with("llvm.") && !name.starts_with("llvm.nvvm."))
    return true;
  return static_cast<bool>(replacementOfFunction(name));
}

void replaceIntrinsics(llvm::Function &kernel, llvm::Value *thread) {
  gatherButterflies(kernel, thread);
  Replacer replacer(kernel, thread);
  std::vector<std::pair<llvm::CallInst *, Replacement>> calls;
  for (llvm::BasicBlock &block : kernel)
    for (llvm::Instruction &instruction : block)
      if (auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction))
        if (const llvm::Function *callee = call->getCalledFunction())
          if (Replacement replacement = replacementOfFunction(callee->getName()))
            calls.emplace_back(call, std::move(replacement));
  for (auto &[call, replacement] : calls) {
    if (llvm::Value *value = replacement(replacer, *call))
      call->replaceAllUsesWith(value);
    call->eraseFromParent();
  }
}

std::vector<std::pair<std::string, llvm::orc::ExecutorAddr>> emulatedFunctions() {
  using llvm::orc::ExecutorAddr;
  return {{kBarrier.str(), ExecutorAddr::fromPtr(&waitAtBarrier)},
          {kShuffle.str(), ExecutorAddr::fromPtr(&shuffle)},
          {kButterflies.str(), ExecutorAddr::fromPtr(&butterflies)},
          {"sph_emulation_rsqrtf", ExecutorAddr::fromPtr(&rsqrtf)},
          {"sph_emulation_rsqrt", ExecutorAddr::fromPtr(&rsqrt)}};
}

} // namespace spherical::emulation
