//===- machine_peak.cpp - what the processor could do -----------*- C++ -*-===//

#include "runtime/train/machine_peak.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace spherical::runtime {
namespace {

/// Independent chains of multiply-adds: more than latency times units of today's cores, fewer
/// than their registers.
constexpr int chains = 12;
constexpr int64_t rounds = 20000;

/// Runs `rounds` rounds of `chains` multiply-adds on vectors; the result depends on all of them.
using Kernel = float (*)();

#if defined(__x86_64__)
__attribute__((target("avx512f"))) float multiplyAdd16() {
  __m512 sums[chains];
  for (__m512 &sum : sums)
    sum = _mm512_setzero_ps();
  __m512 factor = _mm512_set1_ps(0.999f);
  for (int64_t round = 0; round < rounds; ++round) {
    asm volatile("" : "+v"(factor)); // keeps the rounds apart
    for (__m512 &sum : sums)
      sum = _mm512_fmadd_ps(sum, factor, factor);
  }
  float total = 0.0f;
  for (const __m512 &sum : sums)
    total += _mm512_cvtss_f32(sum);
  return total;
}

__attribute__((target("avx2,fma"))) float multiplyAdd8() {
  __m256 sums[chains];
  for (__m256 &sum : sums)
    sum = _mm256_setzero_ps();
  __m256 factor = _mm256_set1_ps(0.999f);
  for (int64_t round = 0; round < rounds; ++round) {
    asm volatile("" : "+x"(factor));
    for (__m256 &sum : sums)
      sum = _mm256_fmadd_ps(sum, factor, factor);
  }
  float total = 0.0f;
  for (const __m256 &sum : sums)
    total += _mm256_cvtss_f32(sum);
  return total;
}
#endif

/// For any other processor: what the compiler makes of 4 numbers at a time.
float multiplyAdd4() {
  typedef float Vector __attribute__((vector_size(16)));
  Vector sums[chains] = {};
  Vector factor = {0.999f, 0.999f, 0.999f, 0.999f};
  for (int64_t round = 0; round < rounds; ++round) {
    asm volatile("" : "+m"(factor));
    for (Vector &sum : sums)
      sum = sum * factor + factor;
  }
  float total = 0.0f;
  for (const Vector &sum : sums)
    total += sum[0];
  return total;
}

struct Choice {
  Kernel kernel;
  int lanes;
};

Choice widestKernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    return {multiplyAdd16, 16};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {multiplyAdd8, 8};
#endif
  return {multiplyAdd4, 4};
}

} // namespace

double measurePeakGflops(int threads) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds interval(2);
  constexpr int intervals = 50;
  const Choice choice = widestKernel();
  // The best of several intervals: other programs disturb most of them.
  double best = 0.0;
  for (int i = 0; i < intervals; ++i) {
    std::atomic<int64_t> calls = 0;
    std::atomic<float> sink = 0.0f;
    std::barrier together(threads);
    Clock::time_point start;
    auto work = [&] {
      together.arrive_and_wait();
      const Clock::time_point begin = Clock::now();
      do {
        sink = choice.kernel();
        ++calls;
      } while (Clock::now() - begin < interval);
    };
    {
      std::vector<std::jthread> others;
      for (int t = 1; t < threads; ++t)
        others.emplace_back(work);
      start = Clock::now();
      work();
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, 2.0 * choice.lanes * chains * rounds * static_cast<double>(calls) /
                              seconds * 1e-9);
  }
  return best;
}

} // namespace spherical::runtime
