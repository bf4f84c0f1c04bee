//===- contact_sheet.cpp ----------------------------------------*- C++ -*-===//

#include "runtime/train/contact_sheet.h"

#include "test/runtime/train/fake_network.h"

#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

TEST(ContactSheet, ShowsSamplesAndVerdicts) {
  const SphericalImages images = patterns(5, 30);
  std::vector<int32_t> predictions = images.labels;
  predictions[3] = (predictions[3] + 1) % 3;
  const std::vector<int64_t> indices = {1, 3, 4};
  const Picture sheet = drawContactSheet(images, predictions, indices, "test", {.columns = 2});
  // Two columns and two rows of 120 x 120 pictures, each value 2 x 2 pixels.
  EXPECT_EQ(sheet.width(), 8 + 2 * (120 + 8));
  EXPECT_EQ(sheet.height(), 32 + 2 * (120 + 24));
  const uint8_t value = images.sample(3)[59];
  EXPECT_EQ(sheet.at(8 + 128 + 119, 32), (Color{value, value, value}));
  int64_t green = 0, red = 0;
  for (int64_t y = 0; y < sheet.height(); ++y)
    for (int64_t x = 0; x < sheet.width(); ++x) {
      green += sheet.at(x, y) == Color{0, 120, 40};
      red += sheet.at(x, y) == Color{200, 20, 20};
    }
  EXPECT_GT(green, red);
  EXPECT_GT(red, 0);
}

TEST(ContactSheet, WithoutPredictionsShowsLabels) {
  const SphericalImages images = patterns(5, 30);
  const Picture sheet = drawContactSheet(images, {}, std::vector<int64_t>{4}, "", {.columns = 2});
  int64_t letters = 0;
  for (int64_t x = 0; x < sheet.width(); ++x)
    letters += sheet.at(x, 32 + 120 + 4) == Color{40, 40, 40};
  EXPECT_GT(letters, 0);
}

TEST(ContactSheet, RefusesIndicesOutOfRange) {
  const SphericalImages images = patterns(5, 3);
  EXPECT_THROW(drawContactSheet(images, images.labels, std::vector<int64_t>{5}, ""),
               std::invalid_argument);
  EXPECT_THROW(drawContactSheet(images, images.labels, {}, ""), std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
