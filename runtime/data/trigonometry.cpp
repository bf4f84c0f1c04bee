//===- trigonometry.cpp - functions with the same bits everywhere -*- C++ -*-===//

#include "runtime/data/trigonometry.h"

#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

/// sin x by its Taylor series, |x| <= pi/4: the first term left out is below 1e-19.
double sinNearZero(double x) {
  const double y = x * x;
  double sum = 0.0;
  for (int k = 17; k >= 3; k -= 2)
    sum = (1.0 + sum) * (-y / ((k - 1) * k));
  return x + x * sum;
}

/// cos x by its Taylor series, |x| <= pi/4: the first term left out is below 1e-17.
double cosNearZero(double x) {
  const double y = x * x;
  double sum = 0.0;
  for (int k = 16; k >= 4; k -= 2)
    sum = (1.0 + sum) * (-y / ((k - 1) * k));
  // The halving is exact, so that the leading digits of 1 - y/2 carry no error of the series.
  return 1.0 - 0.5 * y * (1.0 + sum);
}

/// arctan x by its series, |x| <= tan(pi/16) = 0.199: the first term left out is below 1e-18.
double atanNearZero(double x) {
  const double y = x * x;
  double sum = 0.0;
  for (int k = 23; k >= 3; k -= 2)
    sum = y * (1.0 / k - sum);
  return x - x * sum;
}

} // namespace

SinCos sinCosOfTurns(double turns) {
  const double quarters = std::nearbyint(4.0 * turns);
  const double angle = 2.0 * std::numbers::pi * (turns - 0.25 * quarters);
  const double s = sinNearZero(angle);
  const double c = cosNearZero(angle);
  switch (static_cast<long long>(quarters) & 3) {
  case 0:
    return {s, c};
  case 1:
    return {c, -s};
  case 2:
    return {-s, -c};
  default:
    return {-c, s};
  }
}

double portableLog(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < std::numbers::sqrt2 / 2) {
    mantissa *= 2.0;
    --exponent;
  }
  // log m = 2 artanh s, s = (m - 1)/(m + 1), |s| <= 0.1716: the series ends below 1e-18.
  const double s = (mantissa - 1.0) / (mantissa + 1.0);
  const double y = s * s;
  double sum = 0.0;
  for (int k = 23; k >= 3; k -= 2)
    sum = y * (1.0 / k + sum);
  return exponent * std::numbers::ln2 + 2.0 * (s + s * sum);
}

double portableAtan2(double y, double x) {
  const double large = std::fmax(std::fabs(x), std::fabs(y));
  const double small = std::fmin(std::fabs(x), std::fabs(y));
  if (large == 0.0)
    return 0.0;
  // Two halvings of the angle in [0, pi/4]: tan(a/2) = t / (1 + sqrt(1 + t^2)).
  double t = small / large;
  t = t / (1.0 + std::sqrt(1.0 + t * t));
  t = t / (1.0 + std::sqrt(1.0 + t * t));
  double angle = 4.0 * atanNearZero(t);
  if (std::fabs(y) > std::fabs(x))
    angle = std::numbers::pi / 2 - angle;
  if (x < 0.0)
    angle = std::numbers::pi - angle;
  return y < 0.0 ? -angle : angle;
}

double portableAcos(double x) {
  const double c = std::fmin(1.0, std::fmax(-1.0, x));
  return portableAtan2(std::sqrt((1.0 - c) * (1.0 + c)), c);
}

} // namespace spherical::runtime
