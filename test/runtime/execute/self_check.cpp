//===- self_check.cpp - whether a library computes as it should ---*- C++ -*-===//

#include "runtime/execute/self_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spherical::runtime {
namespace {

// What libraries hold depends on these numbers: they are the same on all machines, and for longer
// arrays.
TEST(SelfCheckValues, AreAFunctionOfSeedNameAndIndex) {
  const std::vector<float> values = selfCheckValues("a", "normal", 2, 100, 1);
  std::vector<float> longer = selfCheckValues("a", "normal", 2, 200, 1);
  longer.resize(100);
  EXPECT_EQ(values, longer);
  EXPECT_NE(values, selfCheckValues("b", "normal", 2, 100, 1));
  EXPECT_NE(values, selfCheckValues("a", "normal", 2, 100, 2));
}

// Variances start at ones and must be positive; the deviation of n numbers is that of the
// distribution to some 1/sqrt(2n).
TEST(SelfCheckValues, FollowTheInitialDistribution) {
  const std::vector<float> ones = selfCheckValues("v", "ones", 1, 1000, 1);
  const auto [least, largest] = std::ranges::minmax(ones);
  EXPECT_GE(least, 1.0F);
  EXPECT_LE(largest, 1.25F);
  EXPECT_LT(least, largest);
  const auto deviation = [](const std::vector<float> &values) {
    double sum = 0;
    for (const float value : values)
      sum += double(value) * value;
    return std::sqrt(sum / double(values.size()));
  };
  EXPECT_NEAR(deviation(selfCheckValues("b", "zeros", 1, 1000, 1)), 0.1, 0.01);
  EXPECT_NEAR(deviation(selfCheckValues("x", "", 1, 1000, 1)), 1, 0.1);
  EXPECT_NEAR(deviation(selfCheckValues("w", "uniform", 0.5, 1000, 1)), 0.5, 0.05);
}

TEST(SelfCheckReport, DoesNotPassWithoutANumber) {
  EXPECT_TRUE((SelfCheckReport{4, 1e-6, 1e-5}.passed()));
  EXPECT_FALSE((SelfCheckReport{4, 1e-4, 1e-5}.passed()));
  EXPECT_FALSE((SelfCheckReport{4, NAN, 1e-5}.passed()));
  EXPECT_EQ(wrongResult({4, 0.5, 1e-5}),
            "expected 4 values within 1.0e-05 of the definitions, got 5.0e-01");
}

} // namespace
} // namespace spherical::runtime
