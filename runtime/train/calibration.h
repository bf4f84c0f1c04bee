//===- calibration.h - whether probabilities are what they say --*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_CALIBRATION_H
#define SPHERICAL_RUNTIME_TRAIN_CALIBRATION_H

#include <array>
#include <cstdint>

namespace spherical::runtime {

/// Predictions by their confidence, the probability of the predicted class, in bins of the same
/// width, (k / bins, (k + 1) / bins].
struct Calibration {
  static constexpr int bins = 15;

  std::array<int64_t, bins> count = {};
  std::array<int64_t, bins> correct = {};
  std::array<double, bins> confidenceSum = {};

  /// Adds a prediction of a confidence from 0 to 1.
  void add(double confidence, bool isRight);

  /// The expected calibration error: over all bins, the sum of |correct - confidences| divided by
  /// the number of predictions; 0 if there are none. (Guo et al. 2017, equation 3.)
  double error() const;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_CALIBRATION_H
