//===- rotation.cpp - rotations of the sphere -------------------*- C++ -*-===//

#include "runtime/data/rotation.h"

#include "runtime/data/trigonometry.h"

#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

/// The same angle in (-pi, pi], for |angle| < 3 pi.
double principalAngle(double angle) {
  if (angle > std::numbers::pi)
    return angle - 2 * std::numbers::pi;
  return angle <= -std::numbers::pi ? angle + 2 * std::numbers::pi : angle;
}

} // namespace

std::array<double, 9> Rotation::matrix() const {
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

EulerAngles Rotation::eulerAngles() const {
  // R(alpha, beta, gamma) has w = cos(beta/2) cos((alpha+gamma)/2), z with the sine, and
  // y = sin(beta/2) cos((alpha-gamma)/2), x = -sin(beta/2) sin((alpha-gamma)/2): no angle is
  // read from a small difference of large numbers.
  const double polar = std::sqrt(w * w + z * z);
  const double tilt = std::sqrt(x * x + y * y);
  const double beta = 2.0 * portableAtan2(tilt, polar);
  const double halfSum = portableAtan2(z, w);
  const double halfDifference = portableAtan2(-x, y);
  constexpr double degenerate = 1e-15;
  if (tilt < degenerate)
    return {principalAngle(2.0 * halfSum), beta, 0.0};
  if (polar < degenerate)
    return {principalAngle(2.0 * halfDifference), beta, 0.0};
  return {principalAngle(halfSum + halfDifference), beta, principalAngle(halfSum - halfDifference)};
}

Rotation uniformRotation(const RandomNumbers &numbers, uint64_t index) {
  const auto [share, turns1] = numbers.uniforms(2 * index);
  const double turns2 = numbers.uniforms(2 * index + 1)[0];
  const double radius1 = std::sqrt(1.0 - share);
  const double radius2 = std::sqrt(share);
  const SinCos angle1 = sinCosOfTurns(turns1);
  const SinCos angle2 = sinCosOfTurns(turns2);
  return {radius2 * angle2.cos, radius1 * angle1.sin, radius1 * angle1.cos, radius2 * angle2.sin};
}

std::vector<Rotation> uniformRotations(int64_t count, uint64_t seed, uint32_t set) {
  const RandomNumbers numbers(seed, RandomStream::Rotation, set);
  std::vector<Rotation> rotations;
  rotations.reserve(count);
  for (int64_t index = 0; index < count; ++index)
    rotations.push_back(uniformRotation(numbers, index));
  return rotations;
}

} // namespace spherical::runtime
