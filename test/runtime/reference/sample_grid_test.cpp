//===- sample_grid_test.cpp - tests of transforms on users' grids -*- C++ -*-===//

#include "runtime/reference/sample_grid.h"

#include "runtime/reference/grid.h"
#include "runtime/reference/rotation.h"
#include "runtime/reference/transform.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

#include <cmath>

namespace spherical::reference {
namespace {

std::vector<Complex> hermitianSpectra(int64_t count, int64_t degrees) {
  std::vector<Complex> result;
  const std::vector<Complex> values = randomComplex(count * spectrumSize(Domain::S2, degrees), 5);
  for (int64_t s = 0; s < count; ++s) {
    const auto one = hermitianPart(Domain::S2, degrees, &values[s * degrees * degrees]);
    result.insert(result.end(), one.begin(), one.end());
  }
  return result;
}

double distance(const std::vector<Complex> &a, const std::vector<Complex> &b) {
  double largest = 0.0;
  EXPECT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

// Quadrature is exact for the degrees that a grid carries, and not for one more.
TEST(SampleGridReference, AnalysisInvertsSynthesisBelowTheBandLimit) {
  const std::pair<SampleGrid, int64_t> grids[] = {
      {{GridKind::Soft, 8, 8}, 4},           {{GridKind::Equirectangular, 9, 12}, 5},
      {{GridKind::EquirectangularPoles, 9, 10}, 5}, {{GridKind::DriscollHealy, 8, 9}, 4},
      {{GridKind::GaussLegendre, 5, 9}, 5},  {{GridKind::Equirectangular, 12, 7}, 4}};
  for (const auto &[grid, degrees] : grids) {
    GridTransform t{grid, 2, degrees};
    const std::vector<Complex> spectra = hermitianSpectra(2, degrees);
    EXPECT_LT(distance(gridAnalysis(t, gridSynthesis(t, spectra)), spectra), 1e-12);
    t.degrees = degrees + 1;
    const std::vector<Complex> more = hermitianSpectra(2, degrees + 1);
    EXPECT_GT(distance(gridAnalysis(t, gridSynthesis(t, more)), more), 1e-3);
  }
}

TEST(SampleGridReference, SoftGridIsThatOfTheTransforms) {
  const int64_t b = 4;
  const GridTransform t{{GridKind::Soft, 2 * b, 2 * b}, 1, b};
  const std::vector<Complex> spectra = hermitianSpectra(1, b);
  const std::vector<double> fields = gridSynthesis(t, spectra);
  const std::vector<Complex> expected = synthesis({Domain::S2, 1, b, b, High::Zero}, spectra);
  for (size_t i = 0; i < fields.size(); ++i)
    EXPECT_NEAR(fields[i], expected[i].real(), 1e-12);
  const std::vector<double> weights = s2Weights(b);
  for (int64_t p = 0; p < 4 * b * b; ++p)
    EXPECT_NEAR(gridPoints(t.grid)[p].weight, weights[p / (2 * b)], 1e-14);
}

// Equal weights integrate low degrees of HEALPix to some percent; the mean exactly.
TEST(SampleGridReference, HealpixPixelsHaveEqualAreas) {
  const GridTransform t{{GridKind::HealpixRing, 0, 0, 4}, 1, 4};
  const std::vector<Complex> spectra = hermitianSpectra(1, 4);
  const std::vector<Complex> back = gridAnalysis(t, gridSynthesis(t, spectra));
  EXPECT_LT(distance(back, spectra), 0.1);
  EXPECT_GT(distance(back, spectra), 1e-6);
  // Nested and ring order hold the same points.
  auto sum = [](GridKind kind) {
    double total = 0.0;
    for (const GridPoint &p : gridPoints({kind, 0, 0, 4}))
      total += std::cos(3 * p.alpha + 1) * p.beta;
    return total;
  };
  EXPECT_NEAR(sum(GridKind::HealpixRing), sum(GridKind::HealpixNested), 1e-11);
}

double dot(const std::vector<double> &a, const std::vector<double> &b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

double dot(const std::vector<Complex> &a, const std::vector<Complex> &b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += (std::conj(a[i]) * b[i]).real();
  return sum;
}

TEST(SampleGridReference, AdjointsAreAdjoint) {
  const GridTransform t{{GridKind::HealpixNested, 0, 0, 2}, 2, 3};
  const std::vector<Complex> spectra = hermitianSpectra(2, 3);
  std::vector<double> fields;
  for (const Complex &value : randomComplex(2 * 48, 9))
    fields.push_back(value.real());
  EXPECT_NEAR(dot(spectra, gridAnalysis(t, fields)), dot(gridAnalysisAdjoint(t, spectra), fields),
              1e-12);
  EXPECT_NEAR(dot(fields, gridSynthesis(t, spectra)),
              dot(gridSynthesisAdjoint(t, fields), spectra), 1e-10);
}

// Linear interpolation keeps what is linear in alpha and beta, away from seam and poles.
TEST(SampleGridReference, LinearInterpolationKeepsLinearFields) {
  const SampleGrid grid{GridKind::Equirectangular, 10, 12};
  const std::vector<GridPoint> points = gridPoints(grid);
  std::vector<double> field;
  for (const GridPoint &p : points)
    field.push_back(2 * p.beta - p.alpha);
  const int64_t b = 4;
  const std::vector<double> soft = gridLinear(grid, b, 1, field);
  const std::vector<double> beta = softBeta(b), alpha = softAlpha(b);
  for (int64_t j = 0; j < 2 * b; ++j)
    for (int64_t i = 1; i < 2 * b; ++i)
      EXPECT_NEAR(soft[j * 2 * b + i], 2 * beta[j] - alpha[i], 1e-12) << j << " " << i;
}

TEST(SampleGridReference, SamplesRotateByTheirOwnAngles) {
  const std::vector<Complex> spectra = hermitianSpectra(4, 3);
  const std::vector<double> angles = {0.1, 0.7, -2.0, 3.0, 2.5, 0.4};
  const std::vector<Complex> rotated = rotateSamples(2, 2, 3, spectra, angles);
  const std::vector<Complex> second(spectra.begin() + 18, spectra.end());
  const std::vector<Complex> expected = rotate(Domain::S2, 2, 3, second, {3.0, 2.5, 0.4});
  EXPECT_LT(distance({rotated.begin() + 18, rotated.end()}, expected), 1e-15);
}

} // namespace
} // namespace spherical::reference
