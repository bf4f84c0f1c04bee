//===- validation_metric.h - what a validation is judged by -----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_VALIDATION_METRIC_H
#define SPHERICAL_RUNTIME_TRAIN_VALIDATION_METRIC_H

#include "runtime/train/evaluate.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

/// A number that an evaluation gives. Those by area weigh points as their area on the sphere.
enum class ValidationMetric {
  Loss, ///< the mean cross-entropy, whatever the training's loss
  Accuracy,
  MeanIoU,
  NonBackgroundMeanIoU,
  AreaAccuracy,
  AreaMeanIoU,
  AreaNonBackgroundMeanIoU,
  MeanAbsoluteError,
  RootMeanSquareError,
  Determination,
  AreaMeanAbsoluteError,
  AreaRootMeanSquareError,
  AreaDetermination
};

/// "loss", "accuracy", "miou", "non_background_miou", "mae", "rmse", "r2", and with "area_" before
/// it each of these but the loss; nothing for any other name.
std::optional<ValidationMetric> parseValidationMetric(std::string_view name);
const char *validationMetricName(ValidationMetric metric);

/// All names, with commas between them.
std::string validationMetricNames();

/// Whether more of it is better; of losses and errors, less is.
bool isHigherBetter(ValidationMetric metric);

/// The metrics of samples of this layout, the first of which is the one to go by if none is said:
/// the loss, of values the root mean square error.
std::vector<ValidationMetric> validationMetrics(const SampleLayout &layout);

/// NaN where it is undefined.
double metricOf(const Evaluation &evaluation, ValidationMetric metric);

/// The best value of a metric so far, over the epochs of a run.
struct BestMetric {
  bool exists = false;
  double value = 0.0;
  int64_t epoch = 0;  ///< from 1, that gave it
  int64_t step = 0;   ///< steps done then
  int64_t waited = 0; ///< epochs since then

  /// Takes the value of the next epoch; true if it is the best. NaN never is.
  bool take(double next, bool higherIsBetter, int64_t nextEpoch, int64_t nextStep);

  bool operator==(const BestMetric &) const = default;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_VALIDATION_METRIC_H
