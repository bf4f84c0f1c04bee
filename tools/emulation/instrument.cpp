//===- instrument.cpp - checks before each access to memory -----*- C++ -*-===//
//
//   %x = load float, ptr %p
//     ->  call void @sph_emulation_read(ptr %thread, ptr %p, i64 4, i64 4, i32 site)
//         %x = load float, ptr %p
// Words that a basic block reads without writing in between, or the reverse, are
// checked together before the first of them: a call for each would move all that
// the processor has in registers to memory and back.
//
//===----------------------------------------------------------------------===//

#include "tools/emulation/instrument.h"

#include "tools/emulation/checker.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

namespace spherical::emulation {
namespace {

/// The place in the model file of the nearest instruction that has one, at or before this one in
/// its basic block, else of the kernel.
std::string placeOf(const llvm::Instruction &instruction) {
  for (const llvm::Instruction *i = &instruction; i; i = i->getPrevNode()) {
    const llvm::DILocation *location = i->getDebugLoc();
    // Inlined code belongs to the stage that calls it.
    while (location && location->getInlinedAt())
      location = location->getInlinedAt();
    if (location && location->getLine() != 0)
      return (location->getFilename() + ":" + llvm::Twine(location->getLine()) + ":" +
              llvm::Twine(location->getColumn()))
          .str();
  }
  const llvm::DISubprogram *kernel = instruction.getFunction()->getSubprogram();
  return kernel ? (kernel->getFilename() + ":" + llvm::Twine(kernel->getLine())).str() : "";
}

bool isPrivate(const llvm::Value *pointer) {
  const llvm::Value *object = llvm::getUnderlyingObject(pointer, /*MaxLookup=*/0);
  const auto *variable = llvm::dyn_cast<llvm::GlobalVariable>(object);
  return llvm::isa<llvm::AllocaInst>(object) || (variable && variable->isConstant());
}

/// Inserts calls into one kernel.
class Instrumenter {
public:
  Instrumenter(llvm::Value *thread, KernelInfo &kernel) : thread(thread), kernel(kernel) {}

  void check(llvm::Instruction &access);
  /// Accesses to words of 4 bytes that one call before the first of them can check.
  void checkTogether(llvm::ArrayRef<llvm::Instruction *> group);

private:
  void call(llvm::Instruction &access, llvm::Value *pointer, llvm::Value *bytes, llvm::Align align,
            bool isWrite);

  llvm::Value *thread;
  KernelInfo &kernel;
  llvm::Value *addresses = nullptr; ///< room for those of a group
};

constexpr size_t kMaxGroup = 32;

void Instrumenter::call(llvm::Instruction &access, llvm::Value *pointer, llvm::Value *bytes,
                        llvm::Align align, bool isWrite) {
  if (isPrivate(pointer))
    return;
  llvm::IRBuilder<> ir(&access);
  llvm::Type *type = thread->getType();
  llvm::Value *site = ir.getInt32(addSite(kernel, access));
  llvm::Module &module = *access.getModule();
  ir.CreateCall(module.getOrInsertFunction(isWrite ? kCheckWrite : kCheckRead, ir.getVoidTy(), type,
                                           type, ir.getInt64Ty(), ir.getInt64Ty(), ir.getInt32Ty()),
                {thread, ir.CreateAddrSpaceCast(pointer, type),
                 ir.CreateZExtOrTrunc(bytes, ir.getInt64Ty()), ir.getInt64(align.value()), site});
}

void Instrumenter::check(llvm::Instruction &access) {
  const llvm::DataLayout &layout = access.getDataLayout();
  auto bytesOf = [&](llvm::Type *type) {
    return llvm::ConstantInt::get(llvm::Type::getInt64Ty(access.getContext()),
                                  layout.getTypeStoreSize(type));
  };
  if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&access))
    return call(access, load->getPointerOperand(), bytesOf(load->getType()), load->getAlign(),
                false);
  if (auto *store = llvm::dyn_cast<llvm::StoreInst>(&access))
    return call(access, store->getPointerOperand(), bytesOf(store->getValueOperand()->getType()),
                store->getAlign(), true);
  auto &intrinsic = llvm::cast<llvm::MemIntrinsic>(access);
  if (auto *transfer = llvm::dyn_cast<llvm::MemTransferInst>(&intrinsic))
    call(access, transfer->getSource(), transfer->getLength(),
         transfer->getSourceAlign().valueOrOne(), false);
  call(access, intrinsic.getDest(), intrinsic.getLength(), intrinsic.getDestAlign().valueOrOne(),
       true);
}

void Instrumenter::checkTogether(llvm::ArrayRef<llvm::Instruction *> group) {
  llvm::Instruction &first = *group.front();
  llvm::Function &function = *first.getFunction();
  llvm::Module &module = *function.getParent();
  llvm::Type *pointer = thread->getType();
  if (!addresses) {
    llvm::IRBuilder<> entry(&function.getEntryBlock(), function.getEntryBlock().begin());
    addresses = entry.CreateAlloca(llvm::ArrayType::get(pointer, kMaxGroup));
  }
  llvm::IRBuilder<> ir(&first);
  uint32_t firstSite = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    const uint32_t site = addSite(kernel, *group[i]);
    firstSite = i == 0 ? site : firstSite;
    llvm::Value *address =
        ir.CreateAddrSpaceCast(llvm::getLoadStorePointerOperand(group[i]), pointer);
    ir.CreateStore(address, ir.CreateConstGEP1_64(pointer, addresses, i));
  }
  const bool isWrite = llvm::isa<llvm::StoreInst>(first);
  llvm::Type *i32 = ir.getInt32Ty();
  ir.CreateCall(module.getOrInsertFunction(isWrite ? kCheckWrites4 : kCheckReads4, ir.getVoidTy(),
                                           pointer, pointer, i32, i32),
                {thread, addresses, ir.getInt32(group.size()), ir.getInt32(firstSite)});
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// Whether an access is to a word that is aligned.
bool isWord(const llvm::Instruction &access) {
  if (!llvm::isa<llvm::LoadInst, llvm::StoreInst>(access))
    return false;
  return access.getDataLayout().getTypeStoreSize(llvm::getLoadStoreType(&access)) == 4 &&
         llvm::getLoadStoreAlignment(&access) == 4;
}

/// Moves what computes a value in front of `place`, an instruction of the same basic block, unless
/// it is there. Returns false if that cannot be done.
bool computeBefore(llvm::Value *value, llvm::Instruction &place) {
  auto *instruction = llvm::dyn_cast<llvm::Instruction>(value);
  if (!instruction || instruction->getParent() != place.getParent() ||
      instruction->comesBefore(&place))
    return true;
  if (instruction->mayReadOrWriteMemory() || llvm::isa<llvm::PHINode>(instruction) ||
      !llvm::isSafeToSpeculativelyExecute(instruction))
    return false;
  for (llvm::Value *operand : instruction->operands())
    if (!computeBefore(operand, place))
      return false;
  instruction->moveBefore(place.getIterator());
  return true;
}

/// Whether threads may meet, or memory change, at an instruction that is no access.
bool endsGroups(const llvm::Instruction &instruction) {
  return instruction.mayHaveSideEffects() && !llvm::isa<llvm::LoadInst>(instruction) &&
         !llvm::isAssumeLikeIntrinsic(&instruction);
}

} // namespace

uint32_t addSite(KernelInfo &kernel, const llvm::Instruction &instruction) {
  kernel.sites.push_back(placeOf(instruction));
  return static_cast<uint32_t>(kernel.sites.size() - 1);
}

std::vector<llvm::Instruction *> accessesOf(llvm::Function &kernel) {
  std::vector<llvm::Instruction *> accesses;
  for (llvm::Instruction &instruction : llvm::instructions(kernel))
    if (llvm::isa<llvm::LoadInst, llvm::StoreInst, llvm::MemIntrinsic>(instruction))
      accesses.push_back(&instruction);
  return accesses;
}

void checkAccesses(const std::vector<llvm::Instruction *> &accesses, llvm::Value *thread,
                   KernelInfo &kernel) {
  if (accesses.empty())
    return;
  const llvm::SmallPtrSet<llvm::Instruction *, 32> all(accesses.begin(), accesses.end());
  Instrumenter instrumenter(thread, kernel);
  std::vector<std::vector<llvm::Instruction *>> groups;
  for (llvm::BasicBlock &block : *accesses.front()->getFunction()) {
    std::vector<llvm::Instruction *> group;
    auto close = [&] {
      if (!group.empty())
        groups.push_back(std::move(group));
      group.clear();
    };
    for (llvm::Instruction &next : llvm::make_early_inc_range(block)) {
      const bool isAccess = all.contains(&next);
      const bool sameKind = !group.empty() && isAccess && next.getOpcode() == group[0]->getOpcode();
      if (!isAccess || !isWord(next) || isPrivate(llvm::getLoadStorePointerOperand(&next))) {
        if (isAccess)
          groups.push_back({&next});
        if (endsGroups(next))
          close();
        continue;
      }
      if (!sameKind || group.size() == kMaxGroup ||
          !computeBefore(llvm::getLoadStorePointerOperand(&next), *group[0]))
        close();
      group.push_back(&next);
    }
    close();
  }
  for (const std::vector<llvm::Instruction *> &group : groups)
    isWord(*group[0]) ? instrumenter.checkTogether(group) : instrumenter.check(*group[0]);
}

} // namespace spherical::emulation
