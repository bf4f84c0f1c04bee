//===- fake_driver.cpp - a CUDA driver without a GPU ------------*- C++ -*-===//

#include "test/runtime/cuda/fake_driver.h"

#include "runtime/cuda/driver_api.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace spherical::runtime::cuda;

namespace {

constexpr Status ok = 0, invalidValue = 1, outOfMemory = 2, notFound = 500, captured = 900;

struct Launch {
  void (*body)(void **);
  void *arguments[2];
};

struct Failure {
  Status status = 0;
  int64_t before = -1;
};

class State : public spherical::test::FakeDriver {
public:
  int64_t calls(const char *function) const override {
    auto found = counts.find(function);
    return found == counts.end() ? 0 : found->second;
  }
  void failAt(const char *function, int status, int64_t before) override {
    failures[function] = {status, before};
  }
  void reset() override {
    counts.clear();
    failures.clear();
    chip = 90, devices = 1, sharedBytes = 232448, memoryBytes = int64_t(1) << 30;
  }
  int64_t alive() const override {
    return static_cast<int64_t>(objects.size() + memory.size()) + retained + current;
  }
  void releaseAll() override {
    for (void *object : objects)
      std::free(object);
    for (const auto &[address, bytes] : memory)
      std::free(address);
    objects.clear();
    memory.clear();
    retained = current = 0;
    recording = false;
  }
  void define(const char *kernel, void (*body)(void **)) override { kernels[kernel] = body; }

  /// Counts a call; a status if it is to fail.
  Status enter(const char *function) {
    ++counts[function];
    auto failure = failures.find(function);
    if (failure == failures.end() || failure->second.before-- != 0)
      return ok;
    return failure->second.status;
  }
  template <typename T> T make() {
    void *object = std::malloc(1);
    objects.insert(object);
    return static_cast<T>(object);
  }
  Status destroy(void *object) {
    if (objects.erase(object) == 0)
      return invalidValue;
    std::free(object);
    return ok;
  }
  Status take(size_t bytes, void **result) {
    if (recording)
      return captured;
    if (bytes == 0)
      return invalidValue;
    if (used() + static_cast<int64_t>(bytes) > memoryBytes)
      return outOfMemory;
    *result = std::malloc(bytes);
    memory[*result] = static_cast<int64_t>(bytes);
    return ok;
  }
  Status give(void *address) {
    if (memory.erase(address) == 0)
      return invalidValue;
    std::free(address);
    return ok;
  }
  int64_t used() const {
    int64_t bytes = 0;
    for (const auto &[address, size] : memory)
      bytes += size;
    return bytes;
  }

  std::map<std::string, int64_t> counts;
  std::map<std::string, Failure> failures;
  std::map<std::string, void (*)(void **)> kernels;
  std::map<void *, int64_t> memory;
  std::set<void *> objects;
  int64_t retained = 0;
  int current = 0; ///< contexts pushed
  bool recording = false;
  std::vector<Launch> recorded;
  std::map<void *, std::vector<Launch>> graphs;
  std::map<void *, int> sharedOf;
};

State state;

Status runLaunch(Launch launch) {
  void *arguments[] = {&launch.arguments[0], &launch.arguments[1]};
  launch.body(arguments);
  return ok;
}

} // namespace

extern "C" spherical::test::FakeDriver *fakeDriver() { return &state; }

/// The beginning of each function: counts, fails as the test says, needs a context if `inside`.
#define ENTER(name, inside)                                                                        \
  if (const Status status = state.enter(#name); status != ok)                                      \
    return status;                                                                                 \
  if (inside && state.current == 0)                                                                \
    return 201;

extern "C" {

Status cuInit(unsigned) {
  ENTER(cuInit, false)
  return ok;
}
Status cuGetErrorName(Status status, const char **text) {
  ENTER(cuGetErrorName, false)
  *text = status == outOfMemory ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_FAKE";
  return ok;
}
Status cuGetErrorString(Status status, const char **text) {
  ENTER(cuGetErrorString, false)
  *text = status == outOfMemory ? "out of memory" : "made by a test";
  return ok;
}
Status cuDeviceGetCount(int *count) {
  ENTER(cuDeviceGetCount, false)
  *count = state.devices;
  return ok;
}
Status cuDeviceGet(Device *device, int ordinal) {
  ENTER(cuDeviceGet, false)
  *device = ordinal;
  return ok;
}
Status cuDeviceGetName(char *name, int bytes, Device) {
  ENTER(cuDeviceGetName, false)
  std::strncpy(name, "Fake GPU", bytes);
  return ok;
}
Status cuDeviceGetAttribute(int *value, int attribute, Device) {
  ENTER(cuDeviceGetAttribute, false)
  const std::map<int, int> values = {{attributeMultiprocessors, 4},
                                     {attributeMajor, state.chip / 10},
                                     {attributeMinor, state.chip % 10},
                                     {attributeSharedOptIn, state.sharedBytes}};
  *value = values.at(attribute);
  return ok;
}
Status cuDeviceTotalMem_v2(size_t *bytes, Device) {
  ENTER(cuDeviceTotalMem_v2, false)
  *bytes = state.memoryBytes;
  return ok;
}
Status cuDevicePrimaryCtxRetain(Context *context, Device) {
  ENTER(cuDevicePrimaryCtxRetain, false)
  ++state.retained;
  *context = reinterpret_cast<Context>(&state);
  return ok;
}
Status cuDevicePrimaryCtxRelease_v2(Device) {
  ENTER(cuDevicePrimaryCtxRelease_v2, false)
  --state.retained;
  return ok;
}
Status cuCtxPushCurrent_v2(Context) {
  ENTER(cuCtxPushCurrent_v2, false)
  ++state.current;
  return ok;
}
Status cuCtxPopCurrent_v2(Context *) {
  ENTER(cuCtxPopCurrent_v2, true)
  --state.current;
  return ok;
}
Status cuMemGetInfo_v2(size_t *available, size_t *total) {
  ENTER(cuMemGetInfo_v2, true)
  *total = state.memoryBytes;
  *available = state.memoryBytes - state.used();
  return ok;
}

Status cuModuleLoadDataEx(Module *module, const void *, unsigned, int *, void **) {
  ENTER(cuModuleLoadDataEx, true)
  *module = state.make<Module>();
  return ok;
}
Status cuModuleUnload(Module module) {
  ENTER(cuModuleUnload, true)
  return state.destroy(module);
}
Status cuModuleGetFunction(Function *function, Module, const char *name) {
  ENTER(cuModuleGetFunction, true)
  auto found = state.kernels.find(name);
  if (found == state.kernels.end())
    return notFound;
  *function = reinterpret_cast<Function>(&found->second);
  state.sharedOf[*function] = 48 << 10;
  return ok;
}
Status cuFuncSetAttribute(Function function, int attribute, int value) {
  ENTER(cuFuncSetAttribute, true)
  if (attribute != functionAttributeShared || value > state.sharedBytes)
    return invalidValue;
  state.sharedOf[function] = value;
  return ok;
}
Status cuLaunchKernel(Function function, unsigned gridX, unsigned, unsigned, unsigned blockX,
                      unsigned, unsigned, unsigned shared, Stream, void **arguments, void **) {
  ENTER(cuLaunchKernel, true)
  if (gridX == 0 || blockX == 0 || blockX > 1024 ||
      static_cast<int>(shared) > state.sharedOf[function])
    return invalidValue;
  const Launch launch{*reinterpret_cast<void (**)(void **)>(function),
                      {*static_cast<void **>(arguments[0]), *static_cast<void **>(arguments[1])}};
  if (!state.recording)
    return runLaunch(launch);
  state.recorded.push_back(launch);
  return ok;
}

Status cuMemAlloc_v2(Address *memory, size_t bytes) {
  ENTER(cuMemAlloc_v2, true)
  return state.take(bytes, reinterpret_cast<void **>(memory));
}
Status cuMemFree_v2(Address memory) {
  ENTER(cuMemFree_v2, true)
  return state.give(reinterpret_cast<void *>(memory));
}
Status cuMemAllocHost_v2(void **memory, size_t bytes) {
  ENTER(cuMemAllocHost_v2, true)
  return state.take(bytes, memory);
}
Status cuMemFreeHost(void *memory) {
  ENTER(cuMemFreeHost, true)
  return state.give(memory);
}
Status cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, Stream) {
  ENTER(cuMemcpyHtoDAsync_v2, true)
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return ok;
}
Status cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, Stream) {
  ENTER(cuMemcpyDtoHAsync_v2, true)
  std::memcpy(to, reinterpret_cast<void *>(from), bytes);
  return ok;
}
Status cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream) {
  ENTER(cuMemcpyDtoDAsync_v2, true)
  std::memmove(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), bytes);
  return ok;
}
Status cuMemsetD8Async(Address to, unsigned char value, size_t bytes, Stream) {
  ENTER(cuMemsetD8Async, true)
  std::memset(reinterpret_cast<void *>(to), value, bytes);
  return ok;
}

Status cuStreamCreate(Stream *stream, unsigned) {
  ENTER(cuStreamCreate, true)
  *stream = state.make<Stream>();
  return ok;
}
Status cuStreamDestroy_v2(Stream stream) {
  ENTER(cuStreamDestroy_v2, true)
  return state.destroy(stream);
}
Status cuStreamSynchronize(Stream) {
  ENTER(cuStreamSynchronize, true)
  return state.recording ? captured : ok;
}
Status cuEventCreate(Event *event, unsigned) {
  ENTER(cuEventCreate, true)
  *event = state.make<Event>();
  return ok;
}
Status cuEventDestroy_v2(Event event) {
  ENTER(cuEventDestroy_v2, true)
  return state.destroy(event);
}
Status cuEventRecord(Event, Stream) {
  ENTER(cuEventRecord, true)
  return ok;
}
Status cuEventSynchronize(Event) {
  ENTER(cuEventSynchronize, true)
  return ok;
}
Status cuEventElapsedTime(float *milliseconds, Event, Event) {
  ENTER(cuEventElapsedTime, true)
  *milliseconds = 2;
  return ok;
}

Status cuStreamBeginCapture_v2(Stream, int) {
  ENTER(cuStreamBeginCapture_v2, true)
  state.recording = true;
  state.recorded.clear();
  return ok;
}
Status cuStreamEndCapture(Stream, Graph *graph) {
  state.recording = false; // a capture that fails is over, too
  ENTER(cuStreamEndCapture, true)
  *graph = state.make<Graph>();
  return ok;
}
Status cuGraphInstantiateWithFlags(GraphExec *exec, Graph, unsigned long long) {
  ENTER(cuGraphInstantiateWithFlags, true)
  *exec = state.make<GraphExec>();
  state.graphs[*exec] = state.recorded;
  return ok;
}
Status cuGraphDestroy(Graph graph) {
  ENTER(cuGraphDestroy, true)
  return state.destroy(graph);
}
Status cuGraphLaunch(GraphExec exec, Stream) {
  ENTER(cuGraphLaunch, true)
  for (const Launch &launch : state.graphs[exec])
    runLaunch(launch);
  return ok;
}
Status cuGraphExecDestroy(GraphExec exec) {
  ENTER(cuGraphExecDestroy, true)
  return state.destroy(exec);
}
}
