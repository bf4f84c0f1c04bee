//===- scan.cpp - tests of what is measured of data sets --------*- C++ -*-===//

#include "runtime/data/sets/scan.h"

#include "runtime/data/sets/array_set.h"
#include "test/runtime/data/sets/make_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spherical::runtime {
namespace {

std::unique_ptr<DataSet> setOf(const Tensor &x) {
  ArrayFile file{"a", {}, {}, {}};
  file.arrays["x"] = arrayInMemory("x", x.dtype, x.shape, x.bytes);
  return makeArraySet(std::move(file), {});
}

/// Of 700 samples, with two channels that differ in size; every 13th value is missing.
Tensor values() {
  Tensor x = ramp<float>({700, 2, 2, 3});
  std::span<float> numbers = x.as<float>();
  for (size_t i = 0; i < numbers.size(); ++i) {
    const bool second = i / 6 % 2 == 1;
    numbers[i] = second ? 1e5f + static_cast<float>(i % 7) : static_cast<float>(i % 10);
    if (i % 13 == 0)
      numbers[i] = std::numeric_limits<float>::quiet_NaN();
  }
  return x;
}

TEST(ScanSet, MeasuresChannelsWithoutMissingValues) {
  const Tensor x = values();
  const SetStatistics found = scanSet(*setOf(x), {});
  for (int64_t c = 0; c < 2; ++c) {
    double sum = 0.0, squares = 0.0;
    int64_t count = 0;
    const auto each = [&](auto visit) {
      for (int64_t i = 0; i < x.size(); ++i)
        if (i / 6 % 2 == c && !std::isnan(x.as<float>()[i]))
          visit(static_cast<double>(x.as<float>()[i]));
    };
    each([&](double value) { sum += value, ++count; });
    each([&](double value) { squares += (value - sum / count) * (value - sum / count); });
    EXPECT_EQ(found.channels[c].count, count);
    EXPECT_EQ(found.channels[c].count + found.channels[c].missing, 700 * 6);
    // Sums of n terms in another order: n eps, relative to the terms.
    EXPECT_NEAR(found.channels[c].mean, sum / count, 1e-12 * std::abs(sum / count));
    EXPECT_NEAR(found.channels[c].deviation(), std::sqrt(squares / count), 1e-9);
  }
}

TEST(ScanSet, GivesTheSameBitsForAnyNumberOfThreads) {
  const auto set = setOf(values());
  const SetStatistics one = scanSet(*set, {.threads = 1}), many = scanSet(*set, {.threads = 5});
  EXPECT_EQ(one.fingerprint, many.fingerprint);
  for (int64_t c = 0; c < 2; ++c) {
    EXPECT_EQ(one.channels[c].mean, many.channels[c].mean);
    EXPECT_EQ(one.channels[c].squares, many.channels[c].squares);
  }
}

TEST(ScanSet, TellsContentsApart) {
  Tensor x = values();
  const uint64_t before = scanSet(*setOf(x), {}).fingerprint;
  x.as<float>()[4000] += 1.0f;
  EXPECT_NE(scanSet(*setOf(x), {}).fingerprint, before);
}

} // namespace
} // namespace spherical::runtime
