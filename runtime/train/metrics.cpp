//===- metrics.cpp - loss, accuracy, confusion ------------------*- C++ -*-===//

#include "runtime/train/metrics.h"

#include "runtime/data/target.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {

int32_t predictedClass(std::span<const float> logits) {
  return static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

void predictedClasses(std::span<const float> logits, std::span<int32_t> predictions) {
  const size_t points = predictions.size(), classes = logits.size() / points;
  std::vector<float> best(logits.begin(), logits.begin() + points);
  std::fill(predictions.begin(), predictions.end(), 0);
  for (size_t c = 1; c < classes; ++c) {
    const float *row = logits.data() + c * points;
    for (size_t p = 0; p < points; ++p) {
      const bool better = row[p] > best[p];
      best[p] = better ? row[p] : best[p];
      predictions[p] = better ? static_cast<int32_t>(c) : predictions[p];
    }
  }
}

Score scoreLogits(std::span<const float> logits, int32_t label) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0.0;
  for (const float logit : logits)
    sum += std::exp(logit - largest);
  return {std::log(sum) + largest - logits[label], 1.0 / sum};
}

double crossEntropy(std::span<const float> logits, int32_t label) {
  return scoreLogits(logits, label).loss;
}

void visitScores(std::span<const float> logits, std::span<const int32_t> labels,
                 const std::function<void(size_t, const Score &)> &visit) {
  const size_t points = labels.size(), classes = logits.size() / points;
  std::vector<float> point(classes);
  for (size_t p = 0; p < points; ++p) {
    if (labels[p] == missingLabel)
      continue;
    for (size_t c = 0; c < classes; ++c)
      point[c] = logits[c * points + p];
    visit(p, scoreLogits(point, labels[p]));
  }
}

double crossEntropySum(std::span<const float> logits, std::span<const int32_t> labels) {
  double sum = 0.0;
  visitScores(logits, labels, [&sum](size_t, const Score &score) { sum += score.loss; });
  return sum;
}

std::vector<double> areaWeights(int64_t bandLimit) {
  const int64_t side = 2 * bandLimit;
  std::vector<double> weights;
  for (int64_t j = 0; j < side; ++j) {
    const double beta =
        std::numbers::pi * static_cast<double>(2 * j + 1) / static_cast<double>(2 * side);
    weights.insert(weights.end(), side, std::sin(beta));
  }
  return weights;
}

namespace {

/// Intersections over unions from a confusion matrix of counts or weights.
template <typename Number>
std::vector<double> intersections(const std::vector<Number> &confusion, int64_t classes) {
  std::vector<double> result(classes, std::numeric_limits<double>::quiet_NaN());
  for (int64_t c = 0; c < classes; ++c) {
    Number labelled = 0, predicted = 0;
    for (int64_t other = 0; other < classes; ++other) {
      labelled += confusion[c * classes + other];
      predicted += confusion[other * classes + c];
    }
    const Number both = confusion[c * classes + c];
    if (labelled > 0)
      result[c] = static_cast<double>(both) / static_cast<double>(labelled + predicted - both);
  }
  return result;
}

/// The mean of those from class `first` on that are numbers; NaN if none is.
double meanOf(const std::vector<double> &each, int64_t first) {
  double sum = 0.0;
  int64_t present = 0;
  for (size_t c = first; c < each.size(); ++c)
    if (!std::isnan(each[c])) {
      sum += each[c];
      ++present;
    }
  return present ? sum / static_cast<double>(present) : std::numeric_limits<double>::quiet_NaN();
}

} // namespace

void Metrics::add(int32_t label, int32_t prediction, double loss) {
  if (label == missingLabel)
    return;
  if (label < 0 || label >= classes)
    throw std::invalid_argument("expected labels of 0 to " + std::to_string(classes - 1) +
                                ", got " + std::to_string(label));
  ++count;
  correct += label == prediction;
  lossSum += loss;
  ++confusion[label * classes + prediction];
}

void Metrics::add(std::span<const int32_t> labels, std::span<const int32_t> predictions,
                  double losses) {
  for (size_t i = 0; i < labels.size(); ++i)
    add(labels[i], predictions[i], 0.0);
  lossSum += losses;
}

void Metrics::addValues(std::span<const float> values, std::span<const float> targets,
                        double loss) {
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(targets[i])) {
      ++count;
      lossSum += loss;
      absoluteSum += std::abs(static_cast<double>(values[i]) - static_cast<double>(targets[i]));
    }
}

std::vector<double> Metrics::intersectionOverUnion() const {
  return intersections(confusion, classes);
}

double Metrics::meanIntersectionOverUnion(int64_t first) const {
  return meanOf(intersectionOverUnion(), first);
}

std::vector<int64_t> Metrics::absentClasses(int64_t first) const {
  const std::vector<double> each = intersectionOverUnion();
  std::vector<int64_t> absent;
  for (int64_t c = first; c < classes; ++c)
    if (std::isnan(each[c]))
      absent.push_back(c);
  return absent;
}

std::string Metrics::confusionTable(std::span<const std::string> names) const {
  // The first column has the labels' names.
  std::vector<std::vector<std::string>> rows(classes + 1);
  for (int64_t c = 0; c < classes; ++c) {
    rows[0].push_back(names[c]);
    for (int64_t prediction = 0; prediction < classes; ++prediction)
      rows[c + 1].push_back(std::to_string(confusion[c * classes + prediction]));
    rows[c + 1].insert(rows[c + 1].begin(), names[c]);
  }
  rows[0].insert(rows[0].begin(), "");
  std::vector<size_t> widths(classes + 1);
  for (const std::vector<std::string> &row : rows)
    for (size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size() + 1);
  std::string table = "label \\ predicted\n";
  for (const std::vector<std::string> &row : rows) {
    for (size_t column = 0; column < row.size(); ++column)
      table += padLeft(row[column], widths[column]);
    table += "\n";
  }
  return table;
}

void AreaMetrics::add(std::span<const int32_t> labels, std::span<const int32_t> predictions,
                      std::span<const double> weights) {
  for (size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != missingLabel)
      confusion[labels[i] * classes + predictions[i]] += weights[i];
}

double AreaMetrics::accuracy() const {
  double right = 0.0, all = 0.0;
  for (int64_t c = 0; c < classes; ++c)
    right += confusion[c * classes + c];
  for (const double weight : confusion)
    all += weight;
  return all > 0.0 ? right / all : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> AreaMetrics::intersectionOverUnion() const {
  return intersections(confusion, classes);
}

double AreaMetrics::meanIntersectionOverUnion(int64_t first) const {
  return meanOf(intersectionOverUnion(), first);
}

} // namespace spherical::runtime
