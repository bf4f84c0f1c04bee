//===- intrinsics.cpp - NVVM intrinsics as code of the host -----*- C++ -*-===//

#include "tools/emulation/intrinsics.h"

#include "tools/emulation/block.h"
#include "tools/emulation/butterfly.h"
#include "tools/emulation/checker.h"
#include "tools/emulation/instrument.h"

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

void waitAtBarrier(Thread *thread, int32_t number, int32_t expected, uint32_t site) {
  thread->block->barrier(*thread, number, expected, site);
}

void waitForWarp(Thread *thread, uint32_t mask, uint32_t site) {
  thread->block->warpBarrier(*thread, mask, site);
}

/// The value, and in bit 32 whether the lane asked for was in range.
uint64_t shuffle(Thread *thread, uint32_t mask, uint32_t value, int32_t b, int32_t c, int32_t mode,
                 uint32_t site) {
  const Shuffled got =
      thread->block->shuffle(*thread, mask, value, b, c, static_cast<ShuffleMode>(mode), site);
  return got.value | uint64_t(got.inRange) << 32;
}

uint32_t ballot(Thread *thread, uint32_t mask, uint32_t predicate, uint32_t site) {
  return thread->block->ballot(*thread, mask, predicate != 0, site);
}

void copyLater(Thread *thread, unsigned char *to, const unsigned char *from, int32_t bytes,
               int32_t given, uint32_t site) {
  thread->block->copyLater(*thread, to, from, bytes, given, site);
}

void closeCopies(Thread *thread) { thread->block->closeCopies(*thread); }

void waitForCopies(Thread *thread, int32_t open) { thread->block->waitForCopies(*thread, open); }

void waitForAllCopies(Thread *thread) { thread->block->waitForAllCopies(*thread); }

void multiplyTiles(Thread *thread, TileFragments *fragments, uint32_t site) {
  thread->block->multiplyTiles(*thread, *fragments, site);
}

void trap(Thread *thread, uint32_t site) {
  thread->block->fail(*thread, site, "traps");
  thread->block->stop(*thread);
}

void butterflies(Thread *thread, uint32_t mask, uint32_t *values, int32_t count, uint32_t halves,
                 int32_t op, uint32_t site) {
  thread->block->butterflies(*thread, mask, values, count, halves, static_cast<ButterflyOp>(op),
                             site);
}

constexpr llvm::StringLiteral kBarrier = "sph_emulation_barrier";
constexpr llvm::StringLiteral kWarpBarrier = "sph_emulation_warp_barrier";
constexpr llvm::StringLiteral kShuffle = "sph_emulation_shuffle";
constexpr llvm::StringLiteral kBallot = "sph_emulation_ballot";
constexpr llvm::StringLiteral kCopy = "sph_emulation_copy";
constexpr llvm::StringLiteral kCloseCopies = "sph_emulation_close_copies";
constexpr llvm::StringLiteral kWaitForCopies = "sph_emulation_wait_for_copies";
constexpr llvm::StringLiteral kWaitForAllCopies = "sph_emulation_wait_for_all_copies";
constexpr llvm::StringLiteral kProduct = "sph_emulation_product";
constexpr llvm::StringLiteral kTrap = "sph_emulation_trap";

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
  Replacer(llvm::Function &kernel, llvm::Value *thread, KernelInfo &info)
      : kernel(kernel), module(*kernel.getParent()), thread(thread), info(info),
        i32(llvm::Type::getInt32Ty(module.getContext())),
        i64(llvm::Type::getInt64Ty(module.getContext())),
        pointer(llvm::PointerType::get(module.getContext(), 0)) {}

  /// The value of a field, loaded once at the beginning of the kernel.
  llvm::Value *load(Field field);
  llvm::Value *callShuffle(llvm::CallInst &call, ShuffleMode mode);
  llvm::Value *callVote(llvm::CallInst &call, llvm::StringRef name);
  llvm::Value *callCopy(llvm::CallInst &call, int32_t bytes);
  llvm::Value *callProduct(llvm::CallInst &call);
  llvm::Value *callLibrary(llvm::CallInst &call, llvm::StringRef name);
  /// function(thread, operands...), in place of `call`; with the number of its site at the end.
  llvm::Value *callWithSite(llvm::CallInst &call, llvm::StringRef function, llvm::Type *result,
                            std::vector<llvm::Value *> operands);
  llvm::Value *callWithSite(llvm::CallInst &call, llvm::StringRef function,
                            std::vector<llvm::Value *> operands) {
    return callWithSite(call, function, llvm::Type::getVoidTy(module.getContext()), operands);
  }
  /// The same without a site.
  llvm::Value *callPlain(llvm::CallInst &call, llvm::StringRef function, llvm::Type *result,
                         std::vector<llvm::Value *> operands);
  llvm::Constant *integer(int32_t value) { return llvm::ConstantInt::get(i32, value); }
  llvm::Type *none() { return llvm::Type::getVoidTy(module.getContext()); }

private:
  llvm::Function &kernel;
  llvm::Module &module;
  llvm::Value *thread;
  KernelInfo &info;
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

llvm::Value *Replacer::callPlain(llvm::CallInst &call, llvm::StringRef function, llvm::Type *result,
                                 std::vector<llvm::Value *> operands) {
  operands.insert(operands.begin(), thread);
  std::vector<llvm::Type *> types;
  for (const llvm::Value *operand : operands)
    types.push_back(operand->getType());
  auto *type = llvm::FunctionType::get(result, types, false);
  return llvm::IRBuilder<>(&call).CreateCall(module.getOrInsertFunction(function, type), operands);
}

llvm::Value *Replacer::callWithSite(llvm::CallInst &call, llvm::StringRef function,
                                    llvm::Type *result, std::vector<llvm::Value *> operands) {
  operands.push_back(integer(static_cast<int32_t>(addSite(info, call))));
  return callPlain(call, function, result, std::move(operands));
}

llvm::Value *Replacer::callShuffle(llvm::CallInst &call, ShuffleMode mode) {
  llvm::IRBuilder<> ir(&call);
  llvm::Value *given = call.getArgOperand(1);
  llvm::Value *got =
      callWithSite(call, kShuffle, i64,
                   {call.getArgOperand(0), ir.CreateBitCast(given, i32), call.getArgOperand(2),
                    call.getArgOperand(3), integer(static_cast<int32_t>(mode))});
  llvm::Value *value = ir.CreateBitCast(ir.CreateTrunc(got, i32), given->getType());
  if (!call.getType()->isStructTy())
    return value;
  llvm::Value *inRange = ir.CreateTrunc(ir.CreateLShr(got, 32), ir.getInt1Ty());
  llvm::Value *pair = ir.CreateInsertValue(llvm::PoisonValue::get(call.getType()), value, 0);
  return ir.CreateInsertValue(pair, inRange, 1);
}

/// vote.sync.<all|any|uni|ballot>
llvm::Value *Replacer::callVote(llvm::CallInst &call, llvm::StringRef name) {
  llvm::IRBuilder<> ir(&call);
  llvm::Value *mask = call.getArgOperand(0);
  llvm::Value *ballot =
      callWithSite(call, kBallot, i32, {mask, ir.CreateZExt(call.getArgOperand(1), i32)});
  if (name == "ballot")
    return ballot;
  llvm::Value *none = ir.CreateICmpEQ(ballot, integer(0)), *all = ir.CreateICmpEQ(ballot, mask);
  return name == "all" ? all : name == "any" ? ir.CreateNot(none) : ir.CreateOr(none, all);
}

/// cp.async of this many bytes; the optional third operand says how many of them are read.
llvm::Value *Replacer::callCopy(llvm::CallInst &call, int32_t bytes) {
  llvm::IRBuilder<> ir(&call);
  return callWithSite(call, kCopy,
                      {ir.CreateAddrSpaceCast(call.getArgOperand(0), pointer),
                       ir.CreateAddrSpaceCast(call.getArgOperand(1), pointer), integer(bytes),
                       call.arg_size() > 2 ? call.getArgOperand(2) : integer(bytes)});
}

/// mma of fragments a, b and c, which becomes the result.
llvm::Value *Replacer::callProduct(llvm::CallInst &call) {
  llvm::IRBuilder<> entry(&kernel.getEntryBlock(), kernel.getEntryBlock().begin()), ir(&call);
  auto place = [&](size_t byte) { return llvm::ConstantInt::get(i64, byte); };
  llvm::Type *i8 = ir.getInt8Ty();
  llvm::Value *fragments =
      entry.CreateAlloca(llvm::ArrayType::get(i32, sizeof(TileFragments) / sizeof(uint32_t)));
  for (unsigned i = 0; i < call.arg_size(); ++i)
    ir.CreateStore(call.getArgOperand(i), ir.CreateGEP(i8, fragments, place(i * sizeof(uint32_t))));
  callWithSite(call, kProduct, {fragments});
  llvm::Value *result = llvm::PoisonValue::get(call.getType());
  for (unsigned i = 0; i < 4; ++i) {
    llvm::Value *c =
        ir.CreateGEP(i8, fragments, place(offsetof(TileFragments, c) + i * sizeof(float)));
    result = ir.CreateInsertValue(result, ir.CreateLoad(ir.getFloatTy(), c), i);
  }
  return result;
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
      return r.callWithSite(call, kBarrier, {call.getArgOperand(0), r.integer(0)});
    };
  if (name == "count")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callWithSite(call, kBarrier, {call.getArgOperand(0), call.getArgOperand(1)});
    };
  return {};
}

/// vote.<all|any|uni|ballot>.sync
Replacement voteNamed(llvm::StringRef name) {
  if (!name.consume_back(".sync") || !llvm::is_contained({"all", "any", "uni", "ballot"}, name))
    return {};
  return [name = name.str()](Replacer &r, llvm::CallInst &call) { return r.callVote(call, name); };
}

/// cp.async.<ca|cg>.shared.global.<4|8|16>[.s], commit.group, wait.group and wait.all
Replacement copyNamed(llvm::StringRef name) {
  if (name == "commit.group")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callPlain(call, kCloseCopies, r.none(), {});
    };
  if (name == "wait.group")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callPlain(call, kWaitForCopies, r.none(), {call.getArgOperand(0)});
    };
  if (name == "wait.all")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callPlain(call, kWaitForAllCopies, r.none(), {});
    };
  name.consume_back(".s");
  int32_t bytes = 0;
  if ((!name.consume_front("ca.shared.global.") && !name.consume_front("cg.shared.global.")) ||
      name.getAsInteger(10, bytes))
    return {};
  return [bytes](Replacer &r, llvm::CallInst &call) { return r.callCopy(call, bytes); };
}

/// read.ptx.sreg.<name>
Replacement registerNamed(llvm::StringRef name) {
  if (name == "warpsize")
    return [](Replacer &r, llvm::CallInst &) { return r.integer(kWarpThreads); };
  if (const std::optional<Field> field = fieldOf(name))
    return [field](Replacer &r, llvm::CallInst &) { return r.load(*field); };
  return {};
}

/// What becomes of the intrinsic llvm.nvvm.<name>; nothing if it is unknown.
Replacement replacementOf(llvm::StringRef name) {
  if (name.consume_front("read.ptx.sreg."))
    return registerNamed(name);
  if (name.consume_front("barrier.cta.sync."))
    return barrierNamed(name);
  if (name.consume_front("shfl.sync."))
    return shuffleNamed(name);
  if (name.consume_front("vote."))
    return voteNamed(name);
  if (name.consume_front("cp.async."))
    return copyNamed(name);
  if (name == "barrier0")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callWithSite(call, kBarrier, {r.integer(0), r.integer(0)});
    };
  if (name == "mma.m16n8k8.row.col.tf32")
    return [](Replacer &r, llvm::CallInst &call) { return r.callProduct(call); };
  if (name == "bar.warp.sync")
    return [](Replacer &r, llvm::CallInst &call) {
      return r.callWithSite(call, kWarpBarrier, {call.getArgOperand(0)});
    };
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
  if (name == "llvm.trap")
    return [](Replacer &r, llvm::CallInst &call) { return r.callWithSite(call, kTrap, {}); };
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

void replaceIntrinsics(llvm::Function &kernel, llvm::Value *thread, KernelInfo &info) {
  gatherButterflies(kernel, thread, info);
  Replacer replacer(kernel, thread, info);
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
  std::vector<std::pair<std::string, ExecutorAddr>> functions = {
      {kBarrier.str(), ExecutorAddr::fromPtr(&waitAtBarrier)},
      {kWarpBarrier.str(), ExecutorAddr::fromPtr(&waitForWarp)},
      {kShuffle.str(), ExecutorAddr::fromPtr(&shuffle)},
      {kBallot.str(), ExecutorAddr::fromPtr(&ballot)},
      {kButterflies.str(), ExecutorAddr::fromPtr(&butterflies)},
      {kCopy.str(), ExecutorAddr::fromPtr(&copyLater)},
      {kCloseCopies.str(), ExecutorAddr::fromPtr(&closeCopies)},
      {kWaitForCopies.str(), ExecutorAddr::fromPtr(&waitForCopies)},
      {kWaitForAllCopies.str(), ExecutorAddr::fromPtr(&waitForAllCopies)},
      {kProduct.str(), ExecutorAddr::fromPtr(&multiplyTiles)},
      {kTrap.str(), ExecutorAddr::fromPtr(&trap)},
      {"sph_emulation_rsqrtf", ExecutorAddr::fromPtr(&rsqrtf)},
      {"sph_emulation_rsqrt", ExecutorAddr::fromPtr(&rsqrt)}};
  for (const auto &[name, address] : checkFunctions())
    functions.emplace_back(name, ExecutorAddr::fromPtr(address));
  return functions;
}

} // namespace spherical::emulation
