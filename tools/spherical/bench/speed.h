//===- speed.h - how fast a problem runs ------------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_SPEED_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_SPEED_H

#include "tools/spherical/bench/outcome.h"
#include "tools/spherical/bench/subject.h"

#include <functional>
#include <memory>
#include <vector>

namespace spherical::driver {

/// A problem that is measured in rounds, in which several problems can take turns, so that all meet
/// the same disturbances.
class SpeedMeasurement {
public:
  /// Runs the problem until memory, tables and prepared weights are there, and sees how many runs
  /// fill the some milliseconds of a round. Throws what runs throw, as does `runRound`.
  SpeedMeasurement(std::unique_ptr<Subject> subject, Outcome &outcome);

  Outcome &outcome() { return *result; }
  void runRound();
  /// Puts the median of the rounds into the outcome, unless the problem failed.
  void finish();

private:
  std::unique_ptr<Subject> subject;
  Outcome *result;
  std::function<void()> run;
  /// Of a round.
  int64_t runs = 1;
  /// Of a run, in each round.
  std::vector<double> seconds;
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_SPEED_H
