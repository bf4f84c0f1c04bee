//===- emulation_speed.cpp - how long emulated entries take ---------------===//
//
// emulation_speed MODEL ENTRY BATCH [strict]: compiles one entry of a model for
// target cuda, runs it on the emulated device on random arguments, and prints
// how long that takes, and the kernels that take most of it.
//
//===----------------------------------------------------------------------===//

#include "test/gpu/device_program.h"
#include "test/gpu/random_arguments.h"
#include "tools/emulation/device.h"
#include "tools/spherical/driver/session.h"

#include <chrono>
#include <cstdio>
#include <ctime>

using namespace spherical;

namespace {

double seconds(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// What the timed device measures.
struct Launches {
  const sph_device *device = nullptr;
  std::map<sph_device_kernel *, std::string> names;
  std::map<std::string, double> seconds; ///< by kernel
} launches;

/// The device, which also takes the time of each launch.
sph_device timed(const sph_device &device) {
  launches.device = &device;
  sph_device table = device;
  table.find = [](sph_device_module *module, const char *name, int64_t shared,
                  sph_device_kernel **kernel) {
    const char *failure = launches.device->find(module, name, shared, kernel);
    launches.names[*kernel] = name;
    return failure;
  };
  table.launch = [](sph_device_stream *stream, sph_device_kernel *kernel, int64_t blocks,
                    int64_t threads, int64_t shared, void *const *arguments) {
    const auto start = std::chrono::steady_clock::now();
    const char *failure =
        launches.device->launch(stream, kernel, blocks, threads, shared, arguments);
    launches.seconds[launches.names[kernel]] += seconds(start);
    return failure;
  };
  return table;
}

std::string graphText(const std::string &model, int64_t batch) {
  driver::SessionOptions options;
  options.batch = batch;
  auto session = driver::Session::load(model, options);
  if (!session)
    throw std::runtime_error(session.error().message);
  return (*session)->text(true);
}

/// The kernels that take more than a hundredth of the time.
void printKernels() {
  double total = 0;
  for (const auto &[name, time] : launches.seconds)
    total += time;
  for (const auto &[name, time] : launches.seconds)
    if (time > total / 100)
      std::printf("  %8.4f s  %s\n", time, name.c_str());
}

/// Runs the entry twice: kernels are compiled when they run first.
void run(const std::string &model, const std::string &entry, int64_t batch,
         emulation::Checks checks) {
  const test::DeviceProgram program = test::compileForDevice(graphText(model, batch), entry);
  const runtime::EntrySpec &spec = program.manifest.entries.at(0);
  std::printf("%s %s, batch %ld: %zu launches\n", model.c_str(), entry.c_str(), batch,
              spec.stages.size());
  const sph_device device =
      timed(emulation::emulatedDevice(emulation::ThreadOrder::Forward, checks));
  const auto runner = test::makeDeviceRunner(program, program.bitcode, device);
  for (const char *which : {"first", "second"}) {
    launches.seconds.clear();
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    runner->run(entry, test::randomArguments(spec));
    std::printf("%s run: %.3f s, %.3f s of all cores\n", which, seconds(start),
                static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC);
  }
  printKernels();
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: emulation_speed MODEL ENTRY BATCH [strict]\n");
    return 1;
  }
  try {
    run(argv[1], argv[2], std::atol(argv[3]),
        argc > 4 ? emulation::Checks::Strict : emulation::Checks::None);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
