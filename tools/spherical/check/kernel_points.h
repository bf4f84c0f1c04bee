//===- kernel_points.h - whether kernels are on their grids -----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_KERNEL_POINTS_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_KERNEL_POINTS_H

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace spherical::driver {

/// What the degrees below a limit tell of a kernel's points. The values that functions of these
/// degrees take at points p, q correlate by
///   G_pq = sum_l (2l+1) chi_l(w_pq) / sum_l (2l+1) chi_l(0),
/// with w_pq the angle between two points of S2 and chi_l the Legendre polynomial, or the angle of
/// the rotation p^-1 q and chi_l = sin((2l+1) w/2) / sin(w/2).
struct KernelPoints {
  int64_t points = 0;
  /// The share of G's trace that is not in its largest eigenvalue: 0 if all points are one.
  double told = 0;
  /// A pair of points that are the same; -1: there is none.
  int64_t first = -1, second = -1;
  /// The largest angle between two points, in radians.
  double extent = 0;
};

/// Of points (beta, alpha, gamma), on S2 with gamma 0. Of more than 1024 every so-manieth counts.
KernelPoints lookAt(const std::vector<std::array<double, 3>> &points, bool onSO3, int64_t degrees);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_KERNEL_POINTS_H
