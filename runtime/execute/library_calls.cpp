//===- library_calls.cpp - what calls of a device's libraries need -*- C++ -*-===//

#include "runtime/execute/library_calls.h"

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

sph_device_libraries librariesOf(const OpenDevice &device) {
  sph_device_libraries libraries = {};
  checkDevice(device.calls.libraries(device.context, &libraries));
  return libraries;
}

/// What to do on a device without a library.
std::string adviceWithout(const char *option) {
  return std::string("; a program that is compiled with ") + option + " needs none";
}

} // namespace

sph_device_fft *LibraryCalls::prepare(const StageSpec &stage) {
  if (stage.gemm)
    prepareProducts();
  return stage.fft ? planOf(*stage.fft) : nullptr;
}

sph_device_fft *LibraryCalls::planOf(const FftSpec &spec) {
  const auto found = std::ranges::find(plans, spec, &Plan::spec);
  if (found != plans.end())
    return found->made.get();
  const sph_fft_shape shape = shapeOf(spec);
  sph_device_fft *made = nullptr;
  int64_t needed = 0;
  if (const char *failure = device.calls.fft_plan(device.context, &shape, &made, &needed)) {
    const std::string sentence = failure; // valid until the next call
    throw Error(SPH_DEVICE_ERROR,
                sentence + (librariesOf(device).has_fft ? "" : adviceWithout("--fft=generated")));
  }
  bytes = std::max(bytes, needed);
  plans.push_back({spec, {made, device.calls.fft_destroy}});
  return made;
}

void LibraryCalls::prepareProducts() {
  const sph_device_libraries libraries = librariesOf(device);
  if (!libraries.has_gemm)
    throw Error(SPH_DEVICE_ERROR, libraries.missing_gemm + adviceWithout("--gemm=generated"));
  bytes = std::max(bytes, SPH_GEMM_WORKSPACE_FAST);
}

void *LibraryCalls::workspace() {
  if (!memory.data() && bytes > 0)
    memory = MachineMemory(machine, bytes, false, "workspace of libraries");
  return memory.data();
}

} // namespace spherical::runtime
