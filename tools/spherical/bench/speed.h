//===- speed.h - how fast problems run --------------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_SPEED_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_SPEED_H

#include "tools/spherical/bench/outcome.h"
#include "tools/spherical/bench/subject.h"

#include <memory>
#include <vector>

namespace spherical::driver {

/// Runs the problems in turn, `rounds` times, so that all meet the same disturbances; what a round
/// takes is the mean of as many runs as fill some milliseconds. Null subjects are passed by.
/// `outcomes` belong to the subjects.
void measureSpeed(const std::vector<std::unique_ptr<Subject>> &subjects, int64_t rounds,
                  std::vector<Outcome> &outcomes);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_SPEED_H
