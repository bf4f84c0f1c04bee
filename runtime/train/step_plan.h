//===- step_plan.h - how many steps a run will do ---------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_STEP_PLAN_H
#define SPHERICAL_RUNTIME_TRAIN_STEP_PLAN_H

#include <cstdint>
#include <vector>

namespace spherical::runtime {

/// What a run does besides steps: a validation after each `interval` steps, and after the last.
struct PausePlan {
  int64_t interval = 0; ///< 0: there are none
  double steps = 0.0;   ///< how many steps one takes, until one has been
};

/// The number of steps that a run is going to do, over which its schedule stretches: all that it is
/// asked for or, with a limit of time, those that fit at the speed of the first seconds. Later it
/// is lowered where the speed falls, and never raised.
class StepPlan {
public:
  /// `steps` of the whole run; `seconds` of this process, 0 for no limit; `fixed` if the steps are
  /// never lowered.
  StepPlan(int64_t steps, double seconds, bool fixed = false, PausePlan pauses = {})
      : planned(steps), limit(seconds), fixed(fixed), pauses(pauses) {}

  int64_t steps() const { return planned; }

  /// Takes the time, in seconds since the process started to train, after step `done` of the run.
  /// True if the plan is lower now.
  bool lower(int64_t done, double seconds);

  /// Takes when, since the process started to train, a pause began and ended.
  void paused(double began, double ended);

  /// Whether a step that begins at this time, and takes as long as others, ends within the limit.
  bool fits(double seconds) const { return limit <= 0.0 || seconds + typical <= limit; }

private:
  double secondsTo(int64_t steps, int64_t done) const;

  int64_t planned;
  double limit;
  bool fixed;
  PausePlan pauses;
  double pause = -1.0;       ///< seconds of the last one
  std::vector<double> taken; ///< seconds of each step since the last look
  double last = -1.0;        ///< when the last step ended
  double nextLook = 0.0;
  double typical = 0.0; ///< seconds of a step without stalls
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_STEP_PLAN_H
