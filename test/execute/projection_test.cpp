//===- projection_test.cpp - from SO(3) to S2, three ways -------*- C++ -*-===//
//
// The layer of equation (A.1), a sum over the orders n of a spectrum, against the
// same in position space (A.8); and the mean over the orbits of SO(2) against the
// convolution with a kernel averaged over SO(2).
//
//===----------------------------------------------------------------------===//

#include "runtime/reference/grid.h"
#include "runtime/reference/wigner.h"
#include "test/golden/runner.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <complex>
#include <random>

namespace spherical {
namespace {

using golden::Tensor;
using golden::Values;

constexpr int64_t bIn = 4, bOut = 3, inputs = 2, outputs = 2, points = 6;

Tensor randomTensor(const std::vector<int64_t> &shape, std::mt19937_64 &random) {
  Tensor tensor{shape, {}};
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  std::normal_distribution<double> normal;
  for (int64_t i = 0; i < size; ++i)
    tensor.values.push_back(normal(random));
  return tensor;
}

/// A layer of a random function and kernel, after a phase.
Tensor runLayer(const std::string &layer, const std::string &result, const std::string &phase) {
  std::mt19937_64 random(3);
  const std::string x = "!spherical.so3<1x2, b = 4, f64>", k = "tensor<2x2x6xf64>";
  const std::string text = "func.func @f(%x: " + x + " {spherical.name = \"x\"}, %k: " + k +
                           " {spherical.name = \"k\"}) -> (" + result +
                           " {spherical.name = \"y\"}) {\n" + layer + "  return %y : " + result +
                           "\n}\n";
  const Values values = {{"x", randomTensor({1, inputs, 2 * bIn, 2 * bIn, 2 * bIn}, random)},
                         {"k", randomTensor({inputs, outputs, points}, random)}};
  return golden::makeReferenceRunner(text, phase)->run("f", values).at("y");
}

const std::string grid = " grid <so3_near_identity<beta = 1, alpha = 3, gamma = 2, max_beta = 0.7, "
                         "max_gamma = 1.0>> ";
const std::string fromX = ": !spherical.so3<1x2, b = 4, f64> -> ";
const std::string onSO3 = "!spherical.so3<1x2, b = 3, f64>";
const std::string onS2 = "!spherical.s2<1x2, b = 3, f64>";

Tensor projected(const std::string &projection, const std::string &phase) {
  return runLayer("  %y = spherical.so3_to_s2 %x, %k" + grid + "projection " + projection + " " +
                      fromX + onS2 + "\n",
                  onS2, phase);
}

struct Point {
  double beta, alpha;
};

/// R(alpha, beta, 0)^-1 applied to the point p of S2.
Point rotatedBack(const Point &q, const Point &p) {
  const double x = std::sin(p.beta) * std::cos(p.alpha - q.alpha);
  const double y = std::sin(p.beta) * std::sin(p.alpha - q.alpha), z = std::cos(p.beta);
  const double c = std::cos(q.beta), s = std::sin(q.beta);
  return {std::acos(std::clamp(s * x + c * z, -1.0, 1.0)), std::atan2(y, c * x - s * z)};
}

/// kappa(p) = sum_l (2l+1) sum_n D^l_n0(p), l < degrees: what the sum over n integrates against.
std::complex<double> kappa(const reference::Wigner &wigner, const Point &p) {
  const reference::Harmonics harmonics(p.beta, wigner.degrees());
  std::complex<double> sum = 0.0;
  for (int64_t l = 0; l < wigner.degrees(); ++l)
    for (int64_t n = -l; n <= l; ++n)
      sum += (2 * l + 1) * wigner.value(l, n, 0, harmonics) * std::polar(1.0, n * p.alpha);
  return sum;
}

/// The integral over q in S2 of the mean over gamma of z(q Rz(gamma)) kappa(Rz(-gamma) q^-1 p), by
/// the quadrature of the grid of z; `z` are the samples of one channel.
std::complex<double> positionSpace(const reference::Wigner &wigner, const double *z,
                                   const Point &p) {
  const int64_t n = 2 * bOut;
  const std::vector<double> beta = reference::softBeta(bOut), alpha = reference::softAlpha(bOut);
  const std::vector<double> weights = reference::s2Weights(bOut);
  std::complex<double> integral = 0.0;
  for (int64_t j = 0; j < n; ++j)
    for (int64_t i = 0; i < n; ++i) {
      const Point back = rotatedBack({beta[j], alpha[i]}, p);
      for (int64_t g = 0; g < n; ++g)
        integral += weights[j] / n * z[(j * n + i) * n + g] *
                    kappa(wigner, {back.beta, back.alpha - alpha[g]});
    }
  return integral;
}

// z and kappa have degrees below b, for which the quadrature is exact: only rounding is left, of
// (2b)^3 terms of at most some b^3 each.
TEST(Projection, SumOverNIsAnIntegralOverTheGroup) {
  const Tensor z =
      runLayer("  %y = spherical.so3_conv %x, %k" + grid + fromX + onSO3 + "\n", onSO3, "graph");
  const Tensor h = projected("sum_n", "graph");
  const reference::Wigner wigner(bOut);
  const std::vector<double> beta = reference::softBeta(bOut), alpha = reference::softAlpha(bOut);
  const int64_t n = 2 * bOut;
  double largest = 0.0;
  for (double value : h.values)
    largest = std::max(largest, std::abs(value));
  for (int64_t at = 0; at < outputs * n * n; ++at) {
    const Point p{beta[at / n % n], alpha[at % n]};
    const std::complex<double> value =
        positionSpace(wigner, &z.values[at / (n * n) * n * n * n], p);
    EXPECT_NEAR(h.values[at], value.real(), 1e-12 * largest) << at;
  }
}

// The same layer by three definitions, and after every phase.
TEST(Projection, MeanOfAConvolutionIsThatOfTheAveragedKernel) {
  const std::string mean = "  %z = spherical.so3_conv %x, %k" + grid + fromX + onSO3 +
                           "\n  %y = spherical.so3_orbit_mean %z : " + onSO3 + " -> " + onS2 + "\n";
  const Tensor expected = runLayer(mean, onS2, "graph");
  for (const char *phase : {"graph", "expand", "differentiate", "fuse"}) {
    for (const Tensor &got : {projected("orbit_mean", phase), projected("invariant", phase),
                              runLayer(mean, onS2, phase)})
      EXPECT_LT(golden::relativeError(got.values, expected.values), 1e-13) << phase;
  }
  // Not so the sum over n, which is another projection.
  EXPECT_GT(golden::relativeError(projected("sum_n", "graph").values, expected.values), 1e-2);
}

} // namespace
} // namespace spherical
