//===- metrics.h - loss, accuracy, confusion --------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_METRICS_H
#define SPHERICAL_RUNTIME_TRAIN_METRICS_H

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// The class of the largest logit; the first one of equals.
int32_t predictedClass(std::span<const float> logits);

/// Softmax cross-entropy of one sample, log(sum_c e^{x_c}) - x_label, in fp64.
double crossEntropy(std::span<const float> logits, int32_t label);

/// Sums over samples.
struct Metrics {
  explicit Metrics(int64_t classes = 0) : classes(classes), confusion(classes * classes) {}

  int64_t classes;
  int64_t count = 0;
  int64_t correct = 0;
  double lossSum = 0.0;
  std::vector<int64_t> confusion; ///< [label][prediction]

  /// Adds one sample. Throws std::invalid_argument for a label outside of 0 ... classes-1.
  void add(int32_t label, int32_t prediction, double loss);

  /// Means over the samples so far, 0 if there are none. Accuracy is between 0 and 1.
  double loss() const { return count ? lossSum / static_cast<double>(count) : 0.0; }
  double accuracy() const {
    return count ? static_cast<double>(correct) / static_cast<double>(count) : 0.0;
  }

  /// The confusion matrix as text: a row for each label, a column for each prediction.
  std::string confusionTable() const;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_METRICS_H
