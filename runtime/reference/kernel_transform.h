//===- kernel_transform.h - spectra of kernels given at points --*- C++ -*-===//
//
// Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_KERNEL_TRANSFORM_H
#define SPHERICAL_RUNTIME_REFERENCE_KERNEL_TRANSFORM_H

#include "runtime/reference/kernel_grid.h"
#include "runtime/reference/spectrum.h"

namespace spherical::reference {

/// Returns [points][coefficients]: scale conj(D^l_mn(g_p)) on SO(3) and, with the factor of the
/// layer's definition, scale 2L conj(D^l_m0(alpha_p, beta_p)) on S2; degrees l < L = `degrees`;
/// D = e^{i m alpha} d(beta) e^{i n gamma}.
std::vector<Complex> kernelMatrix(Domain domain, int64_t degrees, const std::vector<Point> &points,
                                  double scale);

/// Returns the spectra Y_s = sum_p kernel_p matrix_ps of `count` kernels, [count][coefficients].
std::vector<Complex> kernelTransform(int64_t count, int64_t points,
                                     const std::vector<double> &kernels,
                                     const std::vector<Complex> &matrix);

/// Returns its adjoint, [count][points]: Re sum_s conj(matrix_ps) G_s.
std::vector<double> kernelTransformAdjoint(int64_t count, int64_t points,
                                           const std::vector<Complex> &spectra,
                                           const std::vector<Complex> &matrix);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_KERNEL_TRANSFORM_H
