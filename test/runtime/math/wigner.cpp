// Wigner d functions: conventions, closed forms, identities between series, and golden values.

#include "runtime/math/wigner.h"

#include "runtime/data/safetensors.h"

#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

constexpr double pi = std::numbers::pi;

/// The recursion runs over l steps, each with a rounding of a few eps of values of at most 1;
/// errors of all steps add up without growth (the recursion is stable upwards).
double tolerance(int64_t l) { return 8.0 * static_cast<double>(l + 1) * DBL_EPSILON; }

double sign(int64_t k) { return k % 2 == 0 ? 1.0 : -1.0; }

TEST(Wigner, DegreeOneHasTheStandardSigns) {
  const double beta = 0.7, c = std::cos(beta), s = std::sin(beta);
  EXPECT_NEAR(wignerD(0, 0, 0, beta), 1.0, DBL_EPSILON);
  EXPECT_NEAR(wignerD(1, 1, 0, beta), -s / std::numbers::sqrt2, tolerance(1));
  EXPECT_NEAR(wignerD(1, 0, 1, beta), s / std::numbers::sqrt2, tolerance(1));
  EXPECT_NEAR(wignerD(1, 1, 1, beta), (1 + c) / 2, tolerance(1));
  EXPECT_NEAR(wignerD(1, -1, 1, beta), (1 - c) / 2, tolerance(1));
  EXPECT_NEAR(wignerD(1, 0, 0, beta), c, tolerance(1));
}

TEST(Wigner, AgreesWithGoldenValues) {
  const TensorFile golden = readSafetensors("test/golden/data/wigner.safetensors");
  const auto betas = golden.at("beta").as<double>();
  for (int64_t l : {0, 1, 2, 3, 4, 6, 8, 15, 24, 49}) {
    const auto d = golden.at("d." + std::to_string(l)).as<double>();
    for (size_t p = 0, i = 0; p < betas.size(); ++p)
      for (int64_t m = -l; m <= l; ++m)
        for (int64_t n = -l; n <= l; ++n, ++i)
          ASSERT_NEAR(wignerD(l, m, n, betas[p]), d[i], tolerance(l)) << l << " " << m << " " << n;
  }
}

// d^l_ll = cos(beta/2)^2l, d^l_l0 = (-1)^l sqrt(binomial(2l, l)) (sin(beta)/2)^l and d^l_00, the
// Legendre polynomial. The exponents amplify the rounding of the angle by 2l.
TEST(Wigner, HasItsClosedFormsAtHighDegree) {
  for (int64_t l : {1, 100, 255, 1000}) {
    for (double beta : {0.02, 0.8, pi / 2, 2.9}) {
      const double exact = std::pow(std::cos(beta / 2), 2 * l);
      EXPECT_NEAR(wignerD(l, l, l, beta), exact, 4 * l * DBL_EPSILON * exact);
      const double root = (std::lgamma(2.0 * l + 1) - 2 * std::lgamma(l + 1.0)) / 2;
      const double border = sign(l) * std::exp(root + l * std::log(std::sin(beta) / 2));
      // The logarithms of the right side, up to 1e4, cost it more digits than the left side has.
      EXPECT_NEAR(wignerD(l, l, 0, beta), border, 1e4 * DBL_EPSILON * std::abs(border) + DBL_MIN);
      EXPECT_NEAR(wignerD(l, 0, 0, beta), std::legendre(l, std::cos(beta)), tolerance(l));
    }
  }
}

// d^l_m0 = sqrt(4 pi / (2l + 1)) Y_l^m(beta, 0), from the standard library's own recursion.
TEST(Wigner, ColumnZeroIsTheSphericalHarmonic) {
  for (int64_t l : {3, 100, 255}) {
    for (int64_t m : {int64_t(0), int64_t(1), l / 3, l - 1, l}) {
      for (double beta : {0.4, 1.3, 2.5}) {
        const double y = std::sph_legendre(l, m, beta);
        EXPECT_NEAR(wignerD(l, m, 0, beta), std::sqrt(4 * pi / (2 * l + 1)) * y, 4 * tolerance(l))
            << l << " " << m << " " << beta;
      }
    }
  }
}

TEST(Wigner, HasItsSymmetries) {
  const double beta = 1.1;
  for (int64_t l = 0; l <= 6; ++l) {
    for (int64_t m = -l; m <= l; ++m) {
      for (int64_t n = -l; n <= l; ++n) {
        const double d = wignerD(l, m, n, beta);
        EXPECT_NEAR(d, sign(m - n) * wignerD(l, n, m, beta), tolerance(l));
        EXPECT_NEAR(d, sign(m - n) * wignerD(l, -m, -n, beta), tolerance(l));
        EXPECT_NEAR(d, wignerD(l, -n, -m, beta), tolerance(l));
        EXPECT_NEAR(d, sign(m - n) * wignerD(l, m, n, -beta), tolerance(l));
        EXPECT_NEAR(d, sign(l + n) * wignerD(l, -m, n, pi - beta), 2 * tolerance(l));
      }
    }
  }
}

// Rows of d^l are orthonormal; each sum has 2l + 1 terms, every one from a series of its own.
TEST(Wigner, RowsAreOrthonormalAtHighDegree) {
  const double beta = 0.9;
  for (int64_t l : {100, 255}) {
    double norm = 0, product = 0;
    for (int64_t n = -l; n <= l; ++n) {
      const double d = wignerD(l, 17, n, beta);
      norm += d * d;
      product += d * wignerD(l, -40, n, beta);
    }
    EXPECT_NEAR(norm, 1.0, 4 * tolerance(l));
    EXPECT_NEAR(product, 0.0, 4 * tolerance(l));
  }
}

/// Residual of the ladder relation, which ties three series of one degree together:
/// sqrt((l+m)(l-m+1)) d_{m-1,n} + sqrt((l-m)(l+m+1)) d_{m+1,n} = 2 (n - m cos beta)/sin beta d_mn,
/// relative to the largest term.
double ladderResidual(int64_t l, int64_t m, int64_t n, double beta) {
  const double below = std::sqrt(double((l + m) * (l - m + 1))) * wignerD(l, m - 1, n, beta);
  const double above = std::sqrt(double((l - m) * (l + m + 1))) * wignerD(l, m + 1, n, beta);
  const double factor = 2 * (n - m * std::cos(beta)) / std::sin(beta);
  const double middle = factor * wignerD(l, m, n, beta);
  const double size = std::max({std::abs(below), std::abs(above), std::abs(middle)});
  return std::abs(below + above - middle) / size;
}

TEST(Wigner, ObeysTheLadderRelationAtHighDegree) {
  for (int64_t l : {7, 100, 255})
    for (int64_t m : {-5, 0, 3, 6})
      for (int64_t n : {-7, -2, 0, 4})
        EXPECT_LT(ladderResidual(l, m, n, 0.6), 16 * tolerance(l)) << l << " " << m << " " << n;
}

// At beta = 0.15 the start value of order 600 is 1e-490, below every double, yet at l = 5000 the
// function has long reached its full size (600 < 5000 sin(beta) = 747).
TEST(Wigner, RecoversFromStartValuesBelowTheRangeOfDoubles) {
  EXPECT_EQ(wignerD(600, 600, 0, 0.15), 0.0);
  EXPECT_GT(std::abs(wignerD(5000, 600, 0, 0.15)) + std::abs(wignerD(5001, 600, 0, 0.15)), 1e-3);
  EXPECT_LT(ladderResidual(5000, 600, 0, 0.15), 16 * tolerance(5000));
  EXPECT_LT(ladderResidual(5000, 600, 37, 0.15), 16 * tolerance(5000));
}

TEST(Wigner, IsTheIdentityAtThePole) {
  for (int64_t l : {0, 1, 5, 255})
    for (int64_t m : {int64_t(0), l / 2, l})
      for (int64_t n : {int64_t(0), l / 2, l})
        EXPECT_NEAR(wignerD(l, m, n, 0.0), m == n ? 1.0 : 0.0, tolerance(l));
}

// The two precisions round the same fp64 values; factors and scale multiply them.
TEST(WignerSeries, WritesFactorsAndBothPrecisions) {
  const std::vector<double> betas = {0.3, 1.4, 2.2}, factors = {2.0, -1.0, 0.5};
  const WignerGrid grid(betas, 5);
  WignerSeries single(grid), precise(grid);
  single.start(-2, 4, factors.data());
  precise.start(-2, 4);
  for (int64_t l = 4; l < 9; ++l) {
    float f[3];
    double d[3];
    EXPECT_EQ(single.degree(), l);
    single.write(f, 3.0);
    precise.write(d);
    for (int64_t j = 0; j < 3; ++j)
      EXPECT_NEAR(f[j], 3.0 * factors[j] * d[j], 2 * FLT_EPSILON * std::abs(3 * factors[j] * d[j]));
  }
}

} // namespace
} // namespace spherical::runtime
