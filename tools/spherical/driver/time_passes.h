//===- time_passes.h - the time of passes, by phase -------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_TIME_PASSES_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_TIME_PASSES_H

#include "tools/spherical/codegen/compile_times.h"

#include "mlir/Pass/PassManager.h"

namespace spherical::driver {

/// Makes `manager` add the time of each pass to the step of its phase; of passes after the phase
/// plan to the step "check plan". `times` outlives the manager.
void timePasses(mlir::PassManager &manager, CompileTimes &times);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_TIME_PASSES_H
