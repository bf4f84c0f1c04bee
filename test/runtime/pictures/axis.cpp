//===- axis.cpp - tests of round numbers along an axis ----------*- C++ -*-===//

#include "runtime/pictures/axis.h"

#include <gmock/gmock.h>

#include <cmath>

namespace spherical::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> textsOf(const Axis &axis) {
  std::vector<std::string> texts;
  for (const Tick &tick : axis.ticks)
    texts.push_back(tick.text);
  return texts;
}

TEST(Axis, LinearTicksAreRoundNumbersWithin) {
  EXPECT_THAT(textsOf(linearAxis(0, 1, 5, true)),
              ElementsAre("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"));
  EXPECT_THAT(textsOf(linearAxis(-3.2, 7.1, 5)), ElementsAre("\u22122", "0", "2", "4", "6"));
  EXPECT_THAT(textsOf(linearAxis(0, 52000, 6)),
              ElementsAre("0", "10,000", "20,000", "30,000", "40,000", "50,000"));
  EXPECT_THAT(textsOf(linearAxis(0, 0.001, 2, true)), ElementsAre("0.0000", "0.0005", "0.0010"));
}

// Each value lies inside its axis, whatever the magnitude, and there are few ticks but some.
TEST(Axis, HoldsItsValuesAtAnyMagnitude) {
  for (int exponent = -30; exponent <= 30; exponent += 3)
    for (const double factor : {1.0, 3.7, 9.99}) {
      const double low = -0.3 * std::pow(10.0, exponent), high = factor * std::pow(10.0, exponent);
      for (const Axis &axis : {linearAxis(low, high, 5), roundAxis(low, high, 5)}) {
        EXPECT_GE(axis.share(low), 0) << low << " to " << high;
        EXPECT_LE(axis.share(high), 1) << low << " to " << high;
        EXPECT_GE(axis.ticks.size(), 2u) << low << " to " << high;
        EXPECT_LE(axis.ticks.size(), 8u) << low << " to " << high;
      }
    }
}

TEST(Axis, WidensAroundOneValue) {
  const Axis zero = linearAxis(0, 0, 5), three = linearAxis(3, 3, 5);
  EXPECT_NEAR(zero.share(0), 0.5, 1e-12);
  EXPECT_NEAR(three.share(3), 0.5, 1e-12);
  EXPECT_NEAR(logarithmicAxis(3, 3, 5).share(3), 0.5, 1e-12);
}

TEST(Axis, LogarithmicTicksArePowersOfTen) {
  EXPECT_THAT(textsOf(logarithmicAxis(1e-5, 100, 8)),
              ElementsAre("10⁻⁵", "10⁻⁴", "10⁻³", "0.01", "0.1", "1", "10", "100"));
  EXPECT_THAT(textsOf(logarithmicAxis(0.3, 6, 6)), ElementsAre("0.5", "1", "2", "5"));
  const Axis axis = logarithmicAxis(1, 10000, 5);
  EXPECT_NEAR(axis.share(100), 0.5, 1e-12);
}

// Of 21 powers not all have a number; less than from 2 to 5 has round numbers all the same.
TEST(Axis, LogarithmicTicksAreFewButSome) {
  int numbered = 0;
  for (const Tick &tick : logarithmicAxis(1e-10, 1e10, 7).ticks)
    numbered += !tick.text.empty();
  EXPECT_LE(numbered, 7);
  EXPECT_GE(numbered, 4);
  EXPECT_THAT(logarithmicAxis(2.2, 2.4, 5).ticks, Not(IsEmpty()));
}

TEST(Axis, NumbersReadTheSameInAnyLocale) {
  EXPECT_EQ(fixedNumber(-2.345, 1), "\u22122.3");
  EXPECT_EQ(shortNumber(0.0123456), "0.0123");
  EXPECT_EQ(shortNumber(3e-7), "3×10⁻⁷");
  EXPECT_EQ(shortNumber(-1.5e12), "\u22121.5×10¹²");
  EXPECT_EQ(groupedNumber(999), "999");
  EXPECT_EQ(groupedNumber(1234567), "1,234,567");
  EXPECT_EQ(groupedNumber(-1000), "\u22121,000");
}

} // namespace
} // namespace spherical::runtime
