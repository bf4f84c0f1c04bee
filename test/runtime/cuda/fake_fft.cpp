//===- fake_fft.cpp - cuFFT without a GPU -----------------------*- C++ -*-===//

#include "runtime/cuda/library_api.h"
#include "test/runtime/cuda/fake_library.h"

using namespace spherical::runtime::cuda;

namespace {

spherical::test::FakeLibrary library;

constexpr FftHandle firstPlan = 7;

std::string text(int rank, const long long *numbers) {
  std::string all;
  for (int i = 0; i < rank; ++i)
    all += (i == 0 ? "[" : ",") + std::to_string(numbers[i]);
  return all + "]";
}

} // namespace

extern "C" {

spherical::test::FakeLibrary *fakeLibrary() { return &library; }

LibraryStatus cufftGetProperty(int property, int *value) {
  *value = 12 - property;
  return 0;
}
LibraryStatus cufftCreate(FftHandle *plan) {
  const LibraryStatus status = library.note("cufftCreate");
  if (status == 0) {
    *plan = firstPlan;
    ++library.alive;
  }
  return status;
}
LibraryStatus cufftDestroy(FftHandle plan) {
  --library.alive;
  return library.note("cufftDestroy", plan);
}
LibraryStatus cufftSetAutoAllocation(FftHandle plan, int isOn) {
  return library.note("cufftSetAutoAllocation", plan, isOn);
}
LibraryStatus cufftMakePlanMany64(FftHandle plan, int rank, long long *n, long long *inEmbed,
                                  long long inStride, long long inDistance, long long *outEmbed,
                                  long long outStride, long long outDistance, int type,
                                  long long batch, size_t *workspaceBytes) {
  *workspaceBytes = 512;
  return library.note("cufftMakePlanMany64", plan, rank, text(rank, n), text(rank, inEmbed),
                      inStride, inDistance, text(rank, outEmbed), outStride, outDistance, type,
                      batch);
}
LibraryStatus cufftSetStream(FftHandle plan, Stream) {
  return library.note("cufftSetStream", plan);
}
LibraryStatus cufftSetWorkArea(FftHandle plan, void *workspace) {
  return library.note("cufftSetWorkArea", plan, workspace);
}
LibraryStatus cufftExecC2C(FftHandle plan, void *in, void *out, int direction) {
  return library.note("cufftExecC2C", plan, in, out, direction);
}
LibraryStatus cufftExecR2C(FftHandle plan, void *in, void *out) {
  return library.note("cufftExecR2C", plan, in, out);
}
LibraryStatus cufftExecC2R(FftHandle plan, void *in, void *out) {
  return library.note("cufftExecC2R", plan, in, out);
}
}
