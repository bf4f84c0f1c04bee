//===- kernel_orders.h - kernels whose points form a product ----*- C++ -*-===//
//
// If each ring of a kernel's points, those of one beta, has the same pairs of
// alpha and gamma, its transform splits (math.md, section 4):
//   F^l_mn = sum_r d^l_mn(beta_r) T_r(m, n),
//   T_r(m, n) = sum_{p in ring r} w_p e^{-i (m alpha_p + n gamma_p)}.
// Where all alpha and gamma lie on a lattice, T_r is periodic in (m, n): few
// classes of orders stand for all, and a coefficient is a sum of a few terms
// whatever the number of points.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_KERNEL_ORDERS_H
#define SPHERICAL_RUNTIME_MATH_KERNEL_ORDERS_H

#include "runtime/math/tables.h"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace spherical::runtime {

/// The rings of a kernel on SO(3), and the classes of its orders |m| < degrees, 0 <= n < degrees.
class KernelOrders {
public:
  /// Of flat points (beta, alpha, gamma) in radians; nothing unless the points of each ring follow
  /// each other and are those of the first one but for beta.
  static std::optional<KernelOrders> find(std::span<const double> points, int64_t degrees);

  int64_t rings() const { return static_cast<int64_t>(betas.size()); }
  int64_t ringPoints() const { return static_cast<int64_t>(alpha.size()); }
  /// Values of a ring's T: the real and the imaginary part of each class.
  int64_t waves() const { return 2 * rowPeriod * columnPeriod; }
  /// Values of all rings' T, ring by ring.
  int64_t values() const { return rings() * waves(); }
  /// Terms of a coefficient in the real basis: two of each ring.
  int64_t terms() const { return 2 * rings(); }

  /// The class of (m, n), and orders of this class.
  int64_t classOf(int64_t m, int64_t n) const;
  std::pair<int64_t, int64_t> ordersOf(int64_t index) const;

  std::vector<double> betas;
  std::vector<double> alpha, gamma; ///< of the points of a ring
  int64_t degrees = 1;

private:
  bool isPeriod(int64_t rows, int64_t columns) const;
  void findPeriods();

  /// (m, n), (m + rowPeriod, n) and (m + shift, n + columnPeriod) are of one class.
  int64_t rowPeriod = 1, columnPeriod = 1, shift = 0;
};

/// Positions that one block of a kernel's adjoint takes together.
inline constexpr int64_t kKernelSumBlock = 4096;

/// Terms of each row of the table kernel_sums of the full blocks (`rest` false), or of what is left
/// behind them (kernel_orders.cpp).
int64_t kernelSumTerms(const KernelOrders &orders, bool rest);

/// Number of elements of a table of values, nothing if the kind is none of those in
/// kernel_orders.cpp. Errors are std::invalid_argument.
std::optional<int64_t> kernelWavesSize(const TableSpec &spec);
template <typename T> void fillKernelWaves(const TableSpec &spec, T *out);

/// The same of tables of positions and their coefficients.
std::optional<int64_t> kernelTermsSize(const TableSpec &spec);
void fillKernelTerms(const TableSpec &spec, void *out);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_KERNEL_ORDERS_H
