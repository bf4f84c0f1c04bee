//===- device.h - device calls without a GPU --------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_DEVICE_H
#define SPHERICAL_TOOLS_EMULATION_DEVICE_H

#include "runtime/cuda/device.h"
#include "tools/emulation/kernels.h"

namespace spherical::emulation {

/// The device calls on this CPU: modules are the NVPTX bitcode that also becomes PTX, device memory
/// is host memory (at first filled with a pattern, a NaN as f32), and launches run block by block,
/// each thread a fiber, in this order. What it proves: indices, arithmetic, barriers, shuffles and
/// shared memory of the kernels; not their speed nor ptxas.
///
/// Strict launches also check each access: that it is inside of an allocation, or of the block's
/// shared memory, and aligned, that what it reads in shared memory was written, and that a barrier
/// or the end of a launch stands between it and what another thread did to the same bytes. A launch
/// stops at the first access that is not so, and says where in the model file it comes from.
///
/// Transforms and products go by their definitions, in f64, rounded once. They refuse what would
/// read or write elsewhere, overwrite what others use, or mean nothing to cuFFT and cuBLAS; strict
/// ones also refuse to read what nobody has written. Graphs do what was recorded, when they are
/// launched.
const sph_device &emulatedDevice(ThreadOrder order, Checks checks = Checks::None);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_DEVICE_H
