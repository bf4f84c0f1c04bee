//===- trigonometry.h - functions with the same bits everywhere -*- C++ -*-===//
//
// The C library's sin, log, ... differ in their last bits between versions and
// processors. Data must not, so that these few functions are made of additions,
// multiplications, divisions and square roots only, which IEEE 754 fixes. (Their
// sources are compiled without contraction to fused operations.)
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_TRIGONOMETRY_H
#define SPHERICAL_RUNTIME_DATA_TRIGONOMETRY_H

namespace spherical::runtime {

/// sin and cos of one angle.
struct SinCos {
  double sin;
  double cos;
};

/// sin and cos of 2 pi `turns`; absolute error below 2e-16 for |turns| <= 1000. Exact at
/// multiples of a quarter turn.
SinCos sinCosOfTurns(double turns);

/// Natural logarithm of x > 0 (normal numbers), relative error below 4e-16.
double portableLog(double x);

/// The angle of the point (x, y) in radians, in [-pi, pi]; absolute error below 1e-15. 0 for (0,
/// 0).
double portableAtan2(double y, double x);

/// The angle in [0, pi] whose cosine is x, -1 <= x <= 1 (values beyond are taken as the nearer
/// end); absolute error below 1e-15 + that of x's own last bit.
double portableAcos(double x);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_TRIGONOMETRY_H
