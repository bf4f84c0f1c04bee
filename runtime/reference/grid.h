//===- grid.h - SOFT grids and their quadrature weights ---------*- C++ -*-===//
//
// A grid of band-limit b has 2b samples an angle (Kostelec and Rockmore 2008,
// section 2). Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_GRID_H
#define SPHERICAL_RUNTIME_REFERENCE_GRID_H

#include <cstdint>
#include <vector>

namespace spherical::reference {

/// Returns the 2b polar angles beta_j = pi (2j + 1) / (4b) in radians, b >= 1.
std::vector<double> softBeta(int64_t b);

/// Returns the 2b angles alpha_i = 2 pi i / (2b) in radians; gamma has the same grid.
std::vector<double> softAlpha(int64_t b);

/// Returns the 2b weights w_j = sin(beta_j)/b sum_{k<b} sin((2k+1) beta_j)/(2k+1). Their sum is
/// 1, and sum_j w_j p(cos beta_j) is the mean of p over [-1, 1] for polynomials p of degree
/// below 2b (Driscoll and Healy 1994, theorem 3).
std::vector<double> latitudeWeights(int64_t b);

/// Returns the weights of S2, one a latitude: those above / (2b), total 1 over all grid points.
std::vector<double> s2Weights(int64_t b);

/// Returns the weights of SO(3), one a latitude: those above / (2b)^2, total 1 over all points.
std::vector<double> so3Weights(int64_t b);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_GRID_H
