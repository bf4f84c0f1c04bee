//===- validation_metric.cpp - what a validation is judged by ---*- C++ -*-===//

#include "runtime/train/validation_metric.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace spherical::runtime {
namespace {

constexpr std::array<const char *, 13> names = {"loss",
                                                "accuracy",
                                                "miou",
                                                "non_background_miou",
                                                "area_accuracy",
                                                "area_miou",
                                                "area_non_background_miou",
                                                "mae",
                                                "rmse",
                                                "r2",
                                                "area_mae",
                                                "area_rmse",
                                                "area_r2"};

} // namespace

std::optional<ValidationMetric> parseValidationMetric(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    return std::nullopt;
  return static_cast<ValidationMetric>(found - names.begin());
}

const char *validationMetricName(ValidationMetric metric) {
  return names[static_cast<size_t>(metric)];
}

std::string validationMetricNames() {
  std::string text;
  for (const char *name : names)
    text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

bool isHigherBetter(ValidationMetric metric) {
  switch (metric) {
  case ValidationMetric::Loss:
  case ValidationMetric::MeanAbsoluteError:
  case ValidationMetric::RootMeanSquareError:
  case ValidationMetric::AreaMeanAbsoluteError:
  case ValidationMetric::AreaRootMeanSquareError:
    return false;
  default:
    return true;
  }
}

std::vector<ValidationMetric> validationMetrics(const SampleLayout &layout) {
  using enum ValidationMetric;
  const bool byArea = layout.targetPoints() > 1 && layout.onSphere && layout.bandLimit > 0;
  std::vector<ValidationMetric> metrics;
  if (isNumeric(layout.target())) {
    metrics = {RootMeanSquareError, MeanAbsoluteError, Determination};
    if (byArea)
      metrics.insert(metrics.end(),
                     {AreaRootMeanSquareError, AreaMeanAbsoluteError, AreaDetermination});
    return metrics;
  }
  metrics = {Loss, Accuracy};
  if (layout.segmented)
    metrics.insert(metrics.end(), {MeanIoU, NonBackgroundMeanIoU});
  if (byArea)
    metrics.insert(metrics.end(), {AreaAccuracy, AreaMeanIoU, AreaNonBackgroundMeanIoU});
  return metrics;
}

double metricOf(const Evaluation &evaluation, ValidationMetric metric) {
  const Metrics &classes = evaluation.metrics;
  switch (metric) {
  case ValidationMetric::Loss:
    return classes.count > 0 ? classes.loss() : std::numeric_limits<double>::quiet_NaN();
  case ValidationMetric::Accuracy:
    return classes.count > 0 ? classes.accuracy() : std::numeric_limits<double>::quiet_NaN();
  case ValidationMetric::MeanIoU:
    return classes.meanIntersectionOverUnion(0);
  case ValidationMetric::NonBackgroundMeanIoU:
    return classes.meanIntersectionOverUnion(1);
  case ValidationMetric::AreaAccuracy:
    return evaluation.area.accuracy();
  case ValidationMetric::AreaMeanIoU:
    return evaluation.area.meanIntersectionOverUnion(0);
  case ValidationMetric::AreaNonBackgroundMeanIoU:
    return evaluation.area.meanIntersectionOverUnion(1);
  case ValidationMetric::MeanAbsoluteError:
    return evaluation.errors.meanAbsoluteError();
  case ValidationMetric::RootMeanSquareError:
    return evaluation.errors.rootMeanSquareError();
  case ValidationMetric::Determination:
    return evaluation.errors.determination();
  case ValidationMetric::AreaMeanAbsoluteError:
    return evaluation.areaErrors.meanAbsoluteError();
  case ValidationMetric::AreaRootMeanSquareError:
    return evaluation.areaErrors.rootMeanSquareError();
  case ValidationMetric::AreaDetermination:
    return evaluation.areaErrors.determination();
  }
  return std::numeric_limits<double>::quiet_NaN();
}

bool BestMetric::take(double next, bool higherIsBetter, int64_t nextEpoch, int64_t nextStep) {
  const bool isBest =
      !std::isnan(next) && (!exists || (higherIsBetter ? next > value : next < value));
  if (!isBest) {
    ++waited;
    return false;
  }
  *this = {true, next, nextEpoch, nextStep, 0};
  return true;
}

} // namespace spherical::runtime
