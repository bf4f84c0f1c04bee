//===- rings.h - grids as rings of points -----------------------*- C++ -*-===//
//
// Colatitudes, weights and longitudes of the grids of runtime/grid_layout.h, ring
// by ring; HEALPix from the formulas of Gorski et al. 2005 (ApJ 622, section 4 and
// 5), which are those of its published programs.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_RINGS_H
#define SPHERICAL_RUNTIME_MATH_RINGS_H

#include "runtime/grid_layout.h"

#include <array>
#include <vector>

namespace spherical::runtime {

/// Rings of one length and phase, evenly spaced in number and position: ring
/// firstRing + i ringStep, i < rings, holds the points firstPoint + i pointStep + k, k < length, at
/// the longitudes 2 pi (k + half / 2) / length. Points are counted in ring order.
struct RingClass {
  int64_t length = 0, half = 0;
  int64_t rings = 1, firstRing = 0, ringStep = 1;
  int64_t firstPoint = 0, pointStep = 0;
};

/// The classes of a grid on the sphere; every ring belongs to one. (HEALPix: one for each pair of
/// rings of the caps, by length, then the two of the belt.)
std::vector<RingClass> ringClasses(const SampleGrid &grid);

/// One ring: its points, the first of them in ring order, and half a step of phase or none.
struct Ring {
  int64_t length = 0, half = 0, firstPoint = 0;
};

/// All rings, north to south.
std::vector<Ring> ringsOf(const SampleGrid &grid);

/// beta of each ring in radians, ascending.
std::vector<double> ringColatitudes(const SampleGrid &grid);

/// The weight of one point of each ring, of the measure of total mass 1. Where the grid is exact,
/// the sum over all points of w p(cos beta) is half the integral of p over [-1, 1] for polynomials
/// of degree below its rows (Gauss-Legendre: twice its rows).
std::vector<double> ringWeights(const SampleGrid &grid);

/// The pixel in ring order that nested pixel `pixel` is; nside a power of two.
int64_t ringOfNested(int64_t nside, int64_t pixel);

/// The number, as values of the grid lie, of each point in ring order: the identity but for nested
/// pixels.
std::vector<int64_t> valuesOfRings(const SampleGrid &grid);

/// A linear interpolation: sum of share[t] times value position[t], t < 4.
struct LinearTerms {
  std::array<int64_t, 4> position{};
  std::array<double, 4> share{};
};

/// Finds points of a grid near any point of the sphere.
class RingSearch {
public:
  explicit RingSearch(const SampleGrid &grid);

  /// The nearest value's number, the first of equally near ones, for beta in [0, pi].
  int64_t nearest(double beta, double alpha) const;

  /// Linear in alpha on the two rings beside beta, then linear in beta. Beyond the first and last
  /// ring the neighbour is the same ring on the other side of the pole.
  LinearTerms linear(double beta, double alpha) const;

private:
  std::array<int64_t, 2> besides(int64_t ring, double alpha, double &share) const;

  std::vector<Ring> rings;
  std::vector<double> betas;
  std::vector<int64_t> values;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_RINGS_H
