//===- sphere_view.cpp - tests of fields on the sphere ----------*- C++ -*-===//

#include "runtime/pictures/sphere_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double pi = std::numbers::pi;
constexpr int64_t size = 101;

double distance(const SpherePoint &a, const SpherePoint &b) {
  return std::acos(std::clamp(std::sin(a.beta) * std::sin(b.beta) * std::cos(a.alpha - b.alpha) +
                                  std::cos(a.beta) * std::cos(b.beta),
                              -1.0, 1.0));
}

/// The middle of the white pixels of a drawn sphere, -1 ... 1 to the right and upwards.
std::array<double, 2> whitePlace(const PixelImage &image) {
  double x = 0, y = 0, total = 0;
  for (int64_t row = 0; row < size; ++row)
    for (int64_t column = 0; column < size; ++column)
      if (image.rgb[3 * (row * size + column)] == 255) {
        x += (static_cast<double>(column) + 0.5) / (0.5 * size) - 1;
        y += 1 - (static_cast<double>(row) + 0.5) / (0.5 * size);
        ++total;
      }
  return {x / total, y / total};
}

TEST(SphereView, ShowsEachPointWhereItIsSeen) {
  const double s = std::numbers::sqrt3 / 3;
  const Direction centre = {s, -s, s};
  const SpherePoint spot = {std::acos(s), 7 * pi / 4};
  for (const Direction &from : {Direction{1, 0, 0}, Direction{0, -2, 0.3}}) {
    const SphereView view = viewFrom(from);
    const PixelImage image = sphereImage(view, size, [&](const SpherePoint &place) {
      return distance(place, spot) < 0.25 ? Color{255, 255, 255} : Color{};
    });
    double right = 0, up = 0;
    for (int axis = 0; axis < 3; ++axis) {
      right += view.right[axis] * centre[axis];
      up += view.up[axis] * centre[axis];
    }
    // The middle of a cap's picture is that of its flat disc: cos 0.25 = 0.97 of the way at most,
    // and a pixel is 0.02 wide.
    const auto [x, y] = whitePlace(image);
    EXPECT_NEAR(x, right, 0.04);
    EXPECT_NEAR(y, up, 0.04);
  }
}

TEST(SphereView, DirectionsAreOrthonormal) {
  const auto dot = [](const Direction &a, const Direction &b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  };
  for (const Direction &from : {Direction{0.6, -0.5, 0.4}, Direction{-3, 1, -2}, Direction{0, 0, 9},
                                Direction{0.1, 0.2, -1}}) {
    const SphereView view = viewFrom(from);
    for (const Direction &direction : {view.right, view.up, view.front})
      EXPECT_NEAR(dot(direction, direction), 1, 1e-15);
    EXPECT_NEAR(dot(view.up, view.front), 0, 1e-15);
    EXPECT_NEAR(dot(view.right, view.front), 0, 1e-15);
    EXPECT_NEAR(dot(view.right, view.up), 0, 1e-15);
    // right x up = front: seen from outside, not mirrored.
    EXPECT_NEAR(view.right[0] * view.up[1] - view.right[1] * view.up[0], view.front[2], 1e-15);
  }
}

TEST(SphereView, EastIsOnTheRightAndNorthIsUp) {
  const SphereView view = viewFrom({2, 0, 0});
  EXPECT_NEAR(view.right[1], 1, 1e-15);
  EXPECT_NEAR(view.up[2], 1, 1e-15);
  // The picture at the south pole has its columns along +x and its rows along +y.
  const SphereView below = viewFrom({0.1, 0, -1});
  EXPECT_EQ(below.right, (Direction{1, 0, 0}));
  EXPECT_EQ(below.up, (Direction{0, -1, 0}));
}

TEST(SphereView, TurnsTheContentsToTheFront) {
  const SpherePoint spot = {std::acos(0.6), pi / 2};
  for (const SampleGrid &grid :
       {SampleGrid{GridKind::Soft, 40, 40}, SampleGrid{GridKind::HealpixNested, 0, 0, 16}}) {
    std::vector<double> values;
    for (const SpherePoint &point : gridPoints(grid))
      values.push_back(distance(point, spot) < 0.25 ? 200 : 0);
    const SphereView view = viewOfContents(grid, values);
    EXPECT_NEAR(view.front[1], 0.8, 0.02) << gridText(grid);
    EXPECT_NEAR(view.front[2], 0.6, 0.02) << gridText(grid);
    const SphereView empty = viewOfContents(grid, std::vector<double>(grid.points()));
    EXPECT_NEAR(empty.front[0], -1, 1e-15);
  }
}

const SampleGrid grids[] = {{GridKind::Soft, 10, 10},
                            {GridKind::Equirectangular, 7, 11},
                            {GridKind::EquirectangularPoles, 6, 13},
                            {GridKind::DriscollHealy, 8, 9},
                            {GridKind::GaussLegendre, 9, 17},
                            {GridKind::HealpixRing, 0, 0, 4},
                            {GridKind::HealpixNested, 0, 0, 4}};

// Each point is nearest to itself; between points of a HEALPix grid the fine map decides, which is
// off by less than a tenth of a pixel.
TEST(PointFinder, FindsThePointsOfEachGrid) {
  for (const SampleGrid &grid : grids) {
    const PointFinder finder(grid);
    const std::vector<SpherePoint> points = gridPoints(grid);
    for (int64_t k = 0; k < grid.points(); ++k) {
      // At a pole all longitudes are one place.
      const SpherePoint found = points[finder.nearest(points[k])];
      EXPECT_NEAR(distance(found, points[k]), 0, 1e-7) << gridText(grid) << " point " << k;
    }
  }
}

// cos beta + sin beta cos(alpha - 1) is nearly linear between points.
TEST(PointFinder, InterpolatesBetweenRowsAndColumns) {
  for (const SampleGrid &grid : grids) {
    if (grid.isHealpix())
      continue;
    const PointFinder finder(grid);
    const std::vector<SpherePoint> points = gridPoints(grid);
    const auto wave = [](const SpherePoint &p) {
      return std::cos(p.beta) + std::sin(p.beta) * std::cos(p.alpha - 1);
    };
    for (const SpherePoint &place : {SpherePoint{1.0, 0.05}, SpherePoint{1.9, 6.2},
                                     SpherePoint{1.4, 3.0}, SpherePoint{2.2, 4.4}}) {
      const PointFinder::Neighbours around = finder.around(place);
      double value = 0, weights = 0;
      for (int k = 0; k < 4; ++k) {
        value += around.weights[k] * wave(points[around.points[k]]);
        weights += around.weights[k];
      }
      EXPECT_NEAR(weights, 1, 1e-12);
      // h^2 / 8 of the second derivatives, at most 1.5 each, in both directions.
      const double down = pi / static_cast<double>(grid.rows - 1);
      const double right = 2 * pi / static_cast<double>(grid.columns);
      EXPECT_NEAR(value, wave(place), 1.5 * (down * down + right * right) / 8) << gridText(grid);
    }
  }
}

TEST(PointFinder, RefusesPlanes) {
  EXPECT_THROW(PointFinder({GridKind::Planar, 3, 4}), std::invalid_argument);
}

TEST(SphereView, MapsHaveNorthOnTopAndTheSeamAtTheLeft) {
  const PixelImage image = mapImage(8, [](const SpherePoint &place) {
    return Color{static_cast<uint8_t>(20 * place.beta), static_cast<uint8_t>(20 * place.alpha), 0};
  });
  EXPECT_EQ(image.width, 16);
  const auto at = [&](int64_t x, int64_t y, int channel) {
    return image.rgb[3 * (y * image.width + x) + channel];
  };
  EXPECT_LT(at(3, 0, 0), at(3, 7, 0));
  EXPECT_LT(at(0, 3, 1), at(15, 3, 1));
  EXPECT_EQ(at(0, 3, 1), static_cast<uint8_t>(20 * pi / 16));
}

TEST(SphereView, LinesStayOnTheVisibleHalf) {
  const Rectangle square = {10, 20, 60, 60};
  for (const Direction &from : {Direction{1, 0, 0}, Direction{0.2, 0.5, 0.6}, Direction{0, 0, 1}}) {
    const auto lines = visibleLines(viewFrom(from), square);
    EXPECT_GE(lines.size(), 8u);
    for (const std::vector<Point> &line : lines) {
      EXPECT_GE(line.size(), 1u);
      for (const Point &point : line)
        EXPECT_LE(std::hypot(point.x - 40, point.y - 50), 30.0001);
    }
  }
}

} // namespace
} // namespace spherical::runtime
