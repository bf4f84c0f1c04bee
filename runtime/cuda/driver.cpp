//===- driver.cpp - device calls over the CUDA driver -----------*- C++ -*-===//

#include "runtime/cuda/driver.h"

#include "runtime/cuda/context.h"
#include "runtime/cuda/libraries.h"

#include <map>
#include <string>

using namespace spherical::runtime::cuda;

struct sph_device_kernel {
  Function function;
};

struct sph_device_module {
  sph_device_context *context;
  Module module;
  std::map<std::string, sph_device_kernel> kernels;
};

struct sph_device_event {
  sph_device_context *context;
  Event event;
};

struct sph_device_graph {
  sph_device_context *context;
  GraphExec exec;
};

namespace spherical::runtime {

const char *cuda::report(std::string sentence) {
  thread_local std::string last;
  last = std::move(sentence);
  return last.c_str();
}

namespace {

Address addressOf(const void *memory) { return reinterpret_cast<Address>(memory); }

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

const char *open(int64_t ordinal, sph_device_context **context) {
  std::string reason;
  const DriverApi *api = loadDriver(reason);
  if (!api)
    return report(reason);
  int count = 0;
  if (const Status status = api->cuDeviceGetCount(&count); status != 0)
    return report(failureText(*api, "cuDeviceGetCount", status));
  if (ordinal < 0 || ordinal >= count)
    return report(count == 0 ? "expected an NVIDIA GPU, got a driver without one"
                             : "expected a device in 0 .. " + std::to_string(count - 1) + ", got " +
                                   std::to_string(ordinal));
  sph_device_context opened{api, 0, nullptr};
  if (const Status status = api->cuDeviceGet(&opened.device, static_cast<int>(ordinal));
      status != 0)
    return report(failureText(*api, "cuDeviceGet", status));
  if (const Status status = api->cuDevicePrimaryCtxRetain(&opened.context, opened.device);
      status != 0)
    return report(failureText(*api, "cuDevicePrimaryCtxRetain", status));
  *context = new sph_device_context(opened);
  return nullptr;
}

void close(sph_device_context *context) {
  if (!context)
    return;
  closeGemm(context);
  context->api->cuDevicePrimaryCtxRelease_v2(context->device);
  delete context;
}

const char *facts(sph_device_context *context, sph_device_facts *facts) {
  *facts = {};
  int major = 0, minor = 0, shared = 0;
  size_t bytes = 0;
  const std::pair<int, int *> attributes[] = {{attributeMajor, &major},
                                              {attributeMinor, &minor},
                                              {attributeMultiprocessors, &facts->multiprocessors},
                                              {attributeSharedOptIn, &shared}};
  for (const auto &[attribute, value] : attributes)
    if (const char *failure =
            SPHERICAL_CALL(context, cuDeviceGetAttribute, value, attribute, context->device))
      return failure;
  if (const char *failure = SPHERICAL_CALL(context, cuDeviceGetName, facts->name,
                                           static_cast<int>(sizeof facts->name), context->device))
    return failure;
  if (const char *failure = SPHERICAL_CALL(context, cuDeviceTotalMem_v2, &bytes, context->device))
    return failure;
  facts->chip = 10 * major + minor;
  facts->shared_bytes = shared;
  facts->memory_bytes = static_cast<int64_t>(bytes);
  facts->has_graphs = 1;
  return nullptr;
}

const char *available(sph_device_context *context, int64_t *bytes) {
  size_t free = 0, total = 0;
  const char *failure = SPHERICAL_CALL(context, cuMemGetInfo_v2, &free, &total);
  *bytes = static_cast<int64_t>(free);
  return failure;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// What the driver's compiler says about PTX comes on one line behind the failure.
const char *load(sph_device_context *context, const sph_image *image, sph_device_module **module) {
  char log[2048] = "";
  int options[] = {jitErrorLog, jitErrorLogBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  Module loaded = nullptr;
  const char *failure =
      SPHERICAL_CALL(context, cuModuleLoadDataEx, &loaded, image->data, 2u, options, values);
  if (failure) {
    std::string said = log;
    for (char &letter : said)
      if (letter == '\n')
        letter = ' ';
    return report("cannot load the kernels: " + std::string(failure) +
                  (said.empty() ? "" : ": " + said));
  }
  *module = new sph_device_module{context, loaded, {}};
  return nullptr;
}

void unload(sph_device_module *module) {
  if (!module)
    return;
  SPHERICAL_CALL(module->context, cuModuleUnload, module->module);
  delete module;
}

const char *find(sph_device_module *module, const char *name, int64_t shared,
                 sph_device_kernel **kernel) {
  Function function = nullptr;
  if (const char *failure =
          SPHERICAL_CALL(module->context, cuModuleGetFunction, &function, module->module, name))
    return report("expected a kernel '" + std::string(name) + "': " + failure);
  // Up to 48 KiB need no permission.
  if (shared > (48 << 10))
    if (const char *failure = SPHERICAL_CALL(module->context, cuFuncSetAttribute, function,
                                             functionAttributeShared, static_cast<int>(shared)))
      return report("kernel '" + std::string(name) + "' with " + std::to_string(shared) +
                    " bytes of shared memory: " + failure);
  *kernel = &module->kernels.try_emplace(name, sph_device_kernel{function}).first->second;
  return nullptr;
}

const char *launch(sph_device_stream *stream, sph_device_kernel *kernel, int64_t blocks,
                   int64_t threads, int64_t shared, void *const *arguments) {
  return SPHERICAL_CALL(stream->context, cuLaunchKernel, kernel->function,
                        static_cast<unsigned>(blocks), 1u, 1u, static_cast<unsigned>(threads), 1u,
                        1u, static_cast<unsigned>(shared), stream->stream,
                        const_cast<void **>(arguments), nullptr);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

const char *allocate(sph_device_context *context, int64_t bytes, void **memory) {
  Address address = 0;
  const char *failure =
      SPHERICAL_CALL(context, cuMemAlloc_v2, &address, static_cast<size_t>(bytes));
  *memory = reinterpret_cast<void *>(address);
  return failure;
}

void release(sph_device_context *context, void *memory) {
  if (memory)
    SPHERICAL_CALL(context, cuMemFree_v2, addressOf(memory));
}

const char *allocateHost(sph_device_context *context, int64_t bytes, void **memory) {
  return SPHERICAL_CALL(context, cuMemAllocHost_v2, memory, static_cast<size_t>(bytes));
}

void releaseHost(sph_device_context *context, void *memory) {
  if (memory)
    SPHERICAL_CALL(context, cuMemFreeHost, memory);
}

const char *upload(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  return SPHERICAL_CALL(stream->context, cuMemcpyHtoDAsync_v2, addressOf(to), from,
                        static_cast<size_t>(bytes), stream->stream);
}

const char *download(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  return SPHERICAL_CALL(stream->context, cuMemcpyDtoHAsync_v2, to, addressOf(from),
                        static_cast<size_t>(bytes), stream->stream);
}

const char *copy(sph_device_stream *stream, void *to, const void *from, int64_t bytes) {
  return SPHERICAL_CALL(stream->context, cuMemcpyDtoDAsync_v2, addressOf(to), addressOf(from),
                        static_cast<size_t>(bytes), stream->stream);
}

const char *fill(sph_device_stream *stream, void *to, int32_t value, int64_t bytes) {
  return SPHERICAL_CALL(stream->context, cuMemsetD8Async, addressOf(to),
                        static_cast<unsigned char>(value), static_cast<size_t>(bytes),
                        stream->stream);
}

//===----------------------------------------------------------------------===//
// Streams, events, graphs
//===----------------------------------------------------------------------===//

const char *createStream(sph_device_context *context, void *native, sph_device_stream **stream) {
  auto made = static_cast<Stream>(native);
  if (!native)
    if (const char *failure = SPHERICAL_CALL(context, cuStreamCreate, &made, streamNonBlocking))
      return failure;
  *stream = new sph_device_stream{context, made, !native};
  return nullptr;
}

void destroyStream(sph_device_stream *stream) {
  if (stream && stream->owned)
    SPHERICAL_CALL(stream->context, cuStreamDestroy_v2, stream->stream);
  delete stream;
}

const char *synchronize(sph_device_stream *stream) {
  return SPHERICAL_CALL(stream->context, cuStreamSynchronize, stream->stream);
}

const char *createEvent(sph_device_context *context, sph_device_event **event) {
  Event made = nullptr;
  if (const char *failure = SPHERICAL_CALL(context, cuEventCreate, &made, eventDefault))
    return failure;
  *event = new sph_device_event{context, made};
  return nullptr;
}

void destroyEvent(sph_device_event *event) {
  if (event)
    SPHERICAL_CALL(event->context, cuEventDestroy_v2, event->event);
  delete event;
}

const char *record(sph_device_event *event, sph_device_stream *stream) {
  return SPHERICAL_CALL(event->context, cuEventRecord, event->event, stream->stream);
}

const char *wait(sph_device_event *event) {
  return SPHERICAL_CALL(event->context, cuEventSynchronize, event->event);
}

const char *elapsed(sph_device_event *from, sph_device_event *to, double *seconds) {
  float milliseconds = 0;
  const char *failure =
      SPHERICAL_CALL(from->context, cuEventElapsedTime, &milliseconds, from->event, to->event);
  *seconds = milliseconds / 1e3;
  return failure;
}

const char *graphBegin(sph_device_stream *stream) {
  return SPHERICAL_CALL(stream->context, cuStreamBeginCapture_v2, stream->stream, captureRelaxed);
}

const char *graphEnd(sph_device_stream *stream, sph_device_graph **graph) {
  sph_device_context *context = stream->context;
  Graph recorded = nullptr;
  if (const char *failure = SPHERICAL_CALL(context, cuStreamEndCapture, stream->stream, &recorded))
    return failure;
  GraphExec exec = nullptr;
  const char *failure = SPHERICAL_CALL(context, cuGraphInstantiateWithFlags, &exec, recorded, 0ull);
  const std::string sentence = failure ? failure : "";
  SPHERICAL_CALL(context, cuGraphDestroy, recorded);
  if (failure)
    return report(sentence);
  *graph = new sph_device_graph{context, exec};
  return nullptr;
}

const char *graphLaunch(sph_device_graph *graph, sph_device_stream *stream) {
  return SPHERICAL_CALL(graph->context, cuGraphLaunch, graph->exec, stream->stream);
}

void graphDestroy(sph_device_graph *graph) {
  if (graph)
    SPHERICAL_CALL(graph->context, cuGraphExecDestroy, graph->exec);
  delete graph;
}

constexpr sph_device table = {.name = "cuda",
                              .launch = launch,
                              .fft_execute = fftExecute,
                              .gemm = gemm,
                              .open = open,
                              .close = close,
                              .facts = facts,
                              .available = available,
                              .load = load,
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

} // namespace

const sph_device &cudaDevice() { return table; }

} // namespace spherical::runtime
