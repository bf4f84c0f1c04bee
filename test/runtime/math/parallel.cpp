// Loops over threads: each body once, and what bodies throw reaches the caller.

#include "runtime/math/parallel.h"

#include "gtest/gtest.h"

#include <new>
#include <vector>

namespace spherical::runtime {
namespace {

TEST(ParallelFor, CallsEachBodyOnce) {
  for (int threads : {0, 1, 3, 64}) {
    std::vector<int> calls(17);
    parallelFor(17, threads, [&](int64_t i) { ++calls[i]; });
    EXPECT_EQ(calls, std::vector<int>(17, 1)) << threads;
  }
  parallelFor(0, 3, [](int64_t) { FAIL(); });
}

// Threads end the process at an exception that leaves them: the loop takes it to its caller, once
// no body runs any more.
TEST(ParallelFor, ThrowsWhatABodyThrows) {
  for (int threads : {1, 4}) {
    std::atomic<int> running = 0, begun = 0;
    auto body = [&](int64_t i) {
      ++running, ++begun;
      --running;
      if (i == 2)
        throw std::bad_alloc();
    };
    EXPECT_THROW(parallelFor(1 << 30, threads, body), std::bad_alloc) << threads;
    EXPECT_EQ(running, 0);
    EXPECT_LT(begun, 1 << 30);
  }
}

} // namespace
} // namespace spherical::runtime
