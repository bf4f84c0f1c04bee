//===- kernels.cpp - GPU kernels in the memory of this process --*- C++ -*-===//

#include "tools/emulation/kernels.h"

#include "tools/emulation/intrinsics.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace spherical::emulation {

namespace orc = llvm::orc;

/// A zone behind shared memory that nobody may touch.
static constexpr int64_t kGuardBytes = 4 << 10;
static constexpr unsigned char kPattern = 0xff;

/// The symbol of dynamic shared memory, and the ending of the functions that take addresses.
static constexpr llvm::StringLiteral kShared = "sph_shared", kThunk = ".thunk";

struct Kernels::State {
  std::unique_ptr<orc::LLJIT> jit;
  unsigned char *shared = nullptr;
};

Kernels::Kernels(std::unique_ptr<State> state) : state(std::move(state)) {}
Kernels::~Kernels() = default;

//===----------------------------------------------------------------------===//
// Bitcode for a GPU becomes a module for this machine
//===----------------------------------------------------------------------===//

/// void <kernel>.thunk(ptr arguments) { kernel(*arguments[0], *arguments[1], ...); }
static void makeThunk(llvm::Function &kernel) {
  llvm::Module &module = *kernel.getParent();
  llvm::Type *pointer = llvm::PointerType::get(module.getContext(), 0);
  auto *type =
      llvm::FunctionType::get(llvm::Type::getVoidTy(module.getContext()), {pointer}, false);
  llvm::Function *thunk = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                                 kernel.getName() + kThunk, module);
  llvm::IRBuilder<> ir(llvm::BasicBlock::Create(module.getContext(), "", thunk));
  std::vector<llvm::Value *> values;
  for (llvm::Argument &argument : kernel.args()) {
    llvm::Value *slot = ir.CreateConstGEP1_32(pointer, thunk->getArg(0), argument.getArgNo());
    values.push_back(ir.CreateLoad(argument.getType(), ir.CreateLoad(pointer, slot)));
  }
  ir.CreateCall(&kernel, values);
  ir.CreateRetVoid();
}

/// Gives dynamic shared memory a place: an array of the process, in whatever address space.
static void defineShared(llvm::Module &module) {
  llvm::GlobalVariable *declared = module.getNamedGlobal(kShared);
  auto *type =
      llvm::ArrayType::get(llvm::Type::getInt8Ty(module.getContext()), kSharedBytes + kGuardBytes);
  auto *defined = new llvm::GlobalVariable(module, type, false, llvm::GlobalValue::ExternalLinkage,
                                           llvm::ConstantAggregateZero::get(type), "", declared,
                                           llvm::GlobalValue::NotThreadLocal,
                                           declared ? declared->getAddressSpace() : 0);
  defined->setAlignment(llvm::Align(256));
  if (declared) {
    declared->replaceAllUsesWith(defined);
    declared->eraseFromParent();
  }
  defined->setName(kShared);
}

/// Leaves nothing of the GPU but the instructions.
static void retarget(llvm::Module &module, const orc::LLJIT &jit) {
  module.setTargetTriple(jit.getTargetTriple());
  module.setDataLayout(jit.getDataLayout());
  std::vector<llvm::Function *> kernels;
  for (llvm::Function &function : module) {
    if (function.getCallingConv() == llvm::CallingConv::PTX_Kernel)
      kernels.push_back(&function);
    function.setCallingConv(llvm::CallingConv::C);
    function.removeFnAttr("target-cpu");
    function.removeFnAttr("target-features");
  }
  for (llvm::Function *kernel : kernels)
    makeThunk(*kernel);
  defineShared(module);
}

static llvm::Error fill(orc::LLJIT &jit, std::unique_ptr<llvm::Module> module,
                        std::unique_ptr<llvm::LLVMContext> context) {
  orc::JITDylib &library = jit.getMainJITDylib();
  orc::SymbolMap own;
  for (const auto &[name, address] : emulatedFunctions())
    own[jit.mangleAndIntern(name)] = {address, llvm::JITSymbolFlags::Exported};
  if (llvm::Error error = library.define(orc::absoluteSymbols(std::move(own))))
    return error;
  // fmaf where the machine has no such instruction, memcpy, memset.
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      jit.getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  return jit.addIRModule(orc::ThreadSafeModule(std::move(module), std::move(context)));
}

std::unique_ptr<Kernels> Kernels::load(std::string_view bitcode, std::string &reason) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto context = std::make_unique<llvm::LLVMContext>();
  llvm::MemoryBufferRef buffer(llvm::StringRef(bitcode.data(), bitcode.size()), "kernels");
  auto parsed = llvm::parseBitcodeFile(buffer, *context);
  if (!parsed) {
    reason = "expected bitcode: " + llvm::toString(parsed.takeError());
    return nullptr;
  }
  llvm::Module &module = **parsed;
  if (const std::string unknown = replaceIntrinsics(module); !unknown.empty()) {
    reason = "the emulation does not know " + unknown + " (not supported)";
    return nullptr;
  }
  auto jit = orc::LLJITBuilder().create();
  if (!jit) {
    reason = llvm::toString(jit.takeError());
    return nullptr;
  }
  retarget(module, **jit);
  llvm::raw_string_ostream broken(reason);
  if (llvm::verifyModule(module, &broken))
    return nullptr;
  if (llvm::Error error = fill(**jit, std::move(*parsed), std::move(context))) {
    reason = llvm::toString(std::move(error));
    return nullptr;
  }
  auto state = std::make_unique<State>();
  state->jit = std::move(*jit);
  auto shared = state->jit->lookup(kShared);
  if (!shared) {
    reason = llvm::toString(shared.takeError());
    return nullptr;
  }
  state->shared = shared->toPtr<unsigned char *>();
  return std::unique_ptr<Kernels>(new Kernels(std::move(state)));
}

Kernel Kernels::find(const std::string &name) const {
  auto address = state->jit->lookup(name + kThunk.str());
  if (!address) {
    llvm::consumeError(address.takeError());
    return nullptr;
  }
  return address->toPtr<Kernel>();
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

std::string Kernels::launch(Kernel kernel, int64_t blocks, int64_t threads, int64_t sharedBytes,
                            void *const *arguments, ThreadOrder order) const {
  if (blocks < 1 || threads < 1 || threads > kMaxThreads)
    return "expected at least 1 block of 1 to " + std::to_string(kMaxThreads) + " threads, got " +
           std::to_string(blocks) + " of " + std::to_string(threads);
  if (sharedBytes < 0 || sharedBytes > kSharedBytes)
    return "expected at most " + std::to_string(kSharedBytes) + " bytes of shared memory, got " +
           std::to_string(sharedBytes);
  Block block(threads, order);
  const Dim3 grid{static_cast<int32_t>(blocks), 1, 1};
  for (int64_t i = 0; i < blocks; ++i) {
    std::memset(state->shared, kPattern, kSharedBytes + kGuardBytes);
    const std::string failure =
        block.run({static_cast<int32_t>(i), 0, 0}, grid, [&] { kernel(arguments); });
    if (!failure.empty())
      return failure;
    const std::span behind(state->shared + sharedBytes, kSharedBytes + kGuardBytes - sharedBytes);
    if (std::ranges::any_of(behind, [](unsigned char byte) { return byte != kPattern; }))
      return "block " + std::to_string(i) + " stores beyond its " + std::to_string(sharedBytes) +
             " bytes of shared memory";
  }
  return "";
}

} // namespace spherical::emulation
