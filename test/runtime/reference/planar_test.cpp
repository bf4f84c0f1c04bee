//===- planar_test.cpp - tests of planar layers -----------------*- C++ -*-===//
//
// Small cases by hand, and adjoints by inner products.
//
//===----------------------------------------------------------------------===//

#include "runtime/reference/planar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace spherical::reference {
namespace {

using Values = std::vector<double>;

/// Values without symmetry.
Values sequence(size_t size, double seed) {
  Values values(size);
  for (size_t i = 0; i < size; ++i)
    values[i] = std::sin(seed + 1.7 * static_cast<double>(i * i % 101));
  return values;
}

double dot(const Values &a, const Values &b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST(Convolution2d, IsACrossCorrelation) {
  PlanarConvolution layer;
  layer.height = 2, layer.width = 3, layer.windowsX = 2, layer.kernelY = 2, layer.kernelX = 2;
  EXPECT_EQ(convolution2d(layer, {1, 2, 3, 4, 5, 6}, {1, 10, 100, 1000}), (Values{5421, 6532}));
}

TEST(Convolution2d, GoesRoundInLongitudeOnly) {
  PlanarConvolution layer;
  layer.height = layer.windowsY = 2, layer.width = layer.windowsX = 3;
  layer.kernelY = layer.kernelX = 3;
  const Values x = {1, 2, 3, 4, 5, 6}, rowAbove = {1, 1, 1, 0, 0, 0, 0, 0, 0};
  layer.border = Border::Zero;
  EXPECT_EQ(convolution2d(layer, x, rowAbove), (Values{0, 0, 0, 3, 6, 5}));
  layer.border = Border::Circular;
  EXPECT_EQ(convolution2d(layer, x, rowAbove), (Values{0, 0, 0, 6, 6, 6}));
}

// <y(x, w), g> is linear in each; sums of 10^3 terms of size 1.
TEST(Convolution2d, HasItsAdjoints) {
  for (Border border : {Border::Valid, Border::Zero, Border::Circular}) {
    PlanarConvolution c{2, 3, 2, 7, 6, 3, 5, 3, 2, 2, 1, border};
    if (border != Border::Valid)
      c.windowsY = 4, c.windowsX = 6;
    const Values x = sequence(2 * 3 * 7 * 6, 1), w = sequence(2 * 3 * 3 * 2, 2);
    const Values g = sequence(2 * 2 * c.windowsY * c.windowsX, 3);
    const double expected = dot(convolution2d(c, x, w), g);
    EXPECT_NEAR(dot(convolution2dTransposed(c, g, w), x), expected, 1e-12);
    EXPECT_NEAR(dot(convolution2dGradWeight(c, g, x), w), expected, 1e-12);
    EXPECT_GT(std::abs(expected), 1e-3);
  }
}

TEST(MaxPool, GivesTheGradientToTheFirstOfEqualValues) {
  const Pool pool{1, 2, 3, 1, 2, 2, 2, 1, 1};
  const Values x = {1, 5, 5, 5, 2, 5};
  EXPECT_EQ(maxPool(pool, x), (Values{5, 5}));
  EXPECT_EQ(maxPoolGrad(pool, {10, 1}, x), (Values{0, 11, 0, 0, 0, 0}));
}

TEST(AveragePool, HasItsAdjoint) {
  const Pool pool{2, 7, 6, 3, 5, 3, 2, 2, 1};
  const Values x = sequence(2 * 7 * 6, 4), g = sequence(2 * 3 * 5, 5);
  EXPECT_NEAR(dot(averagePool(pool, x), g), dot(averagePoolAdjoint(pool, g), x), 1e-13);
}

TEST(Nearest, TakesFloorsAndHasItsAdjoint) {
  const Pool sizes{1, 2, 1, 5, 1};
  EXPECT_EQ(nearest(sizes, {1, 2}), (Values{1, 1, 1, 2, 2}));
  EXPECT_EQ(nearestAdjoint(sizes, {1, 2, 4, 8, 16}), (Values{7, 24}));
}

// The form with tanh is within 5e-4 of x Phi(x).
// Where x^3 or x^2 overflow, gelu is 0 or x, and its derivative 0 or 1.
TEST(Gelu, HasItsLimitsWhereverItIsFar) {
  for (double x : {50.0, 1e5, 1e150, 1e300}) {
    EXPECT_EQ(gelu(x), x);
    EXPECT_EQ(gelu(-x), 0.0);
    EXPECT_EQ(geluDerivative(x), 1.0);
    EXPECT_EQ(geluDerivative(-x), 0.0);
  }
}

TEST(Gelu, IsNearTheNormalDistribution) {
  for (double x = -5; x < 5; x += 0.37) {
    EXPECT_NEAR(gelu(x), x / 2 * (1 + std::erf(x / std::sqrt(2.0))), 5e-4);
    EXPECT_NEAR(geluDerivative(x), (gelu(x + 1e-6) - gelu(x - 1e-6)) / 2e-6, 1e-8);
  }
}

} // namespace
} // namespace spherical::reference
