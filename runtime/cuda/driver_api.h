//===- driver_api.h - the functions used of the CUDA driver -----*- C++ -*-===//
//
// Declarations of our own, so that no header of CUDA is needed. Names are those
// that libcuda exports, with the suffix of the version (CUDA driver API 12).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_CUDA_DRIVER_API_H
#define SPHERICAL_RUNTIME_CUDA_DRIVER_API_H

#include <cstddef>
#include <cstdint>

namespace spherical::runtime::cuda {

/// CUresult; 0 is success.
using Status = int;
/// CUdevice, and CUdeviceptr.
using Device = int;
using Address = unsigned long long;
/// Opaque pointers of the driver.
using Context = struct OpaqueContext *;
using Module = struct OpaqueModule *;
using Function = struct OpaqueFunction *;
using Stream = struct OpaqueStream *;
using Event = struct OpaqueEvent *;
using Graph = struct OpaqueGraph *;
using GraphExec = struct OpaqueGraphExec *;

// Values of enumerations of cuda.h.
inline constexpr int attributeMultiprocessors = 16, attributeMajor = 75, attributeMinor = 76,
                     attributeSharedOptIn = 97;
inline constexpr int functionAttributeShared = 8;
inline constexpr int jitErrorLog = 5, jitErrorLogBytes = 6;
inline constexpr unsigned eventDefault = 0, streamNonBlocking = 1;
inline constexpr int captureRelaxed = 2;
inline constexpr Status statusOutOfMemory = 2;

/// X(name, parameters) for each function; all return Status.
#define SPHERICAL_CUDA_FUNCTIONS(X)                                                                \
  X(cuInit, (unsigned flags))                                                                      \
  X(cuGetErrorName, (Status status, const char **text))                                            \
  X(cuGetErrorString, (Status status, const char **text))                                          \
  X(cuDeviceGetCount, (int *count))                                                                \
  X(cuDeviceGet, (Device * device, int ordinal))                                                   \
  X(cuDeviceGetName, (char *name, int bytes, Device device))                                       \
  X(cuDeviceGetAttribute, (int *value, int attribute, Device device))                              \
  X(cuDeviceTotalMem_v2, (size_t * bytes, Device device))                                          \
  X(cuDevicePrimaryCtxRetain, (Context * context, Device device))                                  \
  X(cuDevicePrimaryCtxRelease_v2, (Device device))                                                 \
  X(cuCtxPushCurrent_v2, (Context context))                                                        \
  X(cuCtxPopCurrent_v2, (Context * context))                                                       \
  X(cuMemGetInfo_v2, (size_t * available, size_t * total))                                         \
  X(cuModuleLoadDataEx,                                                                            \
    (Module * module, const void *image, unsigned count, int *options, void **values))             \
  X(cuModuleUnload, (Module module))                                                               \
  X(cuModuleGetFunction, (Function * function, Module module, const char *name))                   \
  X(cuFuncSetAttribute, (Function function, int attribute, int value))                             \
  X(cuMemAlloc_v2, (Address * memory, size_t bytes))                                               \
  X(cuMemFree_v2, (Address memory))                                                                \
  X(cuMemAllocHost_v2, (void **memory, size_t bytes))                                              \
  X(cuMemFreeHost, (void *memory))                                                                 \
  X(cuStreamCreate, (Stream * stream, unsigned flags))                                             \
  X(cuStreamDestroy_v2, (Stream stream))                                                           \
  X(cuStreamSynchronize, (Stream stream))                                                          \
  X(cuEventCreate, (Event * event, unsigned flags))                                                \
  X(cuEventDestroy_v2, (Event event))                                                              \
  X(cuEventRecord, (Event event, Stream stream))                                                   \
  X(cuEventSynchronize, (Event event))                                                             \
  X(cuEventElapsedTime, (float *milliseconds, Event from, Event to))                               \
  X(cuMemcpyHtoDAsync_v2, (Address to, const void *from, size_t bytes, Stream stream))             \
  X(cuMemcpyDtoHAsync_v2, (void *to, Address from, size_t bytes, Stream stream))                   \
  X(cuMemcpyDtoDAsync_v2, (Address to, Address from, size_t bytes, Stream stream))                 \
  X(cuMemsetD8Async, (Address to, unsigned char value, size_t bytes, Stream stream))               \
  X(cuLaunchKernel, (Function function, unsigned gridX, unsigned gridY, unsigned gridZ,            \
                     unsigned blockX, unsigned blockY, unsigned blockZ, unsigned shared,           \
                     Stream stream, void **arguments, void **extra))                               \
  X(cuStreamBeginCapture_v2, (Stream stream, int mode))                                            \
  X(cuStreamEndCapture, (Stream stream, Graph * graph))                                            \
  X(cuGraphInstantiateWithFlags, (GraphExec * exec, Graph graph, unsigned long long flags))        \
  X(cuGraphDestroy, (Graph graph))                                                                 \
  X(cuGraphLaunch, (GraphExec exec, Stream stream))                                                \
  X(cuGraphExecDestroy, (GraphExec exec))

/// The functions, found in a library.
struct DriverApi {
#define SPHERICAL_CUDA_MEMBER(name, parameters) Status(*name) parameters;
  SPHERICAL_CUDA_FUNCTIONS(SPHERICAL_CUDA_MEMBER)
#undef SPHERICAL_CUDA_MEMBER
};

} // namespace spherical::runtime::cuda

#endif // SPHERICAL_RUNTIME_CUDA_DRIVER_API_H
