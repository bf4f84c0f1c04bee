//===- step_plan.cpp - runs that fit into their time ------------*- C++ -*-===//

#include "runtime/train/step_plan.h"

#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

/// Runs steps of `before` seconds, and of `later` ones from `change` seconds on, until the plan is
/// fulfilled; returns the seconds.
double run(StepPlan &plan, double before, double change = 1e30, double later = 0) {
  double seconds = 0;
  for (int64_t done = 1; done <= plan.steps(); ++done) {
    seconds += seconds < change ? before : later;
    plan.lower(done, seconds);
  }
  return seconds;
}

TEST(StepPlan, KeepsWhatFits) {
  StepPlan free(9000, 0), roomy(9000, 180);
  EXPECT_EQ(run(free, 1), 9000);
  run(roomy, 0.019);
  EXPECT_EQ(free.steps(), 9000);
  EXPECT_EQ(roomy.steps(), 9000);
}

TEST(StepPlan, IsSetByTheSpeedOfTheFirstSeconds) {
  StepPlan plan(9000, 180);
  EXPECT_NEAR(run(plan, 0.04), 0.98 * 180, 2);
  EXPECT_NEAR(static_cast<double>(plan.steps()), 0.98 * 180 / 0.04, 50);
}

TEST(StepPlan, AStallCostsItsTimeOnly) {
  StepPlan plan(9000, 180);
  double seconds = 0;
  for (int64_t done = 1; done <= plan.steps(); ++done) {
    seconds += done == 20 ? 5 : 0.04; // in the first window
    plan.lower(done, seconds);
  }
  EXPECT_NEAR(static_cast<double>(plan.steps()), 0.98 * 175 / 0.04, 50);
}

TEST(StepPlan, AStepThatWouldEndBeyondTheLimitDoesNotFit) {
  StepPlan plan(9000, 100), free(9000, 0);
  run(plan, 3);
  EXPECT_TRUE(plan.fits(96.9));
  EXPECT_FALSE(plan.fits(97.1));
  EXPECT_TRUE(free.fits(1e9));
}

TEST(StepPlan, AFixedPlanIsNotLowered) {
  StepPlan plan(9000, 180, true);
  EXPECT_NEAR(run(plan, 0.04), 360, 1);
  EXPECT_EQ(plan.steps(), 9000);
  EXPECT_FALSE(plan.fits(179.99));
}

TEST(StepPlan, DoesNotCountALongFirstStep) {
  StepPlan plan(100, 180);
  plan.lower(1, 60); // compiles, say
  for (int64_t done = 2; done <= plan.steps(); ++done)
    plan.lower(done, 60.0 + static_cast<double>(done - 1));
  EXPECT_EQ(plan.steps(), 100);
}

TEST(StepPlan, IsLoweredWhereTheSpeedFalls) {
  StepPlan plan(9000, 180);
  const double seconds = run(plan, 0.02, 60, 0.05);
  EXPECT_LT(seconds, 180);
  EXPECT_GT(seconds, 165);
}

/// The same with a pause of `pause` seconds after each `interval` steps and the last.
double runWithPauses(StepPlan &plan, double step, int64_t interval, double pause) {
  double seconds = 0;
  for (int64_t done = 1; done <= plan.steps(); ++done) {
    seconds += step;
    plan.lower(done, seconds);
    if (done % interval != 0 && done != plan.steps())
      continue;
    plan.paused(seconds, seconds + pause);
    seconds += pause;
  }
  return seconds;
}

TEST(StepPlan, LeavesTimeForPauses) {
  StepPlan guessed(9000, 180, false, {200, 50}), low(9000, 180, false, {200, 10}), roomy(3000, 180);
  EXPECT_LE(runWithPauses(guessed, 0.04, 200, 2), 180);
  EXPECT_GT(guessed.steps(), 0.95 * 180 / (0.04 + 2.0 / 200));
  EXPECT_LE(runWithPauses(low, 0.04, 200, 4), 180); // longer than was thought
  EXPECT_GT(low.steps(), 0.93 * 180 / (0.04 + 4.0 / 200));
  runWithPauses(roomy, 0.04, 200, 2); // the speed of steps does not fall in a pause
  EXPECT_EQ(roomy.steps(), 3000);
}

// A validation that takes longer than there is does not end the run at once.
TEST(StepPlan, ALongPauseDoesNotDecide) {
  StepPlan plan(9000, 60, false, {1000, 5000});
  double seconds = 0;
  for (int64_t done = 1; done <= plan.steps() && seconds < 60; ++done) {
    seconds += 0.04;
    plan.lower(done, seconds);
  }
  EXPECT_NEAR(static_cast<double>(plan.steps()), 0.98 * 60 / 0.04, 50);
  EXPECT_FALSE(plan.lower(plan.steps(), 59)); // nothing is left to lower
}

TEST(StepPlan, IsNeverRaised) {
  StepPlan plan(9000, 180);
  run(plan, 0.04, 90, 0.01);
  EXPECT_NEAR(static_cast<double>(plan.steps()), 0.98 * 180 / 0.04, 50);
}

} // namespace
} // namespace spherical::runtime
