//===- load_driver.cpp - find the CUDA driver -------------------*- C++ -*-===//

#include "runtime/cuda/load_driver.h"

#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include <dlfcn.h>

namespace spherical::runtime::cuda {
namespace {

constexpr const char *soname = "libcuda.so.1";

/// Where the library may be, in order.
std::vector<std::string> candidates(const std::string &path) {
  if (path.empty())
    return {soname, "libcuda.so"};
  std::vector<std::string> files;
  for (const char *folder : {"/", "/lib64/", "/lib/"})
    for (const char *name : {soname, "libcuda.so"})
      files.push_back(path + folder + name);
  return files;
}

void *openLibrary(std::string &reason) {
  const char *variable = std::getenv("SPHERICAL_CUDA_PATH");
  const std::string path = variable ? variable : "";
  std::string said;
  for (const std::string &file : candidates(path)) {
    if (void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL))
      return library;
    if (said.empty())
      said = dlerror();
  }
  reason = "expected the driver of an NVIDIA GPU, " + std::string(soname) +
           (path.empty() ? ", in the system's folders or below SPHERICAL_CUDA_PATH"
                         : " or libcuda.so, in SPHERICAL_CUDA_PATH=" + path +
                               " or its folders lib64 and lib") +
           ", got none: " + said;
  return nullptr;
}

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
  void *library = openLibrary(reason);
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
