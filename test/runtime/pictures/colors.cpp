//===- colors.cpp - tests of colours of figures -----------------*- C++ -*-===//

#include "runtime/pictures/colors.h"

#include "runtime/pictures/figures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace spherical::runtime {
namespace {

/// Lightness L* of CIELAB (0 black, 100 white), D65.
double lightness(Color color) {
  const double weights[] = {0.2126, 0.7152, 0.0722};
  double y = 0.0;
  for (int c = 0; c < 3; ++c) {
    const double share = color[c] / 255.0;
    y += weights[c] * (share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4));
  }
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

// Viridis is perceptually uniform: its lightness grows evenly, here to within 10 % of the step over
// a tenth of the map.
TEST(Colors, MagnitudesGrowEvenlyLighter) {
  const double whole = lightness(magnitudeColor(1)) - lightness(magnitudeColor(0));
  EXPECT_GT(whole, 70);
  for (int k = 0; k < 10; ++k) {
    const double step =
        lightness(magnitudeColor((k + 1) / 10.0)) - lightness(magnitudeColor(k / 10.0));
    EXPECT_NEAR(step, whole / 10, 0.1 * whole / 10 + 0.6) << k;
  }
}

TEST(Colors, SignedValuesAreLightAtZeroAndDarkAtBothEnds) {
  EXPECT_GT(lightness(signedColor(0.5)), 95);
  for (const double share : {0.0, 0.1, 0.2, 0.3, 0.4})
    EXPECT_NEAR(lightness(signedColor(share)), lightness(signedColor(1 - share)), 12) << share;
  EXPECT_GT(signedColor(0.0)[2], signedColor(0.0)[0]); // below zero is blue
  EXPECT_GT(signedColor(1.0)[0], signedColor(1.0)[2]); // above is red
}

TEST(Colors, ClampsShares) {
  EXPECT_EQ(magnitudeColor(-1), magnitudeColor(0));
  EXPECT_EQ(magnitudeColor(2), magnitudeColor(1));
  EXPECT_EQ(densityColor(0), (Color{255, 255, 255}));
}

TEST(Colors, ClassesDiffer) {
  std::set<Color> colors;
  for (int64_t index = 0; index < 61; ++index)
    colors.insert(classColor(index, true));
  EXPECT_EQ(colors.size(), 61u);
  EXPECT_EQ(classColor(3, false), classColor(4, true));
}

TEST(Colors, LettersContrastWithTheirBackground) {
  for (int k = 0; k <= 20; ++k) {
    const Color color = densityColor(k / 20.0);
    EXPECT_GT(std::abs(lightness(letterColor(color)) - lightness(color)), 35) << k;
  }
}

} // namespace
} // namespace spherical::runtime
