//===- schedule.h - learning rates over a run -------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_SCHEDULE_H
#define SPHERICAL_RUNTIME_TRAIN_SCHEDULE_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace spherical::runtime {

/// How the learning rate changes.
enum class ScheduleKind { Constant, Cosine };

/// "constant" or "cosine"; nothing for any other name.
std::optional<ScheduleKind> parseScheduleKind(std::string_view name);
const char *scheduleKindName(ScheduleKind kind);

/// The learning rate of each step, a function of the step's number alone, so that a resumed run
/// goes on as if it had never stopped.
struct Schedule {
  ScheduleKind kind = ScheduleKind::Cosine;
  double base = 1e-3; ///< the rate after warm-up
  double final = 0.0; ///< cosine: the rate that the last step approaches
  int64_t warmup = 0; ///< the first steps, whose rate rises linearly to the base

  /// The rate of step 0 <= step < total:
  ///   step < warmup:  base (step + 1) / warmup
  ///   constant:       base
  ///   cosine:         final + (base - final) (1 + cos(pi t)) / 2, t = (step - warmup) / (total -
  ///   warmup)
  float rate(int64_t step, int64_t total) const;

  /// The schedule of a run of `planned` steps in place of `asked`: its warm-up is as much shorter.
  Schedule over(int64_t planned, int64_t asked) const;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_SCHEDULE_H
