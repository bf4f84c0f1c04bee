//===- rotation.h - rotations of the sphere ---------------------*- C++ -*-===//
//
// Unit quaternions; active rotations R(alpha, beta, gamma) = Rz(alpha) Ry(beta) Rz(gamma).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_ROTATION_H
#define SPHERICAL_RUNTIME_DATA_ROTATION_H

#include "runtime/data/random.h"

#include <array>
#include <cstdint>
#include <vector>

namespace spherical::runtime {

/// ZYZ Euler angles in radians.
struct EulerAngles {
  double alpha;
  double beta;
  double gamma;
};

/// A rotation as the unit quaternion w + x i + y j + z k.
struct Rotation {
  double w = 1.0;
  double x = 0.0;
  double y = 0.0;
  double z = 0.0;

  /// The matrix M, row by row: the rotated point is M p.
  std::array<double, 9> matrix() const;

  /// Angles with R(alpha, beta, gamma) = this, alpha and gamma in (-pi, pi], beta in [0, pi].
  /// At beta = 0 and pi, where only one combination is fixed, gamma = 0.
  EulerAngles eulerAngles() const;
};

/// Rotation `index` of the stream, uniform on SO(3) (Shoemake 1992: two uniform angles and the
/// share of the squared norm between the two planes).
Rotation uniformRotation(const RandomNumbers &numbers, uint64_t index);

/// The first `count` rotations of a set: uniform, independent, the same on any machine. Sets of
/// one seed (for training, for testing, ...) are independent.
std::vector<Rotation> uniformRotations(int64_t count, uint64_t seed, uint32_t set);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_ROTATION_H
