//===- twiddles.h - the table of a split transform --------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_EXECUTE_TWIDDLES_H
#define SPHERICAL_TEST_EXECUTE_TWIDDLES_H

#include "runtime/math/primes.h"
#include "test/execute/stage_program.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <numeric>
#include <vector>

namespace spherical::test {

/// The length of a transform with these radices.
inline int64_t lengthOf(const std::vector<int64_t> &radices) {
  return std::accumulate(radices.begin(), radices.end(), int64_t(1), std::multiplies<>());
}

/// Pairs of cosine and sine of its passes.
inline int64_t twiddleCount(const std::vector<int64_t> &radices) {
  int64_t total = 0, length = lengthOf(radices);
  for (int64_t radix : radices) {
    total += length;
    length /= radix;
  }
  return total;
}

template <typename T> Array<T> twiddleTable(const std::vector<int64_t> &radices) {
  Array<T> table(2 * twiddleCount(radices));
  int64_t at = 0, length = lengthOf(radices);
  for (int64_t radix : radices) {
    for (int64_t p = 0; p < length / radix; ++p)
      for (int64_t r = 0; r < radix; ++r) {
        const double angle = 2 * std::numbers::pi * double(p * r) / double(length);
        table[at++] = T(std::cos(angle));
        table[at++] = T(std::sin(angle));
      }
    length /= radix;
  }
  return table;
}

/// The table of kind "roots" {n}; one value of zero if it has none.
template <typename T> Array<T> rootTable(int64_t n) {
  Array<T> table(2 * std::max<int64_t>(1, runtime::rootCount(n)));
  int64_t at = 0;
  for (int64_t p : runtime::largePrimes(n)) {
    const int64_t g = runtime::primitiveRoot(p);
    for (int64_t s = 0, power = 1; s < p - 1; ++s, power = power * g % p) {
      const double angle = 2 * std::numbers::pi * double(power) / double(p);
      table[at++] = T(std::cos(angle));
      table[at++] = T(std::sin(angle));
    }
  }
  return table;
}

} // namespace spherical::test

#endif // SPHERICAL_TEST_EXECUTE_TWIDDLES_H
