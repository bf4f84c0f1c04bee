//===- kernel_points.cpp - whether kernels are on their grids -------------===//

#include "tools/spherical/check/kernel_points.h"

#include <algorithm>
#include <cmath>

namespace spherical::driver {
namespace {

using Angles = std::array<double, 3>;
using Quaternion = std::array<double, 4>;

/// Rz(alpha) Ry(beta) Rz(gamma) of (beta, alpha, gamma).
Quaternion quaternion(const Angles &angles) {
  const auto [beta, alpha, gamma] = angles;
  const double c = std::cos(beta / 2), s = std::sin(beta / 2);
  const double sum = (alpha + gamma) / 2, difference = (alpha - gamma) / 2;
  return {c * std::cos(sum), -s * std::sin(difference), s * std::cos(difference),
          c * std::sin(sum)};
}

std::array<double, 3> direction(const Angles &angles) {
  const auto [beta, alpha, gamma] = angles;
  return {std::sin(beta) * std::cos(alpha), std::sin(beta) * std::sin(alpha), std::cos(beta)};
}

template <size_t N> double dot(const std::array<double, N> &a, const std::array<double, N> &b) {
  double sum = 0;
  for (size_t i = 0; i < N; ++i)
    sum += a[i] * b[i];
  return sum;
}

/// The angle between two points: 2 atan2 of half the chord, which is exact for small ones.
template <size_t N> double angle(std::array<double, N> a, const std::array<double, N> &b) {
  double minus = 0, plus = 0;
  for (size_t i = 0; i < N; ++i) {
    minus += (a[i] - b[i]) * (a[i] - b[i]);
    plus += (a[i] + b[i]) * (a[i] + b[i]);
  }
  return 2 * std::atan2(std::sqrt(minus), std::sqrt(plus));
}

double angleBetween(const Angles &a, const Angles &b, bool onSO3) {
  if (!onSO3)
    return angle(direction(a), direction(b));
  Quaternion p = quaternion(a);
  const Quaternion q = quaternion(b);
  if (dot(p, q) < 0) // both signs are the same rotation
    for (double &value : p)
      value = -value;
  return 2 * angle(p, q);
}

/// sum_{l < degrees} (2l+1) chi_l(w), over its value at 0.
double correlation(double w, int64_t degrees, bool onSO3) {
  double sum = 0, whole = 0, before = 0, legendre = 1;
  for (int64_t l = 0; l < degrees; ++l) {
    const auto width = static_cast<double>(2 * l + 1);
    const double half = std::sin(w / 2);
    const double character = std::abs(half) < 1e-8 ? width : std::sin(width * w / 2) / half;
    sum += width * (onSO3 ? character : legendre);
    whole += width * (onSO3 ? width : 1);
    const double next = (width * std::cos(w) * legendre - static_cast<double>(l) * before) /
                        static_cast<double>(l + 1);
    before = legendre;
    legendre = next;
  }
  return sum / whole;
}

/// The largest eigenvalue of a positive semidefinite matrix [size, size], by iteration.
double largestEigenvalue(const std::vector<double> &matrix, size_t size) {
  constexpr int iterations = 50;
  std::vector<double> vector(size), next(size);
  for (size_t p = 0; p < size; ++p) // of no symmetry, which could miss it
    vector[p] = 1 + 0.5 * std::sin(static_cast<double>(p));
  double value = 0;
  for (int i = 0; i < iterations; ++i) {
    value = 0;
    for (size_t p = 0; p < size; ++p) {
      next[p] = 0;
      for (size_t q = 0; q < size; ++q)
        next[p] += matrix[p * size + q] * vector[q];
      value += next[p] * next[p];
    }
    value = std::sqrt(value);
    for (size_t p = 0; p < size; ++p)
      vector[p] = next[p] / value;
  }
  return value;
}

} // namespace

KernelPoints lookAt(const std::vector<Angles> &all, bool onSO3, int64_t degrees) {
  constexpr size_t most = 1024;
  constexpr double same = 1e-6;
  const size_t step = (all.size() + most - 1) / most;
  std::vector<Angles> points;
  for (size_t i = 0; i < all.size(); i += step)
    points.push_back(all[i]);
  KernelPoints result;
  result.points = static_cast<int64_t>(all.size());
  std::vector<double> matrix(points.size() * points.size());
  for (size_t p = 0; p < points.size(); ++p)
    for (size_t q = 0; q < points.size(); ++q) {
      const double w = angleBetween(points[p], points[q], onSO3);
      matrix[p * points.size() + q] = correlation(w, degrees, onSO3);
      result.extent = std::max(result.extent, w);
      if (result.first < 0 && p < q && w < same) {
        result.first = static_cast<int64_t>(p * step);
        result.second = static_cast<int64_t>(q * step);
      }
    }
  result.told = 1 - largestEigenvalue(matrix, points.size()) / static_cast<double>(points.size());
  return result;
}

} // namespace spherical::driver
