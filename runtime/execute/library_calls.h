//===- library_calls.h - what calls of a device's libraries need -*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_LIBRARY_CALLS_H
#define SPHERICAL_RUNTIME_EXECUTE_LIBRARY_CALLS_H

#include "runtime/execute/device_memory.h"
#include "runtime/execute/machine.h"

#include <vector>

namespace spherical::runtime {

/// The plans of a program's Fourier transforms, each made once, and the workspace that all calls
/// share: they follow each other on one stream. How much of it a plan needs is known on the device
/// alone, so that it is no part of the arena.
class LibraryCalls {
public:
  LibraryCalls(Machine &machine, OpenDevice &device) : machine(machine), device(device) {}

  /// Prepares the call of a stage, if it is one: the plan of a transform, else null. Throws Error
  /// (SPH_DEVICE_ERROR) where the library is missing.
  sph_device_fft *prepare(const StageSpec &stage);
  /// Takes the workspace of all calls prepared so far.
  void *workspace();
  int64_t workspaceBytes() const { return bytes; }

private:
  struct Plan {
    FftSpec spec;
    DeviceObject<sph_device_fft> made;
  };

  sph_device_fft *planOf(const FftSpec &spec);
  void prepareProducts();

  Machine &machine;
  OpenDevice &device;
  std::vector<Plan> plans;
  int64_t bytes = 0;
  MachineMemory memory;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_LIBRARY_CALLS_H
