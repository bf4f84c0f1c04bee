//===- error_metrics.h - how far values are from their targets --*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_ERROR_METRICS_H
#define SPHERICAL_RUNTIME_TRAIN_ERROR_METRICS_H

#include <cstdint>
#include <span>
#include <vector>

namespace spherical::runtime {

/// Weighted sums, in fp64, over the values and targets of one output. Targets that are missing,
/// NaN, are left out.
struct ErrorSums {
  int64_t count = 0; ///< of targets
  double weight = 0.0;
  double absolute = 0.0, squared = 0.0;      ///< of value - target
  double shift = 0.0;                        ///< the first target
  double shifted = 0.0, shiftedSquare = 0.0; ///< of target - shift

  /// Adds a value and its target with a weight above 0.
  void add(double value, double target, double weight = 1.0);

  /// The mean of |value - target|, and the root of the mean of its square; NaN if there are none.
  double meanAbsoluteError() const;
  double rootMeanSquareError() const;

  /// The coefficient of determination, 1 - sum w (value - target)^2 / sum w (target - mean)^2; NaN
  /// if all targets are the same.
  double determination() const;
};

/// The sums of each output of a network: [output]. Samples are added in their order, so that the
/// sums depend on the samples alone.
struct ErrorMetrics {
  explicit ErrorMetrics(int64_t outputs = 0) : outputs(outputs) {}

  std::vector<ErrorSums> outputs;

  /// Adds a sample: values and targets [output][points]. Points weigh as `weights`, [points], or,
  /// if that is empty, all the same.
  void add(std::span<const float> values, std::span<const float> targets,
           std::span<const double> weights = {});

  /// Targets that are not missing, of all outputs.
  int64_t count() const;

  /// Over all values of all outputs; NaN if there are none.
  double meanAbsoluteError() const;
  double rootMeanSquareError() const;

  /// The mean over the outputs that have one; NaN if none has.
  double determination() const;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_ERROR_METRICS_H
