//===- device_program.h - programs on a GPU or its emulation ----*- C++ -*-===//

#ifndef SPHERICAL_TEST_GPU_DEVICE_PROGRAM_H
#define SPHERICAL_TEST_GPU_DEVICE_PROGRAM_H

#include "runtime/cuda/device.h"
#include "runtime/execute/manifest.h"
#include "test/golden/runner.h"

#include <memory>
#include <string>
#include <vector>

namespace spherical::test {

/// A program compiled for target cuda, as far as the code of its kernels.
struct DeviceProgram {
  std::string bitcode; ///< NVPTX, optimised
  runtime::Manifest manifest;
};

/// Compiles MLIR text of phase graph, all entries or `only` one; throws std::runtime_error with the
/// diagnostics.
DeviceProgram compileForDevice(const std::string &text, const std::string &only = "");

/// Loads the image of the program's kernels (its bitcode, for the emulation) and runs entries on
/// the device. Throws std::runtime_error with what the device says.
std::unique_ptr<golden::Runner> makeDeviceRunner(DeviceProgram program, const std::string &image,
                                                 const sph_device &device);

} // namespace spherical::test

#endif // SPHERICAL_TEST_GPU_DEVICE_PROGRAM_H
