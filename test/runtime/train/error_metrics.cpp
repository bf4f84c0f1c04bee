//===- error_metrics.cpp ----------------------------------------*- C++ -*-===//

#include "runtime/train/error_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spherical::runtime {
namespace {

constexpr float none = std::numeric_limits<float>::quiet_NaN();

// Errors 1, -2, 1 of targets 1, 4, 1, whose mean is 2 and sum of squares about it 6.
TEST(ErrorMetrics, AreThoseOfTheTextbook) {
  ErrorSums sums;
  sums.add(2, 1);
  sums.add(2, 4);
  sums.add(5, none);
  sums.add(2, 1);
  EXPECT_EQ(sums.count, 3);
  EXPECT_DOUBLE_EQ(sums.meanAbsoluteError(), 4.0 / 3);
  EXPECT_DOUBLE_EQ(sums.rootMeanSquareError(), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(sums.determination(), 1 - 6.0 / 6);
}

// A target far from 0 loses no digits: squares are those about the first target.
TEST(ErrorMetrics, DeterminationOfLargeTargets) {
  ErrorSums near, far;
  for (int k = 0; k < 1000; ++k) {
    near.add(k % 7 + 0.5, k % 7);
    far.add(1e8 + k % 7 + 0.5, 1e8 + k % 7);
  }
  EXPECT_NEAR(far.determination(), near.determination(), 1e-12);
}

TEST(ErrorMetrics, OfNothingAreUndefined) {
  ErrorSums sums;
  EXPECT_TRUE(std::isnan(sums.meanAbsoluteError()));
  EXPECT_TRUE(std::isnan(sums.determination()));
  sums.add(1, 2);
  EXPECT_TRUE(std::isnan(sums.determination())); // one target has no spread
  EXPECT_EQ(sums.rootMeanSquareError(), 1);
  EXPECT_TRUE(std::isnan(ErrorMetrics(2).meanAbsoluteError()));
  EXPECT_TRUE(std::isnan(ErrorMetrics(2).determination()));
}

// Two outputs at two points; the second output's targets are all the same.
TEST(ErrorMetrics, OfEachOutputAndOfAll) {
  ErrorMetrics metrics(2), area(2);
  const std::vector<float> values = {1, 2, 3, 5}, targets = {0, 4, 3, 3};
  metrics.add(values, targets);
  area.add(values, targets, std::vector<double>{3, 1});
  EXPECT_DOUBLE_EQ(metrics.outputs[0].meanAbsoluteError(), 1.5);
  EXPECT_DOUBLE_EQ(metrics.outputs[1].rootMeanSquareError(), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(metrics.meanAbsoluteError(), 5.0 / 4);
  EXPECT_DOUBLE_EQ(metrics.rootMeanSquareError(), std::sqrt(9.0 / 4));
  EXPECT_DOUBLE_EQ(metrics.determination(), 1 - 5.0 / 8); // that of the first
  EXPECT_DOUBLE_EQ(area.outputs[0].meanAbsoluteError(), (3 * 1 + 2) / 4.0);
  EXPECT_DOUBLE_EQ(area.determination(), 1 - (3 * 1 + 4) / (3 * 1.0 + 9));
  EXPECT_EQ(area.count(), 4);
}

} // namespace
} // namespace spherical::runtime
