//===- metrics.cpp - loss, accuracy, confusion ------------------*- C++ -*-===//

#include "runtime/train/metrics.h"

#include "runtime/train/text.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace spherical::runtime {

int32_t predictedClass(std::span<const float> logits) {
  return static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

double crossEntropy(std::span<const float> logits, int32_t label) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0.0;
  for (const float logit : logits)
    sum += std::exp(logit - largest);
  return std::log(sum) + largest - logits[label];
}

void Metrics::add(int32_t label, int32_t prediction, double loss) {
  if (label < 0 || label >= classes)
    throw std::invalid_argument("expected labels of 0 to " + std::to_string(classes - 1) +
                                ", got " + std::to_string(label));
  ++count;
  correct += label == prediction;
  lossSum += loss;
  ++confusion[label * classes + prediction];
}

std::string Metrics::confusionTable() const {
  const int64_t most =
      confusion.empty() ? 0 : *std::max_element(confusion.begin(), confusion.end());
  const size_t width = std::max(std::to_string(most).size(), std::to_string(classes).size()) + 1;
  std::string table = "label \\ predicted\n" + std::string(width, ' ');
  for (int64_t c = 0; c < classes; ++c)
    table += padLeft(std::to_string(c), width);
  for (int64_t label = 0; label < classes; ++label) {
    table += "\n" + padLeft(std::to_string(label), width);
    for (int64_t c = 0; c < classes; ++c)
      table += padLeft(std::to_string(confusion[label * classes + c]), width);
  }
  return table + "\n";
}

} // namespace spherical::runtime
