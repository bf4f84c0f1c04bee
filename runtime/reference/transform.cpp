//===- transform.cpp - Fourier transforms on S2 and SO(3) -------*- C++ -*-===//
//
// All four maps are one of two sums with a factor for each (j, l):
//   toSpectrum  X^l_mn = sum_j f(j,l) d^l_mn(beta_j) sum_ik f_jik e^{-i m alpha_i - i n gamma_k}
//   toFunction  f_jik  = sum_lmn f(j,l) d^l_mn(beta_j) X^l_mn e^{+i m alpha_i + i n gamma_k}
// f = w_j for analysis and its adjoint, 2l+1 for synthesis and its adjoint.
//
//===----------------------------------------------------------------------===//

#include "runtime/reference/transform.h"

#include "runtime/reference/grid.h"
#include "runtime/reference/wigner.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spherical::reference {
namespace {

/// out += factor * in, `count` values.
void addScaled(Complex factor, const Complex *in, Complex *out, int64_t count) {
  const double re = factor.real(), im = factor.imag();
  for (int64_t i = 0; i < count; ++i)
    out[i] += Complex(re * in[i].real() - im * in[i].imag(), re * in[i].imag() + im * in[i].real());
}

/// e^{sign i order 2 pi at / n}, [n at][2 orders - 1] or, `transposed`, [2 orders - 1][n at].
std::vector<Complex> waves(int64_t n, int64_t orders, int64_t sign, bool transposed) {
  const int64_t width = 2 * orders - 1;
  std::vector<Complex> table(n * width);
  for (int64_t at = 0; at < n; ++at)
    for (int64_t u = 0; u < width; ++u) {
      // The angle is reduced in integers: its error does not grow with the order.
      const int64_t turns = (sign * (u - orders + 1) * at) % n;
      table[transposed ? u * n + at : at * width + u] =
          std::polar(1.0, 2 * std::numbers::pi * turns / n);
    }
  return table;
}

/// One coefficient's part at a latitude: its place in the spectrum and among the orders, and
/// f(j,l) d^l_mn(beta_j).
struct Term {
  int64_t position, order;
  double d;
};

/// The degrees and orders that take part, and the sums over the circles of one latitude.
struct Sums {
  const Transform &t;
  const bool isSynthesis;   // synthesis or its adjoint: factor 2l+1, degrees below b
  const int64_t n;          // samples on a circle
  const int64_t gammas;     // 2b on SO(3), 1 on S2
  const int64_t degrees;    // degrees that take part
  const int64_t orders;     // |m|, |n| < orders take part
  const int64_t width;      // 2 orders - 1
  const int64_t gammaWidth; // the same for n: 1 on S2
  const std::vector<Complex> forward, inverse, inverseByOrder;
  const std::vector<double> beta, weights;
  const Wigner wigner;

  Sums(const Transform &t, bool synthesis)
      : t(t), isSynthesis(synthesis), n(2 * t.b), gammas(t.domain == Domain::S2 ? 1 : n),
        degrees(synthesis || t.high == High::Zero ? std::min(t.degrees, t.b) : t.degrees),
        orders(std::min(degrees, t.b)), width(2 * orders - 1),
        gammaWidth(t.domain == Domain::S2 ? 1 : width), forward(waves(n, orders, -1, false)),
        inverse(waves(n, orders, 1, false)), inverseByOrder(waves(n, orders, 1, true)),
        beta(softBeta(t.b)), weights(t.domain == Domain::S2 ? s2Weights(t.b) : so3Weights(t.b)),
        wigner(degrees) {}

  double factor(int64_t j, int64_t l) const { return isSynthesis ? 2.0 * l + 1 : weights[j]; }

  std::vector<Complex> ordersOf(const Complex *f) const;
  void valuesOf(const std::vector<Complex> &F, Complex *f) const;
  std::vector<Term> terms(int64_t j) const;
};

/// F[m][n] = sum_ik f[i][k] e^{-i m alpha_i - i n gamma_k} of one latitude.
std::vector<Complex> Sums::ordersOf(const Complex *f) const {
  std::vector<Complex> half(n * gammaWidth), result(width * gammaWidth);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t k = 0; k < gammas; ++k)
      if (gammas == 1)
        half[i] = f[i];
      else
        addScaled(f[i * gammas + k], &forward[k * width], &half[i * gammaWidth], gammaWidth);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t u = 0; u < width; ++u)
      addScaled(forward[i * width + u], &half[i * gammaWidth], &result[u * gammaWidth], gammaWidth);
  return result;
}

/// f[i][k] = sum_mn F[m][n] e^{i m alpha_i + i n gamma_k} of one latitude.
void Sums::valuesOf(const std::vector<Complex> &F, Complex *f) const {
  std::vector<Complex> half(n * gammaWidth);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t u = 0; u < width; ++u)
      addScaled(inverse[i * width + u], &F[u * gammaWidth], &half[i * gammaWidth], gammaWidth);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t v = 0; v < gammaWidth; ++v)
      if (gammas == 1)
        f[i] = half[i];
      else
        addScaled(half[i * gammaWidth + v], &inverseByOrder[v * n], &f[i * gammas], gammas);
}

/// The terms of S2 at a latitude: n = 0, d_{-m,0} = (-1)^m d_{m,0}.
void addS2Terms(const Sums &sums, int64_t j, int64_t l, const Harmonics &beta,
                std::vector<Term> &list) {
  for (int64_t m = 0; m <= std::min(l, sums.orders - 1); ++m) {
    const double value = sums.factor(j, l) * sums.wigner.value(l, m, 0, beta);
    list.push_back({s2Position(l, m), sums.orders - 1 + m, value});
    if (m > 0)
      list.push_back({s2Position(l, -m), sums.orders - 1 - m, m % 2 == 0 ? value : -value});
  }
}

void addSO3Terms(const Sums &sums, int64_t j, int64_t l, const Harmonics &beta,
                 std::vector<Term> &list) {
  const int64_t last = std::min(l, sums.orders - 1);
  std::vector<double> d((2 * l + 1) * (2 * l + 1));
  sums.wigner.matrix(l, beta, d.data());
  for (int64_t m = -last; m <= last; ++m)
    for (int64_t n = -last; n <= last; ++n)
      list.push_back({so3Position(l, m, n),
                      (m + sums.orders - 1) * sums.width + n + sums.orders - 1,
                      sums.factor(j, l) * d[(m + l) * (2 * l + 1) + (n + l)]});
}

/// The terms of all coefficients that take part at latitude j, once for all functions.
std::vector<Term> Sums::terms(int64_t j) const {
  const Harmonics harmonics(beta[j], degrees);
  std::vector<Term> list;
  for (int64_t l = 0; l < degrees; ++l)
    (gammas == 1 ? addS2Terms : addSO3Terms)(*this, j, l, harmonics, list);
  return list;
}

std::vector<Complex> toSpectrum(const Sums &sums, const std::vector<Complex> &functions) {
  const Transform &t = sums.t;
  const int64_t size = spectrumSize(t.domain, t.degrees), ring = sums.n * sums.gammas;
  std::vector<Complex> spectra(t.count * size);
  for (int64_t j = 0; j < sums.n; ++j) {
    const std::vector<Term> terms = sums.terms(j);
    for (int64_t s = 0; s < t.count; ++s) {
      const std::vector<Complex> F = sums.ordersOf(&functions[s * t.functionSize() + j * ring]);
      for (const Term &term : terms)
        spectra[s * size + term.position] += term.d * F[term.order];
    }
  }
  return spectra;
}

std::vector<Complex> toFunction(const Sums &sums, const std::vector<Complex> &spectra) {
  const Transform &t = sums.t;
  const int64_t size = spectrumSize(t.domain, t.degrees), ring = sums.n * sums.gammas;
  std::vector<Complex> functions(t.count * t.functionSize());
  for (int64_t j = 0; j < sums.n; ++j) {
    const std::vector<Term> terms = sums.terms(j);
    for (int64_t s = 0; s < t.count; ++s) {
      std::vector<Complex> F(sums.width * sums.gammaWidth);
      for (const Term &term : terms)
        F[term.order] += term.d * spectra[s * size + term.position];
      sums.valuesOf(F, &functions[s * t.functionSize() + j * ring]);
    }
  }
  return functions;
}

} // namespace

int64_t Transform::functionSize() const { return domain == Domain::S2 ? 4 * b * b : 8 * b * b * b; }

std::vector<Complex> analysis(const Transform &transform, const std::vector<Complex> &functions) {
  return toSpectrum(Sums(transform, false), functions);
}

std::vector<Complex> synthesis(const Transform &transform, const std::vector<Complex> &spectra) {
  return toFunction(Sums(transform, true), spectra);
}

std::vector<Complex> analysisAdjoint(const Transform &transform,
                                     const std::vector<Complex> &spectra) {
  return toFunction(Sums(transform, false), spectra);
}

std::vector<Complex> synthesisAdjoint(const Transform &transform,
                                      const std::vector<Complex> &functions) {
  return toSpectrum(Sums(transform, true), functions);
}

std::vector<Complex> so3Integrate(int64_t count, int64_t b, const std::vector<Complex> &functions) {
  const std::vector<double> weights = so3Weights(b);
  const int64_t ring = 4 * b * b;
  std::vector<Complex> integrals(count);
  for (int64_t s = 0; s < count; ++s)
    for (int64_t at = 0; at < 2 * b * ring; ++at)
      integrals[s] += weights[at / ring] * functions[s * 2 * b * ring + at];
  return integrals;
}

std::vector<Complex> so3IntegrateAdjoint(int64_t count, int64_t b,
                                         const std::vector<Complex> &integrals) {
  const std::vector<double> weights = so3Weights(b);
  const int64_t ring = 4 * b * b;
  std::vector<Complex> functions(count * 2 * b * ring);
  for (int64_t s = 0; s < count; ++s)
    for (int64_t at = 0; at < 2 * b * ring; ++at)
      functions[s * 2 * b * ring + at] = weights[at / ring] * integrals[s];
  return functions;
}

} // namespace spherical::reference
