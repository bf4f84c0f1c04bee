//===- compile_times.h - where the time of a compilation goes ---*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_COMPILE_TIMES_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_COMPILE_TIMES_H

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spherical::driver {

/// The seconds that the steps of a compilation take. Any thread may add to them.
class CompileTimes {
public:
  /// Adds to a step; steps are listed in the order in which they came first.
  void add(std::string_view step, double seconds);

  /// A line for each step with its seconds, those of all threads together, and its share, and a
  /// line with their sum. At most 80 columns wide.
  std::string table() const;

private:
  mutable std::mutex mutex;
  std::vector<std::pair<std::string, double>> steps;
};

/// Adds the seconds that it lives to a step of `times`, if that is not null.
class StepTimer {
public:
  StepTimer(CompileTimes *times, std::string_view step) : times(times), step(step) {}
  ~StepTimer() {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    if (times)
      times->add(step, passed.count());
  }
  StepTimer(const StepTimer &) = delete;
  StepTimer &operator=(const StepTimer &) = delete;

private:
  CompileTimes *times;
  std::string step;
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_COMPILE_TIMES_H
