//===- timings.h - times of stages and layers -------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_TIMINGS_H
#define SPHERICAL_TOOLS_SPHERICAL_TIMINGS_H

#include "runtime/execute/program.h"
#include "runtime/train/timing_table.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace spherical::driver {

/// What a command times, nothing if nobody asked.
using Timings = std::optional<runtime::TimingRows>;

/// Adds `--timings`, which may have a value: layers (the default) or stages.
void addTimingsOption(CLI::App &command, Timings &timings);

/// Prints the table of what the timers of the program have counted since they were switched on.
void printTimings(runtime::Program &program, const std::string &entry, runtime::TimingRows rows);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_TIMINGS_H
