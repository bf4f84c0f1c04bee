//===- measure_machine.cpp - how fast this machine is -----------*- C++ -*-===//

#include "runtime/train/measure_machine.h"

#include "runtime/execute/task_pool.h"
#include "runtime/processor/processor.h"
#include "runtime/train/machine_peak.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <thread>

#include <unistd.h>

namespace spherical::runtime {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Reads and writes each value once.
void touch(std::vector<float> &values) {
  float *const data = values.data();
  const size_t count = values.size();
  for (size_t i = 0; i < count; ++i)
    data[i] = data[i] * 0.5F + 1.0F;
  asm volatile("" : : "r"(data) : "memory");
}

/// 10^9 bytes a second, read and written, of each of `threads` threads on `bytes` of its own: the
/// best of several intervals, since other programs disturb most of them.
double measureBandwidth(int threads, int64_t bytes) {
  constexpr int intervals = 9;
  std::vector<std::vector<float>> values(threads, std::vector<float>(bytes / sizeof(float), 1.0F));
  double best = 0;
  for (int i = 0; i < intervals; ++i) {
    std::atomic<double> moved = 0;
    std::barrier together(threads);
    const auto work = [&](int thread) {
      touch(values[thread]);
      together.arrive_and_wait();
      const Clock::time_point begin = Clock::now();
      int64_t rounds = 0;
      for (; rounds == 0 || Clock::now() - begin < 10ms; ++rounds)
        touch(values[thread]);
      moved += 2.0 * static_cast<double>(rounds * bytes) / secondsSince(begin);
    };
    std::vector<std::jthread> others;
    for (int t = 1; t < threads; ++t)
      others.emplace_back(work, t);
    work(0);
    others.clear();
    best = std::max(best, 1e-9 * moved / threads);
  }
  return best;
}

/// Seconds of a stage without work on all workers: the median of many.
double measureSynchronisation(int threads) {
  TaskPool pool(threads);
  std::vector<double> seconds(2001);
  struct Job {
    TaskPool &pool;
    std::vector<double> &seconds;
  } job{pool, seconds};
  pool.lead(
      [](void *data) {
        auto &[workers, times] = *static_cast<Job *>(data);
        for (double &time : times) {
          const Clock::time_point begin = Clock::now();
          workers.broadcast([](void *, int64_t) {}, nullptr);
          time = secondsSince(begin);
        }
      },
      &job);
  std::ranges::nth_element(seconds, seconds.begin() + seconds.size() / 2);
  return seconds[seconds.size() / 2];
}

/// The caches that the system knows, of those shared by all cores one core's part.
std::vector<int64_t> cacheSizes(int64_t cores) {
  std::vector<int64_t> sizes;
  const long first = sysconf(_SC_LEVEL1_DCACHE_SIZE), second = sysconf(_SC_LEVEL2_CACHE_SIZE);
  const long third = sysconf(_SC_LEVEL3_CACHE_SIZE) / cores;
  for (const long size : {first, second, third})
    if (size > 0 && (sizes.empty() || size > sizes.back()))
      sizes.push_back(size);
  return sizes;
}

} // namespace

MachineProfile measureMachine() {
  MachineProfile profile;
  const auto threads = static_cast<int>(usableCores());
  const CpuLevel level = thisProcessor().level;
  profile.name = levelName(level);
  profile.vectorBytes = level >= CpuLevel::V4 ? 64 : level >= CpuLevel::V3 ? 32 : 16;
  profile.cores = threads;
  profile.gigaflop = measurePeakGflops(threads) / threads;
  profile.synchronisation = measureSynchronisation(threads);
  int64_t largest = 0;
  for (const int64_t bytes : cacheSizes(threads)) {
    // Half of it: the rest holds what else is at work.
    profile.caches.push_back({bytes, measureBandwidth(threads, bytes / 2)});
    largest = bytes;
  }
  profile.gigabytes = measureBandwidth(threads, std::max<int64_t>(4 * largest, 64 << 20));
  return profile;
}

} // namespace spherical::runtime
