//===- mutate.cpp - kernels with one fault each ---------------------------===//
//
// All mutants of a kernel are one function, so that it is compiled once:
//   barrier()        ->  if (which != 5) barrier()
//   x = *p           ->  x = *(p + (which == 6))
//   while (i < n)    ->  while (i < n + (which == 7))
//
//===----------------------------------------------------------------------===//

#include "test/gpu/mutate.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

#include <stdexcept>

namespace spherical::test {
namespace {

/// The module with the body of one kernel and of no other function: reading all is slow.
std::unique_ptr<llvm::Module> parse(const std::string &bitcode, const std::string &kernel,
                                    llvm::LLVMContext &context) {
  auto module = llvm::cantFail(
      llvm::getLazyBitcodeModule(llvm::MemoryBufferRef(bitcode, "kernels"), context));
  for (llvm::Function &function : *module)
    if (function.getName() != kernel && !function.isDeclaration())
      function.deleteBody();
  llvm::cantFail(module->materializeAll());
  return module;
}

std::string placeOf(const llvm::Instruction &instruction) {
  const llvm::DILocation *location = instruction.getDebugLoc();
  while (location && location->getInlinedAt())
    location = location->getInlinedAt();
  return location ? (location->getFilename() + ":" + llvm::Twine(location->getLine())).str() : "";
}

/// Makes one kernel mutable.
class Mutator {
public:
  Mutator(llvm::Module &module, const std::string &name) : module(module) { addArguments(name); }

  std::vector<Mutation> run();

private:
  void addArguments(const std::string &name);
  void countLoops(const llvm::LoopInfo &loops);
  void widenRange(llvm::BranchInst &exit, const llvm::Loop &loop);
  void moveAddress(llvm::Instruction &access, unsigned operand, llvm::Type *type);
  void leaveOut(llvm::Instruction &barrier);
  llvm::Value *isOn(llvm::IRBuilder<> &ir, Mutation::Kind kind, const llvm::Instruction &place);

  llvm::Module &module;
  llvm::Function *kernel = nullptr;
  llvm::Value *which = nullptr, *budget = nullptr;
  std::vector<Mutation> mutations;
};

void Mutator::addArguments(const std::string &name) {
  llvm::Function &old = *module.getFunction(name);
  std::vector<llvm::Type *> types(old.getFunctionType()->params().begin(),
                                  old.getFunctionType()->params().end());
  types.insert(types.end(), 2, llvm::Type::getInt32Ty(module.getContext()));
  auto *type = llvm::FunctionType::get(old.getReturnType(), types, false);
  kernel = llvm::Function::Create(type, old.getLinkage(), "", module);
  kernel->setCallingConv(old.getCallingConv());
  kernel->splice(kernel->begin(), &old);
  kernel->setSubprogram(old.getSubprogram());
  old.setSubprogram(nullptr);
  for (llvm::Argument &argument : old.args())
    argument.replaceAllUsesWith(kernel->getArg(argument.getArgNo()));
  kernel->takeName(&old);
  old.eraseFromParent();
  which = kernel->getArg(kernel->arg_size() - 2);
  budget = kernel->getArg(kernel->arg_size() - 1);
  for (llvm::Function &other : llvm::make_early_inc_range(module))
    if (&other != kernel && other.use_empty())
      other.eraseFromParent();
}

/// Whether the next mutation takes effect.
llvm::Value *Mutator::isOn(llvm::IRBuilder<> &ir, Mutation::Kind kind,
                           const llvm::Instruction &place) {
  mutations.push_back({kind, placeOf(place)});
  return ir.CreateICmpEQ(which, ir.getInt32(mutations.size()));
}

void Mutator::leaveOut(llvm::Instruction &barrier) {
  llvm::IRBuilder<> ir(&barrier);
  llvm::Value *on = isOn(ir, Mutation::Kind::Barrier, barrier);
  llvm::Instruction *rest = barrier.getNextNode();
  llvm::Instruction *then = llvm::SplitBlockAndInsertIfThen(ir.CreateNot(on), rest, false);
  barrier.moveBefore(then->getIterator());
}

void Mutator::moveAddress(llvm::Instruction &access, unsigned operand, llvm::Type *type) {
  llvm::Value *pointer = access.getOperand(operand);
  if (llvm::isa<llvm::AllocaInst>(llvm::getUnderlyingObject(pointer, 0)))
    return;
  llvm::IRBuilder<> ir(&access);
  llvm::Value *on = isOn(ir, Mutation::Kind::Address, access);
  access.setOperand(operand, ir.CreateGEP(type, pointer, ir.CreateZExt(on, ir.getInt64Ty())));
}

/// The step of a variable of the loop, or of the variable's next value; nothing if it is none or
/// the step is not constant.
std::optional<int64_t> stepOf(llvm::Value *value, const llvm::Loop &loop) {
  auto constantStep = [&](llvm::Value *next, llvm::Value *phi) -> std::optional<int64_t> {
    auto *add = llvm::dyn_cast<llvm::BinaryOperator>(next);
    if (!add || add->getOpcode() != llvm::Instruction::Add || add->getOperand(0) != phi)
      return std::nullopt;
    auto *step = llvm::dyn_cast<llvm::ConstantInt>(add->getOperand(1));
    return step ? std::optional<int64_t>(step->getSExtValue()) : std::nullopt;
  };
  if (auto *phi = llvm::dyn_cast<llvm::PHINode>(value);
      phi && phi->getParent() == loop.getHeader() && loop.getLoopLatch())
    return constantStep(phi->getIncomingValueForBlock(loop.getLoopLatch()), phi);
  if (auto *add = llvm::dyn_cast<llvm::BinaryOperator>(value))
    if (auto *phi = llvm::dyn_cast<llvm::PHINode>(add->getOperand(0));
        phi && phi->getParent() == loop.getHeader())
      return constantStep(add, phi);
  return std::nullopt;
}

/// The loop goes on for one more index.
void Mutator::widenRange(llvm::BranchInst &exit, const llvm::Loop &loop) {
  auto *compare = llvm::dyn_cast<llvm::ICmpInst>(exit.getCondition());
  if (!compare || !compare->getOperand(0)->getType()->isIntegerTy())
    return;
  for (unsigned bound : {1u, 0u}) {
    llvm::Value *limit = compare->getOperand(bound);
    if (!loop.isLoopInvariant(limit))
      continue;
    const std::optional<int64_t> step = stepOf(compare->getOperand(1 - bound), loop);
    // A test for equality must be met; any other widens by one index, of one thread.
    if (compare->isEquality() && !step)
      return;
    const bool down = step && *step < 0;
    const int64_t more = compare->isEquality() ? *step : down ? -1 : 1;
    llvm::IRBuilder<> ir(compare);
    llvm::Value *on = isOn(ir, Mutation::Kind::Range, exit);
    llvm::Value *extra = ir.CreateSelect(on, llvm::ConstantInt::getSigned(limit->getType(), more),
                                         llvm::ConstantInt::get(limit->getType(), 0));
    compare->setOperand(bound, ir.CreateAdd(limit, extra));
    return;
  }
}

/// Mutants may loop for long: a thread traps when its budget is used up.
void Mutator::countLoops(const llvm::LoopInfo &loops) {
  llvm::IRBuilder<> entry(&kernel->getEntryBlock(), kernel->getEntryBlock().begin());
  llvm::Value *left = entry.CreateAlloca(entry.getInt32Ty());
  entry.CreateStore(budget, left);
  std::vector<llvm::Instruction *> beginnings;
  for (const llvm::Loop *loop : loops.getLoopsInPreorder())
    beginnings.push_back(&*loop->getHeader()->getFirstInsertionPt());
  for (llvm::Instruction *beginning : beginnings) {
    llvm::IRBuilder<> ir(beginning);
    llvm::Value *next = ir.CreateSub(ir.CreateLoad(ir.getInt32Ty(), left), ir.getInt32(1));
    ir.CreateStore(next, left);
    llvm::Instruction *end = llvm::SplitBlockAndInsertIfThen(ir.CreateICmpEQ(next, ir.getInt32(0)),
                                                             beginning, /*Unreachable=*/true);
    llvm::IRBuilder<>(end).CreateIntrinsic(llvm::Intrinsic::trap, {});
  }
}

std::vector<Mutation> Mutator::run() {
  llvm::DominatorTree dominators(*kernel);
  llvm::LoopInfo loops(dominators);
  std::vector<llvm::Instruction *> barriers, accesses;
  for (llvm::Instruction &instruction : llvm::instructions(*kernel)) {
    auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
    if (call && call->getCalledFunction()->getName().starts_with("llvm.nvvm.bar"))
      barriers.push_back(call);
    if (llvm::isa<llvm::LoadInst, llvm::StoreInst>(instruction))
      accesses.push_back(&instruction);
  }
  for (const llvm::Loop *loop : loops.getLoopsInPreorder()) {
    llvm::SmallVector<llvm::BasicBlock *> exiting;
    loop->getExitingBlocks(exiting);
    for (llvm::BasicBlock *block : exiting)
      if (auto *branch = llvm::dyn_cast<llvm::BranchInst>(block->getTerminator());
          branch && branch->isConditional())
        widenRange(*branch, *loop);
  }
  for (llvm::Instruction *access : accesses) {
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(access))
      moveAddress(*load, llvm::LoadInst::getPointerOperandIndex(), load->getType());
    else
      moveAddress(*access, llvm::StoreInst::getPointerOperandIndex(),
                  access->getOperand(0)->getType());
  }
  countLoops(loops);
  for (llvm::Instruction *barrier : barriers)
    leaveOut(*barrier);
  return std::move(mutations);
}

} // namespace

MutableKernel makeMutable(const std::string &bitcode, const std::string &kernel) {
  llvm::LLVMContext context;
  const auto module = parse(bitcode, kernel, context);
  MutableKernel result;
  result.mutations = Mutator(*module, kernel).run();
  std::string broken;
  llvm::raw_string_ostream report(broken);
  if (llvm::verifyModule(*module, &report))
    throw std::runtime_error("mutants of " + kernel + ": " + broken);
  llvm::raw_string_ostream stream(result.bitcode);
  llvm::WriteBitcodeToFile(*module, stream);
  return result;
}

std::string kernelBody(const std::string &bitcode, const std::string &kernel) {
  llvm::LLVMContext context;
  const auto module = parse(bitcode, kernel, context);
  llvm::StripDebugInfo(*module);
  llvm::Function &function = *module->getFunction(kernel);
  function.setName("kernel");
  for (llvm::Instruction &instruction : llvm::instructions(function))
    instruction.dropUnknownNonDebugMetadata();
  std::string text;
  llvm::raw_string_ostream stream(text);
  function.print(stream);
  return text;
}

} // namespace spherical::test
