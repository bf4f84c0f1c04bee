//===- schedule.cpp - learning rates over a run -----------------*- C++ -*-===//

#include "runtime/train/schedule.h"

#include "runtime/data/trigonometry.h"

#include <algorithm>
#include <cmath>

namespace spherical::runtime {

std::optional<ScheduleKind> parseScheduleKind(std::string_view name) {
  for (const ScheduleKind kind : {ScheduleKind::Constant, ScheduleKind::Cosine})
    if (name == scheduleKindName(kind))
      return kind;
  return std::nullopt;
}

const char *scheduleKindName(ScheduleKind kind) {
  return kind == ScheduleKind::Constant ? "constant" : "cosine";
}

float Schedule::rate(int64_t step, int64_t total) const {
  if (step < warmup)
    return static_cast<float>(base * static_cast<double>(step + 1) / static_cast<double>(warmup));
  if (kind == ScheduleKind::Constant)
    return static_cast<float>(base);
  const double left = static_cast<double>(std::max<int64_t>(1, total - warmup));
  const double t = std::min(1.0, static_cast<double>(step - warmup) / left);
  return static_cast<float>(final + (base - final) * 0.5 * (1.0 + sinCosOfTurns(0.5 * t).cos));
}

Schedule Schedule::over(int64_t planned, int64_t asked) const {
  Schedule stretched = *this;
  const double share = static_cast<double>(planned) / static_cast<double>(asked);
  stretched.warmup = static_cast<int64_t>(std::llround(static_cast<double>(warmup) * share));
  return stretched;
}

} // namespace spherical::runtime
