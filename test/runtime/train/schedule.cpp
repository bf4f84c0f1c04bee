//===- schedule.cpp ---------------------------------------------*- C++ -*-===//

#include "runtime/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

TEST(Schedule, NamesAreReadBack) {
  for (const ScheduleKind kind : {ScheduleKind::Constant, ScheduleKind::Cosine})
    EXPECT_EQ(parseScheduleKind(scheduleKindName(kind)), kind);
  EXPECT_FALSE(parseScheduleKind("linear"));
}

TEST(Schedule, ConstantAfterWarmup) {
  const Schedule schedule{ScheduleKind::Constant, 0.5, 0.0, 4};
  EXPECT_EQ(schedule.rate(0, 10), 0.125f);
  EXPECT_EQ(schedule.rate(3, 10), 0.5f);
  EXPECT_EQ(schedule.rate(9, 10), 0.5f);
}

TEST(Schedule, CosineFallsFromBaseToFinal) {
  const Schedule schedule{ScheduleKind::Cosine, 1.0, 0.2, 10};
  EXPECT_EQ(schedule.rate(10, 110), 1.0f);
  EXPECT_FLOAT_EQ(schedule.rate(60, 110), 0.6f);
  EXPECT_FLOAT_EQ(schedule.rate(35, 110),
                  static_cast<float>(0.2 + 0.4 * (1 + std::cos(std::numbers::pi / 4))));
  EXPECT_EQ(schedule.rate(110, 110), 0.2f);
  EXPECT_EQ(schedule.rate(500, 110), 0.2f);
}

} // namespace
} // namespace spherical::runtime
