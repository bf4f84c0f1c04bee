//===- device_entry.cpp - one entry on a GPU --------------------*- C++ -*-===//

#include "runtime/execute/device_entry.h"

#include <cstring>

namespace spherical::runtime {

DeviceEntry::DeviceEntry(Machine &machine, OpenDevice &device, const EntrySpec &spec,
                         sph_device_entry code, std::vector<sph_device_kernel *> kernels,
                         LibraryCalls &calls)
    : machine(machine), device(device), spec(spec), code(code), kernels(std::move(kernels)),
      libraryCalls(calls), arguments(spec.arguments.size()), results(spec.results.size()),
      argumentAddresses(spec.arguments.size()), resultAddresses(spec.results.size()) {
  for (const StageSpec &stage : spec.stages) {
    plans.push_back(libraryCalls.prepare(stage));
    gemms.push_back(stage.gemm ? &*stage.gemm : nullptr);
    calledArguments.insert(calledArguments.end(), stage.calledArguments.begin(),
                           stage.calledArguments.end());
    calledResults.insert(calledResults.end(), stage.calledResults.begin(),
                         stage.calledResults.end());
    hasCalls |= stage.isCall();
  }
}

DeviceEntry::~DeviceEntry() {
  // What lies in the stream may still read and write what goes away.
  device.calls.synchronize(device.stream);
}

void DeviceEntry::run(const Run &run) {
  for (DeviceObject<sph_device_event> &event : read)
    if (!event.get())
      event = makeEvent(device);
  turn ^= 1;
  checkDevice(device.calls.wait(read[turn].get()));
  passArguments(run);
  passFrame(run);
  checkDevice(device.calls.record(read[turn].get(), device.stream));
  if (run.context->times)
    launchTimed(run);
  else
    launchAll(run);
  passResults(run);
}

//===----------------------------------------------------------------------===//
// Values between host and device
//===----------------------------------------------------------------------===//

DeviceEntry::Passage &DeviceEntry::passage(std::vector<Passage> &passages, size_t index,
                                           int64_t bytes) {
  Passage &passage = passages[index];
  if (!passage.device.data()) {
    passage.device =
        MachineMemory(machine, bytes, false, "values of the caller of entry '" + spec.name + "'");
    for (PinnedMemory &half : passage.pinned)
      half = PinnedMemory(device, bytes);
  }
  return passage;
}

void DeviceEntry::passArguments(const Run &run) {
  for (size_t a = 0; a < spec.arguments.size(); ++a) {
    argumentAddresses[a] = run.arguments[a];
    const int64_t bytes = run.hostArguments[a];
    if (bytes == 0)
      continue;
    Passage &way = passage(arguments, a, spec.arguments[a].bytes());
    std::memcpy(way.pinned[turn].data(), run.arguments[a], bytes);
    checkDevice(
        device.calls.upload(device.stream, way.device.data(), way.pinned[turn].data(), bytes));
    argumentAddresses[a] = way.device.data();
  }
  for (size_t r = 0; r < spec.results.size(); ++r)
    resultAddresses[r] = run.hostResults[r] > 0
                             ? passage(results, r, spec.results[r].bytes()).device.data()
                             : run.results[r];
}

/// Sends the frame to the device if it differs from what is there.
void DeviceEntry::passFrame(const Run &run) {
  const size_t tables = sizeof(sph_frame), arguments = tables + run.tables.size_bytes(),
               results = arguments + argumentAddresses.size() * sizeof(void *),
               bytes = results + resultAddresses.size() * sizeof(void *);
  if (!frame.data()) {
    frame = MachineMemory(machine, static_cast<int64_t>(bytes), false,
                          "the frame of entry '" + spec.name + "'");
    for (PinnedMemory &half : pinnedFrame)
      half = PinnedMemory(device, static_cast<int64_t>(bytes));
    wanted.resize(bytes);
  }
  auto at = [&](size_t offset) { return reinterpret_cast<void *const *>(frame.data() + offset); };
  auto put = [&](size_t offset, const void *from, size_t size) {
    if (size > 0)
      std::memcpy(wanted.data() + offset, from, size);
  };
  const sph_frame header{nullptr, run.arena, at(tables), at(arguments), at(results), run.count};
  places = {
      nullptr,  run.arena, run.tables.data(), argumentAddresses.data(), resultAddresses.data(),
      run.count};
  put(0, &header, sizeof header);
  put(tables, run.tables.data(), run.tables.size_bytes());
  put(arguments, argumentAddresses.data(), results - arguments);
  put(results, resultAddresses.data(), bytes - results);
  if (wanted == sent)
    return;
  std::memcpy(pinnedFrame[turn].data(), wanted.data(), bytes);
  checkDevice(device.calls.upload(device.stream, frame.data(), pinnedFrame[turn].data(),
                                  static_cast<int64_t>(bytes)));
  sent = wanted;
}

/// Only a caller who wants results on the host makes it wait.
void DeviceEntry::passResults(const Run &run) {
  bool waits = false;
  for (size_t r = 0; r < spec.results.size(); ++r) {
    if (run.hostResults[r] == 0)
      continue;
    checkDevice(device.calls.download(device.stream, results[r].pinned[turn].data(),
                                      resultAddresses[r], run.hostResults[r]));
    waits = true;
  }
  if (!waits)
    return;
  checkDevice(device.calls.synchronize(device.stream));
  for (size_t r = 0; r < spec.results.size(); ++r)
    if (run.hostResults[r] > 0)
      std::memcpy(run.results[r], results[r].pinned[turn].data(), run.hostResults[r]);
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

sph_device_frame DeviceEntry::deviceFrame(const sph_device &calls, void *scratch) {
  return {&calls,
          device.stream,
          kernels.data(),
          frame.data(),
          scratch,
          plans.data(),
          gemms.data(),
          libraryCalls.workspace(),
          libraryCalls.workspaceBytes(),
          &places};
}

/// What launches are recorded with: the scratch memory and, for calls, which read no frame on the
/// device, what they work on. Tables stay where they are.
std::vector<void *> DeviceEntry::recordedAddresses(const Run &run) const {
  std::vector<void *> addresses = {run.scratch};
  if (hasCalls)
    addresses.push_back(run.arena);
  for (int64_t index : calledArguments)
    addresses.push_back(argumentAddresses[index]);
  for (int64_t index : calledResults)
    addresses.push_back(resultAddresses[index]);
  return addresses;
}

/// The first run goes without a graph: the driver may load kernels at their first launch, which
/// cannot be recorded.
void DeviceEntry::launchAll(const Run &run) {
  std::vector<void *> addresses = recordedAddresses(run);
  if (graph.get() && graphAddresses == addresses)
    return checkDevice(device.calls.graph_launch(graph.get(), device.stream));
  const sph_device_frame arguments = deviceFrame(device.calls, run.scratch);
  checkDevice(code(&arguments));
  if (!device.facts.has_graphs)
    return;
  graph = {};
  graphAddresses = std::move(addresses);
  capture(run);
}

void DeviceEntry::capture(const Run &run) {
  const sph_device_frame arguments = deviceFrame(device.calls, run.scratch);
  checkDevice(device.calls.graph_begin(device.stream));
  const char *failure = code(&arguments);
  const std::string sentence = failure ? failure : "";
  sph_device_graph *recorded = nullptr;
  const char *ended = device.calls.graph_end(device.stream, &recorded);
  graph = {recorded, device.calls.graph_destroy};
  if (failure)
    graph = {};
  checkDevice(failure ? sentence.c_str() : ended);
}

namespace {

/// What the launches of a timed run have in common.
struct TimedRun {
  const OpenDevice &device;
  const std::vector<DeviceObject<sph_device_event>> &events;
  size_t launched = 0;

  const char *mark(sph_device_stream *stream) {
    return device.calls.record(events[++launched].get(), stream);
  }
};

thread_local TimedRun *timedRun = nullptr;

/// A launch with a mark behind it.
const char *timedLaunch(sph_device_stream *stream, sph_device_kernel *kernel, int64_t blocks,
                        int64_t threads, int64_t shared, void *const *arguments) {
  const char *failure =
      timedRun->device.calls.launch(stream, kernel, blocks, threads, shared, arguments);
  return failure ? failure : timedRun->mark(stream);
}

/// The same for transforms.
const char *timedFft(sph_device_stream *stream, sph_device_fft *plan, void *in, void *out,
                     int32_t inverse, void *workspace) {
  const char *failure =
      timedRun->device.calls.fft_execute(stream, plan, in, out, inverse, workspace);
  return failure ? failure : timedRun->mark(stream);
}

/// And for products.
const char *timedGemm(sph_device_stream *stream, const sph_gemm_shape *shape, const void *a,
                      const void *b, void *c, void *workspace, int64_t bytes) {
  const char *failure = timedRun->device.calls.gemm(stream, shape, a, b, c, workspace, bytes);
  return failure ? failure : timedRun->mark(stream);
}

} // namespace

/// Launches one by one, with marks between them whose times are read at the end.
void DeviceEntry::launchTimed(const Run &run) {
  StageClock *times = run.context->times;
  while (stageEvents.size() < kernels.size() + 1)
    stageEvents.push_back(makeEvent(device));
  sph_device calls = device.calls;
  calls.launch = timedLaunch;
  calls.fft_execute = timedFft;
  calls.gemm = timedGemm;
  TimedRun timed{device, stageEvents};
  timedRun = &timed;
  const sph_device_frame arguments = deviceFrame(calls, run.scratch);
  checkDevice(device.calls.record(stageEvents[0].get(), device.stream));
  checkDevice(code(&arguments));
  checkDevice(device.calls.synchronize(device.stream));
  for (size_t i = 0; i < kernels.size(); ++i) {
    double seconds = 0;
    checkDevice(device.calls.elapsed(stageEvents[i].get(), stageEvents[i + 1].get(), &seconds));
    times[i].seconds += seconds;
    ++times[i].runs;
  }
}

} // namespace spherical::runtime
