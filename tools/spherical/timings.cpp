//===- timings.cpp - times of stages and layers -----------------*- C++ -*-===//

#include "tools/spherical/timings.h"

#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"

#include "runtime/train/machine_peak.h"

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

namespace spherical::driver {

void addTimingsOption(CLI::App &command, Timings &timings) {
  command
      .add_option_function<std::string>(
          "--timings",
          [&timings](const std::string &rows) {
            timings = rows == "stages" ? runtime::TimingRows::Stages : runtime::TimingRows::Layers;
          },
          "print time and speed of each layer, or of each stage: --timings=stages")
      ->expected(0, 1)
      ->default_str("layers")
      ->transform(oneOf({"layers", "stages"}));
}

void printTimings(runtime::Program &program, const std::string &entry, runtime::TimingRows rows) {
  const int64_t number = program.entry(entry);
  const double peak = runtime::measurePeakGflops(static_cast<int>(program.threads()));
  const std::string table = runtime::timingTable(program.manifest().entries[number].stages,
                                                 program.stageTimes(number), peak, rows, lineWidth());
  std::printf("%s", table.c_str());
}

Result<MeasuredLines> measureLines(Executable &executable, const std::string &entry,
                                   const TensorMap &values) {
  runtime::Program *program = executable.program();
  if (!program)
    return commandError("expected a target that compiles, got reference");
  // The first run prepares tables and memory.
  if (Result<TensorMap> first = runOnce(executable, entry, values, {}); !first)
    return first.error();
  program->setTimers(true);
  const auto begin = std::chrono::steady_clock::now();
  for (int64_t runs = 0; runs < 3 || std::chrono::steady_clock::now() - begin < 1s; ++runs)
    if (Result<TensorMap> result = runOnce(executable, entry, values, {}); !result)
      return result.error();
  const int64_t number = program->entry(entry);
  const std::vector<runtime::StageSpec> &stages = program->manifest().entries[number].stages;
  const std::vector<runtime::StageTime> times = program->stageTimes(number);
  MeasuredLines lines;
  for (size_t i = 0; i < stages.size(); ++i)
    if (times[i].runs > 0) {
      MeasuredLine &line = lines[stages[i].location];
      line.seconds += times[i].seconds / static_cast<double>(times[i].runs);
      line.flop += stages[i].flop;
      line.bytes += stages[i].bytes;
    }
  return lines;
}

} // namespace spherical::driver
