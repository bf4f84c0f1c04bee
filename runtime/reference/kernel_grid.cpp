//===- kernel_grid.cpp - points where kernels are sampled -------*- C++ -*-===//

#include "runtime/reference/kernel_grid.h"

#include "runtime/reference/grid.h"

#include <numbers>

namespace spherical::reference {
namespace {

using std::numbers::pi;

/// `count` values from first to last, both included; one value is the first.
std::vector<double> evenly(double first, double last, int64_t count) {
  std::vector<double> values(count, first);
  for (int64_t i = 1; i < count; ++i)
    values[i] = first + (last - first) * i / (count - 1);
  return values;
}

std::vector<double> rings(double maxBeta, int64_t count) {
  std::vector<double> values(count);
  for (int64_t k = 0; k < count; ++k)
    values[k] = (k + 1) * maxBeta / count;
  return values;
}

std::vector<double> circle(int64_t count) {
  std::vector<double> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = 2 * pi * i / count;
  return values;
}

std::vector<Point> product(const std::vector<double> &beta, const std::vector<double> &alpha,
                           const std::vector<double> &gamma, bool gammaLessAlpha = false) {
  std::vector<Point> points;
  for (double x : beta)
    for (double a : alpha)
      for (double g : gamma)
        points.push_back({x, a, gammaLessAlpha ? g - a : g});
  return points;
}

} // namespace

std::vector<Point> s2NearIdentity(double maxBeta, int64_t nAlpha, int64_t nBeta) {
  return product(rings(maxBeta, nBeta), circle(nAlpha), {0.0});
}

std::vector<Point> s2Equatorial(double maxBeta, int64_t nAlpha, int64_t nBeta) {
  return product(evenly(pi / 2 - maxBeta, pi / 2 + maxBeta, nBeta), circle(nAlpha), {0.0});
}

std::vector<Point> s2Soft(int64_t b) { return product(softBeta(b), softAlpha(b), {0.0}); }

std::vector<Point> so3NearIdentity(double maxBeta, double maxGamma, int64_t nAlpha, int64_t nBeta,
                                   int64_t nGamma) {
  return product(rings(maxBeta, nBeta), circle(nAlpha), evenly(-maxGamma, maxGamma, nGamma), true);
}

std::vector<Point> so3Equatorial(double maxBeta, double maxGamma, int64_t nAlpha, int64_t nBeta,
                                 int64_t nGamma) {
  return product(evenly(pi / 2 - maxBeta, pi / 2 + maxBeta, nBeta), circle(nAlpha),
                 evenly(-maxGamma, maxGamma, nGamma));
}

std::vector<Point> so3Soft(int64_t b) { return product(softBeta(b), softAlpha(b), softAlpha(b)); }

} // namespace spherical::reference
