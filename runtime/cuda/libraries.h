//===- libraries.h - device calls over cuFFT and cuBLAS ---------*- C++ -*-===//
//
// The entries `libraries`, `fft_plan` ... `gemm` of the table; see device.h.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_CUDA_LIBRARIES_H
#define SPHERICAL_RUNTIME_CUDA_LIBRARIES_H

#include "runtime/cuda/context.h"

namespace spherical::runtime::cuda {

const char *libraries(sph_device_context *context, sph_device_libraries *libraries);
const char *fftPlan(sph_device_context *context, const sph_fft_shape *shape, sph_device_fft **plan,
                    int64_t *workspaceBytes);
void fftDestroy(sph_device_fft *plan);
const char *fftExecute(sph_device_stream *stream, sph_device_fft *plan, void *in, void *out,
                       int32_t inverse, void *workspace);
const char *gemm(sph_device_stream *stream, const sph_gemm_shape *shape, const void *a,
                 const void *b, void *c, void *workspace, int64_t workspaceBytes);

/// Releases what the first product of a context has made.
void closeGemm(sph_device_context *context);

} // namespace spherical::runtime::cuda

#endif // SPHERICAL_RUNTIME_CUDA_LIBRARIES_H
