//===- device.cpp - device calls without a GPU ------------------*- C++ -*-===//

#include "tools/emulation/device.h"

#include "tools/emulation/kernels.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <new>
#include <utility>

using spherical::emulation::Checks;
using spherical::emulation::Kernel;
using spherical::emulation::Kernels;
using spherical::emulation::Memory;

struct sph_device_context {
  Memory memory;
  std::string failure; ///< of a call that could not report it
};

struct sph_device_kernel {
  Kernels *kernels;
  Kernel *kernel;
};

struct sph_device_module {
  std::unique_ptr<Kernels> kernels;
  std::map<std::string, sph_device_kernel> found;
};

struct sph_device_stream {
  sph_device_context *context;
};

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

template <Checks checks>
const char *load(sph_device_context *, const sph_image *image, sph_device_module **module) {
  if (image->kind != SPH_IMAGE_BITCODE)
    return report("expected bitcode for the emulation, got an image of kind " +
                  std::to_string(image->kind));
  std::string reason;
  const std::string_view bitcode(static_cast<const char *>(image->data), image->bytes);
  auto kernels = Kernels::load(bitcode, checks, reason);
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

const char *taken(void *memory, int64_t bytes) {
  return memory ? nullptr : report("cannot take " + std::to_string(bytes) + " bytes of memory");
}

const char *allocate(sph_device_context *context, int64_t bytes, void **memory) {
  *memory = context->memory.allocate(bytes);
  return taken(*memory, bytes);
}

void release(sph_device_context *context, void *memory) {
  if (!context->memory.release(memory))
    context->failure = "memory was released that is no allocation of the device";
}

const char *allocateHost(sph_device_context *, int64_t bytes, void **memory) {
  *memory = std::malloc(bytes);
  return taken(*memory, bytes);
}

void releaseHost(sph_device_context *, void *memory) { std::free(memory); }

//===----------------------------------------------------------------------===//
// Streams: work is done when it is put there
//===----------------------------------------------------------------------===//

const char *createStream(sph_device_context *context, void *native, sph_device_stream **stream) {
  if (native)
    return report("the emulation has no streams of others");
  *stream = new sph_device_stream{context};
  return nullptr;
}

void destroyStream(sph_device_stream *stream) { delete stream; }

const char *synchronize(sph_device_stream *stream) {
  return report(std::exchange(stream->context->failure, ""));
}

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

const char *upload(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  const std::string failure = stream->context->memory.misplaced(to, bytes);
  if (failure.empty())
    std::memcpy(to, from, bytes);
  return report(failure);
}

const char *download(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  const std::string failure = stream->context->memory.misplaced(from, bytes);
  if (failure.empty())
    std::memcpy(to, from, bytes);
  return report(failure);
}

const char *copy(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  const std::string failure = stream->context->memory.misplaced(from, bytes);
  return failure.empty() ? upload(stream, to, from, bytes) : report(failure);
}

const char *fill(sph_device_stream *stream, void *to, int32_t value, int64_t bytes) {
  const std::string failure = stream->context->memory.misplaced(to, bytes);
  if (failure.empty())
    std::memset(to, value, bytes);
  return report(failure);
}

template <ThreadOrder order>
const char *launch(sph_device_stream *stream, sph_device_kernel *kernel, int64_t blocks,
                   int64_t threads, int64_t shared, void *const *arguments) {
  try {
    return report(kernel->kernels->launch(*kernel->kernel, {blocks, threads, shared}, arguments,
                                          order, &stream->context->memory));
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

template <ThreadOrder order, Checks checks> constexpr sph_device makeTable() {
  return {.name = checks == Checks::Strict ? "cuda-emulated:strict" : "cuda-emulated",
          .launch = launch<order>,
          .open = open,
          .close = close,
          .facts = facts,
          .available = available,
          .load = load<checks>,
          .unload = unload,
          .find = find,
          .allocate = allocate,
          .release = release,
          .allocate_host = allocateHost,
          .release_host = releaseHost,
          .create_stream = createStream,
          .destroy_stream = destroyStream,
          .synchronize = synchronize,
          .create_event = createEvent,
          .destroy_event = destroyEvent,
          .record = record,
          .wait = wait,
          .elapsed = elapsed,
          .upload = upload,
          .download = download,
          .copy = copy,
          .fill = fill,
          .graph_begin = graphBegin,
          .graph_end = graphEnd,
          .graph_launch = graphLaunch,
          .graph_destroy = graphDestroy};
}

template <ThreadOrder order, Checks checks> constexpr sph_device table = makeTable<order, checks>();

} // namespace

const sph_device &emulatedDevice(ThreadOrder order, Checks checks) {
  if (checks == Checks::Strict)
    return order == ThreadOrder::Forward ? table<ThreadOrder::Forward, Checks::Strict>
                                         : table<ThreadOrder::Reversed, Checks::Strict>;
  return order == ThreadOrder::Forward ? table<ThreadOrder::Forward, Checks::None>
                                       : table<ThreadOrder::Reversed, Checks::None>;
}

} // namespace spherical::emulation
