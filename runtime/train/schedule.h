//===- schedule.h - learning rates over a run -------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_SCHEDULE_H
#define SPHERICAL_RUNTIME_TRAIN_SCHEDULE_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace spherical::runtime {

/// How the learning rate changes.
enum class ScheduleKind { Constant, Cosine, Step, Plateau, OneCycle };

/// "constant", "cosine", "step", "plateau" or "one_cycle"; nothing for any other name.
std::optional<ScheduleKind> parseScheduleKind(std::string_view name);
const char *scheduleKindName(ScheduleKind kind);

/// The learning rate of each step, a function of the step's number, and of how often a plateau was
/// met, alone: a resumed run goes on as if it had never stopped.
struct Schedule {
  ScheduleKind kind = ScheduleKind::Cosine;
  double base = 1e-3;   ///< the rate after warm-up, the highest one
  double final = 0.0;   ///< cosine: the rate that the last step approaches
  int64_t warmup = 0;   ///< the first steps, whose rate rises to the base
  double factor = 0.1;  ///< step, plateau: of each fall
  int64_t interval = 0; ///< step: steps from one fall to the next, at least 1

  /// The rate of step 0 <= step < total after `falls` plateaus. All but one_cycle rise linearly,
  ///   step < warmup:  base (step + 1) / warmup
  /// and then, with t = (step - warmup) / (total - warmup),
  ///   constant:       base
  ///   cosine:         final + (base - final) (1 + cos(pi t)) / 2
  ///   step:           base factor^floor(step / interval)
  ///   plateau:        base factor^falls
  /// one_cycle (Smith and Topin 2018, with the halves of a cosine that PyTorch's OneCycleLR has)
  /// rises from base / 25 in the warm-up, in 3 of 10 steps if there is none, and falls to
  /// base / 250000 in the last step.
  float rate(int64_t step, int64_t total, int64_t falls = 0) const;

  /// The schedule of a run of `planned` steps in place of `asked`: its warm-up is as much shorter.
  Schedule over(int64_t planned, int64_t asked) const;

private:
  double oneCycle(int64_t step, int64_t total) const;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_SCHEDULE_H
