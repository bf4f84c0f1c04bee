//===- transform.h - Fourier transforms on S2 and SO(3) ---------*- C++ -*-===//
//
//   analysis   X^l_mn = sum_jik w_j f_jik e^{-i m alpha_i - i n gamma_k} d^l_mn(beta_j)
//   synthesis  f      = sum_l (2l+1) sum_mn X^l_mn D^l_mn,  degrees l < min(degrees, b)
// as separable sums, one angle after the other. On S2, n = 0 and there is no gamma.
// Functions are [count][2b beta][2b alpha]([2b gamma]), spectra [count][coefficients].
// Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_TRANSFORM_H
#define SPHERICAL_RUNTIME_REFERENCE_TRANSFORM_H

#include "runtime/reference/spectrum.h"

namespace spherical::reference {

/// A transform between `count` functions of band-limit b and their spectra of `degrees` degrees.
struct Transform {
  Domain domain = Domain::SO3;
  int64_t count = 1, b = 1, degrees = 1;
  High high = High::Zero;

  /// Returns the number of values of one function: (2b)^2 or (2b)^3.
  int64_t functionSize() const;
};

/// Returns the spectra of functions. Degrees l >= b are as `high` says.
std::vector<Complex> analysis(const Transform &transform, const std::vector<Complex> &functions);

/// Returns the functions of spectra (complex: a real result is the real part).
std::vector<Complex> synthesis(const Transform &transform, const std::vector<Complex> &spectra);

/// Returns the adjoint of `analysis` with respect to Re sum conj(a) b:
/// sum over all l, m, n of w_j d^l_mn(beta_j) e^{i m alpha + i n gamma} G^l_mn.
std::vector<Complex> analysisAdjoint(const Transform &transform,
                                     const std::vector<Complex> &spectra);

/// Returns the adjoint of `synthesis`:
/// (2l+1) sum_jik g_jik e^{-i m alpha_i - i n gamma_k} d^l_mn(beta_j), zero from degree b on.
std::vector<Complex> synthesisAdjoint(const Transform &transform,
                                      const std::vector<Complex> &functions);

/// Returns the Haar integrals of `count` functions on SO(3): sum_jik w_j f_jik.
std::vector<Complex> so3Integrate(int64_t count, int64_t b, const std::vector<Complex> &functions);

/// Returns the adjoint of `so3Integrate`: w_j g at every point.
std::vector<Complex> so3IntegrateAdjoint(int64_t count, int64_t b,
                                         const std::vector<Complex> &integrals);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_TRANSFORM_H
