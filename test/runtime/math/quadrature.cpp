// Quadrature weights: golden values, exactness below degree 2b, smallest and odd band-limits.

#include "runtime/math/quadrature.h"

#include "runtime/data/safetensors.h"

#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <numbers>
#include <numeric>

namespace spherical::runtime {
namespace {

void expectNear(const std::vector<double> &values, std::span<const double> expected, double eps) {
  ASSERT_EQ(values.size(), expected.size());
  for (size_t j = 0; j < values.size(); ++j)
    EXPECT_NEAR(values[j], expected[j], eps * std::abs(expected[j])) << j;
}

// Both sides sum b terms of size at most 1; near the poles the sum is of order beta, 1 / b.
TEST(Quadrature, AgreesWithGoldenValues) {
  for (int64_t b : {1, 4, 10, 50}) {
    const TensorFile golden =
        readSafetensors("test/golden/data/grids_b" + std::to_string(b) + ".safetensors");
    const double eps = 8 * b * DBL_EPSILON;
    expectNear(softBeta(b), golden.at("beta").as<double>(), eps);
    expectNear(dhWeights(b), golden.at("dh_weights").as<double>(), eps);
    expectNear(s2Weights(b), golden.at("s2_weights").as<double>(), eps);
    expectNear(so3Weights(b), golden.at("so3_weights").as<double>(), eps);
  }
}

double weightedLegendreSum(int64_t b, int64_t l) {
  const std::vector<double> weights = dhWeights(b), beta = softBeta(b);
  double sum = 0.0;
  for (int64_t j = 0; j < 2 * b; ++j)
    sum += weights[j] * std::legendre(l, std::cos(beta[j]));
  return sum;
}

// 2b terms, magnitudes summing to at most 1: the sum is off by at most 2b * eps. The factor 8
// covers the rounding of the weights and of the Legendre values.
TEST(Quadrature, AnnihilatesLegendrePolynomialsBelowDegree2b) {
  for (int64_t b : {1, 2, 7, 16, 101}) {
    EXPECT_NEAR(weightedLegendreSum(b, 0), 1.0, 8 * 2 * b * DBL_EPSILON);
    for (int64_t l = 1; l < 2 * b; ++l)
      EXPECT_NEAR(weightedLegendreSum(b, l), 0.0, 8 * 2 * b * DBL_EPSILON) << "degree " << l;
    EXPECT_GT(std::abs(weightedLegendreSum(b, 2 * b)), 0.01 / (b * b)); // first out of reach
  }
}

TEST(Quadrature, HasTotalMassOneOnEachGrid) {
  for (int64_t b : {1, 5, 256}) {
    const std::vector<double> s2 = s2Weights(b), so3 = so3Weights(b);
    const double n = 2.0 * b;
    EXPECT_NEAR(std::accumulate(s2.begin(), s2.end(), 0.0) * n, 1.0, 4 * n * DBL_EPSILON);
    EXPECT_NEAR(std::accumulate(so3.begin(), so3.end(), 0.0) * n * n, 1.0, 4 * n * DBL_EPSILON);
  }
}

TEST(RootOfUnity, IsExactAtQuartersAndPeriodic) {
  using Complex = std::complex<double>;
  EXPECT_EQ(rootOfUnity(0, 1), Complex(1, 0));
  EXPECT_EQ(rootOfUnity(3, 12), Complex(0, 1));
  EXPECT_EQ(rootOfUnity(6, 12), Complex(-1, 0));
  EXPECT_EQ(rootOfUnity(-3, 12), Complex(0, -1));
  EXPECT_EQ(rootOfUnity(5, 7), rootOfUnity(-9, 7));
  EXPECT_EQ(rootOfUnity(2, 14), rootOfUnity(1, 7));
  EXPECT_EQ(rootOfUnity(4, 14), std::conj(rootOfUnity(-4, 14)));
}

TEST(RootOfUnity, AgreesWithTheExponential) {
  for (int64_t n : {1, 2, 3, 5, 8, 30, 101})
    for (int64_t k = -n; k < 2 * n; ++k) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
      // The rounding of an angle of at most 4 pi is at most 8 eps.
      EXPECT_LT(std::abs(rootOfUnity(k, n) - std::polar(1.0, angle)), 10 * DBL_EPSILON);
    }
}

} // namespace
} // namespace spherical::runtime
