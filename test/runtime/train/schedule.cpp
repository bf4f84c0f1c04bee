//===- schedule.cpp ---------------------------------------------*- C++ -*-===//

#include "runtime/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace spherical::runtime {
namespace {

TEST(Schedule, NamesAreReadBack) {
  for (const ScheduleKind kind : {ScheduleKind::Constant, ScheduleKind::Cosine, ScheduleKind::Step,
                                  ScheduleKind::Plateau, ScheduleKind::OneCycle})
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

TEST(Schedule, StepsFallAfterEachInterval) {
  const Schedule schedule{ScheduleKind::Step, 1.0, 0.0, 2, 0.5, 10};
  EXPECT_EQ(schedule.rate(0, 40), 0.5f);
  EXPECT_EQ(schedule.rate(9, 40), 1.0f);
  EXPECT_EQ(schedule.rate(10, 40), 0.5f);
  EXPECT_EQ(schedule.rate(39, 40), 0.125f);
}

TEST(Schedule, PlateausFallAsOftenAsTheyAreMet) {
  const Schedule schedule{ScheduleKind::Plateau, 1.0, 0.0, 2, 0.5};
  EXPECT_EQ(schedule.rate(20, 40), 1.0f);
  EXPECT_EQ(schedule.rate(20, 40, 3), 0.125f);
  EXPECT_EQ(schedule.rate(0, 40, 3), 0.5f); // warm-up knows no plateau
}

// The values of torch.optim.lr_scheduler.OneCycleLR(max_lr=0.5, total_steps=11) at steps 0 to 10.
TEST(Schedule, OneCycleIsThatOfPyTorch) {
  const Schedule schedule{ScheduleKind::OneCycle, 0.5};
  const double expected[] = {0.02,        0.21117056,  0.48013071, 0.48987328,
                             0.44223786,  0.36304352,  0.26529135, 0.16502901,
                             0.078716256, 0.020522772, 2e-06};
  for (int64_t step = 0; step < 11; ++step)
    EXPECT_NEAR(schedule.rate(step, 11), expected[step], 1e-6) << step;
  const Schedule warm{ScheduleKind::OneCycle, 0.5, 0.0, 5};
  EXPECT_EQ(warm.rate(5, 11), 0.5f);
  EXPECT_LT(warm.rate(4, 11), 0.5f);
}

} // namespace
} // namespace spherical::runtime
