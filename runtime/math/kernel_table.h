//===- kernel_table.h - Fourier transforms of kernel points -----*- C++ -*-===//
//
// The kernel transform is a matrix product with the values of the basis at the
// kernel's points. Here is that matrix, in the real basis of each degree:
// R = U F U^H with F_mn = conj(D^l_mn(point)) and, for m, n > 0,
//   P = F_mn, Q = (-1)^m F_{-m,n},
//   R[m,n] = Re P + Re Q      R[-m,-n] = Re P - Re Q
//   R[-m,n] = Im P - Im Q     R[m,-n] = -(Im P + Im Q)
//   R[m,0] = sqrt2 Re F_m0    R[-m,0] = sqrt2 Im F_m0
//   R[0,n] = sqrt2 Re F_0n    R[0,-n] = -sqrt2 Im F_0n    R[0,0] = F_00.
// On S2 only the column n = 0 exists.
//
// A projected table holds columns on S2 in place of matrices, what is left of
// kernels on SO(3) in layers whose result lives on S2: sum_m e_m R[m, n] with
// e_0 = 1 and, for SumN, e_m = sqrt2 for even m > 0.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_KERNEL_TABLE_H
#define SPHERICAL_RUNTIME_MATH_KERNEL_TABLE_H

#include <cstdint>
#include <vector>

namespace spherical::runtime {

/// Which rows of a kernel on SO(3) are added up.
enum class KernelProjection : int64_t { None = 0, SumN = 1, OrbitMean = 2 };

struct KernelTable {
  bool onSO3 = false;
  int64_t degrees = 1;
  /// false: [points][coefficients padded to 16]; true: [coefficients][points padded to 16].
  bool transposed = false;
  double scale = 1.0;
  /// On SO(3) only.
  KernelProjection projection = KernelProjection::None;
  /// (beta, alpha, gamma) on SO(3), (beta, alpha) on S2, radians, flat.
  std::vector<double> points;

  int64_t pointCount() const { return static_cast<int64_t>(points.size()) / (onSO3 ? 3 : 2); }
  /// L^2 on S2 and projected, L (4 L^2 - 1) / 3 on SO(3), for L = degrees.
  int64_t coefficientCount() const;
  /// Elements of the table, padding included.
  int64_t size() const;
};

/// Fills table.size() values; padding is zero. Bits do not depend on `threads`.
void fillKernelTable(const KernelTable &table, float *out, int threads);
void fillKernelTable(const KernelTable &table, double *out, int threads);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_KERNEL_TABLE_H
