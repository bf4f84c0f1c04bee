//===- parallel.h - loops over threads for filling tables -------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_MATH_PARALLEL_H
#define SPHERICAL_RUNTIME_MATH_PARALLEL_H

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace spherical::runtime {

/// Calls body(i) once for each 0 <= i < count, on up to `threads` threads including the caller's.
/// The bodies write disjoint memory and do not throw.
template <typename Body> void parallelFor(int64_t count, int threads, const Body &body) {
  std::atomic<int64_t> next = 0;
  auto work = [&] {
    for (int64_t i = next++; i < count; i = next++)
      body(i);
  };
  std::vector<std::jthread> helpers;
  for (int64_t i = 1; i < std::min<int64_t>(threads, count); ++i)
    helpers.emplace_back(work);
  work();
}

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_PARALLEL_H
