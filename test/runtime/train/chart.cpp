//===- chart.cpp ------------------------------------------------*- C++ -*-===//

#include "runtime/train/chart.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr Color red = {200, 10, 20}, blue = {10, 20, 200};

int64_t pixelsOf(const Picture &picture, Color color) {
  int64_t count = 0;
  for (int64_t y = 0; y < picture.height(); ++y)
    for (int64_t x = 0; x < picture.width(); ++x)
      count += picture.at(x, y) == color;
  return count;
}

/// The columns that hold `color`, first and last.
std::pair<int64_t, int64_t> columnsOf(const Picture &picture, Color color) {
  int64_t first = picture.width(), last = -1;
  for (int64_t x = 0; x < picture.width(); ++x)
    for (int64_t y = 0; y < picture.height(); ++y)
      if (picture.at(x, y) == color) {
        first = std::min(first, x);
        last = x;
      }
  return {first, last};
}

Bar plainBar(double value, Color color) {
  return {{"bar"}, value, std::numeric_limits<double>::quiet_NaN(), {}, color};
}

TEST(Chart, BarsAreAsHighAsTheirValues) {
  const Picture picture =
      drawBars({{"panel", "in %", {plainBar(80, red), plainBar(20, blue)}}}, 1, "title");
  EXPECT_NEAR(static_cast<double>(pixelsOf(picture, red)),
              4.0 * static_cast<double>(pixelsOf(picture, blue)),
              0.05 * static_cast<double>(pixelsOf(picture, red)));
  EXPECT_LT(columnsOf(picture, red).second, columnsOf(picture, blue).first);
}

TEST(Chart, DeviationsAndSamplesCoverPartOfTheBar) {
  Bar bar = plainBar(50, red);
  const int64_t whole = pixelsOf(drawBars({{"", "", {bar}}}, 1, ""), red);
  bar.deviation = 5;
  const int64_t withDeviation = pixelsOf(drawBars({{"", "", {bar}}}, 1, ""), red);
  bar.samples = {45, 48};
  const int64_t withSamples = pixelsOf(drawBars({{"", "", {bar}}}, 1, ""), red);
  EXPECT_LT(withDeviation, whole);
  EXPECT_LT(withSamples, withDeviation);
}

// Side by side or one below the other: the same letters, so none lies on another.
TEST(Chart, TitlesOfNeighboursDoNotOverlap) {
  const std::vector<Panel> panels = {
      {"classification, public-code protocol", "accuracy in %", {plainBar(80, red)}},
      {"segmentation, public-code protocol", "non-background mIoU in %", {plainBar(20, blue)}}};
  const Color ink = {40, 40, 40};
  EXPECT_EQ(pixelsOf(drawBars(panels, 2, "title"), ink),
            pixelsOf(drawBars(panels, 1, "title"), ink));
}

// Values beyond the axis stay on it: a deviation may reach above 100.
TEST(Chart, StaysWithinItsAxis) {
  Bar bar = plainBar(100, red);
  const int64_t whole = pixelsOf(drawBars({{"", "", {bar}}}, 1, ""), red);
  bar.value = 130;
  EXPECT_EQ(pixelsOf(drawBars({{"", "", {bar}}}, 1, ""), red), whole);
}

TEST(Chart, PanelsFillRows) {
  const Panel left{"", "", {plainBar(50, red)}}, right{"", "", {plainBar(50, blue)}};
  const Picture row = drawBars({left, right}, 2, ""), column = drawBars({left, right}, 1, "");
  EXPECT_LT(columnsOf(row, red).second, columnsOf(row, blue).first);
  EXPECT_EQ(columnsOf(column, red), columnsOf(column, blue));
  EXPECT_THROW(drawBars({}, 1, ""), std::invalid_argument);
  EXPECT_THROW(drawBars({left}, 0, ""), std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
