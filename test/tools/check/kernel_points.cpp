//===- kernel_points.cpp - whether kernels are on their grids -----*- C++ -*-===//

#include "tools/spherical/check/kernel_points.h"

#include <gtest/gtest.h>

#include <numbers>

namespace spherical::driver {
namespace {

constexpr double pi = std::numbers::pi;

// The poles with degrees below 2: G_12 = (1 + 3 cos pi) / 4 = -1/2, so that the eigenvalues are 3/2
// and 1/2, of which the trace is 2.
TEST(KernelPoints, TellsThePolesApart) {
  const KernelPoints points = lookAt({{0, 0, 0}, {pi, 0, 0}}, false, 2);
  EXPECT_NEAR(points.told, 0.25, 1e-12);
  EXPECT_NEAR(points.extent, pi, 1e-12);
  EXPECT_EQ(points.first, -1);
}

// On SO(3): chi_1(pi) = -1, so that G_12 = (1 + 3 * -1) / (1 + 9) = -1/5.
TEST(KernelPoints, TellsRotationsApart) {
  const KernelPoints points = lookAt({{0, 0, 0}, {pi, 0.3, 0}}, true, 2);
  EXPECT_NEAR(points.told, 0.4, 1e-9);
  EXPECT_NEAR(points.extent, pi, 1e-12);
}

// Only alpha + gamma matters at beta = 0, and full turns do not.
TEST(KernelPoints, FindsRotationsThatAreTheSame) {
  const KernelPoints points = lookAt({{0.5, 0, 0}, {0, 0.2, 0.3}, {0, 0.4, 0.1 - 2 * pi}}, true, 4);
  EXPECT_EQ(points.first, 1);
  EXPECT_EQ(points.second, 2);
  const KernelPoints others = lookAt({{0.5, 0.2, 0.3}, {0.5, 0.4, 0.1}}, true, 4);
  EXPECT_EQ(others.first, -1);
}

TEST(KernelPoints, ConstantsTellNothingApart) {
  const KernelPoints points = lookAt({{0.1, 0, 0}, {1.1, 2, 0}, {2.1, 4, 0}}, false, 1);
  EXPECT_NEAR(points.told, 0, 1e-12);
}

} // namespace
} // namespace spherical::driver
