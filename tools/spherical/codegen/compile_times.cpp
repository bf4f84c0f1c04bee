//===- compile_times.cpp - where the time of a compilation goes -*- C++ -*-===//

#include "tools/spherical/codegen/compile_times.h"

#include <algorithm>
#include <cstdio>

namespace spherical::driver {

void CompileTimes::add(std::string_view step, double seconds) {
  const std::lock_guard lock(mutex);
  const auto found =
      std::ranges::find_if(steps, [&](const auto &known) { return known.first == step; });
  if (found == steps.end())
    steps.emplace_back(step, seconds);
  else
    found->second += seconds;
}

static std::string line(const std::string &step, double seconds, double all) {
  char text[80];
  const double share = all > 0 ? 100 * seconds / all : 0;
  std::snprintf(text, sizeof(text), "  %-24s %8.3f s %6.1f %%\n", step.c_str(), seconds, share);
  return text;
}

std::string CompileTimes::table() const {
  const std::lock_guard lock(mutex);
  double all = 0;
  for (const auto &[step, seconds] : steps)
    all += seconds;
  std::string text;
  for (const auto &[step, seconds] : steps)
    text += line(step, seconds, all);
  return text + line("all", all, all);
}

} // namespace spherical::driver
