//===- load_driver.cpp - find the CUDA driver -------------------*- C++ -*-===//

#include "runtime/cuda/load_driver.h"

#include "runtime/cuda/open_library.h"

#include <memory>
#include <mutex>

#include <dlfcn.h>

namespace spherical::runtime::cuda {
namespace {

/// Finds all functions; the sentence names the first that is missing.
bool findFunctions(void *library, DriverApi &api, std::string &reason) {
#define SPHERICAL_CUDA_FIND(name, parameters)                                                      \
  api.name = reinterpret_cast<Status(*) parameters>(dlsym(library, #name));                        \
  if (!api.name) {                                                                                 \
    reason = "expected a driver with CUDA 12 or later, got one without " #name;                    \
    return false;                                                                                  \
  }
  SPHERICAL_CUDA_FUNCTIONS(SPHERICAL_CUDA_FIND)
#undef SPHERICAL_CUDA_FIND
  return true;
}

} // namespace

std::string failureText(const DriverApi &api, const char *call, Status status) {
  const char *name = nullptr, *text = nullptr;
  api.cuGetErrorName(status, &name);
  api.cuGetErrorString(status, &text);
  return std::string(call) + ": " + (text ? text : "unknown error") + " (" +
         (name ? name : "CUresult " + std::to_string(status)) + ")";
}

const DriverApi *loadDriver(std::string &reason) {
  static std::mutex mutex;
  static std::unique_ptr<DriverApi> loaded;
  std::lock_guard lock(mutex);
  if (loaded)
    return loaded.get();
  constexpr const char *names[] = {"libcuda.so.1", "libcuda.so"};
  void *library = openLibrary("the driver of an NVIDIA GPU", names, reason);
  if (!library)
    return nullptr;
  auto api = std::make_unique<DriverApi>();
  bool works = findFunctions(library, *api, reason);
  if (works)
    if (const Status status = api->cuInit(0); status != 0) {
      works = false;
      reason = failureText(*api, "cuInit", status);
    }
  if (!works) {
    dlclose(library);
    return nullptr;
  }
  loaded = std::move(api);
  return loaded.get();
}

} // namespace spherical::runtime::cuda
