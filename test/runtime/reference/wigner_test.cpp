//===- wigner_test.cpp - Wigner functions -----------------------*- C++ -*-===//

#include "runtime/reference/kernel_transform.h"
#include "runtime/reference/wigner.h"
#include "test/golden/golden_file.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <numbers>

namespace spherical::reference {
namespace {

// A value is a sum of 2l+1 products of unit vectors' components with angles l beta: l eps for the
// angle, as much for the vectors. The golden values come from an eigen-solver with errors of its
// own of about l eps: 1e-13 at l = 49.
TEST(Wigner, AgreesWithGoldenFile) {
  const golden::File file("wigner");
  const std::vector<double> beta = file.read("beta").values;
  const std::vector<double> alpha = file.read("alpha").values, gamma = file.read("gamma").values;
  const Wigner wigner(50);
  for (int64_t l : file.attributes.at("degrees").get<std::vector<int64_t>>()) {
    std::vector<double> d;
    for (double angle : beta) {
      std::vector<double> matrix((2 * l + 1) * (2 * l + 1));
      wigner.matrix(l, Harmonics(angle, 50), matrix.data());
      d.insert(d.end(), matrix.begin(), matrix.end());
    }
    EXPECT_LT(golden::relativeError(d, file.read("d." + std::to_string(l)).values), 2e-13) << l;
  }
  for (int64_t l = 0; l <= 8; ++l) {
    if (!file.has("D." + std::to_string(l)))
      continue;
    std::vector<Complex> D; // the kernel's matrix holds conj(D)
    for (size_t p = 0; p < beta.size(); ++p) {
      const auto row = kernelMatrix(Domain::SO3, l + 1, {{beta[p], alpha[p], gamma[p]}}, 1.0);
      for (size_t s = spectrumSize(Domain::SO3, l); s < row.size(); ++s)
        D.push_back(std::conj(row[s]));
    }
    EXPECT_LT(golden::relativeError(D, file.read("D." + std::to_string(l)).asComplex()), 1e-13);
  }
  EXPECT_TRUE(file.unread().empty());
}

// d^l_lm(beta) = sqrt(C(2l, l+m)) cos(beta/2)^{l+m} (-1)^{l-m} sin(beta/2)^{l-m}; the bound is
// relative to the largest value 1.
TEST(Wigner, MatchesClosedFormsOfHighDegree) {
  const int64_t l = 255;
  const Wigner wigner(l + 1);
  for (double beta : {1e-3, 0.3, 1.2, std::numbers::pi / 2, 2.9}) {
    const Harmonics harmonics(beta, l + 1);
    for (int64_t m = -l; m <= l; m += 17) {
      const double logBinomial =
          std::lgamma(2 * l + 1.0) - std::lgamma(l + m + 1.0) - std::lgamma(l - m + 1.0);
      const double magnitude = std::exp(0.5 * logBinomial + (l + m) * std::log(std::cos(beta / 2)) +
                                        (l - m) * std::log(std::sin(beta / 2)));
      const double expected = (l - m) % 2 == 0 ? magnitude : -magnitude;
      EXPECT_NEAR(wigner.value(l, l, m, harmonics), expected, 4e-13) << "m " << m;
    }
    // P_l moves by l(l+1)/2 eps when its argument does by eps.
    EXPECT_NEAR(wigner.value(l, 0, 0, harmonics), std::legendre(255u, std::cos(beta)),
                l * (l + 1) * DBL_EPSILON);
  }
}

// Rows of a rotation are orthonormal: sums of 2l+1 products of values good to l eps.
TEST(Wigner, IsUnitaryAtHighDegree) {
  const int64_t l = 201, width = 2 * l + 1;
  std::vector<double> d(width * width);
  Wigner(l + 1).matrix(l, Harmonics(0.7, l + 1), d.data());
  for (int64_t row : {int64_t{0}, int64_t{150}, l, 2 * l})
    for (int64_t other : {int64_t{0}, int64_t{151}, l, 2 * l}) {
      double sum = 0.0;
      for (int64_t n = 0; n < width; ++n)
        sum += d[row * width + n] * d[other * width + n];
      EXPECT_NEAR(sum, row == other ? 1.0 : 0.0, 4 * l * DBL_EPSILON) << row << " " << other;
    }
}

TEST(Wigner, ValueEqualsMatrixEverywhere) {
  const int64_t l = 5, width = 2 * l + 1;
  const Wigner wigner(l + 1);
  const Harmonics harmonics(1.1, l + 1);
  std::vector<double> d(width * width);
  wigner.matrix(l, harmonics, d.data());
  for (int64_t m = -l; m <= l; ++m)
    for (int64_t n = -l; n <= l; ++n)
      EXPECT_EQ(wigner.value(l, m, n, harmonics), d[(m + l) * width + n + l]) << m << " " << n;
}

} // namespace
} // namespace spherical::reference
