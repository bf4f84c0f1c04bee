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

/// The class of each point, [points], from logits [classes][points]; as predictedClass.
void predictedClasses(std::span<const float> logits, std::span<int32_t> predictions);

/// Softmax cross-entropy of one sample, log(sum_c e^{x_c}) - x_label, in fp64.
double crossEntropy(std::span<const float> logits, int32_t label);

/// The same for each point of logits [classes][points], summed over the points.
double crossEntropySum(std::span<const float> logits, std::span<const int32_t> labels);

/// Sums over samples, or over all points of samples. Intersections over unions are those of Gerken
/// et al. 2022 and its public code: from one confusion matrix over the whole data set, every point
/// of the grid with the same weight (not by area). A class that no label has is left out.
struct Metrics {
  explicit Metrics(int64_t classes = 0) : classes(classes), confusion(classes * classes) {}

  int64_t classes;
  int64_t count = 0;
  int64_t correct = 0;
  double lossSum = 0.0;
  std::vector<int64_t> confusion; ///< [label][prediction]

  /// Adds one sample. Throws std::invalid_argument for a label outside of 0 ... classes-1.
  void add(int32_t label, int32_t prediction, double loss);

  /// Adds points whose losses add up to `losses`. Throws as above.
  void add(std::span<const int32_t> labels, std::span<const int32_t> predictions, double losses);

  /// Means over the samples so far, 0 if there are none. Accuracy is between 0 and 1.
  double loss() const { return count ? lossSum / static_cast<double>(count) : 0.0; }
  double accuracy() const {
    return count ? static_cast<double>(correct) / static_cast<double>(count) : 0.0;
  }

  /// Points of class c that are predicted as such, by points that have or are given class c;
  /// NaN for a class that no label has. [classes]
  std::vector<double> intersectionOverUnion() const;

  /// The mean over the classes that labels have, from class `first` on: 0 is the mIoU, 1 the
  /// non-background mIoU. NaN if there is none.
  double meanIntersectionOverUnion(int64_t first) const;

  /// Classes from `first` on that no label has.
  std::vector<int64_t> absentClasses(int64_t first = 0) const;

  /// The confusion matrix as text: a row for each label, a column for each prediction, under the
  /// names of the classes, [classes].
  std::string confusionTable(std::span<const std::string> names) const;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_METRICS_H
