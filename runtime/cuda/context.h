//===- context.h - what the device calls share ------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_CUDA_CONTEXT_H
#define SPHERICAL_RUNTIME_CUDA_CONTEXT_H

#include "runtime/cuda/device.h"
#include "runtime/cuda/library_api.h"
#include "runtime/cuda/load_driver.h"

#include <string>

struct sph_device_context {
  const spherical::runtime::cuda::DriverApi *api;
  spherical::runtime::cuda::Device device;
  spherical::runtime::cuda::Context context;
  // Of the first product of matrices.
  const spherical::runtime::cuda::GemmApi *gemmApi = nullptr;
  spherical::runtime::cuda::GemmHandle gemmHandle = nullptr;
};

struct sph_device_stream {
  sph_device_context *context;
  spherical::runtime::cuda::Stream stream;
  bool owned;
};

namespace spherical::runtime::cuda {

/// Keeps a sentence for the caller, until the next one of this thread.
const char *report(std::string sentence);

/// Makes a context current while it lives.
class Current {
public:
  explicit Current(sph_device_context *context) : api(*context->api) {
    failed = api.cuCtxPushCurrent_v2(context->context);
  }
  ~Current() {
    Context popped = nullptr;
    if (failed == 0)
      api.cuCtxPopCurrent_v2(&popped);
  }
  Current(const Current &) = delete;
  Current &operator=(const Current &) = delete;

  Status status() const { return failed; }

private:
  const DriverApi &api;
  Status failed;
};

/// Calls a function in a context; null, or text(name, status) if its status is not 0.
template <typename Text, typename Result, typename... Parameters, typename... Arguments>
const char *callWith(sph_device_context *context, Text text, const char *name,
                     Result (*function)(Parameters...), Arguments... arguments) {
  const Current current(context);
  if (current.status() != 0)
    return report(failureText(*context->api, "cuCtxPushCurrent_v2", current.status()));
  const Result status = function(arguments...);
  return status == 0 ? nullptr : report(text(name, status));
}

/// The same for a function of the driver.
template <typename... Parameters, typename... Arguments>
const char *call(sph_device_context *context, const char *name, Status (*function)(Parameters...),
                 Arguments... arguments) {
  auto text = [&](const char *failed, Status status) {
    return failureText(*context->api, failed, status);
  };
  return callWith(context, text, name, function, arguments...);
}

/// call(context, "cuX", api->cuX, arguments...).
#define SPHERICAL_CALL(context, name, ...) call(context, #name, (context)->api->name, __VA_ARGS__)

} // namespace spherical::runtime::cuda

#endif // SPHERICAL_RUNTIME_CUDA_CONTEXT_H
