//===- orientation.cpp - tests of how a field lies on the sphere -*- C++ -*-===//

#include "runtime/data/orientation.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int64_t left = 40, top = 32; // where the map begins

// Bright in the north-east quarter that begins at the seam: rows 0, columns 0 and 1 of 2 x 8.
TEST(Orientation, NorthIsOnTopAndTheSeamOnTheLeft) {
  std::vector<float> field(16, 0.0F);
  field[0] = field[1] = 1.0F;
  const Picture picture = drawOrientation({GridKind::Equirectangular, 2, 8}, field, "field");
  EXPECT_EQ(picture.at(left + 20, top + 30), (Color{232, 232, 232}));
  EXPECT_EQ(picture.at(left + 100, top + 30), (Color{232, 232, 232}));
  EXPECT_EQ(picture.at(left + 140, top + 30), (Color{32, 32, 32}));
  EXPECT_EQ(picture.at(left + 20, top + 200), (Color{32, 32, 32}));
  EXPECT_EQ(picture.at(left, top + 3), (Color{255, 140, 0})); // the seam
  // The first value in the middle of the first of 8 columns and of the upper half.
  EXPECT_EQ(picture.at(left + 32, top + 64), (Color{255, 0, 0}));
  EXPECT_EQ(picture.at(left + 96, top + 64), (Color{0, 170, 0}));
}

TEST(Orientation, MissingValuesAreRedAndConstantFieldsGrey) {
  std::vector<float> field(12, 3.0F);
  field[11] = std::numeric_limits<float>::quiet_NaN();
  const Picture picture = drawOrientation({GridKind::HealpixRing, 0, 0, 1}, field, "map");
  EXPECT_EQ(picture.at(left + 30, top + 10), (Color{132, 132, 132}));
  EXPECT_EQ(picture.at(left + 448, top + 250), (Color{200, 0, 0}));
}

TEST(Orientation, TakesOneValueForEachPoint) {
  const std::vector<float> field(15);
  EXPECT_THROW(drawOrientation({GridKind::Equirectangular, 2, 8}, field, ""),
               std::invalid_argument);
  EXPECT_THROW(drawOrientation({GridKind::Planar, 3, 5}, field, ""), std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
