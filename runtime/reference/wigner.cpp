//===- wigner.cpp - Wigner functions from the eigenvectors of J_x -*- C++ -*-===//
//
// With J_y = e^{-i pi/2 Jz} J_x e^{i pi/2 Jz} and J_x = V diag(k) V^T, V real:
//   d_mn = (-i)^{m-n} sum_k v_mk v_nk e^{-i k beta},
// and because v_{m,-k} v_{n,-k} = (-1)^{m-n} v_mk v_nk, with q = floor((m-n)/2):
//   m-n even: d_mn =  (-1)^q (v_m0 v_n0 + 2 sum_{k>0} v_mk v_nk cos(k beta))
//   m-n odd:  d_mn = -(-1)^q             2 sum_{k>0} v_mk v_nk sin(k beta).
//
//===----------------------------------------------------------------------===//

#include "runtime/reference/wigner.h"

#include <cmath>
#include <cstdlib>

namespace spherical::reference {
namespace {

double sign(int64_t exponent) { return exponent % 2 == 0 ? 1.0 : -1.0; }

/// Components m = 0..l of the eigenvector of J_x of eigenvalue k. The equation
///   c_m v_{m+1} + c_{m-1} v_{m-1} = 2 k v_m,   c_m = sqrt(l(l+1) - m(m+1)),
/// is solved from m = l inwards, the direction in which the solution does not decay.
std::vector<double> eigenvector(int64_t l, int64_t k) {
  auto ladder = [l](int64_t m) { return std::sqrt(static_cast<double>((l - m) * (l + m + 1))); };
  std::vector<double> v(l + 1, 0.0);
  v[l] = 1.0;
  if (l > 0)
    v[l - 1] = 2 * k * v[l] / ladder(l - 1);
  for (int64_t m = l - 1; m > 0; --m)
    v[m - 1] = (2 * k * v[m] - ladder(m) * v[m + 1]) / ladder(m - 1);
  double norm = v[0] * v[0];
  for (int64_t m = 1; m <= l; ++m)
    norm += 2 * v[m] * v[m];
  for (double &component : v)
    component /= std::sqrt(norm);
  return v;
}

/// sum_{k=1}^{last} a_k b_k c_k in four partial sums.
double tripleProduct(const double *a, const double *b, const double *c, int64_t last) {
  double sums[4] = {0.0, 0.0, 0.0, 0.0};
  int64_t k = 1;
  for (; k + 3 <= last; k += 4)
    for (int64_t i = 0; i < 4; ++i)
      sums[i] += a[k + i] * b[k + i] * c[k + i];
  for (; k <= last; ++k)
    sums[0] += a[k] * b[k] * c[k];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

} // namespace

Harmonics::Harmonics(double beta, int64_t count) : cosine(count), sine(count) {
  for (int64_t k = 0; k < count; ++k) {
    cosine[k] = std::cos(k * beta);
    sine[k] = std::sin(k * beta);
  }
}

Wigner::Wigner(int64_t degrees) : vectors(degrees) {
  for (int64_t l = 0; l < degrees; ++l) {
    vectors[l].resize((l + 1) * (l + 1));
    for (int64_t k = 0; k <= l; ++k) {
      const std::vector<double> v = eigenvector(l, k);
      for (int64_t m = 0; m <= l; ++m)
        vectors[l][m * (l + 1) + k] = v[m];
    }
  }
}

/// d^l_mn for m >= |n|.
double Wigner::series(int64_t l, int64_t m, int64_t n, const Harmonics &beta) const {
  const double *vm = &vectors[l][m * (l + 1)];
  const double *vn = &vectors[l][std::abs(n) * (l + 1)];
  const bool even = (m - n) % 2 == 0;
  const double q = sign((m - n) / 2);
  const std::vector<double> &wave = even ? beta.cosine : beta.sine;
  if (n >= 0) {
    const double sum = 2 * tripleProduct(vm, vn, wave.data(), l);
    return even ? q * (vm[0] * vn[0] + sum) : -q * sum;
  }
  // v_{-n,k} = (-1)^{l-k} v_{n,k}: the sign alternates with k.
  double sum = 0.0;
  for (int64_t k = 1; k <= l; ++k)
    sum += sign(l - k) * vm[k] * vn[k] * wave[k];
  return even ? q * (sign(l) * vm[0] * vn[0] + 2 * sum) : -q * 2 * sum;
}

double Wigner::value(int64_t l, int64_t m, int64_t n, const Harmonics &beta) const {
  if (m >= std::abs(n))
    return series(l, m, n, beta);
  if (-m >= std::abs(n))
    return sign(m - n) * series(l, -m, -n, beta);
  return n > 0 ? sign(m - n) * series(l, n, m, beta) : series(l, -n, -m, beta);
}

void Wigner::matrix(int64_t l, const Harmonics &beta, double *out) const {
  const int64_t width = 2 * l + 1;
  auto at = [&](int64_t m, int64_t n) -> double & { return out[(m + l) * width + (n + l)]; };
  for (int64_t m = 0; m <= l; ++m)
    for (int64_t n = -m; n <= m; ++n) {
      const double d = series(l, m, n, beta);
      at(m, n) = d;
      at(-n, -m) = d;
      at(n, m) = at(-m, -n) = sign(m - n) * d;
    }
}

} // namespace spherical::reference
