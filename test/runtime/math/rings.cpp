//===- rings.cpp - tests of grids as rings of points ------------*- C++ -*-===//

#include "runtime/math/rings.h"

#include "runtime/math/index_tables.h"
#include "runtime/math/quadrature.h"
#include "runtime/math/ring_tables.h"
#include "runtime/math/wigner.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <numbers>
#include <numeric>

namespace spherical::runtime {
namespace {

const std::vector<SampleGrid> grids = {{GridKind::Soft, 10, 10},
                                       {GridKind::Equirectangular, 7, 11},
                                       {GridKind::Equirectangular, 12, 5},
                                       {GridKind::EquirectangularPoles, 8, 9},
                                       {GridKind::EquirectangularPoles, 9, 4},
                                       {GridKind::DriscollHealy, 10, 7},
                                       {GridKind::GaussLegendre, 6, 8},
                                       {GridKind::HealpixRing, 0, 0, 1},
                                       {GridKind::HealpixRing, 0, 0, 3},
                                       {GridKind::HealpixNested, 0, 0, 4}};

/// The sum over all points of w P_l(cos beta).
double legendreSum(const SampleGrid &grid, int64_t l) {
  const std::vector<double> betas = ringColatitudes(grid), weights = ringWeights(grid);
  const std::vector<Ring> rings = ringsOf(grid);
  double sum = 0.0;
  for (size_t r = 0; r < rings.size(); ++r)
    sum += static_cast<double>(rings[r].length) * weights[r] * wignerD(l, 0, 0, betas[r]);
  return sum;
}

// H terms, magnitudes summing to 1 or little more; Legendre values are good to 1e-15 (l + 1).
TEST(Rings, WeightsIntegrateAsManyDegreesAsTheKindSays) {
  for (const SampleGrid &grid : grids) {
    if (!grid.isExact())
      continue;
    const int64_t degrees = grid.rows * (grid.kind == GridKind::GaussLegendre ? 2 : 1);
    EXPECT_NEAR(legendreSum(grid, 0), 1.0, 1e-14);
    for (int64_t l = 1; l < degrees; ++l)
      EXPECT_NEAR(legendreSum(grid, l), 0.0, 1e-14 * static_cast<double>(l + 1))
          << static_cast<int>(grid.kind) << " degree " << l;
    const int64_t first = degrees + degrees % 2; // odd degrees vanish by symmetry
    EXPECT_GT(std::abs(legendreSum(grid, first)) + std::abs(legendreSum(grid, first + 2)), 1e-3);
  }
}

TEST(Rings, SoftWeightsAreThoseOfDriscollAndHealy) {
  const std::vector<double> expected = s2Weights(5), weights = ringWeights(grids[0]);
  for (int64_t j = 0; j < 10; ++j)
    EXPECT_NEAR(weights[j], expected[j], 4 * DBL_EPSILON);
}

TEST(Rings, ClassesHoldEveryRingAndPointOnce) {
  for (const SampleGrid &grid : grids) {
    const std::vector<Ring> rings = ringsOf(grid);
    ASSERT_EQ(static_cast<int64_t>(rings.size()), grid.rings());
    int64_t next = 0, waves = 0;
    for (const Ring &ring : rings) {
      EXPECT_GT(ring.length, 0);
      EXPECT_EQ(ring.firstPoint, next);
      next += ring.length;
    }
    EXPECT_EQ(next, grid.points());
    for (const RingClass &c : ringClasses(grid))
      waves += c.length;
    EXPECT_EQ(waves, ringWavePoints(grid));
    const std::vector<double> betas = ringColatitudes(grid);
    EXPECT_TRUE(std::is_sorted(betas.begin(), betas.end()));
  }
}

// As printed by healpy 1.20.1: nest2ring(2, k) of all pixels, and of some of nside 8.
TEST(Rings, NestedPixelsAreThoseOfHealpy) {
  const std::vector<int64_t> expected = {13, 5,  4,  0,  15, 7,  6,  1,  17, 9,  8,  2,
                                         19, 11, 10, 3,  28, 20, 27, 12, 30, 22, 21, 14,
                                         32, 24, 23, 16, 34, 26, 25, 18, 44, 37, 36, 29,
                                         45, 39, 38, 31, 46, 41, 40, 33, 47, 43, 42, 35};
  for (int64_t pixel = 0; pixel < 48; ++pixel)
    EXPECT_EQ(ringOfNested(2, pixel), expected[pixel]) << pixel;
  const std::pair<int64_t, int64_t> some[] = {{0, 340},   {1, 308},   {5, 245},   {63, 0},
                                              {64, 348},  {130, 323}, {300, 366}, {411, 353},
                                              {512, 764}, {700, 484}, {767, 428}};
  for (const auto &[nested, ring] : some)
    EXPECT_EQ(ringOfNested(8, nested), ring) << nested;
}

// Brute force over all points by the cosine of their distance; near ties have the same distance.
TEST(Rings, NearestIsTheNearestOfAllPoints) {
  for (const SampleGrid &grid : grids) {
    const RingSearch search(grid);
    const std::vector<double> betas = ringColatitudes(grid);
    const std::vector<Ring> rings = ringsOf(grid);
    const std::vector<int64_t> values = valuesOfRings(grid);
    for (int t = 0; t < 200; ++t) {
      const double beta = std::fmod(0.37 + 1.7 * t, std::numbers::pi);
      const double alpha = std::fmod(5.1 * t, 2 * std::numbers::pi);
      double best = -2.0, got = -3.0;
      const int64_t nearest = search.nearest(beta, alpha);
      for (size_t r = 0; r < rings.size(); ++r)
        for (int64_t k = 0; k < rings[r].length; ++k) {
          const double at = std::numbers::pi * static_cast<double>(2 * k + rings[r].half) /
                            static_cast<double>(rings[r].length);
          const double cosine = std::cos(beta) * std::cos(betas[r]) +
                                std::sin(beta) * std::sin(betas[r]) * std::cos(alpha - at);
          best = std::max(best, cosine);
          if (values[rings[r].firstPoint + k] == nearest)
            got = cosine;
        }
      EXPECT_NEAR(got, best, 1e-12) << static_cast<int>(grid.kind) << " " << beta << " " << alpha;
    }
  }
}

TEST(Rings, LinearTermsAddUpAndHitPoints) {
  for (const SampleGrid &grid : grids) {
    const RingSearch search(grid);
    const std::vector<double> betas = ringColatitudes(grid);
    for (double beta : {0.0, 0.01, 0.4, 1.5, 2.9, std::numbers::pi}) {
      const LinearTerms terms = search.linear(beta, 0.7);
      EXPECT_NEAR(std::accumulate(terms.share.begin(), terms.share.end(), 0.0), 1.0, 1e-14);
    }
    // At a point, that point alone.
    const Ring ring = ringsOf(grid)[2];
    const double alpha = std::numbers::pi * static_cast<double>(4 + ring.half) /
                         static_cast<double>(ring.length);
    const LinearTerms terms = search.linear(betas[2], alpha);
    for (int t = 0; t < 4; ++t)
      if (terms.share[t] > 1e-12)
        EXPECT_EQ(terms.position[t], valuesOfRings(grid)[ring.firstPoint + 2]);
  }
}

template <typename T> std::vector<T> table(const TableSpec &spec) {
  std::vector<T> values(tableSize(spec));
  fillTable(spec, values.data(), 2);
  return values;
}

TableSpec ringSpec(const char *kind, const SampleGrid &grid, Element element,
                   std::map<std::string, int64_t> more) {
  TableSpec spec{kind, element, std::move(more), {}};
  spec.parameters.merge(std::map<std::string, int64_t>{{"grid", static_cast<int64_t>(grid.kind)},
                                                       {"rows", grid.rows},
                                                       {"columns", grid.columns},
                                                       {"nside", grid.nside}});
  return spec;
}

// The problems with their two tables, as `stage.contract` computes them, against the sum of the
// definition, sample by sample of the field.
TEST(RingTables, ProblemsAreTheSumsAlongRings) {
  const int64_t degrees = 4;
  for (const SampleGrid &grid : grids) {
    const auto waves = table<double>(ringSpec("ring_waves", grid, Element::F64,
                                              {{"degrees", degrees}}));
    EXPECT_EQ(static_cast<int64_t>(waves.size()) + s2OrderOffset(degrees, degrees) * grid.rings(),
              ringTableValues(grid, degrees));
    const auto rows = table<int64_t>(ringSpec("ring_problems", grid, Element::I64,
                                              {{"degrees", degrees}, {"analysis", 1}}));
    EXPECT_EQ(static_cast<int64_t>(rows.size()), ringProblemCount(grid) * kProblemFieldCount);
    std::vector<double> bins(degrees * grid.rings() * 2, 99.0);
    auto field = [](int64_t at) { return std::sin(0.9 * static_cast<double>(at * at + 1)); };
    for (size_t row = 0; row < rows.size(); row += kProblemFieldCount) {
      Problem p;
      for (int64_t f = 0; f < kProblemFieldCount; ++f)
        p.*kProblemFields<int64_t>[f].member = rows[row + f];
      for (int64_t r1 = 0; r1 < p.R1; ++r1)
        for (int64_t r0 = 0; r0 < p.R0; ++r0)
          for (int64_t v = 0; v < p.N; ++v) {
            double sum = 0.0;
            for (int64_t k = 0; k < p.K0; ++k)
              sum += waves[p.aOff + r1 * p.aR1 + r0 * p.aR0 + k * p.aK0] *
                     field(p.bOff + k * p.bK0 + v * p.bV);
            bins[p.cOff + r1 * p.cR1 + r0 * p.cR0 + v * p.cV] = sum;
          }
    }
    const std::vector<Ring> rings = ringsOf(grid);
    for (int64_t m = 0; m < degrees; ++m)
      for (int64_t r = 0; r < grid.rings(); ++r) {
        std::complex<double> sum = 0.0;
        for (int64_t k = 0; k < rings[r].length; ++k)
          sum += field(rings[r].firstPoint + k) *
                 std::polar(1.0, -std::numbers::pi *
                                     static_cast<double>(m * (2 * k + rings[r].half)) /
                                     static_cast<double>(rings[r].length));
        EXPECT_NEAR(bins[(m * grid.rings() + r) * 2], sum.real(), 1e-12);
        EXPECT_NEAR(bins[(m * grid.rings() + r) * 2 + 1], sum.imag(), 1e-12);
      }
  }
}

TEST(RingTables, WignerFunctionsHaveTheirFactors) {
  const int64_t degrees = 5;
  for (const SampleGrid &grid : grids)
    for (int64_t factor : {0, 1})
      for (int64_t doubled : {0, 1}) {
        const std::map<std::string, int64_t> more = {
            {"degrees", degrees}, {"factor", factor}, {"doubled", doubled}};
        const auto values = table<double>(ringSpec("ring_wigner", grid, Element::F64, more));
        const std::vector<double> betas = ringColatitudes(grid), weights = ringWeights(grid);
        size_t i = 0;
        for (int64_t m = 0; m < degrees; ++m)
          for (int64_t l = m; l < degrees; ++l)
            for (int64_t r = 0; r < grid.rings(); ++r, ++i) {
              const double scale = (factor == 0 ? weights[r] : static_cast<double>(2 * l + 1)) *
                                   (doubled == 1 && m > 0 ? 2 : 1);
              EXPECT_NEAR(values[i], scale * wignerD(l, m, 0, betas[r]), 1e-14 * scale);
            }
        EXPECT_EQ(i, values.size());
      }
}

TEST(RingTables, RefuseGridsThatDoNotExist) {
  EXPECT_THROW(tableSize(ringSpec("ring_waves", {GridKind::Soft, 9, 9}, Element::F64,
                                  {{"degrees", 2}})),
               std::invalid_argument);
  EXPECT_THROW(tableSize({"nested_index", Element::I32, {{"nside", 3}, {"back", 0}}, {}}),
               std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
