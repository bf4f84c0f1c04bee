//===- planar.h - layers of planar networks ---------------------*- C++ -*-===//
//
// Images are [samples][channels][height][width], row-major. Part of the fp64
// definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_PLANAR_H
#define SPHERICAL_RUNTIME_REFERENCE_PLANAR_H

#include <cstdint>
#include <vector>

namespace spherical::reference {

/// Where windows lie: `Valid` ones inside of the image; others start (kernel - 1) / 2 (rounded
/// down) before it, and `Circular` goes round in longitude.
enum class Border { Valid, Zero, Circular };

/// A convolution of images [height][width] to windows [windowsY][windowsX].
struct PlanarConvolution {
  int64_t samples = 1, inputs = 1, outputs = 1;
  int64_t height = 1, width = 1;
  int64_t windowsY = 1, windowsX = 1;
  int64_t kernelY = 1, kernelX = 1;
  int64_t strideY = 1, strideX = 1;
  Border border = Border::Valid;
};

/// Returns y[n,o,p,q] = sum_{i,r,s} w[o,i,r,s] x[n,i, p stride + r, q stride + s].
std::vector<double> convolution2d(const PlanarConvolution &layer, const std::vector<double> &x,
                                  const std::vector<double> &w);

/// Returns the cotangent of x for one, g, of y: the transposed convolution.
std::vector<double> convolution2dTransposed(const PlanarConvolution &layer,
                                            const std::vector<double> &g,
                                            const std::vector<double> &w);

/// Returns the cotangent of w for one, g, of y.
std::vector<double> convolution2dGradWeight(const PlanarConvolution &layer,
                                            const std::vector<double> &g,
                                            const std::vector<double> &x);

/// A pool of `planes` images.
struct Pool {
  int64_t planes = 1;
  int64_t height = 1, width = 1;
  int64_t windowsY = 1, windowsX = 1;
  int64_t kernelY = 1, kernelX = 1;
  int64_t strideY = 1, strideX = 1;
};

/// Returns the largest value of each window.
std::vector<double> maxPool(const Pool &pool, const std::vector<double> &x);

/// Returns the cotangent of x: g at the first largest value of each window, in row-major order.
std::vector<double> maxPoolGrad(const Pool &pool, const std::vector<double> &g,
                                const std::vector<double> &x);

/// Returns the mean of each window.
std::vector<double> averagePool(const Pool &pool, const std::vector<double> &x);

/// Returns the adjoint of `averagePool`.
std::vector<double> averagePoolAdjoint(const Pool &pool, const std::vector<double> &g);

/// Returns y[p,q] = x[floor(p height / windowsY), floor(q width / windowsX)] of each plane.
std::vector<double> nearest(const Pool &sizes, const std::vector<double> &x);

/// Returns the adjoint of `nearest`.
std::vector<double> nearestAdjoint(const Pool &sizes, const std::vector<double> &g);

/// Returns x Phi(x) with Phi in its form with a hyperbolic tangent.
double gelu(double x);

/// Returns the derivative of `gelu`.
double geluDerivative(double x);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_PLANAR_H
