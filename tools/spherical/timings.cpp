//===- timings.cpp - times of stages and layers -----------------*- C++ -*-===//

#include "tools/spherical/timings.h"

#include "tools/spherical/parameters.h"

#include "runtime/train/machine_peak.h"

#include <cstdio>

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
                                                 program.stageTimes(number), peak, rows);
  std::printf("%s", table.c_str());
}

} // namespace spherical::driver
