//===- metrics.h - loss, accuracy, confusion --------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_METRICS_H
#define SPHERICAL_RUNTIME_TRAIN_METRICS_H

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// The class of the largest logit; the first one of equals.
int32_t predictedClass(std::span<const float> logits);

/// The class of each point, [points], from logits [classes][points]; as predictedClass.
void predictedClasses(std::span<const float> logits, std::span<int32_t> predictions);

/// What logits are worth, in fp64: the softmax cross-entropy, log(sum_c e^{x_c}) - x_label, and the
/// probability of the class of the largest logit.
struct Score {
  double loss = 0.0;
  double confidence = 0.0;
};
Score scoreLogits(std::span<const float> logits, int32_t label);

/// The loss alone.
double crossEntropy(std::span<const float> logits, int32_t label);

/// Calls visit(point, score) for each point of logits [classes][points] that has a label, in order.
void visitScores(std::span<const float> logits, std::span<const int32_t> labels,
                 const std::function<void(size_t, const Score &)> &visit);

/// The losses of all of these points together.
double crossEntropySum(std::span<const float> logits, std::span<const int32_t> labels);

/// sin beta for each point of the grid of b, [2b beta][2b alpha]: its share of the sphere's area up
/// to a factor.
std::vector<double> areaWeights(int64_t bandLimit);

/// Sums over samples, or over all points of samples, of classes or of values. Intersections over
/// unions are those of Gerken et al. 2022 and its public code: from one confusion matrix over the
/// whole data set, every point of the grid with the same weight (not by area). A class that no
/// label has is left out. What has no label (target.h) counts for nothing.
struct Metrics {
  explicit Metrics(int64_t classes = 0) : classes(classes), confusion(classes * classes) {}

  int64_t classes;
  int64_t count = 0;
  int64_t correct = 0;
  double lossSum = 0.0;
  double absoluteSum = 0.0;       ///< of |value - target|, where targets are values
  std::vector<int64_t> confusion; ///< [label][prediction]

  /// Adds one sample. Throws std::invalid_argument for a label that is neither missing nor 0 ...
  /// classes-1.
  void add(int32_t label, int32_t prediction, double loss);

  /// Adds points, of which those with a label have losses that add up to `losses`. Throws as above.
  void add(std::span<const int32_t> labels, std::span<const int32_t> predictions, double losses);

  /// Adds values and their targets, whose mean loss is `loss`; those without a target, NaN, count
  /// for nothing.
  void addValues(std::span<const float> values, std::span<const float> targets, double loss);

  /// Means over the samples so far, 0 if there are none. Accuracy is between 0 and 1.
  double loss() const { return count ? lossSum / static_cast<double>(count) : 0.0; }
  double accuracy() const {
    return count ? static_cast<double>(correct) / static_cast<double>(count) : 0.0;
  }
  double meanAbsoluteError() const {
    return count ? absoluteSum / static_cast<double>(count) : 0.0;
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

  bool operator==(const Metrics &) const = default;
};

/// The same with points that weigh as their area on the sphere (areaWeights). Points are added in
/// the order of samples, so that the sums depend on the samples alone.
struct AreaMetrics {
  explicit AreaMetrics(int64_t classes = 0) : classes(classes), confusion(classes * classes) {}

  int64_t classes;
  std::vector<double> confusion; ///< [label][prediction]: sums of weights

  /// Adds points; labels are missing or 0 ... classes-1.
  void add(std::span<const int32_t> labels, std::span<const int32_t> predictions,
           std::span<const double> weights);

  /// 0 to 1; NaN if no point has a label.
  double accuracy() const;

  /// As those of Metrics.
  std::vector<double> intersectionOverUnion() const;
  double meanIntersectionOverUnion(int64_t first) const;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_METRICS_H
