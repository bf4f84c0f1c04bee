//===- sample_grid.cpp - tests of the grids of fields -----------*- C++ -*-===//

#include "runtime/data/sample_grid.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <numeric>

namespace spherical::runtime {
namespace {

using std::numbers::pi;

TEST(SampleGrid, TextsNameKindAndSize) {
  for (const char *text : {"soft 8x8", "equirectangular 64x100", "equirectangular-poles 181x360",
                           "driscoll-healy 4x9", "gauss-legendre 5x3", "healpix-ring 6",
                           "healpix-nested 32", "planar 3x1"}) {
    const std::optional<SampleGrid> grid = parseGrid(text);
    ASSERT_TRUE(grid) << text;
    EXPECT_EQ(gridText(*grid), text);
  }
  EXPECT_EQ(parseGrid("healpix-ring 32\r\n")->nside, 32);
  EXPECT_EQ(parseGrid("equirectangular")->rows, 0);
}

TEST(SampleGrid, TextsOfNoGridSayWhatIsExpected) {
  for (const char *text :
       {"", "mollweide 3x4", "soft 8x10", "soft 7x7", "driscoll-healy 5x8", "equirectangular 0x4",
        "equirectangular 4", "equirectangular 4x-2", "equirectangular 4x2x", "healpix-nested 6",
        "equirectangular-poles 1x4", "healpix-ring 1000", "equirectangular 99999x2"})
    EXPECT_FALSE(parseGrid(text)) << text;
  EXPECT_EQ(gridProblem("healpix-nested 6"),
            "expected 'healpix-nested N', N a power of two up to 512, got 'healpix-nested 6'");
  EXPECT_EQ(gridProblem("soft 8x10"),
            "expected 'soft HxW', H and W up to 16384, even and equal, got 'soft 8x10'");
  EXPECT_THAT(gridProblem("ring"), testing::HasSubstr("of the kinds soft, equirectangular"));
}

TEST(SampleGrid, PicturesStartNorthAndJustEastOfTheSeam) {
  const std::vector<SpherePoint> points = gridPoints({GridKind::Equirectangular, 4, 8});
  EXPECT_NEAR(points[0].beta, pi / 8, 1e-15);
  EXPECT_NEAR(points[0].alpha, pi / 8, 1e-15);
  EXPECT_NEAR(points[1].alpha, 3 * pi / 8, 1e-15);
  EXPECT_NEAR(points.back().beta, 7 * pi / 8, 1e-15);
  EXPECT_NEAR(points.back().alpha, 15 * pi / 8, 1e-14);
}

// pix2ang of healpy 1.20.1 for nside 4.
TEST(SampleGrid, HealpixPixelsLieWhereHealpyPutsThem) {
  const std::vector<SpherePoint> points = gridPoints({GridKind::HealpixRing, 0, 0, 4});
  const std::pair<int64_t, SpherePoint> expected[] = {{0, {0.204480198969, 0.785398163397}},
                                                      {3, {0.204480198969, 5.497787143782}},
                                                      {4, {0.411137862322, 0.392699081699}},
                                                      {17, {0.622368488555, 2.879793265791}},
                                                      {24, {0.841068670568, 0.196349540849}},
                                                      {40, {1.047197551197, 0.0}},
                                                      {55, {1.047197551197, 5.890486225481}},
                                                      {56, {1.230959417341, 0.196349540849}},
                                                      {100, {1.570796326795, 4.908738521234}},
                                                      {151, {2.094395102393, 5.890486225481}},
                                                      {168, {2.519224165035, 0.261799387799}},
                                                      {190, {2.937112454621, 3.926990816987}},
                                                      {191, {2.937112454621, 5.497787143782}}};
  for (const auto &[pixel, point] : expected) {
    EXPECT_NEAR(points[pixel].beta, point.beta, 1e-12) << pixel;
    EXPECT_NEAR(points[pixel].alpha, point.alpha, 1e-12) << pixel;
  }
}

TEST(SampleGrid, WeightsAddUpToTheSphere) {
  for (const char *text : {"soft 8x8", "equirectangular 7x10", "equirectangular-poles 5x8",
                           "driscoll-healy 4x9", "gauss-legendre 5x3", "healpix-nested 4"}) {
    const std::vector<double> weights = gridWeights(*parseGrid(text));
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1.0, 1e-13) << text;
  }
}

TEST(SampleGrid, NearestPointsOfAGridAreItsOwn) {
  for (const char *text : {"soft 8x8", "equirectangular 7x10", "gauss-legendre 5x3",
                           "healpix-ring 3", "healpix-nested 4"}) {
    const SampleGrid grid = *parseGrid(text);
    const std::vector<int64_t> nearest = NearestPoints(grid, grid).find();
    for (int64_t p = 0; p < grid.points(); ++p)
      EXPECT_EQ(nearest[p], p) << text;
  }
}

// A turn by one column about the axis: column k of the rotated picture is column k - 1.
TEST(SampleGrid, NearestPointsTurnWithTheRotation) {
  const SampleGrid grid{GridKind::Equirectangular, 4, 8};
  const Rotation turn{std::cos(pi / 8), 0.0, 0.0, std::sin(pi / 8)};
  const std::vector<int64_t> nearest = NearestPoints(grid, grid).find(turn);
  for (int64_t j = 0; j < 4; ++j)
    for (int64_t k = 0; k < 8; ++k)
      EXPECT_EQ(nearest[j * 8 + k], j * 8 + (k + 7) % 8);
}

} // namespace
} // namespace spherical::runtime
