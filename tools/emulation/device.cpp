//===- device.cpp - device calls without a GPU ------------------*- C++ -*-===//

#include "tools/emulation/device.h"

#include "tools/emulation/kernels.h"

#include <cstdlib>
#include <cstring>
#include <map>

using spherical::emulation::Kernel;
using spherical::emulation::Kernels;

struct sph_device_kernel {
  const Kernels *kernels;
  Kernel entry;
};

struct sph_device_module {
  std::unique_ptr<Kernels> kernels;
  std::map<std::string, sph_device_kernel> found;
};

namespace spherical::emulation {
namespace {

/// Keeps a sentence for the caller; null for none.
const char *report(std::string sentence) {
  thread_local std::string last;
  last = std::move(sentence);
  return last.empty() ? nullptr : last.c_str();
}

const char *load(const void *image, int64_t bytes, sph_device_module **module) {
  std::string reason;
  auto kernels =
      Kernels::load({static_cast<const char *>(image), static_cast<size_t>(bytes)}, reason);
  if (!kernels)
    return report(reason);
  *module = new sph_device_module{std::move(kernels), {}};
  return nullptr;
}

void unload(sph_device_module *module) { delete module; }

const char *find(sph_device_module *module, const char *name, sph_device_kernel **kernel) {
  const Kernel entry = module->kernels->find(name);
  if (!entry)
    return report("expected a kernel '" + std::string(name) + "', got none");
  *kernel = &module->found.try_emplace(name, module->kernels.get(), entry).first->second;
  return nullptr;
}

const char *allocate(int64_t bytes, void **memory) {
  constexpr int64_t alignment = 256;
  const int64_t whole = (bytes + alignment) / alignment * alignment;
  *memory = std::aligned_alloc(alignment, whole);
  if (!*memory)
    return report("cannot take " + std::to_string(bytes) + " bytes of memory");
  std::memset(*memory, 0xff, whole);
  return nullptr;
}

void release(void *memory) { std::free(memory); }

const char *copy(void *to, const void *from, int64_t bytes) {
  std::memcpy(to, from, bytes);
  return nullptr;
}

template <ThreadOrder order>
const char *launch(sph_device_kernel *kernel, int64_t blocks, int64_t threads, int64_t shared,
                   void *const *arguments) {
  return report(kernel->kernels->launch(kernel->entry, blocks, threads, shared, arguments, order));
}

const char *synchronize() { return nullptr; }

template <ThreadOrder order>
constexpr sph_device table = {"cuda-emulated", load, unload, find,          allocate,
                              release,         copy, copy,   launch<order>, synchronize};

} // namespace

const sph_device &emulatedDevice(ThreadOrder order) {
  return order == ThreadOrder::Forward ? table<ThreadOrder::Forward> : table<ThreadOrder::Reversed>;
}

} // namespace spherical::emulation
