//===- quadrature.h - grids and their quadrature weights --------*- C++ -*-===//
//
// The SOFT grid of band-limit b: beta_j = pi (2j + 1) / (4b), alpha_i = gamma_i
// = 2 pi i / (2b), 0 <= i, j < 2b, in radians (Kostelec and Rockmore 2008).
// Weights belong to Haar measures of total mass 1.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_QUADRATURE_H
#define SPHERICAL_RUNTIME_MATH_QUADRATURE_H

#include <complex>
#include <cstdint>
#include <vector>

namespace spherical::runtime {

/// beta_j for all 0 <= j < 2b, b >= 1.
std::vector<double> softBeta(int64_t b);

/// w_j = sin(beta_j) / b * sum_{k < b} sin((2k + 1) beta_j) / (2k + 1), 2b values, sum 1. The sum
/// of w_j p(cos beta_j) is half the integral of p over [-1, 1] for polynomials p of degree below 2b
/// (Driscoll and Healy 1994, theorem 3).
std::vector<double> dhWeights(int64_t b);

/// Weights of the points (beta_j, alpha_i) of the sphere: dhWeights / (2b), sum over j and i 1.
std::vector<double> s2Weights(int64_t b);

/// Weights of the points (beta_j, alpha_i, gamma_k) of SO(3): dhWeights / (2b)^2.
std::vector<double> so3Weights(int64_t b);

/// e^{2 pi i k / n}, n >= 1, any k. Multiples of an eighth turn are exact up to the rounding of
/// sqrt(1/2), and equal angles give equal bits.
std::complex<double> rootOfUnity(int64_t k, int64_t n);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_QUADRATURE_H
