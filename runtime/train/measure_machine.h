//===- measure_machine.h - how fast this machine is -------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_MEASURE_MACHINE_H
#define SPHERICAL_RUNTIME_TRAIN_MEASURE_MACHINE_H

#include "runtime/processor/machine_profile.h"

namespace spherical::runtime {

/// Measures this machine in some seconds: peak, the bandwidth of each level of its caches and of
/// memory for values that are read and written, with all cores busy, and what it costs to start and
/// end a stage on all of them.
MachineProfile measureMachine();

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_MEASURE_MACHINE_H
