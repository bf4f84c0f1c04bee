//===- planar.cpp - layers of planar networks -------------------*- C++ -*-===//

#include "runtime/reference/planar.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spherical::reference {
namespace {

/// Calls body(position in x, in w, in y) for every product of the convolution.
template <typename Body> void forEachProduct(const PlanarConvolution &c, Body body) {
  const bool valid = c.border == Border::Valid;
  const int64_t beforeY = valid ? 0 : (c.kernelY - 1) / 2,
                beforeX = valid ? 0 : (c.kernelX - 1) / 2;
  for (int64_t n = 0; n < c.samples; ++n)
    for (int64_t o = 0; o < c.outputs; ++o)
      for (int64_t i = 0; i < c.inputs; ++i)
        for (int64_t p = 0; p < c.windowsY; ++p)
          for (int64_t q = 0; q < c.windowsX; ++q)
            for (int64_t r = 0; r < c.kernelY; ++r)
              for (int64_t s = 0; s < c.kernelX; ++s) {
                const int64_t y = p * c.strideY + r - beforeY;
                int64_t x = q * c.strideX + s - beforeX;
                if (c.border == Border::Circular)
                  x = (x % c.width + c.width) % c.width;
                if (y < 0 || y >= c.height || x < 0 || x >= c.width)
                  continue;
                body(((n * c.inputs + i) * c.height + y) * c.width + x,
                     ((o * c.inputs + i) * c.kernelY + r) * c.kernelX + s,
                     ((n * c.outputs + o) * c.windowsY + p) * c.windowsX + q);
              }
}

/// Calls body(position in the image, in the windows) for every value of every window, windows and
/// their values in row-major order.
template <typename Body> void forEachValue(const Pool &p, Body body) {
  for (int64_t plane = 0; plane < p.planes; ++plane)
    for (int64_t y = 0; y < p.windowsY; ++y)
      for (int64_t x = 0; x < p.windowsX; ++x)
        for (int64_t r = 0; r < p.kernelY; ++r)
          for (int64_t s = 0; s < p.kernelX; ++s)
            body((plane * p.height + y * p.strideY + r) * p.width + x * p.strideX + s,
                 (plane * p.windowsY + y) * p.windowsX + x);
}

/// Calls body(position in the image, in the larger image) for every value of the larger image.
template <typename Body> void forEachNearest(const Pool &p, Body body) {
  for (int64_t plane = 0; plane < p.planes; ++plane)
    for (int64_t y = 0; y < p.windowsY; ++y)
      for (int64_t x = 0; x < p.windowsX; ++x)
        body((plane * p.height + y * p.height / p.windowsY) * p.width + x * p.width / p.windowsX,
             (plane * p.windowsY + y) * p.windowsX + x);
}

int64_t imageSize(const Pool &p) { return p.planes * p.height * p.width; }
int64_t windowCount(const Pool &p) { return p.planes * p.windowsY * p.windowsX; }

/// The position of the first largest value of each window, -1 before it is known.
std::vector<int64_t> largest(const Pool &pool, const std::vector<double> &x) {
  std::vector<int64_t> at(windowCount(pool), -1);
  forEachValue(pool, [&](int64_t i, int64_t w) {
    if (at[w] < 0 || x[i] > x[at[w]])
      at[w] = i;
  });
  return at;
}

} // namespace

std::vector<double> convolution2d(const PlanarConvolution &c, const std::vector<double> &x,
                                  const std::vector<double> &w) {
  std::vector<double> y(c.samples * c.outputs * c.windowsY * c.windowsX);
  forEachProduct(c, [&](int64_t i, int64_t k, int64_t o) { y[o] += x[i] * w[k]; });
  return y;
}

std::vector<double> convolution2dTransposed(const PlanarConvolution &c,
                                            const std::vector<double> &g,
                                            const std::vector<double> &w) {
  std::vector<double> x(c.samples * c.inputs * c.height * c.width);
  forEachProduct(c, [&](int64_t i, int64_t k, int64_t o) { x[i] += g[o] * w[k]; });
  return x;
}

std::vector<double> convolution2dGradWeight(const PlanarConvolution &c,
                                            const std::vector<double> &g,
                                            const std::vector<double> &x) {
  std::vector<double> w(c.outputs * c.inputs * c.kernelY * c.kernelX);
  forEachProduct(c, [&](int64_t i, int64_t k, int64_t o) { w[k] += g[o] * x[i]; });
  return w;
}

std::vector<double> maxPool(const Pool &pool, const std::vector<double> &x) {
  std::vector<double> y;
  for (int64_t position : largest(pool, x))
    y.push_back(x[position]);
  return y;
}

std::vector<double> maxPoolGrad(const Pool &pool, const std::vector<double> &g,
                                const std::vector<double> &x) {
  std::vector<double> result(imageSize(pool));
  const std::vector<int64_t> at = largest(pool, x);
  for (size_t w = 0; w < at.size(); ++w)
    result[at[w]] += g[w];
  return result;
}

std::vector<double> averagePool(const Pool &pool, const std::vector<double> &x) {
  std::vector<double> y(windowCount(pool));
  const double count = static_cast<double>(pool.kernelY * pool.kernelX);
  forEachValue(pool, [&](int64_t i, int64_t w) { y[w] += x[i] / count; });
  return y;
}

std::vector<double> averagePoolAdjoint(const Pool &pool, const std::vector<double> &g) {
  std::vector<double> x(imageSize(pool));
  const double count = static_cast<double>(pool.kernelY * pool.kernelX);
  forEachValue(pool, [&](int64_t i, int64_t w) { x[i] += g[w] / count; });
  return x;
}

std::vector<double> nearest(const Pool &sizes, const std::vector<double> &x) {
  std::vector<double> y(windowCount(sizes));
  forEachNearest(sizes, [&](int64_t i, int64_t o) { y[o] = x[i]; });
  return y;
}

std::vector<double> nearestAdjoint(const Pool &sizes, const std::vector<double> &g) {
  std::vector<double> x(imageSize(sizes));
  forEachNearest(sizes, [&](int64_t i, int64_t o) { x[i] += g[o]; });
  return x;
}

double gelu(double x) {
  const double u = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return x / 2 * (1 + std::tanh(u));
}

double geluDerivative(double x) {
  const double c = std::sqrt(2 / std::numbers::pi);
  x = std::clamp(x, -100.0, 100.0); // beyond, tanh is 1 to the last bit, and x^2 may overflow
  const double t = std::tanh(c * (x + 0.044715 * x * x * x));
  return (1 + t) / 2 + x / 2 * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x);
}

} // namespace spherical::reference
