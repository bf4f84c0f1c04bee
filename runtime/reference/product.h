//===- product.h - products of spectra, degree by degree --------*- C++ -*-===//
//
// Spectra x are [batch][inputs][...], kernels y [inputs][outputs][...], products
// z [batch][outputs][SO(3) coefficients]. On S2 a degree of x and y is a column.
// Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_PRODUCT_H
#define SPHERICAL_RUNTIME_REFERENCE_PRODUCT_H

#include "runtime/reference/spectrum.h"

namespace spherical::reference {

/// The extents of a product. `domain` is that of x and y.
struct Product {
  Domain domain = Domain::SO3;
  int64_t batch = 1, inputs = 1, outputs = 1, degrees = 1;
};

/// Returns Z^l_mn[b,o] = sum_i sum_k X^l_mk[b,i] conj(Y^l_nk[i,o]).
std::vector<Complex> product(const Product &extents, const std::vector<Complex> &x,
                             const std::vector<Complex> &y);

/// Returns the cotangent of x: GX^l_mk[b,i] = sum_no G^l_mn[b,o] Y^l_nk[i,o].
std::vector<Complex> productGradInput(const Product &extents, const std::vector<Complex> &g,
                                      const std::vector<Complex> &y);

/// Returns the cotangent of y: GY^l_nk[i,o] = sum_mb conj(G^l_mn[b,o]) X^l_mk[b,i].
std::vector<Complex> productGradKernel(const Product &extents, const std::vector<Complex> &g,
                                       const std::vector<Complex> &x);

/// The same for columns c [inputs][outputs][S2 coefficients] and x on SO(3), with products on S2
/// (`domain` is not used): returns H_lm[b,o] = sum_i sum_k X^l_mk[b,i] c_lk[i,o].
std::vector<Complex> thinProduct(const Product &extents, const std::vector<Complex> &x,
                                 const std::vector<Complex> &c);

/// Returns the cotangent of x: GX^l_mk[b,i] = sum_o G_lm[b,o] conj(c_lk[i,o]).
std::vector<Complex> thinProductGradInput(const Product &extents, const std::vector<Complex> &g,
                                          const std::vector<Complex> &c);

/// Returns the cotangent of c: Gc_lk[i,o] = sum_mb conj(X^l_mk[b,i]) G_lm[b,o].
std::vector<Complex> thinProductGradKernel(const Product &extents, const std::vector<Complex> &g,
                                           const std::vector<Complex> &x);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_PRODUCT_H
