//===- driver.cpp - programs over a fake CUDA driver ------------*- C++ -*-===//

#include "runtime/cuda/driver.h"

#include "runtime/cuda/driver_api.h"
#include "runtime/execute/program.h"
#include "test/runtime/cuda/fake_driver.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include <dlfcn.h>

namespace spherical::test {
namespace {

using namespace runtime;

//===----------------------------------------------------------------------===//
// A program of two entries
//===----------------------------------------------------------------------===//

const char *const manifest = R"({"abi": 3, "model": "fake", "target": "cuda", "cpu": "x86-64-v3",
"gpu": "sm_90", "lanes": 1, "tables": [],
"parameters": [{"name": "w", "role": "parameter", "element": "f32", "shape": []}],
"entries": [
{"name": "forward", "symbol": "sph_entry_forward", "arena_bytes": 1024, "scratch_bytes": 512,
 "tables": [],
 "arguments": [
  {"name": "w", "role": "parameter", "element": "f32", "shape": []},
  {"name": "x", "role": "input", "element": "f32", "shape": [4, 2], "batched": true}],
 "results": [{"name": "y", "element": "f32", "shape": [4, 2], "batched": true}],
 "stages": [{"name": "scale", "kernel": "scale", "blocks": 3, "threads": 128, "shared": 65536}]},
{"name": "train_step", "symbol": "sph_entry_train_step", "arena_bytes": 1024, "scratch_bytes": 2048,
 "tables": [],
 "arguments": [
  {"name": "w", "role": "parameter", "element": "f32", "shape": []},
  {"name": "learning_rate", "role": "learning_rate", "element": "f32", "shape": []}],
 "results": [
  {"name": "loss", "element": "f32", "shape": []},
  {"name": "w", "element": "f32", "shape": [], "replaces": "w"}],
 "stages": [
  {"name": "loss", "kernel": "loss", "blocks": 1, "threads": 128, "shared": 0},
  {"name": "step", "kernel": "step", "blocks": 1, "threads": 128, "shared": 0}]}]})";

const sph_frame &frameOf(void **arguments) { return **static_cast<sph_frame **>(arguments[0]); }

float *argument(const sph_frame &frame, int index) {
  return static_cast<float *>(frame.arguments[index]);
}
float *result(const sph_frame &frame, int index) {
  return static_cast<float *>(frame.results[index]);
}

/// y = w x of the valid samples.
void scale(void **arguments) {
  const sph_frame &frame = frameOf(arguments);
  for (int64_t i = 0; i < 2 * frame.count; ++i)
    result(frame, 0)[i] = *argument(frame, 0) * argument(frame, 1)[i];
}
/// loss = w^2
void lossKernel(void **arguments) {
  const sph_frame &frame = frameOf(arguments);
  *result(frame, 0) = *argument(frame, 0) * *argument(frame, 0);
}
/// w -= rate w
void step(void **arguments) {
  const sph_frame &frame = frameOf(arguments);
  *result(frame, 1) = *argument(frame, 0) * (1 - *argument(frame, 1));
}

/// What compiled host code does: one launch after the other.
const char *launchAll(const sph_device_frame *frame, const std::vector<int64_t> &shared) {
  void *const arguments[] = {const_cast<void **>(&frame->frame),
                             const_cast<void **>(&frame->scratch)};
  for (size_t i = 0; i < shared.size(); ++i)
    if (const char *failure =
            frame->device->launch(frame->stream, frame->kernels[i], 1, 128, shared[i], arguments))
      return failure;
  return nullptr;
}
const char *forwardEntry(const sph_device_frame *frame) { return launchAll(frame, {65536}); }
const char *trainEntry(const sph_device_frame *frame) { return launchAll(frame, {0, 0}); }

const sph_image images[] = {{SPH_IMAGE_PTX, 75, 4, "ptx"},
                            {SPH_IMAGE_CUBIN, 90, 6, "cubin"},
                            {SPH_IMAGE_END, 0, 0, nullptr}};

void *lookup(const std::string &symbol) {
  if (symbol == "sph_images")
    return const_cast<sph_image *>(images);
  if (symbol == "sph_entry_forward")
    return reinterpret_cast<void *>(forwardEntry);
  return symbol == "sph_entry_train_step" ? reinterpret_cast<void *>(trainEntry) : nullptr;
}

class FakeGpu : public testing::Test {
protected:
  static void SetUpTestSuite() {
    setenv("SPHERICAL_CUDA_PATH", SPHERICAL_FAKE_DRIVER_PATH, 1);
    void *library = dlopen(SPHERICAL_FAKE_DRIVER_PATH "/libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    ASSERT_TRUE(library) << dlerror();
    gpu = reinterpret_cast<FakeDriver *(*)()>(dlsym(library, "fakeDriver"))();
    gpu->define("scale", scale);
    gpu->define("loss", lossKernel);
    gpu->define("step", step);
  }
  void SetUp() override { gpu->reset(); }
  void TearDown() override { EXPECT_EQ(gpu->alive(), 0); }

  static std::unique_ptr<Program> open(int64_t device = 0) {
    return Program::fromSymbols(manifest, lookup, {device, nullptr, nullptr});
  }
  static void bind(Program &program, float value) { program.bind({"w", Element::F32, {}, &value}); }
  static float kept(Program &program) {
    float value = 0;
    program.read({"w", Element::F32, {}, &value});
    return value;
  }
  std::vector<float> forward(Program &program, int64_t count) {
    std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8}, y(8, -1);
    const int64_t shape[] = {4, 2};
    const BufferView inputs[] = {{"x", Element::F32, shape, x.data()}};
    const BufferView outputs[] = {{"y", Element::F32, shape, y.data()}};
    program.run("forward", inputs, outputs, count);
    return y;
  }
  float trainStep(Program &program, float rate) {
    float loss = 0;
    const BufferView inputs[] = {{"learning_rate", Element::F32, {}, &rate}};
    const BufferView outputs[] = {{"loss", Element::F32, {}, &loss}};
    program.run("train_step", inputs, outputs, 1);
    return loss;
  }
  /// The sentence of the failure of `body`.
  template <typename Body> static std::string failure(sph_status status, const Body &body) {
    try {
      body();
    } catch (const Error &error) {
      EXPECT_EQ(error.status(), status);
      return error.what();
    }
    return "no failure";
  }

  static inline FakeDriver *gpu = nullptr;
};

TEST_F(FakeGpu, PassesValuesToTheDeviceAndBack) {
  const auto program = open();
  bind(*program, 3);
  EXPECT_EQ(program->machine(), "sm_90 on device 0 (Fake GPU)");
  EXPECT_EQ(forward(*program, 4), std::vector<float>({3, 6, 9, 12, 15, 18, 21, 24}));
  EXPECT_EQ(forward(*program, 1), std::vector<float>({3, 6, -1, -1, -1, -1, -1, -1}));
}

// Addresses, count and learning rate lie in device memory: the recorded launches stay valid.
TEST_F(FakeGpu, TrainsInPlaceByReplayingAGraph) {
  const auto program = open();
  bind(*program, 2);
  EXPECT_EQ(trainStep(*program, 0.5f), 4);
  EXPECT_EQ(trainStep(*program, 0.25f), 1);
  EXPECT_EQ(trainStep(*program, 0), 0.5625f);
  EXPECT_EQ(kept(*program), 0.75f);
  EXPECT_EQ(gpu->calls("cuLaunchKernel"), 4); // the first step, and its recording
  EXPECT_EQ(gpu->calls("cuGraphLaunch"), 2);
}

TEST_F(FakeGpu, TakesNothingAndWaitsForNothingAfterTheFirstStep) {
  const auto program = open();
  bind(*program, 2);
  trainStep(*program, 0.5f);
  forward(*program, 4);
  trainStep(*program, 0.5f); // with the memory that `forward` has made no larger
  gpu->reset();
  for (int i = 0; i < 5; ++i)
    trainStep(*program, 0.5f);
  for (const char *function :
       {"cuMemAlloc_v2", "cuMemAllocHost_v2", "cuMemFree_v2", "cuModuleLoadDataEx",
        "cuModuleGetFunction", "cuStreamCreate", "cuEventCreate", "cuLaunchKernel",
        "cuStreamBeginCapture_v2", "cuGraphInstantiateWithFlags"})
    EXPECT_EQ(gpu->calls(function), 0) << function;
  EXPECT_EQ(gpu->calls("cuGraphLaunch"), 5);
  EXPECT_EQ(gpu->calls("cuStreamSynchronize"), 5); // at the end, for the loss on the host
  float rate = 0.5f;
  const BufferView inputs[] = {{"learning_rate", Element::F32, {}, &rate}};
  gpu->reset();
  program->run("train_step", inputs, {}, 1);
  program->run("train_step", inputs, {}, 1);
  EXPECT_EQ(gpu->calls("cuStreamSynchronize"), 0); // nobody asks for a result
}

TEST_F(FakeGpu, UsesArraysOnTheDeviceWhereTheyLie) {
  const auto program = open();
  bind(*program, 2);
  std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8}, y(8, -1); // the fake's memory is the host's
  const int64_t shape[] = {4, 2};
  const BufferView inputs[] = {{"x", Element::F32, shape, x.data(), devicePlace(0)}};
  const BufferView outputs[] = {{"y", Element::F32, shape, y.data(), devicePlace(0)}};
  program->run("forward", inputs, outputs, 4);
  gpu->reset();
  program->run("forward", inputs, outputs, 4);
  EXPECT_EQ(y, std::vector<float>({2, 4, 6, 8, 10, 12, 14, 16}));
  for (const char *function :
       {"cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuStreamSynchronize"})
    EXPECT_EQ(gpu->calls(function), 0) << function;
  const BufferView elsewhere[] = {{"x", Element::F32, shape, x.data(), devicePlace(3)}};
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { program->run("forward", elsewhere, outputs, 4); }),
            "model 'fake' runs on device 0 (Fake GPU) and expected buffers there or on the host, "
            "got one on device 3");
}

// Kept values are updated where they lie; a caller on the host gets a copy of them.
TEST_F(FakeGpu, CopiesUpdatedValuesToCallersThatAsk) {
  const auto program = open();
  bind(*program, 2);
  trainStep(*program, 0.5f);
  float rate = 0.5f, loss = 0, w = 0;
  const BufferView inputs[] = {{"learning_rate", Element::F32, {}, &rate}};
  const BufferView outputs[] = {{"w", Element::F32, {}, &w}, {"loss", Element::F32, {}, &loss}};
  gpu->reset();
  program->run("train_step", inputs, outputs, 1);
  EXPECT_EQ(loss, 1);
  EXPECT_EQ(w, 0.5f);
  EXPECT_EQ(kept(*program), 0.5f);
  EXPECT_EQ(gpu->calls("cuMemcpyDtoHAsync_v2"), 3); // loss and w, and w for `kept`
}

// Values of the caller stand in for kept ones in one run, and are updated in the caller's memory.
TEST_F(FakeGpu, GivenParametersStandInForOneRun) {
  const auto program = open();
  bind(*program, 2);
  float rate = 0.5f, w = 8;
  const BufferView inputs[] = {{"learning_rate", Element::F32, {}, &rate},
                               {"w", Element::F32, {}, &w}};
  const BufferView outputs[] = {{"w", Element::F32, {}, &w}};
  program->run("train_step", inputs, outputs, 1);
  EXPECT_EQ(w, 4);
  EXPECT_EQ(kept(*program), 2);
}

TEST_F(FakeGpu, TimesStagesByEvents) {
  const auto program = open();
  bind(*program, 2);
  program->setTimers(true);
  trainStep(*program, 0.5f);
  const auto times = program->stageTimes(program->entry("train_step"));
  ASSERT_EQ(times.size(), 2u);
  EXPECT_EQ(times[1].runs, 1);
  EXPECT_NEAR(times[1].seconds, 0.002, 1e-9);
}

TEST_F(FakeGpu, NamesWhatDoesNotFit) {
  gpu->chip = 70;
  EXPECT_EQ(failure(SPH_DEVICE_ERROR, [&] { open(); }),
            "model 'fake' has kernels for sm_90, got device 0 (Fake GPU) of compute capability "
            "7.0");
  gpu->chip = 75, gpu->sharedBytes = 65000;
  EXPECT_EQ(failure(SPH_DEVICE_ERROR, [&] { open(); }),
            "model 'fake' is compiled for sm_90 and needs blocks with 65536 bytes of shared "
            "memory, device 0 (Fake GPU) has 65000; compile with --gpu=sm_75");
  EXPECT_EQ(failure(SPH_DEVICE_ERROR, [&] { open(5); }), "expected a device in 0 .. 0, got 5");
  gpu->devices = 0;
  EXPECT_EQ(failure(SPH_DEVICE_ERROR, [&] { open(); }),
            "expected an NVIDIA GPU, got a driver without one");
}

TEST_F(FakeGpu, SaysHowMuchMemoryAnEntryNeeds) {
  const auto program = open();
  bind(*program, 2);
  gpu->memoryBytes = 4195400; // a piece for transfers takes 4 MiB of it
  EXPECT_EQ(failure(SPH_OUT_OF_MEMORY, [&] { forward(*program, 4); }),
            "entry 'forward' of model 'fake' needs 2 kB (arena 1 kB, parameters 64 bytes, tables 0 "
            "bytes, scratch 512 bytes), 1 kB are available on device 0 (Fake GPU); a batch of 1 "
            "would fit");
}

/// Opens, binds, runs each entry several times, reads and closes. Calls `beforeClose` in between.
void everything(const std::function<void()> &beforeClose = [] {}) {
  const auto program = Program::fromSymbols(manifest, lookup, {});
  float value = 2, rate = 0.5f, loss = 0;
  program->bind({"w", Element::F32, {}, &value});
  const BufferView inputs[] = {{"learning_rate", Element::F32, {}, &rate}};
  const BufferView outputs[] = {{"loss", Element::F32, {}, &loss}};
  for (int i = 0; i < 3; ++i)
    program->run("train_step", inputs, outputs, 1);
  const int64_t shape[] = {4, 2};
  std::vector<float> x(8, 1), y(8);
  const BufferView images[] = {{"x", Element::F32, shape, x.data()}};
  const BufferView classes[] = {{"y", Element::F32, shape, y.data()}};
  for (int i = 0; i < 2; ++i)
    program->run("forward", images, classes, 4);
  program->setTimers(true);
  program->run("train_step", inputs, outputs, 1);
  program->read({"w", Element::F32, {}, &value});
  EXPECT_EQ(y, std::vector<float>(8, 0.25f));
  EXPECT_EQ(value, 0.125f);
  beforeClose();
}

/// Whether a function of the driver releases something: where it fails, nobody can be told.
bool releases(const std::string &function) {
  for (const char *word : {"Destroy", "Free", "Unload", "Release", "PopCurrent"})
    if (function.find(word) != std::string::npos)
      return true;
  return false;
}

/// The functions that `everything` calls, cuInit aside, which is called once a process.
std::vector<std::string> calledFunctions(FakeDriver &gpu) {
  std::vector<std::string> functions;
  everything();
#define SPHERICAL_NAME(name, parameters)                                                           \
  if (gpu.calls(#name) > 0 && std::string(#name) != "cuInit")                                      \
    functions.push_back(#name);
  SPHERICAL_CUDA_FUNCTIONS(SPHERICAL_NAME)
#undef SPHERICAL_NAME
  return functions;
}

// Each call fails in turn, in the opening, in the first step and later ones, and in the close: what
// asks for something gives a sentence that names it, what releases lets the program go on, and
// nothing stays behind but what a release that failed was for.
TEST_F(FakeGpu, EveryFailureIsASentenceAndLeaksNothing) {
  int64_t sentences = 0, silent = 0;
  for (const std::string &function : calledFunctions(*gpu)) {
    gpu->reset();
    int64_t beforeClose = 0;
    everything([&] { beforeClose = gpu->calls(function.c_str()); });
    const int64_t calls = gpu->calls(function.c_str());
    // Without a context nothing can be done, and nothing released.
    const bool isPush = function == "cuCtxPushCurrent_v2";
    for (int64_t at = 0; at < calls; ++at) {
      SCOPED_TRACE(function + " at " + std::to_string(at) + " of " + std::to_string(calls));
      gpu->reset();
      gpu->failAt(function.c_str(), 719, at);
      std::string sentence;
      try {
        everything();
      } catch (const Error &error) {
        sentence = error.what();
        EXPECT_NE(sentence.find(function + ": made by a test (CUDA_ERROR_FAKE)"), std::string::npos)
            << sentence;
      }
      const bool mayStay = isPush || releases(function);
      EXPECT_LE(gpu->alive(), mayStay ? 1 : 0);
      const bool isAsked = at < beforeClose && !(isPush ? gpu->alive() == 1 : releases(function));
      EXPECT_EQ(isAsked, !sentence.empty());
      ++(isAsked ? sentences : silent);
      gpu->releaseAll();
    }
  }
  std::printf("%ld failures with a sentence, %ld of releases\n", sentences, silent);
  EXPECT_GT(sentences, 100);
}

// A driver that has no words for its own failure.
TEST_F(FakeGpu, FailuresWithoutATextHaveANumber) {
  for (const char *function : {"cuGetErrorName", "cuGetErrorString", "cuStreamCreate"})
    gpu->failAt(function, 719, 0);
  EXPECT_EQ(failure(SPH_DEVICE_ERROR, [&] { open(); }),
            "cuStreamCreate: unknown error (CUresult 719)");
}

// In a process of its own: the driver is started once.
TEST_F(FakeGpu, ADriverThatDoesNotStartIsASentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto startTwice = [] {
    gpu->failAt("cuInit", 719, 0);
    std::fprintf(stderr, "%s", failure(SPH_DEVICE_ERROR, [] { open(); }).c_str());
    everything();
    std::exit(HasFailure());
  };
  EXPECT_EXIT(startTwice(), testing::ExitedWithCode(0),
              "cuInit: made by a test .CUDA_ERROR_FAKE.$");
}

} // namespace

// The names are those of the toolkit's library for linking, which is no driver.
TEST(CudaNames, AreExportedByTheToolkitsStub) {
  void *stub = dlopen("/usr/local/cuda/lib64/stubs/libcuda.so", RTLD_LAZY | RTLD_LOCAL);
  if (!stub)
    GTEST_SKIP() << "no CUDA toolkit on this machine";
#define SPHERICAL_FIND(name, parameters) EXPECT_TRUE(dlsym(stub, #name)) << #name;
  SPHERICAL_CUDA_FUNCTIONS(SPHERICAL_FIND)
#undef SPHERICAL_FIND
  dlclose(stub);
}

} // namespace spherical::test
