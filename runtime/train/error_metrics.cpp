//===- error_metrics.cpp - how far values are from their targets -*- C++ -*-===//

#include "runtime/train/error_metrics.h"

#include <cmath>
#include <limits>

namespace spherical::runtime {

/// sum / weight, NaN without weight.
static double meanOf(double sum, double weight) {
  return weight > 0.0 ? sum / weight : std::numeric_limits<double>::quiet_NaN();
}

void ErrorSums::add(double value, double target, double own) {
  if (std::isnan(target))
    return;
  if (count++ == 0)
    shift = target;
  const double error = value - target, moved = target - shift;
  weight += own;
  absolute += own * std::abs(error);
  squared += own * error * error;
  shifted += own * moved;
  shiftedSquare += own * moved * moved;
}

double ErrorSums::meanAbsoluteError() const { return meanOf(absolute, weight); }

double ErrorSums::rootMeanSquareError() const { return std::sqrt(meanOf(squared, weight)); }

double ErrorSums::determination() const {
  const double spread = shiftedSquare - shifted * meanOf(shifted, weight);
  return spread > 0.0 ? 1.0 - squared / spread : std::numeric_limits<double>::quiet_NaN();
}

void ErrorMetrics::add(std::span<const float> values, std::span<const float> targets,
                       std::span<const double> weights) {
  const size_t points = values.size() / outputs.size();
  for (size_t i = 0; i < values.size(); ++i)
    outputs[i / points].add(values[i], targets[i], weights.empty() ? 1.0 : weights[i % points]);
}

int64_t ErrorMetrics::count() const {
  int64_t all = 0;
  for (const ErrorSums &output : outputs)
    all += output.count;
  return all;
}

double ErrorMetrics::meanAbsoluteError() const {
  double sum = 0.0, weight = 0.0;
  for (const ErrorSums &output : outputs) {
    sum += output.absolute;
    weight += output.weight;
  }
  return meanOf(sum, weight);
}

double ErrorMetrics::rootMeanSquareError() const {
  double sum = 0.0, weight = 0.0;
  for (const ErrorSums &output : outputs) {
    sum += output.squared;
    weight += output.weight;
  }
  return std::sqrt(meanOf(sum, weight));
}

double ErrorMetrics::determination() const {
  double sum = 0.0, number = 0.0;
  for (const ErrorSums &output : outputs)
    if (const double own = output.determination(); !std::isnan(own)) {
      sum += own;
      ++number;
    }
  return meanOf(sum, number);
}

} // namespace spherical::runtime
