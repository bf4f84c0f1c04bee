//===- bench.cpp - `spherical bench` --------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"

#include "runtime/train/measure_machine.h"

#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

struct BenchOptions {
  bool machine = false;
  std::string output;
};

void printMachine(const runtime::MachineProfile &profile) {
  std::printf("%s: %lld cores, registers of %lld bytes\n", profile.name.c_str(),
              static_cast<long long>(profile.cores), static_cast<long long>(profile.vectorBytes));
  std::printf("%-24s %10.1f GFLOP/s a core\n", "peak, fp32", profile.gigaflop);
  for (const runtime::MemoryLevel &level : profile.caches)
    std::printf("%-24s %10.1f GB/s a core\n",
                ("values of " + printBytes(static_cast<double>(level.bytes))).c_str(),
                level.gigabytes);
  std::printf("%-24s %10.1f GB/s a core\n", "memory", profile.gigabytes);
  std::printf("%-24s %10.2f us\n", "a stage without work", 1e6 * profile.synchronisation);
}

Status bench(const BenchOptions &options) {
  if (!options.machine)
    return commandError("expected --machine, got nothing to measure");
  const runtime::MachineProfile profile = runtime::measureMachine();
  printMachine(profile);
  if (options.output.empty())
    return Done{};
  return writeOutput(options.output, runtime::profileText(profile));
}

const char *const examples =
    R"(Rates are those of one core while all are busy; values are read and written.

Examples:
  spherical bench --machine                             how fast this machine computes and moves data
  spherical bench --machine -o here.json                the same in a file
  spherical explain model.yaml --machine here.json      schedule and predict for the machine of a file
)";

} // namespace

void addBenchCommand(Commands &commands) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App &command = commands.add("bench", "measure this machine, for schedules and predictions",
                                   examples, [options] { return bench(*options); });
  command.add_flag("--machine", options->machine, "peak, bandwidths and cost of a stage");
  command.add_option("-o,--output", options->output, "file for the machine: .json")
      ->check(endsIn({".json"}));
}

} // namespace spherical::driver
