//===- speed.cpp - how fast a problem runs --------------------------------===//

#include "tools/spherical/bench/speed.h"

#include "tools/spherical/bench/check.h"

#include "runtime/execute/program.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

namespace spherical::driver {

/// What a round takes at least, and the most runs of it.
static constexpr double roundSeconds = 0.01;
static constexpr int64_t mostRuns = 10000;

static double secondsOf(const std::function<void()> &run, int64_t runs) {
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < runs; ++i)
    run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() /
         static_cast<double>(runs);
}

SpeedMeasurement::SpeedMeasurement(std::unique_ptr<Subject> compiled, Outcome &outcome)
    : subject(std::move(compiled)), result(&outcome) {
  { // freed before others are made
    const Result<TensorMap> results = subject->run();
    if (!results)
      throw std::runtime_error(results.error().message);
    checkZeros(*results, outcome);
  }
  run = subject->executable().repeated(subject->entry(), subject->arguments(), subject->count());
  secondsOf(run, 1);
  const double once = std::max(secondsOf(run, 1), 1e-9);
  runs = std::clamp<int64_t>(std::llround(std::ceil(roundSeconds / once)), 1, mostRuns);
}

void SpeedMeasurement::runRound() { seconds.push_back(secondsOf(run, runs)); }

void SpeedMeasurement::finish() {
  if (seconds.empty() || result->verdict == Verdict::Failed)
    return;
  Speed speed;
  const runtime::Program &program = *subject->executable().program();
  for (const runtime::StageSpec &stage :
       program.manifest().entries[program.entry(subject->entry())].stages) {
    speed.flop += stage.flop;
    speed.bytes += stage.bytes;
  }
  std::ranges::sort(seconds);
  const size_t half = seconds.size() / 2;
  speed.seconds =
      seconds.size() % 2 == 1 ? seconds[half] : 0.5 * (seconds[half - 1] + seconds[half]);
  speed.fastest = seconds.front();
  result->speed = speed;
}

} // namespace spherical::driver
