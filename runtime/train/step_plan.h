//===- step_plan.h - how many steps a run will do ---------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_STEP_PLAN_H
#define SPHERICAL_RUNTIME_TRAIN_STEP_PLAN_H

#include <cstdint>

namespace spherical::runtime {

/// The number of steps that a run is going to do, over which its schedule stretches: all that it is
/// asked for or, with a limit of time, those that fit at the speed of the first seconds. Later it
/// is lowered where the speed falls, and never raised.
class StepPlan {
public:
  /// `steps` of the whole run; `seconds` of this process, 0 for no limit.
  StepPlan(int64_t steps, double seconds) : planned(steps), limit(seconds) {}

  int64_t steps() const { return planned; }

  /// Takes the time, in seconds since the process started to train, after step `done` of the run.
  /// True if the plan is lower now.
  bool lower(int64_t done, double seconds);

private:
  int64_t planned;
  double limit;
  /// Where speed is measured from: not from the first step, which may take longer.
  int64_t markStep = -1;
  double markSeconds = 0.0;
  double nextLook = 0.0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_STEP_PLAN_H
