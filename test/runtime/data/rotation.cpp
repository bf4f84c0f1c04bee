//===- rotation.cpp ---------------------------------------------*- C++ -*-===//

#include "runtime/data/rotation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

using Matrix = std::array<double, 9>;

Matrix product(const Matrix &a, const Matrix &b) {
  Matrix c = {};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 3; ++k)
        c[3 * i + j] += a[3 * i + k] * b[3 * k + j];
  return c;
}

/// Rz(alpha) Ry(beta) Rz(gamma), from the definition.
Matrix fromAngles(const EulerAngles &angles) {
  auto z = [](double t) {
    return Matrix{std::cos(t), -std::sin(t), 0, std::sin(t), std::cos(t), 0, 0, 0, 1};
  };
  const double c = std::cos(angles.beta), s = std::sin(angles.beta);
  return product(product(z(angles.alpha), {c, 0, s, 0, 1, 0, -s, 0, c}), z(angles.gamma));
}

void expectNear(const Matrix &a, const Matrix &b, double tolerance) {
  for (int i = 0; i < 9; ++i)
    EXPECT_NEAR(a[i], b[i], tolerance) << "element " << i;
}

TEST(Rotation, MatricesAreRotations) {
  for (const Rotation &rotation : uniformRotations(100, 3, 0)) {
    const Matrix m = rotation.matrix();
    const Matrix transposed = {m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]};
    expectNear(product(m, transposed), {1, 0, 0, 0, 1, 0, 0, 0, 1}, 2e-15);
    const double determinant = m[0] * (m[4] * m[8] - m[5] * m[7]) -
                               m[1] * (m[3] * m[8] - m[5] * m[6]) +
                               m[2] * (m[3] * m[7] - m[4] * m[6]);
    EXPECT_NEAR(determinant, 1.0, 2e-15);
  }
}

TEST(Rotation, EulerAnglesGiveTheMatrixBack) {
  for (const Rotation &rotation : uniformRotations(1000, 4, 0))
    expectNear(fromAngles(rotation.eulerAngles()), rotation.matrix(), 5e-15);
}

TEST(Rotation, EulerAnglesAtThePoles) {
  const double half = 0.4;
  for (const Rotation rotation :
       {Rotation(), Rotation{std::cos(half), 0, 0, std::sin(half)}, Rotation{0, 1, 0, 0},
        Rotation{0, std::sin(half), std::cos(half), 0}, Rotation{-1, 0, 0, 0}}) {
    expectNear(fromAngles(rotation.eulerAngles()), rotation.matrix(), 5e-15);
    EXPECT_EQ(rotation.eulerAngles().gamma, 0.0);
  }
}

// The density of the Haar measure in beta is sin(beta)/2: cos(beta) is uniform on [-1, 1].
// Kolmogorov and Smirnov: sqrt(n) D exceeds 1.95 with chance 1e-3.
TEST(UniformRotations, CosBetaIsUniform) {
  constexpr int count = 20000;
  std::vector<double> values;
  for (const Rotation &rotation : uniformRotations(count, 0, 1))
    values.push_back((std::cos(rotation.eulerAngles().beta) + 1) / 2);
  std::sort(values.begin(), values.end());
  double distance = 0;
  for (int i = 0; i < count; ++i)
    distance = std::max({distance, std::abs(values[i] - double(i) / count),
                         std::abs(values[i] - double(i + 1) / count)});
  EXPECT_LT(std::sqrt(count) * distance, 1.95);
}

TEST(UniformRotations, AlphaAndGammaAreUniform) {
  constexpr int count = 20000, bins = 20;
  std::vector<int> alpha(bins), gamma(bins);
  for (const Rotation &rotation : uniformRotations(count, 0, 2)) {
    const EulerAngles angles = rotation.eulerAngles();
    auto bin = [](double angle) {
      return std::min(bins - 1, int((angle + std::numbers::pi) / (2 * std::numbers::pi) * bins));
    };
    ++alpha[bin(angles.alpha)];
    ++gamma[bin(angles.gamma)];
  }
  // Chi squared with 19 degrees of freedom exceeds 43.8 with chance 1e-3.
  double chiAlpha = 0, chiGamma = 0;
  for (int bin = 0; bin < bins; ++bin) {
    const double expected = double(count) / bins;
    chiAlpha += std::pow(alpha[bin] - expected, 2) / expected;
    chiGamma += std::pow(gamma[bin] - expected, 2) / expected;
  }
  EXPECT_LT(chiAlpha, 43.8);
  EXPECT_LT(chiGamma, 43.8);
}

// Schur: the elements of D^1, in the real basis those of the matrix, have mean 0, and their
// products E[M_ij M_kl] = delta_ik delta_jl / 3.
TEST(UniformRotations, MatrixElementsAreOrthogonal) {
  constexpr int count = 20000;
  Matrix mean = {};
  std::array<Matrix, 9> moment = {};
  for (const Rotation &rotation : uniformRotations(count, 0, 3)) {
    const Matrix m = rotation.matrix();
    for (int i = 0; i < 9; ++i) {
      mean[i] += m[i] / count;
      for (int j = 0; j < 9; ++j)
        moment[i][j] += m[i] * m[j] / count;
    }
  }
  for (int i = 0; i < 9; ++i) {
    EXPECT_NEAR(mean[i], 0.0, 4 * std::sqrt(1.0 / 3 / count)) << "element " << i;
    // A squared element has variance 4/45, a product of two at most 1/9.
    for (int j = 0; j < 9; ++j)
      EXPECT_NEAR(moment[i][j], i == j ? 1.0 / 3 : 0.0, 4.5 * std::sqrt(1.0 / 9 / count));
  }
}

TEST(UniformRotations, SetsAndSeedsDiffer) {
  const Rotation a = uniformRotations(1, 0, 0)[0];
  EXPECT_NE(a.w, uniformRotations(1, 0, 1)[0].w);
  EXPECT_NE(a.w, uniformRotations(1, 1, 0)[0].w);
  EXPECT_EQ(a.w, uniformRotations(5, 0, 0)[0].w);
}

} // namespace
} // namespace spherical::runtime
