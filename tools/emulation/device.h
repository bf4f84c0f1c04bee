//===- device.h - device calls without a GPU --------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_DEVICE_H
#define SPHERICAL_TOOLS_EMULATION_DEVICE_H

#include "runtime/cuda/device.h"
#include "tools/emulation/block.h"

namespace spherical::emulation {

/// The device calls on this CPU: modules are the NVPTX bitcode that also becomes PTX, device memory
/// is host memory (at first filled with a pattern, a NaN as f32), and launches run block by block,
/// each thread a fiber, in this order. What it proves: indices, arithmetic, barriers, shuffles and
/// shared memory of the kernels; not their speed nor ptxas.
const sph_device &emulatedDevice(ThreadOrder order);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_DEVICE_H
