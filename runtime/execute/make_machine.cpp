//===- make_machine.cpp - the machine of a target ---------------*- C++ -*-===//

#include "runtime/cuda/driver.h"
#include "runtime/execute/device_machine.h"
#include "runtime/execute/error.h"

#include <dlfcn.h>

namespace spherical::runtime {

/// The folder of the library or program that holds this function, with a slash at its end.
static std::string ownFolder() {
  Dl_info info{};
  if (!dladdr(reinterpret_cast<const void *>(&ownFolder), &info) || !info.dli_fname)
    return "";
  const std::string path = info.dli_fname;
  return path.substr(0, path.rfind('/') + 1);
}

/// The emulation needs LLVM and is a library of its own, for tests.
static const sph_device &emulatedDevice(const char *symbol) {
  const std::string path = ownFolder() + "libspherical_emulation.so";
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw Error(SPH_DEVICE_ERROR, "target cuda-emulated expected " + path + ": " + dlerror());
  const auto calls = reinterpret_cast<const sph_device *(*)()>(dlsym(library, symbol));
  if (!calls)
    throw Error(SPH_DEVICE_ERROR,
                "expected symbol " + std::string(symbol) + " in " + path + ", got none");
  return *calls();
}

/// The device calls of a target.
static const sph_device &deviceOf(const std::string &target) {
  if (target == "cuda-emulated")
    return emulatedDevice("sph_emulated_device");
  if (target == "cuda-emulated:strict")
    return emulatedDevice("sph_strict_emulated_device");
  return cudaDevice();
}

std::unique_ptr<Machine> makeMachine(const Manifest &manifest, const DeviceOptions &options) {
  if (manifest.gpu.empty())
    return makeHostMachine();
  return makeDeviceMachine(options.calls ? *options.calls : deviceOf(manifest.target),
                           options.ordinal, options.stream);
}

} // namespace spherical::runtime
