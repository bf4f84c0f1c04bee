//===- outcome.h - what became of a problem ---------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_OUTCOME_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_OUTCOME_H

#include "tools/spherical/bench/problem.h"

#include "runtime/processor/machine_profile.h"

#include <algorithm>
#include <optional>
#include <string>

namespace spherical::driver {

enum class Verdict { Passed, Failed, Mistrusted };

/// How far a result is from the definitions, relative to its norm: of several, the one whose error
/// is the largest for its tolerance.
struct Accuracy {
  std::string name;
  double error = 0, tolerance = 0;
};

/// How fast a problem ran.
struct Speed {
  /// The median of the rounds, and the fastest one.
  double seconds = 0, fastest = 0;
  /// Operations and bytes of all stages, at full capacity.
  double flop = 0, bytes = 0;
};

/// A problem and what was found, as far as the mode looks for it.
struct Outcome {
  Problem problem;
  Verdict verdict = Verdict::Passed;
  /// Why it did not pass: "error: expected ...", lines of the compiler, or nothing.
  std::string reason;
  std::optional<Accuracy> accuracy;
  std::optional<Speed> speed;
};

/// Notes why a problem did not pass, unless that is known.
inline void fail(Outcome &outcome, Verdict verdict, const std::string &reason) {
  if (outcome.verdict != Verdict::Passed)
    return;
  outcome.verdict = verdict;
  outcome.reason = reason;
}

/// What rates are compared with: those of so many threads.
struct Roofline {
  runtime::MachineProfile machine;
  int64_t threads = 1;

  double gigaflop() const { return machine.gigaflop * static_cast<double>(threads); }
  double gigabytes() const { return machine.gigabytes * static_cast<double>(threads); }
  /// The least time of a problem: max(flop / peak, bytes / bandwidth).
  double leastSeconds(const Speed &speed) const {
    return 1e-9 * std::max(speed.flop / gigaflop(), speed.bytes / gigabytes());
  }
  bool boundByMemory(const Speed &speed) const {
    return speed.bytes / gigabytes() > speed.flop / gigaflop();
  }
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_OUTCOME_H
