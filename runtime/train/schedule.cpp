//===- schedule.cpp - learning rates over a run -----------------*- C++ -*-===//

#include "runtime/train/schedule.h"

#include "runtime/data/trigonometry.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace spherical::runtime {
namespace {

constexpr std::array<const char *, 5> names = {"constant", "cosine", "step", "plateau",
                                               "one_cycle"};

/// Of one_cycle: the share of the steps that rise, and the first and last rate's share of the base
/// and of the first.
constexpr double kRising = 0.3, kFirst = 1.0 / 25, kLast = 1e-4;

/// From `from` at t = 0 to `to` at t = 1 along half a cosine.
double alongCosine(double from, double to, double t) {
  return to + (from - to) * 0.5 * (1.0 + sinCosOfTurns(0.5 * std::min(1.0, t)).cos);
}

/// base factor^times, the same on any machine. A rate that has become 0 stays so.
double fallen(double base, double factor, int64_t times) {
  for (int64_t i = 0; i < times && base > 0.0; ++i)
    base *= factor;
  return base;
}

} // namespace

std::optional<ScheduleKind> parseScheduleKind(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    return std::nullopt;
  return static_cast<ScheduleKind>(found - names.begin());
}

const char *scheduleKindName(ScheduleKind kind) { return names[static_cast<size_t>(kind)]; }

double Schedule::oneCycle(int64_t step, int64_t total) const {
  const auto last = static_cast<double>(std::max<int64_t>(1, total - 1));
  const double at = static_cast<double>(step);
  const double top = warmup > 0 ? static_cast<double>(warmup)
                                : std::max(0.0, kRising * static_cast<double>(total) - 1.0);
  if (at < top)
    return alongCosine(base * kFirst, base, at / top);
  return alongCosine(base, base * kFirst * kLast, (at - top) / std::max(1.0, last - top));
}

float Schedule::rate(int64_t step, int64_t total, int64_t falls) const {
  if (kind == ScheduleKind::OneCycle)
    return static_cast<float>(oneCycle(step, total));
  if (step < warmup)
    return static_cast<float>(base * static_cast<double>(step + 1) / static_cast<double>(warmup));
  switch (kind) {
  case ScheduleKind::Step:
    return static_cast<float>(fallen(base, factor, step / std::max<int64_t>(1, interval)));
  case ScheduleKind::Plateau:
    return static_cast<float>(fallen(base, factor, falls));
  case ScheduleKind::Cosine: {
    const double left = static_cast<double>(std::max<int64_t>(1, total - warmup));
    return static_cast<float>(alongCosine(base, final, static_cast<double>(step - warmup) / left));
  }
  default:
    return static_cast<float>(base);
  }
}

Schedule Schedule::over(int64_t planned, int64_t asked) const {
  Schedule stretched = *this;
  const double share = static_cast<double>(planned) / static_cast<double>(asked);
  stretched.warmup = static_cast<int64_t>(std::llround(static_cast<double>(warmup) * share));
  return stretched;
}

} // namespace spherical::runtime
