//===- libraries.cpp - library calls over fakes of the libraries ----------===//

#include "runtime/cuda/driver.h"
#include "runtime/cuda/load_libraries.h"
#include "test/runtime/cuda/fake_driver.h"
#include "test/runtime/cuda/fake_library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include <dlfcn.h>

namespace spherical::test {
namespace {

using namespace runtime;

std::string textOf(const char *failure) { return failure ? failure : ""; }

/// A function of a fake in the folder that SPHERICAL_CUDA_PATH names.
template <typename Fake> Fake *fakeOf(const char *name, const char *function) {
  void *library =
      dlopen((SPHERICAL_FAKE_DRIVER_PATH + std::string("/") + name).c_str(), RTLD_NOW | RTLD_LOCAL);
  EXPECT_TRUE(library) << dlerror();
  return reinterpret_cast<Fake *(*)()>(dlsym(library, function))();
}

class FakeLibraries : public testing::Test {
protected:
  static void SetUpTestSuite() {
    setenv("SPHERICAL_CUDA_PATH", SPHERICAL_FAKE_DRIVER_PATH, 1);
    gpu = fakeOf<FakeDriver>("libcuda.so.1", "fakeDriver");
    fft = fakeOf<FakeLibrary>("libcufft.so.12", "fakeLibrary");
    gemm = fakeOf<FakeLibrary>("libcublas.so.13", "fakeLibrary");
  }
  void SetUp() override {
    gpu->reset();
    *fft = *gemm = {};
    ASSERT_EQ(calls.open(0, &context), nullptr);
    ASSERT_EQ(calls.create_stream(context, nullptr, &stream), nullptr);
  }
  void TearDown() override {
    calls.destroy_stream(stream);
    calls.close(context);
    EXPECT_EQ(gpu->alive(), 0);
    EXPECT_EQ(fft->alive, 0);
    EXPECT_EQ(gemm->alive, 0);
  }

  std::string plan(const sph_fft_shape &shape) {
    return textOf(calls.fft_plan(context, &shape, &made, &bytes));
  }
  std::string multiply(const sph_gemm_shape &shape) {
    return textOf(calls.gemm(stream, &shape, a.data(), b.data(), c.data(), workspace,
                             SPH_GEMM_WORKSPACE_LEAST));
  }

  static inline FakeDriver *gpu = nullptr;
  static inline FakeLibrary *fft = nullptr, *gemm = nullptr;
  const sph_device &calls = cudaDevice();
  sph_device_context *context = nullptr;
  sph_device_stream *stream = nullptr;
  sph_device_fft *made = nullptr;
  int64_t bytes = 0;
  std::vector<float> a = std::vector<float>(60), b = a, c = a;
  char workspace[8] = {};
};

constexpr sph_fft_shape shape = {2, SPH_FFT_C2C, {4, 6}, 3, {{5, 7}, 2, 80}, {{8, 9}, 1, 72}};

TEST_F(FakeLibraries, SaysWhichThereAre) {
  sph_device_libraries libraries;
  EXPECT_EQ(calls.libraries(context, &libraries), nullptr);
  EXPECT_EQ(libraries.has_fft, 1);
  EXPECT_EQ(libraries.has_gemm, 1);
  EXPECT_EQ(std::vector<int>(libraries.fft_version, libraries.fft_version + 3),
            std::vector<int>({12, 11, 10}));
  EXPECT_EQ(std::vector<int>(libraries.gemm_version, libraries.gemm_version + 3),
            std::vector<int>({13, 12, 11}));
  EXPECT_STREQ(libraries.missing_fft, "");
  EXPECT_STREQ(libraries.missing_gemm, "");
}

TEST_F(FakeLibraries, PlansWithAllNumbersAndWithoutMemory) {
  EXPECT_EQ(plan(shape), "");
  EXPECT_EQ(bytes, 512);
  calls.fft_destroy(made);
  sph_fft_shape line = shape;
  line.rank = 1;
  for (const auto &[kind, type] : {std::pair{SPH_FFT_R2C, 0x2a}, std::pair{SPH_FFT_C2R, 0x2c}}) {
    line.kind = kind;
    EXPECT_EQ(plan(line), "");
    EXPECT_EQ(fft->calls.back(),
              "cufftMakePlanMany64 7 1 [4] [5] 2 80 [8] 1 72 " + std::to_string(type) + " 3");
    calls.fft_destroy(made);
  }
  fft->calls.resize(4);
  EXPECT_EQ(fft->calls,
            std::vector<std::string>({"cufftCreate", "cufftSetAutoAllocation 7 0",
                                      "cufftMakePlanMany64 7 2 [4,6] [5,7] 2 80 [8,9] 1 72 41 3",
                                      "cufftDestroy 7"}));
}

TEST_F(FakeLibraries, ExecutesOnTheStreamWithTheWorkspace) {
  struct {
    sph_fft_kind kind;
    int32_t inverse;
    std::string call, direction;
  } const runs[] = {{SPH_FFT_C2C, 0, "cufftExecC2C", " -1"},
                    {SPH_FFT_C2C, 1, "cufftExecC2C", " 1"},
                    {SPH_FFT_R2C, 0, "cufftExecR2C", ""},
                    {SPH_FFT_C2R, 1, "cufftExecC2R", ""}};
  for (const auto &[kind, inverse, call, direction] : runs) {
    sph_fft_shape other = shape;
    other.kind = kind;
    EXPECT_EQ(plan(other), "");
    fft->calls.clear();
    auto place = [](uintptr_t address) { return reinterpret_cast<void *>(address); };
    EXPECT_EQ(
        textOf(calls.fft_execute(stream, made, place(0x100), place(0x200), inverse, place(0x300))),
        "");
    EXPECT_EQ(fft->calls, std::vector<std::string>({"cufftSetStream 7", "cufftSetWorkArea 7 0x300",
                                                    call + " 7 0x100 0x200" + direction}));
    calls.fft_destroy(made);
  }
}

TEST_F(FakeLibraries, RefusesTransformsThatThereAreNot) {
  sph_fft_shape other = shape;
  other.rank = 3;
  EXPECT_EQ(plan(other), "expected transforms of rank 1 or 2, got 3");
  other = shape;
  other.kind = 41;
  EXPECT_EQ(plan(other), "expected transforms of kind 0, 1 or 2, got 41");
  other.kind = SPH_FFT_R2C;
  EXPECT_EQ(plan(other), "");
  EXPECT_EQ(textOf(calls.fft_execute(stream, made, nullptr, nullptr, 1, nullptr)),
            "expected `inverse` to be 0 for a transform from real to complex, got 1");
  calls.fft_destroy(made);
}

TEST_F(FakeLibraries, EveryFailureOfATransformIsASentence) {
  for (const auto &[function, sentence] : std::map<std::string, std::string>{
           {"cufftCreate", "cufftCreate: the library could not start (CUFFT_SETUP_FAILED)"},
           {"cufftSetAutoAllocation",
            "cufftSetAutoAllocation: the library could not start (CUFFT_SETUP_FAILED)"},
           {"cufftMakePlanMany64", "3 transforms of 4 x 6: cufftMakePlanMany64: the library could "
                                   "not start (CUFFT_SETUP_FAILED)"}}) {
    fft->failures = {{function, 7}};
    EXPECT_EQ(plan(shape), sentence);
    EXPECT_EQ(fft->alive, 0);
  }
  fft->failures.clear();
  EXPECT_EQ(plan(shape), "");
  for (const std::string function : {"cufftSetStream", "cufftSetWorkArea", "cufftExecC2C"}) {
    fft->failures = {{function, 6}};
    EXPECT_EQ(textOf(calls.fft_execute(stream, made, nullptr, nullptr, 0, workspace)),
              function + ": the transform could not be run (CUFFT_EXEC_FAILED)");
    fft->failures = {{function, 99}};
    EXPECT_EQ(textOf(calls.fft_execute(stream, made, nullptr, nullptr, 0, workspace)),
              function + ": unknown error (cufftResult 99)");
  }
  gpu->failAt("cuCtxPushCurrent_v2", 719, 0);
  EXPECT_EQ(textOf(calls.fft_execute(stream, made, nullptr, nullptr, 0, workspace)),
            "cuCtxPushCurrent_v2: made by a test (CUDA_ERROR_FAKE)");
  calls.fft_destroy(made);
}

/// Two products 3 x 2 of 3 x 4 and 4 x 2, with gaps.
sph_gemm_shape gemmShape(int32_t transposeA, int32_t transposeB) {
  return {3, 2, 4, 2, transposeA, transposeB, 5, 6, 3, 25, 30, 11, 2, -1};
}

// The library's matrices are column-major. Whole numbers are exact in any order.
TEST_F(FakeLibraries, MultipliesRowMajorMatrices) {
  for (const auto &[transposeA, transposeB] :
       {std::pair{0, 0}, std::pair{0, 1}, std::pair{1, 0}, std::pair{1, 1}}) {
    for (size_t i = 0; i < a.size(); ++i)
      a[i] = i * i % 7, b[i] = i * i % 11, c[i] = i % 5;
    const sph_gemm_shape s = gemmShape(transposeA, transposeB);
    std::vector<float> expected = c;
    for (int64_t item = 0; item < s.batch; ++item)
      for (int64_t i = 0; i < s.m; ++i)
        for (int64_t j = 0; j < s.n; ++j) {
          float sum = 0;
          for (int64_t k = 0; k < s.k; ++k)
            sum += a[item * s.stride_a + (transposeA ? k * s.lda + i : i * s.lda + k)] *
                   b[item * s.stride_b + (transposeB ? j * s.ldb + k : k * s.ldb + j)];
          float &element = expected[item * s.stride_c + i * s.ldc + j];
          element = s.alpha * sum + s.beta * element;
        }
    EXPECT_EQ(multiply(s), "");
    EXPECT_EQ(c, expected) << transposeA << transposeB;
  }
}

TEST_F(FakeLibraries, PreparesProductsOnceAContext) {
  EXPECT_EQ(multiply(gemmShape(0, 0)), "");
  EXPECT_EQ(multiply(gemmShape(0, 0)), "");
  EXPECT_EQ(gemm->calls, std::vector<std::string>(
                             {"cublasCreate_v2", "cublasSetMathMode 0", // no TF32
                              "cublasSetStream_v2", "cublasSetWorkspace_v2 16384",
                              "cublasSgemmStridedBatched_64", "cublasSetStream_v2",
                              "cublasSetWorkspace_v2 16384", "cublasSgemmStridedBatched_64"}));
}

TEST_F(FakeLibraries, EveryFailureOfAProductIsASentence) {
  for (const std::string function : {"cublasCreate_v2", "cublasSetMathMode", "cublasSetStream_v2",
                                     "cublasSetWorkspace_v2", "cublasSgemmStridedBatched_64"}) {
    gemm->failures = {{function, 13}};
    EXPECT_EQ(multiply(gemmShape(0, 0)),
              function + ": the product could not be run (CUBLAS_STATUS_EXECUTION_FAILED)");
  }
  gemm->failures.clear();
  EXPECT_EQ(multiply(gemmShape(0, 0)), "");
}

// In a process of its own: a library that was found is kept.
TEST_F(FakeLibraries, MissingOnesAreASentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto lookFor = [&] {
    setenv("SPHERICAL_CUDA_PATH", "/nowhere", 1);
    sph_device_libraries libraries;
    calls.libraries(context, &libraries);
    const std::string sentence = libraries.missing_fft;
    EXPECT_EQ(libraries.has_fft + libraries.has_gemm + libraries.fft_version[0], 0);
    EXPECT_EQ(plan(shape), sentence);
    EXPECT_EQ(multiply(gemmShape(0, 0)), libraries.missing_gemm);
    std::fprintf(stderr, "%s. %s.", sentence.c_str(), libraries.missing_gemm);
    std::exit(HasFailure());
  };
  EXPECT_EXIT(
      lookFor(), testing::ExitedWithCode(0),
      "expected cuFFT of CUDA 13 or 12, libcufft.so.12 or libcufft.so.11, in "
      "SPHERICAL_CUDA_PATH=/nowhere or its folders lib64 and lib, got none: .*; install it with "
      "the CUDA toolkit .package libcufft.\\. "
      "expected cuBLAS of CUDA 13 or 12, libcublas.so.13 or libcublas.so.12, in .*; install it "
      "with the CUDA toolkit .package libcublas.\\.$");
}

} // namespace

/// Opens the first of these libraries that the system or the toolkit's folder has.
static void *openAny(std::initializer_list<std::string> names) {
  for (const std::string &name : names)
    for (const std::string folder : {"", "/usr/local/cuda/lib64/"})
      if (void *library = dlopen((folder + name).c_str(), RTLD_LAZY | RTLD_LOCAL))
        return library;
  return nullptr;
}

#define SPHERICAL_FIND(name, parameters) EXPECT_TRUE(dlsym(library, #name)) << #name;

// The names are those of the real libraries, which need no GPU to be opened.
TEST(CudaNames, AreExportedByCufft) {
  void *library = openAny({"libcufft.so.12", "libcufft.so.11"});
  if (!library)
    GTEST_SKIP() << "no cuFFT on this machine";
  SPHERICAL_FFT_FUNCTIONS(SPHERICAL_FIND)
  dlclose(library);
}

TEST(CudaNames, AreExportedByCublas) {
  void *library = openAny({"libcublas.so.13", "libcublas.so.12"});
  if (!library)
    GTEST_SKIP() << "no cuBLAS on this machine";
  SPHERICAL_GEMM_FUNCTIONS(SPHERICAL_FIND)
  dlclose(library);
}

#undef SPHERICAL_FIND

} // namespace spherical::test
