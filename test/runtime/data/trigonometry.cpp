//===- trigonometry.cpp -----------------------------------------*- C++ -*-===//

#include "runtime/data/trigonometry.h"

#include "runtime/data/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

/// Angles all over a range, among them its ends.
double spread(uint64_t i, double from, double to) {
  return from + (to - from) * RandomNumbers(1, RandomStream::Subset).uniforms(i)[0];
}

TEST(Trigonometry, SinAndCosAgreeWithTheLibrary) {
  for (uint64_t i = 0; i < 20000; ++i) {
    const double turns = spread(i, -1.0, 1.0);
    const SinCos value = sinCosOfTurns(turns);
    // The library's argument 2 pi turns carries its own rounding of up to 4.5e-16.
    EXPECT_NEAR(value.sin, std::sin(2 * std::numbers::pi * turns), 8e-16);
    EXPECT_NEAR(value.cos, std::cos(2 * std::numbers::pi * turns), 8e-16);
    EXPECT_NEAR(value.sin * value.sin + value.cos * value.cos, 1.0, 5e-16);
  }
}

TEST(Trigonometry, QuarterTurnsAreExact) {
  for (int quarter = -9; quarter <= 9; ++quarter) {
    const SinCos value = sinCosOfTurns(0.25 * quarter);
    const int phase = ((quarter % 4) + 4) % 4;
    EXPECT_EQ(value.sin, phase == 1 ? 1.0 : phase == 3 ? -1.0 : 0.0);
    EXPECT_EQ(value.cos, phase == 0 ? 1.0 : phase == 2 ? -1.0 : 0.0);
  }
}

TEST(Trigonometry, LogAgreesWithTheLibrary) {
  for (uint64_t i = 0; i < 20000; ++i) {
    const double x = std::ldexp(spread(i, 0.5, 1.0), static_cast<int>(i % 120) - 60);
    EXPECT_NEAR(portableLog(x), std::log(x), 4e-16 * std::abs(std::log(x))) << x;
  }
  EXPECT_EQ(portableLog(1.0), 0.0);
  EXPECT_NEAR(portableLog(1.0 - 0x1p-53), -0x1p-53, 1e-31);
}

TEST(Trigonometry, InverseFunctionsAgreeWithTheLibrary) {
  for (uint64_t i = 0; i < 20000; ++i) {
    const double x = spread(2 * i, -1.0, 1.0), y = spread(2 * i + 1, -1.0, 1.0);
    EXPECT_NEAR(portableAtan2(y, x), std::atan2(y, x), 1e-15);
    EXPECT_NEAR(portableAcos(x), std::acos(x), 1e-15);
  }
  EXPECT_EQ(portableAtan2(0.0, 0.0), 0.0);
  EXPECT_EQ(portableAtan2(0.0, -1.0), std::numbers::pi);
  EXPECT_EQ(portableAtan2(-1.0, 0.0), -std::numbers::pi / 2);
  EXPECT_EQ(portableAcos(1.5), 0.0);
  EXPECT_EQ(portableAcos(-1.5), std::numbers::pi);
}

} // namespace
} // namespace spherical::runtime
