//===- quadrature.cpp - grids and their quadrature weights ------*- C++ -*-===//

#include "runtime/math/quadrature.h"

#include <cmath>
#include <numbers>

namespace spherical::runtime {

std::vector<double> softBeta(int64_t b) {
  std::vector<double> beta(2 * b);
  for (int64_t j = 0; j < 2 * b; ++j)
    beta[j] = std::numbers::pi * static_cast<double>(2 * j + 1) / static_cast<double>(4 * b);
  return beta;
}

std::vector<double> dhWeights(int64_t b) {
  std::vector<double> weights(2 * b);
  for (int64_t j = 0; j < b; ++j) {
    double sum = 0.0;
    for (int64_t k = 0; k < b; ++k) // sin((2k + 1) beta_j), (2k + 1)(2j + 1) of 8b parts of a turn
      sum += rootOfUnity((2 * k + 1) * (2 * j + 1), 8 * b).imag() / static_cast<double>(2 * k + 1);
    weights[j] = rootOfUnity(2 * j + 1, 8 * b).imag() / static_cast<double>(b) * sum;
    weights[2 * b - 1 - j] = weights[j];
  }
  return weights;
}

static std::vector<double> scaled(std::vector<double> values, double divisor) {
  for (double &value : values)
    value /= divisor;
  return values;
}

std::vector<double> s2Weights(int64_t b) {
  return scaled(dhWeights(b), static_cast<double>(2 * b));
}

std::vector<double> so3Weights(int64_t b) {
  return scaled(dhWeights(b), static_cast<double>(4 * b * b));
}

std::complex<double> rootOfUnity(int64_t k, int64_t n) {
  k = ((k % n) + n) % n;
  // Reflect into the first half turn, quarter, eighth; undo the reflections at the end.
  const bool below = 2 * k > n;
  if (below)
    k = n - k;
  const bool left = 4 * k > n;
  const int64_t k4 = left ? 2 * n - 4 * k : 4 * k; // four times the angle, in [0, n]
  const bool swapped = 2 * k4 > n;
  const double part = static_cast<double>(swapped ? n - k4 : k4) / static_cast<double>(n);
  const double angle = std::numbers::pi / 2 * part;
  double re = std::cos(angle), im = std::sin(angle);
  if (swapped)
    std::swap(re, im);
  return {left ? -re : re, below ? -im : im};
}

} // namespace spherical::runtime
