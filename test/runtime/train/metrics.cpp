//===- metrics.cpp ----------------------------------------------*- C++ -*-===//

#include "runtime/train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

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
  EXPECT_EQ(metrics.confusionTable(), "label \\ predicted\n"
                                      "   0 1 2\n"
                                      " 0 1 0 1\n"
                                      " 1 0 1 0\n"
                                      " 2 0 0 1\n");
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

} // namespace
} // namespace spherical::runtime
