//===- wigner.h - Wigner functions from the eigenvectors of J_x -*- C++ -*-===//
//
// d^l_mn(beta) = <l m| exp(-i beta J_y) |l n>, the real Condon-Shortley choice
// (d^1_10 = -sin(beta)/sqrt 2). No recurrence in the degree l anywhere: each
// degree stands alone, from the eigenvectors of its own matrix J_x.
// Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_WIGNER_H
#define SPHERICAL_RUNTIME_REFERENCE_WIGNER_H

#include <cstdint>
#include <vector>

namespace spherical::reference {

/// cos(k beta) and sin(k beta) for k < count.
struct Harmonics {
  Harmonics(double beta, int64_t count);
  std::vector<double> cosine, sine;
};

/// The functions d^l_mn of all degrees l < degrees <= 256.
class Wigner {
public:
  explicit Wigner(int64_t degrees);

  int64_t degrees() const { return static_cast<int64_t>(vectors.size()); }

  /// Returns d^l_mn(beta), |m|, |n| <= l < degrees; `beta` holds at least l + 1 harmonics. The
  /// error is a small multiple of l eps.
  double value(int64_t l, int64_t m, int64_t n, const Harmonics &beta) const;

  /// Fills out[(m + l)(2l + 1) + (n + l)] with d^l_mn(beta).
  void matrix(int64_t l, const Harmonics &beta, double *out) const;

private:
  double series(int64_t l, int64_t m, int64_t n, const Harmonics &beta) const;

  /// vectors[l][m (l + 1) + k]: component m >= 0 of the unit eigenvector of J_x of eigenvalue
  /// k >= 0. The other components are v_{-m,k} = (-1)^{l-k} v_{m,k}, and the eigenvector of -k is
  /// v_{m,-k} = (-1)^{l-m} v_{m,k} up to a common sign.
  std::vector<std::vector<double>> vectors;
};

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_WIGNER_H
