//===- translate.cpp - a kernel in bitcode becomes a function ---*- C++ -*-===//
//
//   ptx_kernel void k(a, b) { ... }
//     ->  void k(ptr arguments, ptr thread) { a = *arguments[0]; b = *arguments[1]; ... }
// Functions that the kernel calls are inlined: whatever asks for the position
// of the thread then finds `thread`. Variables in shared memory become places
// behind the address that the thread's block has for it.
//
//===----------------------------------------------------------------------===//

#include "tools/emulation/translate.h"

#include "tools/emulation/block.h"
#include "tools/emulation/instrument.h"
#include "tools/emulation/intrinsics.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Transforms/Utils/Cloning.h"

namespace spherical::emulation {
namespace {

/// NVPTX's number of the shared address space.
constexpr unsigned kSharedSpace = 3;

llvm::MemoryBufferRef bufferOf(std::string_view bitcode) {
  return {llvm::StringRef(bitcode.data(), bitcode.size()), "kernels"};
}

std::string unknown(llvm::StringRef what) {
  return ("the emulation does not know " + what + " (not supported)").str();
}

/// What no kernel may do, "" if there is nothing of it.
std::string firstUnknown(const llvm::Module &module) {
  for (const llvm::GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() != kSharedSpace && !variable.isConstant())
      return unknown("variable '" + variable.getName().str() + "' outside of shared memory");
  for (const llvm::Function &function : module) {
    if (function.isDeclaration() && !isKnownFunction(function.getName()))
      return unknown(function.getName());
    for (const llvm::Instruction &instruction : llvm::instructions(function))
      if (instruction.isAtomic() && !llvm::isa<llvm::FenceInst>(instruction))
        return unknown(std::string(instruction.getOpcodeName()) + " of memory between threads");
  }
  return "";
}

//===----------------------------------------------------------------------===//
// One kernel
//===----------------------------------------------------------------------===//

/// Leaves of a lazily read module the kernel `name` and the functions that it may call.
llvm::Error keepOnly(llvm::Module &module, const std::string &name) {
  for (llvm::Function &function : module)
    if (function.getCallingConv() == llvm::CallingConv::PTX_Kernel && function.getName() != name)
      function.deleteBody();
  return module.materializeAll();
}

/// The functions with a body that a function calls.
llvm::SmallSetVector<llvm::Function *, 8> calleesOf(const llvm::Function &function) {
  llvm::SmallSetVector<llvm::Function *, 8> callees;
  for (const llvm::Instruction &instruction : llvm::instructions(function))
    if (const auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction))
      if (llvm::Function *callee = call->getCalledFunction(); callee && !callee->isDeclaration())
        callees.insert(callee);
  return callees;
}

bool callsItself(llvm::Function &function) {
  auto reached = calleesOf(function);
  for (size_t i = 0; i < reached.size(); ++i)
    reached.insert_range(calleesOf(*reached[i]));
  return reached.contains(&function);
}

/// Inlines every call of a function with a body. Returns the name of a function that calls itself.
std::string inlineCalls(llvm::Function &kernel) {
  for (auto callees = calleesOf(kernel); !callees.empty(); callees = calleesOf(kernel))
    for (llvm::Function *callee : callees) {
      if (callsItself(*callee))
        return callee->getName().str();
      for (llvm::User *user : llvm::make_early_inc_range(callee->users())) {
        auto *call = llvm::dyn_cast<llvm::CallBase>(user);
        llvm::InlineFunctionInfo info;
        if (call && call->getFunction() == &kernel &&
            !llvm::InlineFunction(*call, info).isSuccess())
          return callee->getName().str();
      }
    }
  return "";
}

/// Moves the kernel's body into a function that takes addresses of arguments, and a thread.
llvm::Function *takeAddresses(llvm::Function &kernel) {
  llvm::Module &module = *kernel.getParent();
  llvm::Type *pointer = llvm::PointerType::get(module.getContext(), 0);
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(module.getContext()),
                                       {pointer, pointer}, false);
  auto *function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "", module);
  function->takeName(&kernel);
  function->splice(function->begin(), &kernel);
  function->setSubprogram(kernel.getSubprogram());
  function->addFnAttr(llvm::Attribute::NoUnwind);
  llvm::BasicBlock &entry = function->getEntryBlock();
  llvm::IRBuilder<> ir(&entry, entry.getFirstInsertionPt());
  for (llvm::Argument &argument : kernel.args()) {
    llvm::Value *slot = ir.CreateConstGEP1_32(pointer, function->getArg(0), argument.getArgNo());
    argument.replaceAllUsesWith(ir.CreateLoad(argument.getType(), ir.CreateLoad(pointer, slot)));
  }
  kernel.setSubprogram(nullptr);
  kernel.eraseFromParent();
  return function;
}

/// Gives variables in shared memory their places: arrays of no extent, the dynamic part, behind the
/// others. Returns where the dynamic part begins.
int64_t placeShared(llvm::Function &kernel, const llvm::DataLayout &layout) {
  llvm::Module &module = *kernel.getParent();
  std::vector<llvm::GlobalVariable *> fixed, dynamic;
  for (llvm::GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() == kSharedSpace)
      (layout.getTypeAllocSize(variable.getValueType()) == 0 ? dynamic : fixed)
          .push_back(&variable);
  llvm::BasicBlock &entry = kernel.getEntryBlock();
  llvm::IRBuilder<> ir(&entry, entry.getFirstInsertionPt());
  auto *pointer = llvm::PointerType::get(module.getContext(), 0);
  llvm::Value *facts = ir.CreateLoad(pointer, kernel.getArg(1));
  llvm::Value *shared = ir.CreateLoad(
      pointer, ir.CreateConstGEP1_64(ir.getInt8Ty(), facts, offsetof(BlockFacts, shared)));
  auto place = [&](llvm::GlobalVariable *variable, int64_t offset) {
    llvm::convertUsersOfConstantsToInstructions(variable);
    llvm::Value *address = ir.CreateConstGEP1_64(ir.getInt8Ty(), shared, offset);
    variable->replaceAllUsesWith(ir.CreateAddrSpaceCast(address, variable->getType()));
    variable->eraseFromParent();
  };
  int64_t end = 0;
  for (llvm::GlobalVariable *variable : fixed) {
    end = llvm::alignTo(end, variable->getAlign().valueOrOne());
    const int64_t bytes = layout.getTypeAllocSize(variable->getValueType());
    place(variable, end);
    end += bytes;
  }
  // A page is aligned as much as anybody asks for; what lies before is rounded up to this.
  constexpr int64_t alignment = 256;
  end = llvm::alignTo(end, alignment);
  for (llvm::GlobalVariable *variable : dynamic)
    place(variable, end);
  return end;
}

/// The threads that a block must have, 0 if any number will do ("nvvm.reqntid"="128,1,1").
int64_t requiredThreads(const llvm::Function &kernel) {
  const llvm::StringRef extents = kernel.getFnAttribute("nvvm.reqntid").getValueAsString();
  int64_t product = extents.empty() ? 0 : 1;
  for (llvm::StringRef extent : llvm::split(extents, ','))
    if (int64_t threads; !extent.getAsInteger(10, threads))
      product *= threads;
  return product;
}

/// Leaves nothing of the GPU but the instructions.
void retarget(llvm::Module &module, const Host &host) {
  module.setTargetTriple(host.triple);
  module.setDataLayout(host.layout);
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    function.setCallingConv(llvm::CallingConv::C);
    function.removeFnAttr("target-cpu");
    function.removeFnAttr("target-features");
    if (function.use_empty() && function.getName().starts_with("llvm.nvvm."))
      function.eraseFromParent();
  }
}

} // namespace

std::vector<std::string> kernelsOf(std::string_view bitcode, std::string &reason) {
  llvm::LLVMContext context;
  auto module = llvm::parseBitcodeFile(bufferOf(bitcode), context);
  if (!module) {
    reason = "expected bitcode: " + llvm::toString(module.takeError());
    return {};
  }
  llvm::raw_string_ostream broken(reason);
  if (llvm::verifyModule(**module, &broken))
    return {};
  reason = firstUnknown(**module);
  std::vector<std::string> names;
  for (const llvm::Function &function : **module)
    if (function.getCallingConv() == llvm::CallingConv::PTX_Kernel && !function.isDeclaration())
      names.push_back(function.getName().str());
  return names;
}

HostKernel translateKernel(std::string_view bitcode, const std::string &name, const Host &host,
                           Checks checks, std::string &reason) {
  HostKernel result;
  result.info.name = name;
  auto context = std::make_unique<llvm::LLVMContext>();
  auto module = llvm::getLazyBitcodeModule(bufferOf(bitcode), *context, true);
  if (!module) {
    reason = llvm::toString(module.takeError());
    return result;
  }
  if (llvm::Error error = keepOnly(**module, name)) {
    reason = llvm::toString(std::move(error));
    return result;
  }
  llvm::Function *kernel = (*module)->getFunction(name);
  if (const std::string recursive = inlineCalls(*kernel); !recursive.empty()) {
    reason = "kernel '" + name + "' calls '" + recursive + "', which calls itself (not supported)";
    return result;
  }
  result.requiredThreads = requiredThreads(*kernel);
  for (const llvm::Argument &argument : kernel->args())
    result.argumentBytes.push_back(
        (*module)->getDataLayout().getTypeAllocSize(argument.getType()).getFixedValue());
  const std::vector<llvm::Instruction *> accesses = accessesOf(*kernel);
  kernel = takeAddresses(*kernel);
  replaceIntrinsics(*kernel, kernel->getArg(1), result.info);
  result.staticSharedBytes = placeShared(*kernel, (*module)->getDataLayout());
  if (checks == Checks::Strict)
    checkAccesses(accesses, kernel->getArg(1), result.info);
  for (llvm::Function &function : llvm::make_early_inc_range(**module))
    if (&function != kernel && function.use_empty())
      function.eraseFromParent();
  retarget(**module, host);
  llvm::raw_string_ostream broken(reason);
  if (llvm::verifyModule(**module, &broken))
    return result;
  result.module = llvm::orc::ThreadSafeModule(std::move(*module), std::move(context));
  return result;
}

} // namespace spherical::emulation
