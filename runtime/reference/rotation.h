//===- rotation.h - rotated spectra -----------------------------*- C++ -*-===//
//
// Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_ROTATION_H
#define SPHERICAL_RUNTIME_REFERENCE_ROTATION_H

#include "runtime/reference/spectrum.h"

#include <array>

namespace spherical::reference {

/// Returns the spectra of Q -> f(R^-1 Q) for R = Rz(alpha) Ry(beta) Rz(gamma), angles in radians:
/// X'^l_mn = sum_k conj(D^l_mk(R)) X^l_kn of `count` spectra; on S2, n = 0.
std::vector<Complex> rotate(Domain domain, int64_t count, int64_t degrees,
                            const std::vector<Complex> &spectra,
                            const std::array<double, 3> &angles);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_ROTATION_H
