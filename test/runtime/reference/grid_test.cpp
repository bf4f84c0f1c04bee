//===- grid_test.cpp - SOFT grids and weights -------------------*- C++ -*-===//

#include "runtime/reference/grid.h"
#include "test/golden/golden_file.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <numeric>

namespace spherical::reference {
namespace {

// The sums of the weights have up to 50 terms of magnitude 1 at most: 50 eps.
TEST(Grid, AgreesWithGoldenFiles) {
  for (int64_t b : {1, 4, 10, 50}) {
    const golden::File file("grids_b" + std::to_string(b));
    const double bound = 50 * DBL_EPSILON;
    EXPECT_LT(golden::relativeError(softBeta(b), file.read("beta").values), bound) << b;
    EXPECT_LT(golden::relativeError(softAlpha(b), file.read("alpha").values), bound) << b;
    EXPECT_LT(golden::relativeError(latitudeWeights(b), file.read("dh_weights").values), bound);
    EXPECT_LT(golden::relativeError(s2Weights(b), file.read("s2_weights").values), bound) << b;
    EXPECT_LT(golden::relativeError(so3Weights(b), file.read("so3_weights").values), bound) << b;
    EXPECT_TRUE(file.unread().empty());
  }
}

// The rule is exact below degree 2b and no further; weights sum to 1, each term is off by eps.
TEST(Grid, WeightsAnnihilateLegendrePolynomialsBelowDegree2b) {
  for (int64_t b : {1, 7, 16}) {
    const std::vector<double> beta = softBeta(b), weights = latitudeWeights(b);
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1.0, 8 * b * DBL_EPSILON);
    for (int64_t l = 1; l <= 2 * b; ++l) {
      double sum = 0.0;
      for (size_t j = 0; j < beta.size(); ++j)
        sum += weights[j] * std::legendre(static_cast<unsigned>(l), std::cos(beta[j]));
      if (l < 2 * b)
        EXPECT_NEAR(sum, 0.0, 8 * b * DBL_EPSILON) << "degree " << l;
      else
        EXPECT_GT(std::abs(sum), 1e-5);
    }
  }
}

} // namespace
} // namespace spherical::reference
