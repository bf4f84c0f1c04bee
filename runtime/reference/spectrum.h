//===- spectrum.h - order of spectrum coefficients --------------*- C++ -*-===//
//
// Degrees ascend, then the order m, then (on SO(3)) the order n. Part of the
// fp64 definitions: includes the standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_SPECTRUM_H
#define SPHERICAL_RUNTIME_REFERENCE_SPECTRUM_H

#include <complex>
#include <cstdint>
#include <vector>

namespace spherical::reference {

using Complex = std::complex<double>;

/// The domain of a function.
enum class Domain { S2, SO3 };

/// What degrees l >= b hold when a grid of band-limit b is analysed to more degrees: zeros, or
/// the quadrature sum of that grid for |m|, |n| < b.
enum class High { Zero, Quadrature };

/// Returns the number of coefficients of degrees l < degrees: L^2 on S2, L(4L^2-1)/3 on SO(3).
int64_t spectrumSize(Domain domain, int64_t degrees);

/// Returns the position of X^l_m, |m| <= l: l^2 + l + m.
int64_t s2Position(int64_t l, int64_t m);

/// Returns the position of X^l_mn, |m|, |n| <= l: l(4l^2-1)/3 + (l+m)(2l+1) + (l+n).
int64_t so3Position(int64_t l, int64_t m, int64_t n);

/// Returns the position of the coefficient at (-m, -n) of the one at position `at` of degree l.
int64_t mirroredPosition(Domain domain, int64_t l, int64_t at);

/// Returns the Hermitian part of one spectrum, (X_mn + (-1)^{m-n} conj X_{-m,-n}) / 2: the
/// spectrum of the real part of its function. On S2, n = 0.
std::vector<Complex> hermitianPart(Domain domain, int64_t degrees, const Complex *spectrum);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_SPECTRUM_H
