//===- load_libraries.cpp - find cuFFT and cuBLAS ---------------*- C++ -*-===//

#include "runtime/cuda/load_libraries.h"

#include "runtime/cuda/open_library.h"

#include <memory>
#include <mutex>
#include <span>

#include <dlfcn.h>

namespace spherical::runtime::cuda {
namespace {

// Newest first: CUDA 13, CUDA 12.
constexpr const char *fftNames[] = {"libcufft.so.12", "libcufft.so.11"};
constexpr const char *gemmNames[] = {"libcublas.so.13", "libcublas.so.12"};

/// Finds a function; the sentence names one that is missing.
template <typename Function>
bool find(void *library, const char *name, Function &function, std::string &reason) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function)
    reason = std::string("expected a library of CUDA 12 or 13, got one without ") + name;
  return function;
}

#define SPHERICAL_LIBRARY_FIND(name, parameters) &&find(library, #name, api.name, reason)

bool findFunctions(void *library, FftApi &api, std::string &reason) {
  return true SPHERICAL_FFT_FUNCTIONS(SPHERICAL_LIBRARY_FIND);
}

bool findFunctions(void *library, GemmApi &api, std::string &reason) {
  return true SPHERICAL_GEMM_FUNCTIONS(SPHERICAL_LIBRARY_FIND);
}

#undef SPHERICAL_LIBRARY_FIND

template <typename Api>
const Api *load(const std::string &what, std::span<const char *const> names,
                const std::string &remedy, std::string &reason) {
  static std::mutex mutex;
  static std::unique_ptr<Api> loaded;
  std::lock_guard lock(mutex);
  if (loaded)
    return loaded.get();
  void *library = openLibrary(what, names, reason);
  if (!library) {
    reason += "; " + remedy;
    return nullptr;
  }
  auto api = std::make_unique<Api>();
  if (!findFunctions(library, *api, reason)) {
    dlclose(library);
    return nullptr;
  }
  loaded = std::move(api);
  return loaded.get();
}

/// A status with its name and what it means.
struct StatusName {
  LibraryStatus status;
  const char *name, *meaning;
};

constexpr StatusName fftStatusNames[] = {
    {1, "CUFFT_INVALID_PLAN", "the plan is none"},
    {2, "CUFFT_ALLOC_FAILED", "no memory left"},
    {3, "CUFFT_INVALID_TYPE", "the kind of transform is not supported"},
    {4, "CUFFT_INVALID_VALUE", "a pointer or number is invalid"},
    {5, "CUFFT_INTERNAL_ERROR", "the driver or the library failed"},
    {6, "CUFFT_EXEC_FAILED", "the transform could not be run"},
    {7, "CUFFT_SETUP_FAILED", "the library could not start"},
    {8, "CUFFT_INVALID_SIZE", "the extents or strides are not supported"},
    {9, "CUFFT_UNALIGNED_DATA", "the data are not aligned"},
    {10, "CUFFT_INCOMPLETE_PARAMETER_LIST", "parameters are missing"},
    {11, "CUFFT_INVALID_DEVICE", "the plan belongs to another device"},
    {12, "CUFFT_PARSE_ERROR", "the library failed"},
    {13, "CUFFT_NO_WORKSPACE", "the plan has no workspace"},
    {14, "CUFFT_NOT_IMPLEMENTED", "the transform is not implemented"},
    {15, "CUFFT_LICENSE_ERROR", "the library has no licence"},
    {16, "CUFFT_NOT_SUPPORTED", "the transform is not supported"},
    {17, "CUFFT_MISSING_DEPENDENCY", "a library that cuFFT needs is missing"},
    {18, "CUFFT_NVRTC_FAILURE", "the compiler of kernels failed"},
    {19, "CUFFT_NVJITLINK_FAILURE", "the linker of kernels failed"},
    {20, "CUFFT_NVSHMEM_FAILURE", "NVSHMEM failed"},
};

constexpr StatusName gemmStatusNames[] = {
    {1, "CUBLAS_STATUS_NOT_INITIALIZED", "the library could not start"},
    {3, "CUBLAS_STATUS_ALLOC_FAILED", "no memory left, or too little workspace"},
    {7, "CUBLAS_STATUS_INVALID_VALUE", "a pointer or number is invalid"},
    {8, "CUBLAS_STATUS_ARCH_MISMATCH", "the device is not supported"},
    {11, "CUBLAS_STATUS_MAPPING_ERROR", "memory could not be mapped"},
    {13, "CUBLAS_STATUS_EXECUTION_FAILED", "the product could not be run"},
    {14, "CUBLAS_STATUS_INTERNAL_ERROR", "the driver or the library failed"},
    {15, "CUBLAS_STATUS_NOT_SUPPORTED", "the product is not supported"},
    {16, "CUBLAS_STATUS_LICENSE_ERROR", "the library has no licence"},
};

std::string failureText(const char *call, LibraryStatus status, std::span<const StatusName> names,
                        const char *type) {
  for (const StatusName &known : names)
    if (known.status == status)
      return std::string(call) + ": " + known.meaning + " (" + known.name + ")";
  return std::string(call) + ": unknown error (" + type + " " + std::to_string(status) + ")";
}

} // namespace

const FftApi *loadFft(std::string &reason) {
  return load<FftApi>("cuFFT of CUDA 13 or 12", fftNames,
                      "install it with the CUDA toolkit (package libcufft)", reason);
}

const GemmApi *loadGemm(std::string &reason) {
  return load<GemmApi>("cuBLAS of CUDA 13 or 12", gemmNames,
                       "install it with the CUDA toolkit (package libcublas)", reason);
}

std::string fftFailureText(const char *call, LibraryStatus status) {
  return failureText(call, status, fftStatusNames, "cufftResult");
}

std::string gemmFailureText(const char *call, LibraryStatus status) {
  return failureText(call, status, gemmStatusNames, "cublasStatus_t");
}

} // namespace spherical::runtime::cuda
