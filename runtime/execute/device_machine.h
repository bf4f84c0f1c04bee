//===- device_machine.h - programs on a GPU ---------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_DEVICE_MACHINE_H
#define SPHERICAL_RUNTIME_EXECUTE_DEVICE_MACHINE_H

#include "runtime/cuda/device.h"
#include "runtime/execute/machine.h"

namespace spherical::runtime {

/// A machine for compiled code of a GPU: device `ordinal` of the table of device calls, and
/// `stream` of the caller (a CUstream) or, if null, one of its own. Throws Error if there is no
/// such device.
///
/// All memory is the device's. A run puts its work on the stream: values of the caller go through
/// pinned memory, twice as much as one run needs, so that the next run may be prepared while this
/// one goes on; launches are recorded once and put there as a graph; the host waits only if results
/// go to its memory. Kernels find addresses and counts through a frame in device memory, so that
/// the graph stays valid when they change.
std::unique_ptr<Machine> makeDeviceMachine(const sph_device &device, int64_t ordinal, void *stream);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_DEVICE_MACHINE_H
