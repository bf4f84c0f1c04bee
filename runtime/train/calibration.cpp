//===- calibration.cpp - whether probabilities are what they say -*- C++ -*-===//

#include "runtime/train/calibration.h"

#include <algorithm>
#include <cmath>

namespace spherical::runtime {

void Calibration::add(double confidence, bool isRight) {
  const double place = std::ceil(confidence * bins) - 1.0;
  // A network whose logits are not numbers is sure of nothing.
  const int bin = std::isnan(place) ? 0 : static_cast<int>(std::clamp(place, 0.0, bins - 1.0));
  ++count[bin];
  correct[bin] += isRight;
  confidenceSum[bin] += std::isnan(place) ? 0.0 : confidence;
}

double Calibration::error() const {
  int64_t all = 0;
  double sum = 0.0;
  for (int bin = 0; bin < bins; ++bin) {
    all += count[bin];
    sum += std::abs(static_cast<double>(correct[bin]) - confidenceSum[bin]);
  }
  return all ? sum / static_cast<double>(all) : 0.0;
}

} // namespace spherical::runtime
