//===- step_plan.cpp - how many steps a run will do -------------*- C++ -*-===//

#include "runtime/train/step_plan.h"

#include <algorithm>

namespace spherical::runtime {

namespace {

/// From one look at the speed to the next, a share of the limit: long enough for what else runs on
/// the machine to come and go, short enough that a cosine hardly falls before the first.
constexpr double kLookShare = 0.05;
/// The share of the time left that a plan fills, so that noise does not lower it again.
constexpr double kFill = 0.98;
/// A step that takes so many times the median is a stall. It costs its time, and says nothing of
/// the steps to come: a plan that is too long can be lowered, one that is too short is for good.
constexpr double kStall = 4.0;

/// The mean of the steps that are no stalls.
double typicalOf(std::vector<double> taken) {
  const auto middle = taken.begin() + static_cast<std::ptrdiff_t>(taken.size() / 2);
  std::nth_element(taken.begin(), middle, taken.end());
  const double longest = kStall * *middle;
  double sum = 0.0;
  int64_t count = 0;
  for (double seconds : taken)
    if (seconds <= longest) {
      sum += seconds;
      ++count;
    }
  return sum / static_cast<double>(count);
}

} // namespace

/// The time of a run of so many steps after step `done`.
double StepPlan::secondsTo(int64_t steps, int64_t done) const {
  const double stepping = typical * static_cast<double>(steps - done);
  if (pauses.interval == 0)
    return stepping;
  // That of an epoch which `done` ends is still to come.
  const int64_t left = (steps - 1) / pauses.interval + 1 - (done - 1) / pauses.interval;
  return stepping + static_cast<double>(left) * (pause < 0 ? pauses.steps * typical : pause);
}

void StepPlan::paused(double began, double ended) {
  pause = ended - began;
  last = ended;
}

bool StepPlan::lower(int64_t done, double seconds) {
  if (limit <= 0.0)
    return false;
  if (last < 0.0) { // the first step may take longer than others
    last = seconds;
    nextLook = seconds + kLookShare * limit;
    return false;
  }
  taken.push_back(seconds - last);
  last = seconds;
  if (typical == 0.0)
    typical = taken.back();
  if (seconds < nextLook || taken.size() < 2)
    return false;
  typical = typicalOf(std::move(taken));
  taken.clear();
  nextLook = seconds + kLookShare * limit;
  const double left = std::max(0.0, limit - seconds);
  if (fixed || done >= planned || secondsTo(planned, done) <= left)
    return false;
  if (secondsTo(done + 1, done) > kFill * left) { // pauses alone take more: they do not decide
    const auto stepping = static_cast<int64_t>(kFill * left / typical);
    const bool isLower = done + stepping < planned;
    planned = std::min(planned, done + stepping);
    return isLower;
  }
  int64_t fits = done, exceeds = planned;
  while (exceeds - fits > 1) {
    const int64_t middle = fits + (exceeds - fits) / 2;
    (secondsTo(middle, done) <= kFill * left ? fits : exceeds) = middle;
  }
  planned = fits;
  return true;
}

} // namespace spherical::runtime
