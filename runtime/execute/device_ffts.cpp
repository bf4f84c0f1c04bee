//===- device_ffts.cpp - Fourier transforms of a device's library -*- C++ -*-===//

#include "runtime/execute/device_ffts.h"

#include "runtime/execute/error.h"

#include <algorithm>

namespace spherical::runtime {
namespace {

/// The shape of the transforms of stage.fft (dialects/stage/compute_ops.td): bins of real
/// transforms lie `rows` apart.
sph_fft_shape shapeOf(const FftSpec &spec) {
  const int64_t n = spec.n, bins = n / 2 + 1;
  const sph_fft_side values{{n, 1}, 1, n}, spectrum{{bins, 1}, spec.rows, 1};
  if (spec.kind == "real_analysis")
    return {1, SPH_FFT_R2C, {n, 1}, spec.rows, values, spectrum};
  if (spec.kind == "real_synthesis")
    return {1, SPH_FFT_C2R, {n, 1}, spec.rows, spectrum, values};
  return {1, SPH_FFT_C2C, {n, 1}, spec.rows, values, values};
}

/// What to do on a device without the library.
std::string adviceWithout(const OpenDevice &device) {
  sph_device_libraries libraries = {};
  checkDevice(device.calls.libraries(device.context, &libraries));
  return libraries.has_fft ? "" : "; a program that is compiled with --fft=generated needs none";
}

} // namespace

sph_device_fft *DeviceFfts::plan(const StageSpec &stage) {
  if (!stage.fft)
    return nullptr;
  const auto found = std::ranges::find(plans, *stage.fft, &Plan::spec);
  if (found != plans.end())
    return found->made.get();
  const sph_fft_shape shape = shapeOf(*stage.fft);
  sph_device_fft *made = nullptr;
  int64_t bytes = 0;
  if (const char *failure = device.calls.fft_plan(device.context, &shape, &made, &bytes)) {
    const std::string sentence = failure; // valid until the next call
    throw Error(SPH_DEVICE_ERROR, sentence + adviceWithout(device));
  }
  workspaceBytes = std::max(workspaceBytes, bytes);
  plans.push_back({*stage.fft, {made, device.calls.fft_destroy}});
  return made;
}

void *DeviceFfts::workspace() {
  if (!memory.data() && workspaceBytes > 0)
    memory = MachineMemory(machine, workspaceBytes, false, "workspace of Fourier transforms");
  return memory.data();
}

} // namespace spherical::runtime
