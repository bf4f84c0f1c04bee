//===- kernel_grid.h - points where kernels are sampled ---------*- C++ -*-===//
//
// Points are (beta, alpha, gamma) in radians, beta slowest, gamma fastest; points
// of S2 have gamma = 0. Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_KERNEL_GRID_H
#define SPHERICAL_RUNTIME_REFERENCE_KERNEL_GRID_H

#include <array>
#include <cstdint>
#include <vector>

namespace spherical::reference {

/// (beta, alpha, gamma)
using Point = std::array<double, 3>;

/// Returns rings around the pole: beta = maxBeta k / nBeta for k = 1..nBeta and
/// alpha = 2 pi i / nAlpha; [nBeta * nAlpha] points.
std::vector<Point> s2NearIdentity(double maxBeta, int64_t nAlpha, int64_t nBeta);

/// Returns a band around the equator: beta from pi/2 - maxBeta to pi/2 + maxBeta, both included
/// (one value: the lower end), alpha as above; [nBeta * nAlpha] points.
std::vector<Point> s2Equatorial(double maxBeta, int64_t nAlpha, int64_t nBeta);

/// Returns all [4 b^2] points of the SOFT grid of S2.
std::vector<Point> s2Soft(int64_t b);

/// Returns rotations near the identity: beta, alpha as on S2 and gamma = g - alpha with g from
/// -maxGamma to maxGamma, both included; [nBeta * nAlpha * nGamma] points.
std::vector<Point> so3NearIdentity(double maxBeta, double maxGamma, int64_t nAlpha, int64_t nBeta,
                                   int64_t nGamma);

/// Returns a band around the equator as on S2; gamma from -maxGamma to maxGamma, both included.
std::vector<Point> so3Equatorial(double maxBeta, double maxGamma, int64_t nAlpha, int64_t nBeta,
                                 int64_t nGamma);

/// Returns all [8 b^3] points of the SOFT grid of SO(3).
std::vector<Point> so3Soft(int64_t b);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_KERNEL_GRID_H
