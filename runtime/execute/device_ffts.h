//===- device_ffts.h - Fourier transforms of a device's library -*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_DEVICE_FFTS_H
#define SPHERICAL_RUNTIME_EXECUTE_DEVICE_FFTS_H

#include "runtime/execute/device_memory.h"
#include "runtime/execute/machine.h"

#include <vector>

namespace spherical::runtime {

/// The plans of a program's calls, each made once, and the workspace that they share: calls follow
/// each other on one stream. How much of it a plan needs is known on the device alone, so that it
/// is no part of the arena.
class DeviceFfts {
public:
  DeviceFfts(Machine &machine, OpenDevice &device) : machine(machine), device(device) {}

  /// The plan of a stage, null for one that is a kernel. Throws Error (SPH_DEVICE_ERROR) where the
  /// library is missing.
  sph_device_fft *plan(const StageSpec &stage);
  /// Takes the workspace of all plans made so far.
  void *workspace();

private:
  struct Plan {
    FftSpec spec;
    DeviceObject<sph_device_fft> made;
  };

  Machine &machine;
  OpenDevice &device;
  std::vector<Plan> plans;
  int64_t workspaceBytes = 0;
  MachineMemory memory;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_DEVICE_FFTS_H
