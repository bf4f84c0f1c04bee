//===- report.h - outcomes of problems as tables and files ------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_REPORT_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_REPORT_H

#include "tools/spherical/bench/outcome.h"
#include "tools/spherical/result.h"

#include "runtime/pictures/figures.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spherical::driver {

/// All that a run of `spherical bench` found. The roofline is there if speed was measured.
struct BenchReport {
  std::string mode, target, cpu;
  uint64_t seed = 0;
  int64_t threads = 1;
  std::optional<Roofline> roofline;
  std::vector<Outcome> outcomes;
};

/// A line for each problem, with what its mode looks for; lines of `width` letters, or any for 0.
std::string reportTable(const BenchReport &report, size_t width);

/// The same as JSON, which `readBaseline` takes.
std::string reportJson(const BenchReport &report);

/// The seconds of each problem in an earlier report on speed, by its word.
struct Baseline {
  std::string cpu;
  int64_t threads = 1;
  std::map<std::string, double> seconds;
};
/// Fails for other files; throws if the file cannot be read.
Result<Baseline> readBaseline(const std::string &path);

/// Operations a second over operations a byte, both axes logarithmic: the roofline, and a numbered
/// point for each problem that was measured.
runtime::Figure drawRoofline(const BenchReport &report);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_REPORT_H
