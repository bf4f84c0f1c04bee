//===- load.cpp - objects in this process -----------------------*- C++ -*-===//

#include "tools/spherical/codegen/codegen.h"

#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"

namespace spherical::driver {

namespace orc = llvm::orc;

struct LoadedObject::State {
  std::unique_ptr<orc::LLJIT> jit;
};

LoadedObject::LoadedObject(std::unique_ptr<State> state) : state(std::move(state)) {}
LoadedObject::~LoadedObject() = default;

/// Adds the object and what it needs from this process.
static llvm::Error fill(orc::LLJIT &jit, const std::string &object,
                        LoadedObject::Parallel parallel) {
  orc::JITDylib &library = jit.getMainJITDylib();
  auto address = orc::ExecutorAddr::fromPtr(parallel);
  orc::SymbolMap own{
      {jit.mangleAndIntern("sph_parallel"), {address, llvm::JITSymbolFlags::Exported}}};
  if (llvm::Error error = library.define(orc::absoluteSymbols(std::move(own))))
    return error;
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      jit.getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  return jit.addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, "model.o"));
}

Result<std::unique_ptr<LoadedObject>> LoadedObject::load(const std::string &object,
                                                         Parallel parallel) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = orc::LLJITBuilder().create();
  if (!jit)
    return Error{"error: cannot load code: " + llvm::toString(jit.takeError())};
  if (llvm::Error error = fill(**jit, object, parallel))
    return Error{"error: cannot load code: " + llvm::toString(std::move(error))};
  auto state = std::make_unique<State>();
  state->jit = std::move(*jit);
  std::unique_ptr<LoadedObject> loaded(new LoadedObject(std::move(state)));
  if (!loaded->manifest())
    return Error{"error: cannot load code: expected a symbol sph_manifest, got none"};
  return loaded;
}

void *LoadedObject::lookup(const std::string &symbol) const {
  auto address = state->jit->lookup(symbol);
  if (!address) {
    llvm::consumeError(address.takeError());
    return nullptr;
  }
  return address->toPtr<void *>();
}

const char *LoadedObject::manifest() const {
  return static_cast<const char *>(lookup("sph_manifest"));
}

} // namespace spherical::driver
