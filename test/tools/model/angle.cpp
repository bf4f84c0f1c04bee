//===- angle.cpp - angles and numbers as people write them ----------------===//

#include "tools/spherical/model/angle.h"

#include <gtest/gtest.h>

namespace spherical::driver {
namespace {

TEST(PrintCount, SeparatesThousands) {
  EXPECT_EQ(printCount(7), "7");
  EXPECT_EQ(printCount(999), "999");
  EXPECT_EQ(printCount(1000), "1,000");
  EXPECT_EQ(printCount(12345678), "12,345,678");
}

} // namespace
} // namespace spherical::driver
