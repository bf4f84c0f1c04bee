//===- projection.h - from SO(3) to S2 --------------------------*- C++ -*-===//
//
// Sums over the orders n of spectra, and means over the orbits of SO(2) (Gerken et
// al. 2022, equations 2.6 and 3.3). Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_PROJECTION_H
#define SPHERICAL_RUNTIME_REFERENCE_PROJECTION_H

#include "runtime/reference/spectrum.h"

namespace spherical::reference {

/// The orders n that a projection takes.
enum class Orders { All, Even, Odd, Zero };

/// Returns X_lm = sum_n Z^l_mn of `count` spectra on SO(3), n over the orders; Odd: -i times that,
/// the spectrum of the imaginary part that odd n make of the spectrum of a real function.
std::vector<Complex> sumOrders(Orders orders, int64_t count, int64_t degrees,
                               const std::vector<Complex> &spectra);

/// Returns its adjoint: G^l_mn = G_lm for the orders n (Odd: i G_lm), else 0.
std::vector<Complex> sumOrdersAdjoint(Orders orders, int64_t count, int64_t degrees,
                                      const std::vector<Complex> &spectra);

/// Returns the columns c_lk = sum_n conj(Y^l_nk) of `count` spectra on SO(3), n over the orders:
/// what the sum over n of a product X Y^H multiplies X by.
std::vector<Complex> projectKernel(Orders orders, int64_t count, int64_t degrees,
                                   const std::vector<Complex> &spectra);

/// Returns its adjoint for the real inner product: Y^l_nk = conj(g_lk) for the orders n, else 0.
std::vector<Complex> projectKernelAdjoint(Orders orders, int64_t count, int64_t degrees,
                                          const std::vector<Complex> &columns);

/// Returns the means over gamma of `count` functions on SO(3), functions on S2.
std::vector<Complex> orbitMean(int64_t count, int64_t b, const std::vector<Complex> &functions);

/// Returns its adjoint: g / 2b at every gamma.
std::vector<Complex> orbitMeanAdjoint(int64_t count, int64_t b,
                                      const std::vector<Complex> &functions);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_PROJECTION_H
