//===- timings.h - times of stages and layers -------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_TIMINGS_H
#define SPHERICAL_TOOLS_SPHERICAL_TIMINGS_H

#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/explanation.h"

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

/// Runs an entry on all samples for about a second, at least three times, and returns what a run of
/// the stages of each line of the model takes. Fails on targets that do not compile.
Result<MeasuredLines> measureLines(Executable &executable, const std::string &entry,
                                   const TensorMap &values);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_TIMINGS_H
