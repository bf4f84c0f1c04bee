//===- kernels.cpp - GPU kernels in the memory of this process --*- C++ -*-===//

#include "tools/emulation/kernels.h"

#include "tools/emulation/blocks.h"
#include "tools/emulation/checker.h"
#include "tools/emulation/intrinsics.h"
#include "tools/emulation/translate.h"

#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/ThreadPool.h"

#include <map>
#include <mutex>

namespace spherical::emulation {

namespace orc = llvm::orc;

/// A kernel as compiled code.
using Code = void (*)(void *const *arguments, Thread *thread);

/// Compiled code says nothing of its type, which UBSan would look for in front of it.
[[clang::no_sanitize("function")]] static void call(Code code, void *const *arguments,
                                                    Thread &thread) {
  code(arguments, &thread);
}

class Kernel {
public:
  explicit Kernel(const std::string &name) : info{name} {}

  KernelInfo info;
  std::once_flag once;
  // Written once.
  std::string failure;
  Code code = nullptr;
  int64_t staticSharedBytes = 0, requiredThreads = 0;
  std::vector<int64_t> argumentBytes;
};

struct Kernels::State {
  std::string bitcode;
  Checks checks = Checks::None;
  std::unique_ptr<orc::LLJIT> jit;
  std::map<std::string, Kernel> kernels; ///< all of the module, compiled or not
  llvm::ThreadPoolTaskGroup compilations{hostThreads()};

  void compile(Kernel &kernel);
  llvm::Error generate(Kernel &kernel);
};

Kernels::Kernels(std::unique_ptr<State> state) : state(std::move(state)) {}
Kernels::~Kernels() { state->compilations.wait(); }

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

static llvm::Expected<std::unique_ptr<orc::LLJIT>> makeJit() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto machine = orc::JITTargetMachineBuilder::detectHost();
  if (!machine)
    return machine.takeError();
  machine->getOptions().AllowFPOpFusion = llvm::FPOpFusion::Fast; // as for the GPU
  auto concurrent = [](orc::JITTargetMachineBuilder builder)
      -> llvm::Expected<std::unique_ptr<orc::IRCompileLayer::IRCompiler>> {
    return std::make_unique<orc::ConcurrentIRCompiler>(std::move(builder));
  };
  auto jit = orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(*machine))
                 .setCompileFunctionCreator(concurrent)
                 .create();
  if (!jit)
    return jit.takeError();
  orc::JITDylib &library = (*jit)->getMainJITDylib();
  orc::SymbolMap own;
  for (const auto &[name, address] : emulatedFunctions())
    own[(*jit)->mangleAndIntern(name)] = {address, llvm::JITSymbolFlags::Exported};
  if (llvm::Error error = library.define(orc::absoluteSymbols(std::move(own))))
    return error;
  // Functions of libm, memcpy, memset.
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      (*jit)->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  return jit;
}

std::unique_ptr<Kernels> Kernels::load(std::string_view bitcode, Checks checks,
                                       std::string &reason) {
  const std::vector<std::string> names = kernelsOf(bitcode, reason);
  if (!reason.empty())
    return nullptr;
  auto jit = makeJit();
  if (!jit) {
    reason = llvm::toString(jit.takeError());
    return nullptr;
  }
  auto state = std::make_unique<State>();
  state->bitcode = bitcode;
  state->checks = checks;
  state->jit = std::move(*jit);
  for (const std::string &name : names)
    state->kernels.try_emplace(name, name);
  return std::unique_ptr<Kernels>(new Kernels(std::move(state)));
}

llvm::Error Kernels::State::generate(Kernel &kernel) {
  const Host host{jit->getTargetTriple(), jit->getDataLayout()};
  HostKernel translated = translateKernel(bitcode, kernel.info.name, host, checks, kernel.failure);
  if (!kernel.failure.empty())
    return llvm::Error::success();
  kernel.info = std::move(translated.info);
  kernel.staticSharedBytes = translated.staticSharedBytes;
  kernel.requiredThreads = translated.requiredThreads;
  kernel.argumentBytes = std::move(translated.argumentBytes);
  if (llvm::Error error = jit->addIRModule(std::move(translated.module)))
    return error;
  auto address = jit->lookup(kernel.info.name);
  if (!address)
    return address.takeError();
  kernel.code = address->toPtr<Code>();
  return llvm::Error::success();
}

/// Compiles the kernel unless that is done; waits if another thread is at it.
void Kernels::State::compile(Kernel &kernel) {
  std::call_once(kernel.once, [&] {
    if (llvm::Error error = generate(kernel))
      kernel.failure = "cannot compile kernel '" + kernel.info.name +
                       "' for this machine: " + llvm::toString(std::move(error));
  });
}

Kernel *Kernels::find(const std::string &name) {
  const auto found = state->kernels.find(name);
  if (found == state->kernels.end())
    return nullptr;
  Kernel &kernel = found->second;
  state->compilations.async([this, &kernel] { state->compile(kernel); });
  return &kernel;
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

std::string Kernels::launch(Kernel &kernel, const LaunchExtents &extents, void *const *arguments,
                            ThreadOrder order, Memory *memory) {
  const auto [blocks, threads, sharedBytes] = extents;
  if (blocks < 1 || blocks > INT32_MAX || threads < 1 || threads > kMaxThreads)
    return "expected 1 to 2147483647 blocks of 1 to " + std::to_string(kMaxThreads) +
           " threads, got " + std::to_string(blocks) + " of " + std::to_string(threads);
  state->compile(kernel);
  if (!kernel.failure.empty())
    return kernel.failure;
  if (kernel.requiredThreads != 0 && threads != kernel.requiredThreads)
    return "kernel '" + kernel.info.name + "' expected blocks of " +
           std::to_string(kernel.requiredThreads) + " threads, got " + std::to_string(threads);
  const int64_t shared = kernel.staticSharedBytes + sharedBytes;
  if (sharedBytes < 0 || shared > kSharedBytes)
    return "expected at most " + std::to_string(kSharedBytes) + " bytes of shared memory, got " +
           std::to_string(shared);
  std::optional<Checker> checker;
  if (state->checks == Checks::Strict)
    checker.emplace(*memory, kernel.info, shared);
  return runBlocks({threads, blocks, shared, order,
                    [&](Thread &thread) { call(kernel.code, arguments, thread); }, &kernel.info,
                    checker ? &*checker : nullptr});
}

std::string Kernels::argumentBytes(Kernel &kernel, std::vector<int64_t> &bytes) {
  state->compile(kernel);
  bytes = kernel.argumentBytes;
  return kernel.failure;
}

} // namespace spherical::emulation
