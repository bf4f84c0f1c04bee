//===- libraries.cpp - device calls over cuFFT and cuBLAS -------*- C++ -*-===//

#include "runtime/cuda/libraries.h"

#include "runtime/cuda/load_libraries.h"

#include <cstdio>

using namespace spherical::runtime::cuda;

struct sph_device_fft {
  sph_device_context *context;
  const FftApi *api;
  FftHandle handle;
  int32_t kind;
};

namespace spherical::runtime::cuda {
namespace {

/// callWith for api->name(arguments...).
#define SPHERICAL_FFT_CALL(context, api, name, ...)                                                \
  callWith(context, fftFailureText, #name, (api)->name, __VA_ARGS__)
#define SPHERICAL_GEMM_CALL(context, api, name, ...)                                               \
  callWith(context, gemmFailureText, #name, (api)->name, __VA_ARGS__)

void readVersion(LibraryStatus (*property)(int, int *), int32_t (&version)[3]) {
  for (const int part : {propertyMajor, propertyMinor, propertyPatch})
    property(part, &version[part]);
}

std::string textOf(const sph_fft_shape &shape) {
  std::string text = std::to_string(shape.batch) + " transforms of " + std::to_string(shape.n[0]);
  return shape.rank == 2 ? text + " x " + std::to_string(shape.n[1]) : text;
}

/// The plan of a handle.
const char *makePlan(const sph_device_fft &plan, const sph_fft_shape &shape, size_t &bytes) {
  if (const char *failure =
          SPHERICAL_FFT_CALL(plan.context, plan.api, cufftSetAutoAllocation, plan.handle, 0))
    return failure;
  long long n[] = {shape.n[0], shape.n[1]};
  long long in[] = {shape.in.embed[0], shape.in.embed[1]};
  long long out[] = {shape.out.embed[0], shape.out.embed[1]};
  const int type = shape.kind == SPH_FFT_C2C ? fftC2C : shape.kind == SPH_FFT_R2C ? fftR2C : fftC2R;
  const char *failure = SPHERICAL_FFT_CALL(
      plan.context, plan.api, cufftMakePlanMany64, plan.handle, shape.rank, n, in, shape.in.stride,
      shape.in.distance, out, shape.out.stride, shape.out.distance, type, shape.batch, &bytes);
  return failure ? report(textOf(shape) + ": " + failure) : nullptr;
}

/// The library, prepared for the context; null after a sentence in `failure`.
const GemmApi *openGemm(sph_device_context *context, const char *&failure) {
  if (context->gemmApi)
    return context->gemmApi;
  std::string reason;
  const GemmApi *api = loadGemm(reason);
  if (!api) {
    failure = report(reason);
    return nullptr;
  }
  GemmHandle handle = nullptr;
  failure = SPHERICAL_GEMM_CALL(context, api, cublasCreate_v2, &handle);
  if (failure)
    return nullptr;
  failure = SPHERICAL_GEMM_CALL(context, api, cublasSetMathMode, handle, gemmDefaultMath);
  if (failure) {
    const std::string sentence = failure;
    SPHERICAL_GEMM_CALL(context, api, cublasDestroy_v2, handle);
    failure = report(sentence);
    return nullptr;
  }
  context->gemmHandle = handle;
  return context->gemmApi = api;
}

} // namespace

const char *libraries(sph_device_context *, sph_device_libraries *libraries) {
  *libraries = {};
  std::string noFft, noGemm;
  if (const FftApi *fft = loadFft(noFft)) {
    libraries->has_fft = 1;
    readVersion(fft->cufftGetProperty, libraries->fft_version);
  }
  if (const GemmApi *gemm = loadGemm(noGemm)) {
    libraries->has_gemm = 1;
    readVersion(gemm->cublasGetProperty, libraries->gemm_version);
  }
  std::snprintf(libraries->missing_fft, sizeof libraries->missing_fft, "%s", noFft.c_str());
  std::snprintf(libraries->missing_gemm, sizeof libraries->missing_gemm, "%s", noGemm.c_str());
  return nullptr;
}

const char *fftPlan(sph_device_context *context, const sph_fft_shape *shape, sph_device_fft **plan,
                    int64_t *workspaceBytes) {
  if (shape->rank < 1 || shape->rank > 2)
    return report("expected transforms of rank 1 or 2, got " + std::to_string(shape->rank));
  if (shape->kind < SPH_FFT_C2C || shape->kind > SPH_FFT_C2R)
    return report("expected transforms of kind 0, 1 or 2, got " + std::to_string(shape->kind));
  std::string reason;
  const FftApi *api = loadFft(reason);
  if (!api)
    return report(reason);
  sph_device_fft made{context, api, 0, shape->kind};
  if (const char *failure = SPHERICAL_FFT_CALL(context, api, cufftCreate, &made.handle))
    return failure;
  size_t bytes = 0;
  if (const char *failure = makePlan(made, *shape, bytes)) {
    const std::string sentence = failure;
    SPHERICAL_FFT_CALL(context, api, cufftDestroy, made.handle);
    return report(sentence);
  }
  *plan = new sph_device_fft(made);
  *workspaceBytes = static_cast<int64_t>(bytes);
  return nullptr;
}

void fftDestroy(sph_device_fft *plan) {
  if (plan)
    SPHERICAL_FFT_CALL(plan->context, plan->api, cufftDestroy, plan->handle);
  delete plan;
}

const char *fftExecute(sph_device_stream *stream, sph_device_fft *plan, void *in, void *out,
                       int32_t inverse, void *workspace) {
  if (plan->kind != SPH_FFT_C2C && (inverse != 0) != (plan->kind == SPH_FFT_C2R))
    return report("expected `inverse` to be " + std::to_string(plan->kind == SPH_FFT_C2R) +
                  " for a transform " +
                  (plan->kind == SPH_FFT_C2R ? "from complex to real" : "from real to complex") +
                  ", got " + std::to_string(inverse));
  sph_device_context *context = plan->context;
  if (const char *failure =
          SPHERICAL_FFT_CALL(context, plan->api, cufftSetStream, plan->handle, stream->stream))
    return failure;
  if (workspace)
    if (const char *failure =
            SPHERICAL_FFT_CALL(context, plan->api, cufftSetWorkArea, plan->handle, workspace))
      return failure;
  if (plan->kind == SPH_FFT_R2C)
    return SPHERICAL_FFT_CALL(context, plan->api, cufftExecR2C, plan->handle, in, out);
  if (plan->kind == SPH_FFT_C2R)
    return SPHERICAL_FFT_CALL(context, plan->api, cufftExecC2R, plan->handle, in, out);
  return SPHERICAL_FFT_CALL(context, plan->api, cufftExecC2C, plan->handle, in, out,
                            inverse ? fftInverse : fftForward);
}

const char *gemm(sph_device_stream *stream, const sph_gemm_shape *shape, const void *a,
                 const void *b, void *c, void *workspace, int64_t workspaceBytes) {
  sph_device_context *context = stream->context;
  const char *failure = nullptr;
  const GemmApi *api = openGemm(context, failure);
  if (!api)
    return failure;
  const GemmHandle handle = context->gemmHandle;
  if ((failure = SPHERICAL_GEMM_CALL(context, api, cublasSetStream_v2, handle, stream->stream)))
    return failure;
  // After the stream, which takes the workspace away.
  if ((failure = SPHERICAL_GEMM_CALL(context, api, cublasSetWorkspace_v2, handle, workspace,
                                     static_cast<size_t>(workspaceBytes))))
    return failure;
  // A row-major matrix is the transpose of a column-major one: C^T = op(B)^T op(A)^T.
  auto op = [](int32_t transpose) { return transpose ? gemmTransposed : gemmPlain; };
  return SPHERICAL_GEMM_CALL(context, api, cublasSgemmStridedBatched_64, handle,
                             op(shape->transpose_b), op(shape->transpose_a), shape->n, shape->m,
                             shape->k, &shape->alpha, static_cast<const float *>(b), shape->ldb,
                             shape->stride_b, static_cast<const float *>(a), shape->lda,
                             shape->stride_a, &shape->beta, static_cast<float *>(c), shape->ldc,
                             shape->stride_c, shape->batch);
}

void closeGemm(sph_device_context *context) {
  if (context->gemmApi)
    SPHERICAL_GEMM_CALL(context, context->gemmApi, cublasDestroy_v2, context->gemmHandle);
}

} // namespace spherical::runtime::cuda
