//===- sphere_view.cpp ------------------------------------------*- C++ -*-===//

#include "runtime/data/sphere_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

constexpr int64_t b = 20, side = 2 * b, size = 101;

/// The middle of the bright pixels of a drawn sphere, -1 ... 1 to the right and upwards.
std::array<double, 2> brightPlace(const Picture &picture) {
  double x = 0, y = 0, total = 0;
  for (int64_t row = 0; row < size; ++row)
    for (int64_t column = 0; column < size; ++column)
      if (picture.at(column, row)[0] > 130) {
        x += (static_cast<double>(column) + 0.5) / (0.5 * size) - 1;
        y += 1 - (static_cast<double>(row) + 0.5) / (0.5 * size);
        ++total;
      }
  return {x / total, y / total};
}

/// White where the direction is within 0.25 radians of `centre`.
std::vector<uint8_t> spot(const std::array<double, 3> &centre, SphereGrid grid) {
  const GridAngles angles(b, grid);
  std::vector<uint8_t> values;
  for (int64_t j = 0; j < side; ++j)
    for (int64_t i = 0; i < side; ++i)
      values.push_back(angles.sinBeta[j] * angles.cosAlpha[i] * centre[0] +
                                   angles.sinBeta[j] * angles.sinAlpha[i] * centre[1] +
                                   angles.cosBeta[j] * centre[2] >
                               std::cos(0.25)
                           ? 255
                           : 0);
  return values;
}

TEST(SphereView, ShowsEachPointWhereItIsSeen) {
  const double s = std::numbers::sqrt3 / 3;
  const std::array<double, 3> centre = {s, -s, s};
  for (const SphereGrid grid : {SphereGrid::Soft, SphereGrid::DriscollHealy})
    for (const std::array<double, 3> &from :
         {std::array<double, 3>{1, 0, 0}, std::array<double, 3>{0, -2, 0.3}}) {
      const SphereView view = viewFrom(from);
      Picture picture(size, size, {0, 0, 0});
      drawOnSphere(picture, 0, 0, size, spot(centre, grid), b, grid, view);
      double right = 0, up = 0;
      for (int axis = 0; axis < 3; ++axis) {
        right += view.right[axis] * centre[axis];
        up += view.up[axis] * centre[axis];
      }
      // The spot's edge is off by up to half a step of the grid, 0.08; its middle by less.
      const auto [x, y] = brightPlace(picture);
      EXPECT_NEAR(x, right, 0.06);
      EXPECT_NEAR(y, up, 0.06);
    }
}

TEST(SphereView, EastIsOnTheRightAndNorthIsUp) {
  const SphereView view = viewFrom({2, 0, 0});
  EXPECT_NEAR(view.right[1], 1, 1e-15);
  EXPECT_NEAR(view.up[2], 1, 1e-15);
  // The picture at the south pole has its columns along +x and its rows along +y.
  const SphereView below = viewFrom({0.1, 0, -1});
  EXPECT_EQ(below.right, (std::array<double, 3>{1, 0, 0}));
  EXPECT_EQ(below.up, (std::array<double, 3>{0, -1, 0}));
}

TEST(SphereView, TurnsTheContentsToTheFront) {
  const std::vector<uint8_t> values = spot({0, 0.8, 0.6}, SphereGrid::Soft);
  const SphereView view = viewOfContents(values, b, SphereGrid::Soft);
  EXPECT_NEAR(view.front[1], 0.8, 0.02);
  EXPECT_NEAR(view.front[2], 0.6, 0.02);
  const SphereView empty = viewOfContents(std::vector<uint8_t>(side * side), b, SphereGrid::Soft);
  EXPECT_NEAR(empty.front[0], -1, 1e-15);
}

TEST(SphereView, ClassesAreNotMixed) {
  std::vector<uint8_t> classes(side * side, 4);
  for (int64_t k = 0; k < side * side / 2; ++k)
    classes[k] = 2; // the northern half
  Picture picture(size, size, {0, 0, 0});
  drawClassesOnSphere(picture, 0, 0, size, classes, b, SphereGrid::Soft, viewFrom({-1, 0, 0}));
  auto is = [&](int64_t y, int64_t index) {
    // A place off the meridians, lit by 0.45 + 0.55 w.
    const Color seen = picture.at(size / 2 + 9, y), color = classColor(index);
    const double light = double(seen[0]) / color[0];
    for (int c = 1; c < 3; ++c)
      EXPECT_NEAR(seen[c], color[c] * light, 3) << "row " << y;
  };
  is(size / 2 - 9, 2);
  is(size / 2 + 9, 4);
}

} // namespace
} // namespace spherical::runtime
