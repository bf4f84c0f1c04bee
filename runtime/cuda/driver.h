//===- driver.h - device calls over the CUDA driver -------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_CUDA_DRIVER_H
#define SPHERICAL_RUNTIME_CUDA_DRIVER_H

#include "runtime/cuda/device.h"

namespace spherical::runtime {

/// The device calls over libcuda, which the first `open` loads: below $SPHERICAL_CUDA_PATH (the
/// folder itself, lib64 or lib in it) if that is set, else by its name, and over cuFFT and cuBLAS,
/// which the first call that needs them loads in the same way. Contexts are the devices' primary
/// ones, so that streams and memory of CUDA's runtime in this process may be used.
const sph_device &cudaDevice();

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_CUDA_DRIVER_H
