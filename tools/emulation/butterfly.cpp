//===- butterfly.cpp - sums over the lanes of a warp ------------*- C++ -*-===//

#include "tools/emulation/butterfly.h"

#include "tools/emulation/block.h"
#include "tools/emulation/instrument.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"

#include <optional>
#include <vector>

namespace spherical::emulation {
namespace {

/// A chain of shuffles, each followed by the operation on what went in and what came out.
struct Butterfly {
  llvm::Value *mask, *input;
  ButterflyOp op;
  std::vector<uint32_t> halves;
  std::vector<llvm::Instruction *> parts; ///< shuffle, operation, shuffle, operation, ...

  llvm::Instruction *first() const { return parts.front(); }
  llvm::Instruction *result() const { return parts.back(); }
  uint32_t packedHalves() const {
    uint32_t packed = 0;
    for (size_t i = halves.size(); i-- > 0;)
      packed = packed << 5 | halves[i];
    return packed;
  }
};

/// At most six halves of 5 bits fit.
constexpr size_t kMaxHalves = 6;

std::optional<ButterflyOp> opOf(const llvm::Instruction &instruction) {
  if (instruction.getOpcode() == llvm::Instruction::FAdd && instruction.getType()->isFloatTy())
    return ButterflyOp::AddF32;
  if (instruction.getOpcode() == llvm::Instruction::Or && instruction.getType()->isIntegerTy(32))
    return ButterflyOp::Or;
  return std::nullopt;
}

/// The half of a shuffle among the lanes of one warp without segments.
std::optional<uint32_t> halfOf(const llvm::Instruction &instruction) {
  const auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  if (!call || (call->getIntrinsicID() != llvm::Intrinsic::nvvm_shfl_sync_bfly_f32 &&
                call->getIntrinsicID() != llvm::Intrinsic::nvvm_shfl_sync_bfly_i32))
    return std::nullopt;
  const auto *half = llvm::dyn_cast<llvm::ConstantInt>(call->getArgOperand(2));
  const auto *clamp = llvm::dyn_cast<llvm::ConstantInt>(call->getArgOperand(3));
  if (!half || !clamp || clamp->getZExtValue() != 31 || half->isZero() ||
      half->getZExtValue() >= kWarpThreads)
    return std::nullopt;
  return static_cast<uint32_t>(half->getZExtValue());
}

/// Adds the shuffle and the operation behind it to the chain, if they continue it.
bool extend(Butterfly &chain, llvm::Instruction &shuffle) {
  const std::optional<uint32_t> half = halfOf(shuffle);
  if (!half || chain.halves.size() == kMaxHalves || !shuffle.hasOneUse())
    return false;
  auto *operation = llvm::cast<llvm::Instruction>(*shuffle.user_begin());
  const std::optional<ButterflyOp> op = opOf(*operation);
  llvm::Value *x = shuffle.getOperand(1), *mask = shuffle.getOperand(0);
  if (!op || !llvm::is_contained(operation->operands(), x))
    return false;
  if (!chain.parts.empty() && (x != chain.result() || mask != chain.mask || *op != chain.op ||
                               shuffle.getParent() != chain.first()->getParent()))
    return false;
  if (chain.parts.empty())
    chain = {mask, x, *op, {}, {}};
  chain.halves.push_back(*half);
  chain.parts.insert(chain.parts.end(), {&shuffle, operation});
  return true;
}

/// The longest chain that begins with a shuffle; empty if none does.
Butterfly chainFrom(llvm::Instruction &shuffle) {
  Butterfly chain{};
  for (llvm::Instruction *next = &shuffle; next && extend(chain, *next);) {
    next = nullptr;
    // What the operation gives goes into the next shuffle and its operation, nowhere else.
    if (chain.result()->hasNUses(2))
      for (llvm::User *user : chain.result()->users())
        if (halfOf(*llvm::cast<llvm::Instruction>(user)))
          next = llvm::cast<llvm::Instruction>(user);
  }
  return chain;
}

/// Whether the value exists before an instruction of the block.
bool isBefore(const llvm::Value *value, const llvm::Instruction *place) {
  const auto *definition = llvm::dyn_cast<llvm::Instruction>(value);
  return !definition || definition->getParent() != place->getParent() ||
         definition->comesBefore(place);
}

/// Butterflies that begin where the first one does, from instruction `begin` on.
std::vector<Butterfly> groupFrom(llvm::Instruction &begin) {
  std::vector<Butterfly> group;
  llvm::SmallPtrSet<llvm::Instruction *, 32> inside;
  for (llvm::Instruction *next = &begin; next; next = next->getNextNode()) {
    if (inside.contains(next) || !next->mayHaveSideEffects())
      continue;
    Butterfly chain = chainFrom(*next);
    if (chain.parts.empty())
      break;
    if (!group.empty() &&
        (chain.mask != group[0].mask || chain.op != group[0].op ||
         chain.halves != group[0].halves || !isBefore(chain.input, group[0].first())))
      break;
    inside.insert(chain.parts.begin(), chain.parts.end());
    group.push_back(std::move(chain));
  }
  return group;
}

void replace(const std::vector<Butterfly> &group, llvm::Function &kernel, llvm::Value *thread,
             KernelInfo &info) {
  const Butterfly &first = group[0];
  llvm::IRBuilder<> entry(&kernel.getEntryBlock(), kernel.getEntryBlock().begin());
  llvm::Type *i32 = entry.getInt32Ty();
  llvm::Value *values = entry.CreateAlloca(i32, entry.getInt32(group.size()));
  llvm::IRBuilder<> ir(first.first());
  auto at = [&](size_t i) { return ir.CreateConstGEP1_64(i32, values, i); };
  for (size_t i = 0; i < group.size(); ++i)
    ir.CreateStore(group[i].input, at(i));
  auto *type = llvm::FunctionType::get(
      ir.getVoidTy(), {thread->getType(), i32, values->getType(), i32, i32, i32, i32}, false);
  ir.CreateCall(kernel.getParent()->getOrInsertFunction(kButterflies, type),
                {thread, first.mask, values, ir.getInt32(group.size()),
                 ir.getInt32(first.packedHalves()), ir.getInt32(static_cast<int32_t>(first.op)),
                 ir.getInt32(addSite(info, *first.first()))});
  for (size_t i = 0; i < group.size(); ++i)
    group[i].result()->replaceAllUsesWith(ir.CreateLoad(group[i].result()->getType(), at(i)));
  for (const Butterfly &butterfly : group)
    for (size_t part = butterfly.parts.size(); part-- > 0;)
      butterfly.parts[part]->eraseFromParent();
}

} // namespace

void gatherButterflies(llvm::Function &kernel, llvm::Value *thread, KernelInfo &info) {
  for (llvm::BasicBlock &block : kernel)
    for (llvm::Instruction *next = &block.front(); next;) {
      llvm::Instruction *before = next->getPrevNode();
      const std::vector<Butterfly> group =
          halfOf(*next) ? groupFrom(*next) : std::vector<Butterfly>();
      if (group.empty()) {
        next = next->getNextNode();
        continue;
      }
      replace(group, kernel, thread, info);
      next = before ? before->getNextNode() : &block.front();
    }
}

} // namespace spherical::emulation
