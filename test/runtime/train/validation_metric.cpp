//===- validation_metric.cpp ------------------------------------*- C++ -*-===//

#include "runtime/train/validation_metric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spherical::runtime {
namespace {

TEST(ValidationMetric, NamesAreReadBack) {
  for (int k = 0; k <= static_cast<int>(ValidationMetric::AreaDetermination); ++k) {
    const auto metric = static_cast<ValidationMetric>(k);
    EXPECT_EQ(parseValidationMetric(validationMetricName(metric)), metric);
  }
  EXPECT_FALSE(parseValidationMetric("area_loss"));
}

TEST(ValidationMetric, SamplesHaveThoseOfTheirTargets) {
  using enum ValidationMetric;
  const SampleLayout classes = {1, 4, false, 3}, points = {1, 4, true, 3},
                     values = {1, 4, false, 0, 2};
  EXPECT_EQ(validationMetrics(classes), (std::vector{Loss, Accuracy}));
  EXPECT_EQ(validationMetrics(points),
            (std::vector{Loss, Accuracy, MeanIoU, NonBackgroundMeanIoU, AreaAccuracy, AreaMeanIoU,
                         AreaNonBackgroundMeanIoU}));
  EXPECT_EQ(validationMetrics(values),
            (std::vector{RootMeanSquareError, MeanAbsoluteError, Determination}));
}

// 3 of 4 points are right; by hand, with areas 1, 1, 2, 2.
TEST(ValidationMetric, ValuesAreThoseOfTheEvaluation) {
  Evaluation evaluation;
  evaluation.target = TargetKind::PointClasses;
  evaluation.metrics = Metrics(2);
  evaluation.area = AreaMetrics(2);
  const std::vector<int32_t> labels = {0, 1, 1, 1}, predictions = {0, 1, 1, 0};
  evaluation.metrics.add(labels, predictions, 2.0);
  evaluation.area.add(labels, predictions, std::vector<double>{1, 1, 2, 2});
  using enum ValidationMetric;
  EXPECT_EQ(metricOf(evaluation, Loss), 0.5);
  EXPECT_EQ(metricOf(evaluation, Accuracy), 0.75);
  EXPECT_DOUBLE_EQ(metricOf(evaluation, MeanIoU), (1.0 / 2 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(metricOf(evaluation, NonBackgroundMeanIoU), 2.0 / 3);
  EXPECT_DOUBLE_EQ(metricOf(evaluation, AreaAccuracy), 4.0 / 6);
  EXPECT_DOUBLE_EQ(metricOf(evaluation, AreaNonBackgroundMeanIoU), 3.0 / 5);
  EXPECT_TRUE(std::isnan(metricOf(Evaluation(), Loss)));
}

TEST(BestMetric, CountsTheEpochsSince) {
  BestMetric best;
  EXPECT_FALSE(best.take(std::numeric_limits<double>::quiet_NaN(), true, 1, 10));
  EXPECT_EQ(best.waited, 1);
  EXPECT_TRUE(best.take(0.5, true, 2, 20));
  EXPECT_FALSE(best.take(0.5, true, 3, 30));
  EXPECT_FALSE(best.take(0.4, true, 4, 40));
  EXPECT_EQ(best, (BestMetric{true, 0.5, 2, 20, 2}));
  EXPECT_TRUE(best.take(0.4, false, 5, 50));
  EXPECT_EQ(best, (BestMetric{true, 0.4, 5, 50, 0}));
}

} // namespace
} // namespace spherical::runtime
