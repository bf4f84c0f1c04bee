//===- load_driver.h - find the CUDA driver ---------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_CUDA_LOAD_DRIVER_H
#define SPHERICAL_RUNTIME_CUDA_LOAD_DRIVER_H

#include "runtime/cuda/driver_api.h"

#include <string>

namespace spherical::runtime::cuda {

/// The functions of the driver, initialized; null after a sentence in `reason` that says what was
/// looked for. A success is kept for the life of the process.
const DriverApi *loadDriver(std::string &reason);

/// "cuMemAlloc_v2: out of memory (CUDA_ERROR_OUT_OF_MEMORY)".
std::string failureText(const DriverApi &api, const char *call, Status status);

} // namespace spherical::runtime::cuda

#endif // SPHERICAL_RUNTIME_CUDA_LOAD_DRIVER_H
