//===- speed.cpp - how fast problems run ----------------------------------===//

#include "tools/spherical/bench/speed.h"

#include "tools/spherical/bench/check.h"

#include "runtime/execute/program.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace spherical::driver {
namespace {

/// What a round of a problem takes at least, and the most runs of it.
constexpr double roundSeconds = 0.01;
constexpr int64_t mostRuns = 10000;

/// A problem that is being measured.
struct Measurement {
  Outcome *outcome;
  std::function<void()> run;
  int64_t runs = 1;
  std::vector<double> seconds;
};

double secondsOf(const std::function<void()> &run, int64_t runs) {
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < runs; ++i)
    run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() /
         static_cast<double>(runs);
}

/// Calls `action`; what it throws is why the problem fails. Whether it did not throw.
bool attempt(Outcome &outcome, const std::function<void()> &action) {
  try {
    action();
    return true;
  } catch (const std::exception &error) {
    outcome.verdict = Verdict::Failed;
    outcome.reason = error.what();
    return false;
  }
}

/// Runs the problem until memory, tables and prepared weights are there, and sees how long it
/// takes.
void warmUp(Subject &subject, Measurement &measurement) {
  const Result<TensorMap> results = subject.run();
  if (!results)
    throw std::runtime_error(results.error().message);
  checkZeros(*results, *measurement.outcome);
  measurement.run =
      subject.executable().repeated(subject.entry(), subject.arguments(), subject.count());
  secondsOf(measurement.run, 1);
  const double once = std::max(secondsOf(measurement.run, 1), 1e-9);
  measurement.runs = std::clamp<int64_t>(std::llround(std::ceil(roundSeconds / once)), 1, mostRuns);
}

Speed speedOf(Subject &subject, std::vector<double> seconds) {
  const runtime::Program &program = *subject.executable().program();
  Speed speed;
  for (const runtime::StageSpec &stage :
       program.manifest().entries[program.entry(subject.entry())].stages) {
    speed.flop += stage.flop;
    speed.bytes += stage.bytes;
  }
  std::ranges::sort(seconds);
  const size_t half = seconds.size() / 2;
  speed.seconds =
      seconds.size() % 2 == 1 ? seconds[half] : 0.5 * (seconds[half - 1] + seconds[half]);
  speed.fastest = seconds.front();
  return speed;
}

} // namespace

void measureSpeed(const std::vector<std::unique_ptr<Subject>> &subjects, int64_t rounds,
                  std::vector<Outcome> &outcomes) {
  std::vector<std::pair<Subject *, Measurement>> measured;
  for (size_t i = 0; i < subjects.size(); ++i) {
    if (!subjects[i])
      continue;
    Measurement measurement{&outcomes[i], {}, 1, {}};
    if (attempt(outcomes[i], [&] { warmUp(*subjects[i], measurement); }))
      measured.emplace_back(subjects[i].get(), std::move(measurement));
  }
  for (int64_t round = 0; round < rounds; ++round)
    for (auto &[subject, measurement] : measured)
      attempt(*measurement.outcome,
              [&] { measurement.seconds.push_back(secondsOf(measurement.run, measurement.runs)); });
  for (auto &[subject, measurement] : measured)
    if (!measurement.seconds.empty())
      measurement.outcome->speed = speedOf(*subject, std::move(measurement.seconds));
}

} // namespace spherical::driver
