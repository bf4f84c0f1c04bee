//===- plan_seeds.h - small plans with every op -----------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_PLANS_PLAN_SEEDS_H
#define SPHERICAL_TEST_PLANS_PLAN_SEEDS_H

#include <string>
#include <vector>

namespace spherical::test {

/// A planned function as text: a module of it and the tables that it reads.
struct PlanSeed {
  std::string name; ///< model and entry
  std::string text;
};

/// All entries of small models, spherical and planar, with losses and steps: every op of the stage
/// dialect in every mode is in one of them. `lanes` samples lie side by side; throws
/// std::runtime_error with what the compiler says if it refuses one.
std::vector<PlanSeed> planSeeds(int64_t lanes);

} // namespace spherical::test

#endif // SPHERICAL_TEST_PLANS_PLAN_SEEDS_H
