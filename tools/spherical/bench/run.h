//===- run.h - problems from their words to a report ------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_RUN_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_RUN_H

#include "tools/spherical/driver/session.h"
#include "tools/spherical/result.h"

#include "runtime/processor/machine_profile.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spherical::driver {

/// What to do with problems, and where what is found goes.
struct BenchOptions {
  /// The problems: words, and a file of them.
  std::vector<std::string> words;
  std::string problems;
  /// speed, correct or bitwise.
  std::string mode = "speed";
  uint64_t seed = 0;
  int64_t rounds = 15;
  /// Of speed: how much slower than `reference` a problem may be; of correct: the largest error.
  std::optional<double> tolerance;
  std::string reference, json, picture;
  SessionOptions session;
};

/// Runs the problems and prints a table. Fails, once all are done, if a problem fails or is slower
/// than in the reference. `machine` is what rates are compared with, of one core; it is measured if
/// there is none and the mode needs it.
Status runProblems(BenchOptions options, std::optional<runtime::MachineProfile> machine);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_RUN_H
