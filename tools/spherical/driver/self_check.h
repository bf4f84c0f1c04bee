//===- self_check.h - values by which a library checks itself ---*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_SELF_CHECK_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_SELF_CHECK_H

#include "tools/spherical/driver/layers.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// Multiplications of one sample by the definitions, roughly: some 1e9 are a second.
double definitionCost(const std::vector<GraphLayer> &layers);

/// Adds to a model what its library is to hold for self-checks (runtime/execute/self_check.h): up
/// to 64 values of each result of @forward for one sample, by the definitions in fp64, and how far
/// the program's precision may be off: 8 eps sqrt(1000), or 16 times what a disturbance of all
/// arguments by 16 eps makes of the values, as 'bench' allows of models. Returns "", or why there
/// are none: only models of the phase graph have them whose @forward takes and gives real numbers,
/// and whose definitions take some seconds at most, by an estimate that depends on the model alone.
Result<std::string> addSelfCheck(Session &session);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_SELF_CHECK_H
