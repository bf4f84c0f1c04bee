//===- grid.cpp - SOFT grids and their quadrature weights -------*- C++ -*-===//

#include "runtime/reference/grid.h"

#include <cmath>
#include <numbers>

namespace spherical::reference {

using std::numbers::pi;

std::vector<double> softBeta(int64_t b) {
  std::vector<double> beta(2 * b);
  for (int64_t j = 0; j < 2 * b; ++j)
    beta[j] = pi * (2 * j + 1) / (4 * b);
  return beta;
}

std::vector<double> softAlpha(int64_t b) {
  std::vector<double> alpha(2 * b);
  for (int64_t i = 0; i < 2 * b; ++i)
    alpha[i] = 2 * pi * i / (2 * b);
  return alpha;
}

std::vector<double> latitudeWeights(int64_t b) {
  std::vector<double> weights = softBeta(b);
  for (double &weight : weights) {
    const double beta = weight;
    double sum = 0.0;
    for (int64_t k = 0; k < b; ++k)
      sum += std::sin((2 * k + 1) * beta) / (2 * k + 1);
    weight = std::sin(beta) / b * sum;
  }
  return weights;
}

std::vector<double> s2Weights(int64_t b) {
  std::vector<double> weights = latitudeWeights(b);
  for (double &weight : weights)
    weight /= 2 * b;
  return weights;
}

std::vector<double> so3Weights(int64_t b) {
  std::vector<double> weights = latitudeWeights(b);
  for (double &weight : weights)
    weight /= 4 * b * b;
  return weights;
}

} // namespace spherical::reference
