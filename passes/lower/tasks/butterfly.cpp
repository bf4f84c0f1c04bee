//===- butterfly.cpp - unrolled discrete Fourier transforms -----*- C++ -*-===//

#include "passes/lower/tasks/butterfly.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace mlir::spherical {

static int64_t smallestPrimeFactor(int64_t n) {
  for (int64_t p = 2; p * p <= n; ++p)
    if (n % p == 0)
      return p;
  return n;
}

/// a i sign.
static Complex rotate(CodeletBuilder &c, Complex a, int sign) {
  return sign > 0 ? Complex{c.negf(a.im), a.re} : Complex{a.im, c.negf(a.re)};
}

/// a + sign i b and a - sign i b.
static std::pair<Complex, Complex> crossed(CodeletBuilder &c, Complex a, Complex b, int sign) {
  Complex plus{c.subf(a.re, b.im), c.addf(a.im, b.re)};
  Complex minus{c.addf(a.re, b.im), c.subf(a.im, b.re)};
  return sign > 0 ? std::pair(plus, minus) : std::pair(minus, plus);
}

/// a e^{sign 2 pi i k / n}, with the cheap forms for multiples of an eighth turn.
static Complex twiddle(CodeletBuilder &c, Complex a, int64_t k, int64_t n, int sign) {
  k %= n;
  if (k == 0)
    return a;
  if (4 * k == n)
    return rotate(c, a, sign);
  if (2 * k == n)
    return {c.negf(a.re), c.negf(a.im)};
  if (4 * k == 3 * n)
    return rotate(c, a, -sign);
  if ((8 * k) % n == 0 && 8 * k / n % 2 == 1 && 2 * k < n) {
    // Odd eighths below a half turn: (±1 + i sign)(a) / sqrt 2.
    Value root = c.constant(std::numbers::sqrt2 / 2);
    Complex turned = rotate(c, a, sign);
    Complex sum = 8 * k == n ? c.addc(turned, a) : c.subc(turned, a);
    return {c.mulf(sum.re, root), c.mulf(sum.im, root)};
  }
  double angle = sign * 2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
  return c.mulc(a, {c.constant(std::cos(angle)), c.constant(std::sin(angle))});
}

/// The symmetric form for an odd prime p = 2h + 1: with t_k = x_k + x_{p-k}, u_k = x_k - x_{p-k},
/// y_{r}, y_{p-r} = (x_0 + sum_k cos(2 pi k r / p) t_k) ± sign i sum_k sin(2 pi k r / p) u_k.
static SmallVector<Complex> oddPrime(CodeletBuilder &c, ArrayRef<Complex> x, int sign) {
  int64_t p = static_cast<int64_t>(x.size()), h = p / 2;
  SmallVector<Complex> t(h + 1), u(h + 1), y(p);
  y[0] = x[0];
  for (int64_t k = 1; k <= h; ++k) {
    t[k] = c.addc(x[k], x[p - k]);
    u[k] = c.subc(x[k], x[p - k]);
    y[0] = c.addc(y[0], t[k]);
  }
  for (int64_t r = 1; r <= h; ++r) {
    Complex a = x[0], b;
    for (int64_t k = 1; k <= h; ++k) {
      double angle =
          2.0 * std::numbers::pi * static_cast<double>(k * r % p) / static_cast<double>(p);
      Value cosine = c.constant(std::cos(angle)), sine = c.constant(std::sin(angle));
      a = {c.fma(t[k].re, cosine, a.re), c.fma(t[k].im, cosine, a.im)};
      b = k == 1 ? Complex{c.mulf(u[k].re, sine), c.mulf(u[k].im, sine)}
                 : Complex{c.fma(u[k].re, sine, b.re), c.fma(u[k].im, sine, b.im)};
    }
    std::tie(y[r], y[p - r]) = crossed(c, a, b, sign);
  }
  return y;
}

/// n = a b, coprime: input n = b i + a j mod n, output k is (k mod a, k mod b); no twiddles.
static SmallVector<Complex> coprime(CodeletBuilder &c, ArrayRef<Complex> x, int64_t a, int64_t b,
                                    int sign) {
  int64_t n = a * b;
  SmallVector<SmallVector<Complex>> columns;
  for (int64_t j = 0; j < b; ++j) {
    SmallVector<Complex> column;
    for (int64_t i = 0; i < a; ++i)
      column.push_back(x[(b * i + a * j) % n]);
    columns.push_back(butterfly(c, column, sign));
  }
  SmallVector<SmallVector<Complex>> rows;
  for (int64_t i = 0; i < a; ++i) {
    SmallVector<Complex> row;
    for (int64_t j = 0; j < b; ++j)
      row.push_back(columns[j][i]);
    rows.push_back(butterfly(c, row, sign));
  }
  SmallVector<Complex> y;
  for (int64_t k = 0; k < n; ++k)
    y.push_back(rows[k % a][k % b]);
  return y;
}

/// n = a b: y[k1 + a k2] = sum_j w_n^{j k1} w_b^{j k2} sum_i x[b i + j] w_a^{i k1}.
static SmallVector<Complex> split(CodeletBuilder &c, ArrayRef<Complex> x, int64_t a, int64_t b,
                                  int sign) {
  int64_t n = a * b;
  SmallVector<SmallVector<Complex>> columns;
  for (int64_t j = 0; j < b; ++j) {
    SmallVector<Complex> column;
    for (int64_t i = 0; i < a; ++i)
      column.push_back(x[b * i + j]);
    columns.push_back(butterfly(c, column, sign));
  }
  SmallVector<Complex> y(n);
  for (int64_t k1 = 0; k1 < a; ++k1) {
    SmallVector<Complex> row;
    for (int64_t j = 0; j < b; ++j)
      row.push_back(twiddle(c, columns[j][k1], j * k1, n, sign));
    SmallVector<Complex> part = butterfly(c, row, sign);
    for (int64_t k2 = 0; k2 < b; ++k2)
      y[k1 + a * k2] = part[k2];
  }
  return y;
}

SmallVector<Complex> butterfly(CodeletBuilder &c, ArrayRef<Complex> x, int sign) {
  int64_t n = static_cast<int64_t>(x.size());
  if (n == 1)
    return {x[0]};
  if (n == 2)
    return {c.addc(x[0], x[1]), c.subc(x[0], x[1])};
  if (n == 4) {
    Complex s = c.addc(x[0], x[2]), d = c.subc(x[0], x[2]);
    Complex t = c.addc(x[1], x[3]), e = c.subc(x[1], x[3]);
    auto [plus, minus] = crossed(c, d, e, sign);
    return {c.addc(s, t), plus, c.subc(s, t), minus};
  }
  if (smallestPrimeFactor(n) == n)
    return oddPrime(c, x, sign);
  int64_t a = n % 4 == 0 ? 4 : smallestPrimeFactor(n);
  int64_t b = n / a;
  return std::gcd(a, b) == 1 ? coprime(c, x, a, b, sign) : split(c, x, a, b, sign);
}

} // namespace mlir::spherical
