//===- step_plan.cpp - how many steps a run will do -------------*- C++ -*-===//

#include "runtime/train/step_plan.h"

#include <algorithm>

namespace spherical::runtime {

namespace {

/// Seconds from one look at the speed to the next: shares of the limit, and at most for the first.
constexpr double kLookShare = 0.05, kFirstLook = 2.0;
/// The share of the time left that a plan fills, so that noise does not lower it again.
constexpr double kFill = 0.97;

} // namespace

bool StepPlan::lower(int64_t done, double seconds) {
  if (limit <= 0.0)
    return false;
  const bool isFirst = markStep < 0;
  if (isFirst || done - markStep < 2 || seconds < nextLook) {
    if (isFirst) {
      markStep = done;
      markSeconds = seconds;
      nextLook = seconds + std::min(kFirstLook, kLookShare * limit);
    }
    return false;
  }
  const double left = std::max(0.0, limit - seconds);
  const double perStep = (seconds - markSeconds) / static_cast<double>(done - markStep);
  markStep = done;
  markSeconds = seconds;
  nextLook = seconds + kLookShare * limit;
  if (perStep * static_cast<double>(planned - done) <= left)
    return false;
  planned = std::min(planned, done + static_cast<int64_t>(kFill * left / perStep));
  return true;
}

} // namespace spherical::runtime
