//===- fake_gemm.cpp - cuBLAS without a GPU ---------------------*- C++ -*-===//

#include "runtime/cuda/library_api.h"
#include "test/runtime/cuda/fake_library.h"

using namespace spherical::runtime::cuda;

namespace {

spherical::test::FakeLibrary library;
size_t workspaceBytes = 0;

} // namespace

extern "C" {

spherical::test::FakeLibrary *fakeLibrary() { return &library; }

LibraryStatus cublasGetProperty(int property, int *value) {
  *value = 13 - property;
  return 0;
}
LibraryStatus cublasCreate_v2(GemmHandle *handle) {
  const LibraryStatus status = library.note("cublasCreate_v2");
  if (status == 0) {
    *handle = reinterpret_cast<GemmHandle>(&library);
    ++library.alive;
  }
  return status;
}
LibraryStatus cublasDestroy_v2(GemmHandle) {
  --library.alive;
  return library.note("cublasDestroy_v2");
}
LibraryStatus cublasSetMathMode(GemmHandle, int mode) {
  return library.note("cublasSetMathMode", mode);
}
LibraryStatus cublasSetStream_v2(GemmHandle, Stream) {
  workspaceBytes = 0; // the library's own again
  return library.note("cublasSetStream_v2");
}
LibraryStatus cublasSetWorkspace_v2(GemmHandle, void *, size_t bytes) {
  workspaceBytes = bytes;
  return library.note("cublasSetWorkspace_v2", bytes);
}
LibraryStatus cublasSgemmStridedBatched_64(GemmHandle, int opA, int opB, int64_t m, int64_t n,
                                           int64_t k, const float *alpha, const float *a,
                                           int64_t lda, long long strideA, const float *b,
                                           int64_t ldb, long long strideB, const float *beta,
                                           float *c, int64_t ldc, long long strideC,
                                           int64_t batch) {
  if (const LibraryStatus status = library.note("cublasSgemmStridedBatched_64"); status != 0)
    return status;
  constexpr LibraryStatus allocFailed = 3, invalidValue = 7;
  if (workspaceBytes == 0)
    return allocFailed;
  if (lda < (opA ? k : m) || ldb < (opB ? n : k) || ldc < m)
    return invalidValue;
  for (int64_t item = 0; item < batch; ++item, a += strideA, b += strideB, c += strideC)
    for (int64_t j = 0; j < n; ++j)
      for (int64_t i = 0; i < m; ++i) {
        float sum = 0;
        for (int64_t l = 0; l < k; ++l)
          sum += (opA ? a[l + i * lda] : a[i + l * lda]) * (opB ? b[j + l * ldb] : b[l + j * ldb]);
        c[i + j * ldc] = *alpha * sum + *beta * c[i + j * ldc];
      }
  return 0;
}
}
