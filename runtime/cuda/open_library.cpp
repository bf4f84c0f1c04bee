//===- open_library.cpp - libraries of CUDA ---------------------*- C++ -*-===//

#include "runtime/cuda/open_library.h"

#include <cstdlib>
#include <vector>

#include <dlfcn.h>

namespace spherical::runtime::cuda {

/// Where the library may be, in order.
static std::vector<std::string> candidates(const std::string &path,
                                           std::span<const char *const> names) {
  if (path.empty())
    return {names.begin(), names.end()};
  std::vector<std::string> files;
  for (const char *folder : {"/", "/lib64/", "/lib/"})
    for (const char *name : names)
      files.push_back(path + folder + name);
  return files;
}

void *openLibrary(const std::string &what, std::span<const char *const> names,
                  std::string &reason) {
  const char *variable = std::getenv("SPHERICAL_CUDA_PATH");
  const std::string path = variable ? variable : "";
  std::string said;
  for (const std::string &file : candidates(path, names)) {
    if (void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL))
      return library;
    if (said.empty())
      said = dlerror();
  }
  reason = "expected " + what + ", " + names.front();
  if (path.empty())
    reason += ", in the system's folders or below SPHERICAL_CUDA_PATH";
  else
    reason += std::string(" or ") + names.back() + ", in SPHERICAL_CUDA_PATH=" + path +
              " or its folders lib64 and lib";
  reason += ", got none: " + said;
  return nullptr;
}

} // namespace spherical::runtime::cuda
