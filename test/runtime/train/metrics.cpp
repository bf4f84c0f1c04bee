//===- metrics.cpp ----------------------------------------------*- C++ -*-===//

#include "runtime/train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace spherical::runtime {
namespace {

TEST(Metrics, CountPerClass) {
  Metrics metrics(3);
  metrics.add(0, 0, 0.5);
  metrics.add(0, 2, 1.5);
  metrics.add(2, 2, 1.0);
  metrics.add(1, 1, 3.0);
  EXPECT_EQ(metrics.accuracy(), 0.75);
  EXPECT_EQ(metrics.loss(), 1.5);
  EXPECT_EQ(metrics.confusion, (std::vector<int64_t>{1, 0, 1, 0, 1, 0, 0, 0, 1}));
  const std::vector<std::string> names = {"background", "a", "b"};
  EXPECT_EQ(metrics.confusionTable(names), "label \\ predicted\n"
                                           "            background a b\n"
                                           " background          1 0 1\n"
                                           "          a          0 1 0\n"
                                           "          b          0 0 1\n");
  EXPECT_THROW(metrics.add(3, 0, 0.0), std::invalid_argument);
}

TEST(Metrics, OfNothingAreZero) {
  EXPECT_EQ(Metrics(3).loss(), 0.0);
  EXPECT_EQ(Metrics(3).accuracy(), 0.0);
}

TEST(CrossEntropy, IsStableForLargeLogits) {
  const std::vector<float> logits = {1000.0f, 998.0f, -1000.0f};
  EXPECT_NEAR(crossEntropy(logits, 0), std::log1p(std::exp(-2.0)), 1e-12);
  EXPECT_NEAR(crossEntropy(logits, 1), 2.0 + std::log1p(std::exp(-2.0)), 1e-12);
  EXPECT_NEAR(crossEntropy(logits, 2), 2000.0 + std::log1p(std::exp(-2.0)), 1e-9);
  EXPECT_EQ(predictedClass(logits), 0);
  EXPECT_EQ(predictedClass(std::vector<float>{1.0f, 3.0f, 3.0f}), 1);
}

// Confusion [label][prediction]: class 1 is right twice, is missed once (as 0) and is seen once
// where there is 0; class 3 has no label, though it is predicted once for a 2.
TEST(Metrics, IntersectionOverUnion) {
  Metrics metrics(4);
  const std::vector<int32_t> labels = {0, 0, 0, 1, 1, 1, 2, 2}, seen = {0, 0, 1, 1, 1, 0, 2, 3};
  metrics.add(labels, seen, 4.0);
  EXPECT_EQ(metrics.count, 8);
  EXPECT_EQ(metrics.loss(), 0.5);
  const std::vector<double> each = metrics.intersectionOverUnion();
  EXPECT_EQ(each[0], 2.0 / 4);
  EXPECT_EQ(each[1], 2.0 / 4);
  EXPECT_EQ(each[2], 1.0 / 2);
  EXPECT_TRUE(std::isnan(each[3]));
  EXPECT_EQ(metrics.absentClasses(), std::vector<int64_t>{3});
  metrics.add(1, 1, 0.0);
  EXPECT_DOUBLE_EQ(metrics.meanIntersectionOverUnion(0), (0.5 + 3.0 / 5 + 0.5) / 3);
  EXPECT_DOUBLE_EQ(metrics.meanIntersectionOverUnion(1), (3.0 / 5 + 0.5) / 2);
  EXPECT_TRUE(std::isnan(Metrics(3).meanIntersectionOverUnion(1)));
}

TEST(PredictedClasses, AreThoseOfEachPoint) {
  // Two classes at (3, 1), (2, 2), (-4, -1).
  const std::vector<float> logits = {3, 2, -4, 1, 2, -1};
  std::vector<int32_t> predictions(3);
  predictedClasses(logits, predictions);
  EXPECT_EQ(predictions, (std::vector<int32_t>{0, 0, 1}));
  const std::vector<int32_t> labels = {1, 0, 0};
  EXPECT_NEAR(crossEntropySum(logits, labels),
              std::log1p(std::exp(2.0)) + std::log(2.0) + std::log1p(std::exp(3.0)), 1e-12);
}

} // namespace
} // namespace spherical::runtime
