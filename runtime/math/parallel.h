//===- parallel.h - loops over threads for filling tables -------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_MATH_PARALLEL_H
#define SPHERICAL_RUNTIME_MATH_PARALLEL_H

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

namespace spherical::runtime {

/// Calls body(i) once for each 0 <= i < count, on up to `threads` threads including the caller's,
/// fewer where the system gives no more. The bodies write disjoint memory. Throws the first
/// exception of a body, when all that have begun are over; others do not begin then.
template <typename Body> void parallelFor(int64_t count, int threads, const Body &body) {
  std::atomic<int64_t> next = 0;
  std::atomic<bool> failed = false;
  std::exception_ptr failure;
  auto work = [&] {
    try {
      for (int64_t i = next++; i < count; i = next++)
        body(i);
    } catch (...) {
      next = count;
      if (!failed.exchange(true))
        failure = std::current_exception();
    }
  };
  {
    const int64_t most = std::min<int64_t>(threads, count);
    std::vector<std::jthread> helpers;
    helpers.reserve(std::max<int64_t>(most, 1));
    try {
      for (int64_t i = 1; i < most; ++i)
        helpers.emplace_back(work);
    } catch (const std::system_error &) {
    }
    work();
  }
  if (failure)
    std::rethrow_exception(failure);
}

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_PARALLEL_H
