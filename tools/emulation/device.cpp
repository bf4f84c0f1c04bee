//===- device.cpp - device calls without a GPU ------------------*- C++ -*-===//

#include "tools/emulation/device.h"

#include "tools/emulation/context.h"
#include "tools/emulation/kernels.h"
#include "tools/emulation/libraries.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <new>
#include <utility>
#include <vector>

using spherical::emulation::Checks;
using spherical::emulation::Kernel;
using spherical::emulation::Kernels;
using spherical::emulation::Work;

struct sph_device_kernel {
  Kernels *kernels;
  Kernel *kernel;
};

struct sph_device_module {
  std::unique_ptr<Kernels> kernels;
  std::map<std::string, sph_device_kernel> found;
};

struct sph_device_event {
  std::chrono::steady_clock::time_point time;
  sph_device_stream *stream = nullptr; ///< null: not recorded yet
  int64_t workTime = 0;                ///< of the context
};

struct sph_device_graph {
  std::vector<Work> works;
};

namespace spherical::emulation {
namespace {

template <Checks checks> const char *open(int64_t ordinal, sph_device_context **context) {
  if (ordinal != 0)
    return report("expected device 0, the only one of the emulation, got " +
                  std::to_string(ordinal));
  *context = new sph_device_context(checks == Checks::Strict);
  addHandle(*context);
  return nullptr;
}

void close(sph_device_context *context) {
  removeHandle(context);
  delete context;
}

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
  facts->has_graphs = 1;
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
// Streams and events: work is done when it is put there
//===----------------------------------------------------------------------===//

const char *createStream(sph_device_context *context, void *native, sph_device_stream **stream) {
  if (native)
    return report("the emulation has no streams of others");
  *stream = new sph_device_stream{context, nullptr};
  addHandle(*stream);
  return nullptr;
}

void destroyStream(sph_device_stream *stream) {
  if (!stream)
    return;
  removeHandle(stream);
  finishWorkspaces(*stream->context, stream, INT64_MAX);
  stream->context->recordings -= stream->recording != nullptr;
  delete stream;
}

/// What cannot be recorded makes the recording fail, too.
const char *refuseToRecord(sph_device_stream *stream, const std::string &what) {
  stream->recording->failure = what + " cannot be recorded in a graph";
  return report(stream->recording->failure);
}

const char *synchronize(sph_device_stream *stream) {
  if (stream->recording)
    return refuseToRecord(stream, "waiting for a stream");
  finishWorkspaces(*stream->context, stream, stream->context->time);
  const std::string late = takeLateFailure();
  return report(late.empty() ? std::exchange(stream->context->failure, "") : late);
}

const char *createEvent(sph_device_context *, sph_device_event **event) {
  *event = new sph_device_event;
  return nullptr;
}

void destroyEvent(sph_device_event *event) { delete event; }

const char *record(sph_device_event *event, sph_device_stream *stream) {
  if (stream->recording)
    return refuseToRecord(stream, "an event");
  *event = {std::chrono::steady_clock::now(), stream, stream->context->time};
  return nullptr;
}

const char *wait(sph_device_event *event) {
  if (event->stream && isHandle(event->stream))
    finishWorkspaces(*event->stream->context, event->stream, event->workTime);
  return nullptr;
}

const char *elapsed(sph_device_event *from, sph_device_event *to, double *seconds) {
  *seconds = std::chrono::duration<double>(to->time - from->time).count();
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

/// Notes in contexts of the strict emulation that memory was written.
void noteWritten(sph_device_stream &stream, const void *to, int64_t bytes) {
  if (stream.context->isStrict)
    stream.context->memory.noteWritten(reinterpret_cast<uintptr_t>(to), bytes);
}

const char *upload(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  return put(stream, [=](sph_device_stream &where) {
    const std::string failure = where.context->memory.misplaced(to, bytes);
    if (!failure.empty())
      return failure;
    std::memcpy(to, from, bytes);
    noteWritten(where, to, bytes);
    return failure;
  });
}

const char *download(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  return put(stream, [=](sph_device_stream &where) {
    const std::string failure = where.context->memory.misplaced(from, bytes);
    if (failure.empty())
      std::memcpy(to, from, bytes);
    return failure;
  });
}

const char *copy(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  return put(stream, [=](sph_device_stream &where) {
    Memory &memory = where.context->memory;
    for (const void *place : {static_cast<const void *>(to), from})
      if (std::string failure = memory.misplaced(place, bytes); !failure.empty())
        return failure;
    std::memcpy(to, from, bytes);
    if (where.context->isStrict)
      memory.noteCopied(reinterpret_cast<uintptr_t>(to), reinterpret_cast<uintptr_t>(from), bytes);
    return std::string();
  });
}

const char *fill(sph_device_stream *stream, void *to, int32_t value, int64_t bytes) {
  return put(stream, [=](sph_device_stream &where) {
    const std::string failure = where.context->memory.misplaced(to, bytes);
    if (!failure.empty())
      return failure;
    std::memset(to, value, bytes);
    noteWritten(where, to, bytes);
    return failure;
  });
}

/// A launch with copies of its arguments.
template <ThreadOrder order>
const char *recordLaunch(sph_device_stream *stream, sph_device_kernel *kernel,
                         const LaunchExtents &extents, void *const *arguments) {
  std::vector<int64_t> bytes;
  if (const std::string failure = kernel->kernels->argumentBytes(*kernel->kernel, bytes);
      !failure.empty())
    return report(failure);
  std::vector<std::vector<char>> values;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto *value = static_cast<const char *>(arguments[i]);
    values.emplace_back(value, value + bytes[i]);
  }
  return put(stream, [=](sph_device_stream &where) {
    std::vector<void *> addresses;
    for (const std::vector<char> &value : values)
      addresses.push_back(const_cast<char *>(value.data()));
    return kernel->kernels->launch(*kernel->kernel, extents, addresses.data(), order,
                                   &where.context->memory);
  });
}

template <ThreadOrder order>
const char *launch(sph_device_stream *stream, sph_device_kernel *kernel, int64_t blocks,
                   int64_t threads, int64_t shared, void *const *arguments) {
  const LaunchExtents extents{blocks, threads, shared};
  try {
    if (stream->recording)
      return recordLaunch<order>(stream, kernel, extents, arguments);
    return report(kernel->kernels->launch(*kernel->kernel, extents, arguments, order,
                                          &stream->context->memory));
  } catch (const std::bad_alloc &) { // must not pass through compiled code
    return "no memory left for a launch";
  }
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

const char *graphBegin(sph_device_stream *stream) {
  if (stream->recording)
    return report("expected a stream that does not record, got one that does");
  stream->recording = std::make_unique<Recording>();
  ++stream->context->recordings;
  return nullptr;
}

const char *graphEnd(sph_device_stream *stream, sph_device_graph **graph) {
  if (!stream->recording)
    return report("expected a stream that records, got one that does not");
  const std::unique_ptr<Recording> recording = std::move(stream->recording);
  --stream->context->recordings;
  if (!recording->failure.empty())
    return report(recording->failure);
  *graph = new sph_device_graph{std::move(recording->works)};
  return nullptr;
}

const char *graphLaunch(sph_device_graph *graph, sph_device_stream *stream) {
  if (stream->recording)
    return refuseToRecord(stream, "the launch of a graph");
  for (const Work &work : graph->works)
    if (const std::string failure = work(*stream); !failure.empty())
      return report(failure);
  return nullptr;
}

void graphDestroy(sph_device_graph *graph) { delete graph; }

template <ThreadOrder order, Checks checks> constexpr sph_device makeTable() {
  return {.name = checks == Checks::Strict ? "cuda-emulated:strict" : "cuda-emulated",
          .launch = launch<order>,
          .fft_execute = fftExecute,
          .gemm = gemm,
          .open = open<checks>,
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
          .graph_destroy = graphDestroy,
          .libraries = libraries,
          .fft_plan = fftPlan,
          .fft_destroy = fftDestroy};
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
