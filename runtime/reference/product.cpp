//===- product.cpp - products of spectra, degree by degree ------*- C++ -*-===//

#include "runtime/reference/product.h"

namespace spherical::reference {
namespace {

/// Calls visit(at x, at y, at z) for the terms of one degree, of width 2l+1 and depth 2l+1 (S2: 1).
template <typename Visit>
void eachTermOfDegree(int64_t width, int64_t depth, int64_t x, int64_t y, int64_t z, Visit visit) {
  for (int64_t m = 0; m < width; ++m)
    for (int64_t n = 0; n < width; ++n)
      for (int64_t k = 0; k < depth; ++k)
        visit(x + m * depth + k, y + n * depth + k, z + m * width + n);
}

/// Calls visit(at x, at y, at z) for every term x^l_mk[b,i] y^l_nk[i,o] of z^l_mn[b,o].
template <typename Visit> void eachTerm(const Product &p, Visit visit) {
  const int64_t size = spectrumSize(p.domain, p.degrees);
  const int64_t zSize = spectrumSize(Domain::SO3, p.degrees);
  for (int64_t at = 0; at < p.batch * p.outputs * p.inputs; ++at) {
    const int64_t i = at % p.inputs, o = at / p.inputs % p.outputs, b = at / p.inputs / p.outputs;
    for (int64_t l = 0; l < p.degrees; ++l) {
      const int64_t width = 2 * l + 1, first = spectrumSize(p.domain, l);
      eachTermOfDegree(width, p.domain == Domain::S2 ? 1 : width, (b * p.inputs + i) * size + first,
                       (i * p.outputs + o) * size + first,
                       (b * p.outputs + o) * zSize + spectrumSize(Domain::SO3, l), visit);
    }
  }
}

/// Calls visit(at x, at c, at h) for every term x^l_mk[b,i] c_lk[i,o] of h_lm[b,o].
template <typename Visit> void eachThinTerm(const Product &p, Visit visit) {
  const int64_t s2 = spectrumSize(Domain::S2, p.degrees);
  const int64_t so3 = spectrumSize(Domain::SO3, p.degrees);
  for (int64_t at = 0; at < p.batch * p.outputs * p.inputs; ++at) {
    const int64_t i = at % p.inputs, o = at / p.inputs % p.outputs, b = at / p.inputs / p.outputs;
    for (int64_t l = 0; l < p.degrees; ++l)
      for (int64_t m = -l; m <= l; ++m)
        for (int64_t k = -l; k <= l; ++k)
          visit((b * p.inputs + i) * so3 + so3Position(l, m, k),
                (i * p.outputs + o) * s2 + s2Position(l, k),
                (b * p.outputs + o) * s2 + s2Position(l, m));
  }
}

} // namespace

std::vector<Complex> product(const Product &extents, const std::vector<Complex> &x,
                             const std::vector<Complex> &y) {
  std::vector<Complex> z(extents.batch * extents.outputs *
                         spectrumSize(Domain::SO3, extents.degrees));
  eachTerm(extents,
           [&](int64_t atX, int64_t atY, int64_t atZ) { z[atZ] += x[atX] * std::conj(y[atY]); });
  return z;
}

std::vector<Complex> productGradInput(const Product &extents, const std::vector<Complex> &g,
                                      const std::vector<Complex> &y) {
  std::vector<Complex> x(extents.batch * extents.inputs *
                         spectrumSize(extents.domain, extents.degrees));
  eachTerm(extents, [&](int64_t atX, int64_t atY, int64_t atZ) { x[atX] += g[atZ] * y[atY]; });
  return x;
}

std::vector<Complex> productGradKernel(const Product &extents, const std::vector<Complex> &g,
                                       const std::vector<Complex> &x) {
  std::vector<Complex> y(extents.inputs * extents.outputs *
                         spectrumSize(extents.domain, extents.degrees));
  eachTerm(extents,
           [&](int64_t atX, int64_t atY, int64_t atZ) { y[atY] += std::conj(g[atZ]) * x[atX]; });
  return y;
}

std::vector<Complex> thinProduct(const Product &extents, const std::vector<Complex> &x,
                                 const std::vector<Complex> &c) {
  std::vector<Complex> h(extents.batch * extents.outputs *
                         spectrumSize(Domain::S2, extents.degrees));
  eachThinTerm(extents, [&](int64_t atX, int64_t atC, int64_t atH) { h[atH] += x[atX] * c[atC]; });
  return h;
}

std::vector<Complex> thinProductGradInput(const Product &extents, const std::vector<Complex> &g,
                                          const std::vector<Complex> &c) {
  std::vector<Complex> x(extents.batch * extents.inputs *
                         spectrumSize(Domain::SO3, extents.degrees));
  eachThinTerm(extents, [&](int64_t atX, int64_t atC, int64_t atH) {
    x[atX] += g[atH] * std::conj(c[atC]);
  });
  return x;
}

std::vector<Complex> thinProductGradKernel(const Product &extents, const std::vector<Complex> &g,
                                           const std::vector<Complex> &x) {
  std::vector<Complex> c(extents.inputs * extents.outputs *
                         spectrumSize(Domain::S2, extents.degrees));
  eachThinTerm(extents, [&](int64_t atX, int64_t atC, int64_t atH) {
    c[atC] += std::conj(x[atX]) * g[atH];
  });
  return c;
}

} // namespace spherical::reference
