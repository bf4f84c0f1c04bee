//===- library_api.h - the functions used of cuFFT and cuBLAS ---*- C++ -*-===//
//
// Declarations of our own, so that no header of CUDA is needed. Names are those
// that the libraries of CUDA 12 and 13 export.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_CUDA_LIBRARY_API_H
#define SPHERICAL_RUNTIME_CUDA_LIBRARY_API_H

#include "runtime/cuda/driver_api.h"

namespace spherical::runtime::cuda {

/// cufftResult or cublasStatus_t; 0 is success.
using LibraryStatus = int;
/// cufftHandle, and cublasHandle_t.
using FftHandle = int;
using GemmHandle = struct OpaqueGemm *;

// Values of enumerations of cufft.h, cublas_api.h and library_types.h.
inline constexpr int fftR2C = 0x2a, fftC2R = 0x2c, fftC2C = 0x29;
inline constexpr int fftForward = -1, fftInverse = 1;
inline constexpr int gemmPlain = 0, gemmTransposed = 1;
inline constexpr int gemmDefaultMath = 0; ///< products and sums of f32 in f32
inline constexpr int propertyMajor = 0, propertyMinor = 1, propertyPatch = 2;

/// X(name, parameters) for each function; all return LibraryStatus.
#define SPHERICAL_FFT_FUNCTIONS(X)                                                                 \
  X(cufftGetProperty, (int property, int *value))                                                  \
  X(cufftCreate, (FftHandle * plan))                                                               \
  X(cufftDestroy, (FftHandle plan))                                                                \
  X(cufftSetAutoAllocation, (FftHandle plan, int isOn))                                            \
  X(cufftMakePlanMany64,                                                                           \
    (FftHandle plan, int rank, long long *n, long long *inEmbed, long long inStride,               \
     long long inDistance, long long *outEmbed, long long outStride, long long outDistance,        \
     int type, long long batch, size_t *workspaceBytes))                                           \
  X(cufftSetStream, (FftHandle plan, Stream stream))                                               \
  X(cufftSetWorkArea, (FftHandle plan, void *workspace))                                           \
  X(cufftExecC2C, (FftHandle plan, void *in, void *out, int direction))                            \
  X(cufftExecR2C, (FftHandle plan, void *in, void *out))                                           \
  X(cufftExecC2R, (FftHandle plan, void *in, void *out))

#define SPHERICAL_GEMM_FUNCTIONS(X)                                                                \
  X(cublasGetProperty, (int property, int *value))                                                 \
  X(cublasCreate_v2, (GemmHandle * handle))                                                        \
  X(cublasDestroy_v2, (GemmHandle handle))                                                         \
  X(cublasSetMathMode, (GemmHandle handle, int mode))                                              \
  X(cublasSetStream_v2, (GemmHandle handle, Stream stream))                                        \
  X(cublasSetWorkspace_v2, (GemmHandle handle, void *workspace, size_t bytes))                     \
  X(cublasSgemmStridedBatched_64,                                                                  \
    (GemmHandle handle, int opA, int opB, int64_t m, int64_t n, int64_t k, const float *alpha,     \
     const float *a, int64_t lda, long long strideA, const float *b, int64_t ldb,                  \
     long long strideB, const float *beta, float *c, int64_t ldc, long long strideC,               \
     int64_t batch))

#define SPHERICAL_LIBRARY_MEMBER(name, parameters) LibraryStatus(*name) parameters;

/// The functions, found in a library.
struct FftApi {
  SPHERICAL_FFT_FUNCTIONS(SPHERICAL_LIBRARY_MEMBER)
};
struct GemmApi {
  SPHERICAL_GEMM_FUNCTIONS(SPHERICAL_LIBRARY_MEMBER)
};

#undef SPHERICAL_LIBRARY_MEMBER

} // namespace spherical::runtime::cuda

#endif // SPHERICAL_RUNTIME_CUDA_LIBRARY_API_H
