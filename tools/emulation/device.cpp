//===- device.cpp - device calls without a GPU ------------------*- C++ -*-===//

#include "tools/emulation/device.h"

#include "tools/emulation/kernels.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <new>

using spherical::emulation::Kernel;
using spherical::emulation::Kernels;

struct sph_device_context {};

struct sph_device_kernel {
  Kernels *kernels;
  Kernel *kernel;
};

struct sph_device_module {
  std::unique_ptr<Kernels> kernels;
  std::map<std::string, sph_device_kernel> found;
};

struct sph_device_stream {};

struct sph_device_event {
  std::chrono::steady_clock::time_point time;
};

namespace spherical::emulation {
namespace {

/// Keeps a sentence for the caller; null for none.
const char *report(std::string sentence) {
  thread_local std::string last;
  last = std::move(sentence);
  return last.empty() ? nullptr : last.c_str();
}

const char *open(int64_t ordinal, sph_device_context **context) {
  if (ordinal != 0)
    return report("expected device 0, the only one of the emulation, got " +
                  std::to_string(ordinal));
  *context = new sph_device_context;
  return nullptr;
}

void close(sph_device_context *context) { delete context; }

/// The number behind `key` in /proc/meminfo, in bytes; 0 if there is none.
int64_t memoryOf(const std::string &key) {
  std::ifstream file("/proc/meminfo");
  std::string word;
  for (int64_t kilobytes = 0; file >> word;)
    if (word == key && file >> kilobytes)
      return 1024 * kilobytes;
  return 0;
}

const char *facts(sph_device_context *, sph_device_facts *facts) {
  *facts = {};
  std::strcpy(facts->name, "emulation");
  facts->multiprocessors = 1;
  facts->shared_bytes = kSharedBytes;
  facts->memory_bytes = memoryOf("MemTotal:");
  return nullptr;
}

const char *available(sph_device_context *, int64_t *bytes) {
  *bytes = memoryOf("MemAvailable:");
  return nullptr;
}

const char *load(sph_device_context *, const sph_image *image, sph_device_module **module) {
  if (image->kind != SPH_IMAGE_BITCODE)
    return report("expected bitcode for the emulation, got an image of kind " +
                  std::to_string(image->kind));
  std::string reason;
  auto kernels = Kernels::load(
      {static_cast<const char *>(image->data), static_cast<size_t>(image->bytes)}, reason);
  if (!kernels)
    return report(reason);
  *module = new sph_device_module{std::move(kernels), {}};
  return nullptr;
}

void unload(sph_device_module *module) { delete module; }

const char *find(sph_device_module *module, const char *name, int64_t shared,
                 sph_device_kernel **kernel) {
  if (shared > kSharedBytes)
    return report("expected at most " + std::to_string(kSharedBytes) +
                  " bytes of shared memory, got " + std::to_string(shared));
  Kernel *found = module->kernels->find(name);
  if (!found)
    return report("expected a kernel '" + std::string(name) + "', got none");
  *kernel = &module->found.try_emplace(name, module->kernels.get(), found).first->second;
  return nullptr;
}

const char *allocate(sph_device_context *, int64_t bytes, void **memory) {
  constexpr int64_t alignment = 256;
  const int64_t whole = (bytes + alignment) / alignment * alignment;
  *memory = std::aligned_alloc(alignment, whole);
  if (!*memory)
    return report("cannot take " + std::to_string(bytes) + " bytes of memory");
  std::memset(*memory, 0xff, whole);
  return nullptr;
}

void release(sph_device_context *, void *memory) { std::free(memory); }

//===----------------------------------------------------------------------===//
// Streams: work is done when it is put there
//===----------------------------------------------------------------------===//

const char *createStream(sph_device_context *, void *native, sph_device_stream **stream) {
  if (native)
    return report("the emulation has no streams of others");
  *stream = new sph_device_stream;
  return nullptr;
}

void destroyStream(sph_device_stream *stream) { delete stream; }

const char *synchronize(sph_device_stream *) { return nullptr; }

const char *createEvent(sph_device_context *, sph_device_event **event) {
  *event = new sph_device_event;
  return nullptr;
}

void destroyEvent(sph_device_event *event) { delete event; }

const char *record(sph_device_event *event, sph_device_stream *) {
  event->time = std::chrono::steady_clock::now();
  return nullptr;
}

const char *wait(sph_device_event *) { return nullptr; }

const char *elapsed(sph_device_event *from, sph_device_event *to, double *seconds) {
  *seconds = std::chrono::duration<double>(to->time - from->time).count();
  return nullptr;
}

const char *copy(sph_device_stream *, void *to, const void *from, int64_t bytes) {
  std::memmove(to, from, bytes);
  return nullptr;
}

const char *fill(sph_device_stream *, void *to, int32_t value, int64_t bytes) {
  std::memset(to, value, bytes);
  return nullptr;
}

template <ThreadOrder order>
const char *launch(sph_device_stream *, sph_device_kernel *kernel, int64_t blocks, int64_t threads,
                   int64_t shared, void *const *arguments) {
  try {
    return report(
        kernel->kernels->launch(*kernel->kernel, {blocks, threads, shared}, arguments, order));
  } catch (const std::bad_alloc &) { // must not pass through compiled code
    return "no memory left for a launch";
  }
}

const char *graphBegin(sph_device_stream *) { return report("the emulation has no graphs"); }

const char *graphEnd(sph_device_stream *, sph_device_graph **) {
  return report("the emulation has no graphs");
}

const char *graphLaunch(sph_device_graph *, sph_device_stream *) {
  return report("the emulation has no graphs");
}

void graphDestroy(sph_device_graph *) {}

template <ThreadOrder order> constexpr sph_device makeTable() {
  return {.name = "cuda-emulated",
          .launch = launch<order>,
          .open = open,
          .close = close,
          .facts = facts,
          .available = available,
          .load = load,
          .unload = unload,
          .find = find,
          .allocate = allocate,
          .release = release,
          .allocate_host = allocate,
          .release_host = release,
          .create_stream = createStream,
          .destroy_stream = destroyStream,
          .synchronize = synchronize,
          .create_event = createEvent,
          .destroy_event = destroyEvent,
          .record = record,
          .wait = wait,
          .elapsed = elapsed,
          .upload = copy,
          .download = copy,
          .copy = copy,
          .fill = fill,
          .graph_begin = graphBegin,
          .graph_end = graphEnd,
          .graph_launch = graphLaunch,
          .graph_destroy = graphDestroy};
}

template <ThreadOrder order> constexpr sph_device table = makeTable<order>();

} // namespace

const sph_device &emulatedDevice(ThreadOrder order) {
  return order == ThreadOrder::Forward ? table<ThreadOrder::Forward> : table<ThreadOrder::Reversed>;
}

} // namespace spherical::emulation
