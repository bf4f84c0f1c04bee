//===- calibration.cpp ------------------------------------------*- C++ -*-===//

#include "runtime/train/calibration.h"

#include <gtest/gtest.h>

#include <limits>

namespace spherical::runtime {
namespace {

// A bin holds its upper limit: 5/15 is in the fifth.
TEST(Calibration, BinsOfTheSameWidth) {
  Calibration calibration;
  calibration.add(0.0, false);
  calibration.add(0.05, false);
  calibration.add(1.0, true);
  calibration.add(14.5 / 15, true);
  calibration.add(7.5 / 15, false);
  calibration.add(1.0 / 3, false);
  EXPECT_EQ(calibration.count[0], 2);
  EXPECT_EQ(calibration.count[4], 1);
  EXPECT_EQ(calibration.count[7], 1);
  EXPECT_EQ(calibration.count[14], 2);
  EXPECT_EQ(calibration.correct[14], 2);
}

// Ten predictions of confidence 0.9, of which seven are right, and ten of 0.5, of which five are.
TEST(Calibration, ErrorIsTheMeanGap) {
  Calibration calibration;
  for (int k = 0; k < 10; ++k) {
    calibration.add(0.9, k < 7);
    calibration.add(0.5, k < 5);
  }
  EXPECT_NEAR(calibration.error(), 0.1, 1e-15);
  EXPECT_EQ(Calibration().error(), 0.0);
}

TEST(Calibration, OfNoNumberIsThatOfNoConfidence) {
  Calibration calibration;
  calibration.add(std::numeric_limits<double>::quiet_NaN(), true);
  EXPECT_EQ(calibration.count[0], 1);
  EXPECT_EQ(calibration.error(), 1.0);
}

} // namespace
} // namespace spherical::runtime
