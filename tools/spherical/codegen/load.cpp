//===- load.cpp - objects in this process -----------------------*- C++ -*-===//

#include "tools/spherical/codegen/codegen.h"

#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"

#include <set>

namespace spherical::driver {

namespace orc = llvm::orc;

struct LoadedObject::State {
  std::unique_ptr<orc::LLJIT> jit;
  std::set<std::string> added; ///< keys of objects

  llvm::Error add(llvm::StringRef object) {
    return jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, "model.o"));
  }
};

LoadedObject::LoadedObject(std::unique_ptr<State> state) : state(std::move(state)) {}
LoadedObject::~LoadedObject() = default;

/// Adds what code needs from this process.
static llvm::Error addProcess(orc::LLJIT &jit, LoadedObject::Parallel parallel) {
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
  return llvm::Error::success();
}

static Error loadError(llvm::Error error) {
  return Error{"error: cannot load code: " + llvm::toString(std::move(error))};
}

Result<std::unique_ptr<LoadedObject>> LoadedObject::create(Parallel parallel) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = orc::LLJITBuilder().create();
  if (!jit)
    return loadError(jit.takeError());
  if (llvm::Error error = addProcess(**jit, parallel))
    return loadError(std::move(error));
  auto state = std::make_unique<State>();
  state->jit = std::move(*jit);
  return std::unique_ptr<LoadedObject>(new LoadedObject(std::move(state)));
}

Result<std::unique_ptr<LoadedObject>> LoadedObject::load(const std::string &object,
                                                         Parallel parallel) {
  Result<std::unique_ptr<LoadedObject>> loaded = create(parallel);
  if (!loaded)
    return loaded.error();
  if (llvm::Error error = (*loaded)->state->add(object))
    return loadError(std::move(error));
  if (!(*loaded)->manifest())
    return Error{"error: cannot load code: expected a symbol sph_manifest, got none"};
  return loaded;
}

Status LoadedObject::add(const ObjectMap &objects) {
  for (const auto &[key, object] : objects)
    if (state->added.insert(key).second)
      if (llvm::Error error = state->add(object))
        return loadError(std::move(error));
  return Done{};
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
