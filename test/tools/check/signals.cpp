//===- signals.cpp - what flows between layers, rotated -----------*- C++ -*-===//

#include "tools/spherical/check/signals.h"

#include "runtime/data/sample_grid.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>

namespace spherical::driver {
namespace {

using runtime::Tensor;

const FlowType onS2{false, 2, 5}, onSO3{true, 3, 4};

// Sums of some hundred terms.
constexpr double rounding = 1000 * DBL_EPSILON;

// Parseval: the sum of squares of weighted coefficients is the integral of f^2, by the quadrature
// of the grid, which is exact for f^2 of degrees below 2b.
TEST(Signals, WeightsMakeSumsIntegrals) {
  const Tensor spectra = randomSignals(onS2, 1, 5, 3);
  const Tensor weightedSpectra = weighted(onS2, spectra, 5);
  const Tensor values = functionsOf(onS2, spectra);
  const std::vector<double> weights = runtime::gridWeights(*runtime::parseGrid("soft 10x10"));
  double sum = 0;
  for (int64_t i = 0; i < values.size(); ++i)
    sum += weights[i % weights.size()] * values.as<double>()[i] * values.as<double>()[i];
  const double expected = innerProduct(weightedSpectra, weightedSpectra);
  EXPECT_NEAR(sum, expected, rounding * expected);
}

TEST(Signals, RotationsKeepNormsAndMeans) {
  const auto rotations = runtime::uniformRotations(3, 5, 0);
  for (const FlowType &type : {onS2, onSO3}) {
    const Tensor plain = randomSignals(type, 1, type.bandLimit, 7);
    const Tensor turned = rotated(type, plain, rotations);
    ASSERT_EQ(turned.shape[0], 3);
    const double norm =
        innerProduct(weighted(type, plain, type.bandLimit), weighted(type, plain, type.bandLimit));
    for (int64_t i = 0; i < 3; ++i) {
      const Tensor one = weighted(type, samplesOf(turned, i, 1), type.bandLimit);
      EXPECT_NEAR(innerProduct(one, one), norm, rounding * norm);
      EXPECT_NEAR(one.as<double>()[0], plain.as<double>()[0], rounding);
      EXPECT_GT(distances(type, samplesOf(turned, i, 1), plain, type.bandLimit)[0],
                0.1 * std::sqrt(norm));
    }
  }
}

// The mean over gamma commutes with rotations, as a projection of SO(3) on its quotient S2 does.
TEST(Signals, MeansOverGammaRotate) {
  const auto rotations = runtime::uniformRotations(2, 6, 0);
  const FlowType sphere{false, onSO3.channels, onSO3.bandLimit};
  const Tensor plain = randomSignals(onSO3, 1, 4, 8);
  const Tensor before = onSphere(onSO3, rotated(onSO3, plain, rotations));
  const Tensor after = rotated(sphere, onSphere(onSO3, plain), rotations);
  for (const double error : distances(sphere, before, after, 4))
    EXPECT_LT(error, rounding);
}

// More degrees and back; fewer degrees drop the rest.
TEST(Signals, BandLimitsAddZeros) {
  const Tensor plain = randomSignals(onSO3, 2, 4, 9);
  const FlowType finer{true, 2, 6};
  const Tensor fine = withBandLimit(onSO3, plain, 6, 2);
  EXPECT_EQ(fine.shape, (std::vector<int64_t>{2, 2, coefficientsOf(finer), 2}));
  const Tensor back = withBandLimit(finer, fine, 4, 2);
  const Tensor first = withBandLimit(onSO3, plain, 4, 2);
  EXPECT_EQ(back.bytes, first.bytes);
  const FlowType coarser{true, 2, 3};
  const Tensor few = withBandLimit(coarser, withBandLimit(finer, fine, 3, 2), 6, 2);
  EXPECT_EQ(distances(finer, fine, few, 3), (std::vector<double>{0, 0}));
  EXPECT_GT(distances(finer, fine, few, 4)[1], 1);
}

} // namespace
} // namespace spherical::driver
