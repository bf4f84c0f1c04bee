//===- text.cpp -------------------------------------------------*- C++ -*-===//

#include "runtime/train/text.h"

#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

TEST(Text, Numbers) {
  EXPECT_EQ(fixedText(3.14159, 2), "3.14");
  EXPECT_EQ(fixedText(-1e300, 0).size(), 302u);
  EXPECT_EQ(scientificText(1.234e-4), "1.23e-04");
  EXPECT_EQ(exactText(0.1), "0.1");
  EXPECT_EQ(exactText(1e-3), "0.001");
}

TEST(Text, Durations) {
  EXPECT_EQ(durationText(-1), "0 s");
  EXPECT_EQ(durationText(59.4), "59 s");
  EXPECT_EQ(durationText(59.6), "1:00 min");
  EXPECT_EQ(durationText(3599.4), "59:59 min");
  EXPECT_EQ(durationText(7385), "2:03:05 h");
}

TEST(Text, PlacesInOneFile) {
  using Places = std::vector<std::string>;
  EXPECT_EQ(withoutFile({"a/net.yaml:7:5", "", "a/net.yaml:12:1"}), (Places{"7:5", "", "12:1"}));
  for (const Places &places : {Places{"a.yaml:7:5", "b.yaml:7:5"}, Places{"unknown"}, Places{":"}})
    EXPECT_EQ(withoutFile(places), places);
}

TEST(Text, Columns) {
  EXPECT_EQ(padLeft("ab", 4), "  ab");
  EXPECT_EQ(padRight("ab", 4), "ab  ");
  EXPECT_EQ(padLeft("abcde", 4), "abcde");
}

} // namespace
} // namespace spherical::runtime
