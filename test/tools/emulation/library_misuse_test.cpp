//===- library_misuse_test.cpp - library calls that break a rule ---------===//
//
// One call that is right, for transforms and for products, and changes to it
// that each break one rule: all are reported. Then rules across calls.
//
//===----------------------------------------------------------------------===//

#include "test/tools/emulation/test_device.h"

#include <cmath>
#include <cstdio>
#include <span>

namespace spherical::emulation {
namespace {

std::string textOf(const char *failure) { return failure ? failure : ""; }

/// How many changes of a table are reported with their sentence, and that nothing else is.
template <typename Case, typename Mutant>
void expectReports(const char *what, std::span<const Mutant> mutants) {
  size_t reported = 0;
  for (const Mutant &mutant : mutants) {
    SCOPED_TRACE(mutant.sentence);
    Case changed;
    mutant.change(changed);
    const std::string got = changed.run();
    const bool isRight =
        *mutant.sentence ? got.find(mutant.sentence) != std::string::npos : got.empty();
    EXPECT_TRUE(isRight) << "got: " << got;
    EXPECT_EQ(got.find('\n'), std::string::npos);
    reported += isRight;
  }
  std::printf("%s: %zu of %zu\n", what, reported, mutants.size());
}

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

/// Two transforms of 4 x 6 complex numbers, in rows of 7 and 6.
struct FftCase {
  sph_fft_shape shape = {2, SPH_FFT_C2C, {4, 6}, 2, {{4, 7}, 1, 28}, {{4, 6}, 1, 24}};
  TestDevice device, other;
  float *in = device.put(randomNumbers(300, 1));
  float *out = device.take(300), *workspace = device.take(64 + 96);
  float *otherMemory = other.put(randomNumbers(300, 1));
  sph_device_context *context = device.context;
  sph_device_stream *stream = device.stream;
  sph_device_fft *plan = nullptr;
  int32_t inverse = 0;
  bool plans = true, isRecorded = false;

  std::string run() {
    const sph_device &calls = device.calls;
    if (isRecorded)
      device.ok(calls.graph_begin(device.stream));
    int64_t bytes = 0;
    std::string failure;
    if (plans)
      failure = textOf(calls.fft_plan(context, &shape, &plan, &bytes));
    return failure.empty() ? textOf(calls.fft_execute(stream, plan, in, out, inverse, workspace))
                           : failure;
  }
  void makeReal(sph_fft_kind kind) {
    shape = {2, kind, {4, 6}, 2, {{4, 7}, 1, 28}, {{4, 6}, 1, 24}};
    inverse = kind == SPH_FFT_C2R;
  }
  void makeInPlace(sph_fft_kind kind) {
    const sph_fft_side reals = {{4, 8}, 1, 32}, bins = {{4, 4}, 1, 16};
    const bool isBack = kind == SPH_FFT_C2R;
    shape = {2, kind, {4, 6}, 2, isBack ? bins : reals, isBack ? reals : bins};
    inverse = isBack;
    out = in;
  }
};

struct FftMutant {
  const char *sentence; ///< a part of it; "" for a neighbour that is right
  void (*change)(FftCase &);
};

const FftMutant fftMutants[] = {
    {"", [](FftCase &) {}},
    {"", [](FftCase &c) { c.makeReal(SPH_FFT_R2C); }},
    {"", [](FftCase &c) { c.makeReal(SPH_FFT_C2R); }},
    {"", [](FftCase &c) { c.makeInPlace(SPH_FFT_R2C); }},
    {"", [](FftCase &c) { c.makeInPlace(SPH_FFT_C2R); }},
    {"", [](FftCase &c) { c.inverse = 1; }},
    // Windows that overlap may be read.
    {"", [](FftCase &c) { c.shape.in.distance = 3; }},
    {"", [](FftCase &c) { c.shape.in.distance = 0; }},
    // Of one transform there is no distance.
    {"", [](FftCase &c) { c.shape.batch = 1, c.shape.out.distance = 0; }},
    // Between each other's elements.
    {"",
     [](FftCase &c) {
       c.shape.in = {{4, 6}, 2, 48}, c.shape.out = {{4, 6}, 2, 48}, c.out = c.in + 2;
     }},

    // Handles.
    {"fft_plan expected `context` made by open, got null", [](FftCase &c) { c.context = nullptr; }},
    {"which is none or was destroyed",
     [](FftCase &c) { c.context = reinterpret_cast<sph_device_context *>(c.in); }},
    {"fft_execute expected `stream` made by create_stream, got null",
     [](FftCase &c) { c.stream = nullptr; }},
    {"fft_execute expected `stream` made by create_stream, got 0x",
     [](FftCase &c) {
       c.device.ok(c.device.calls.create_stream(c.context, nullptr, &c.stream));
       c.device.calls.destroy_stream(c.stream);
     }},
    {"fft_execute expected `plan` made by fft_plan, got null", [](FftCase &c) { c.plans = false; }},
    {"fft_execute expected `plan` made by fft_plan, got 0x",
     [](FftCase &c) {
       c.plans = false;
       c.plan = reinterpret_cast<sph_device_fft *>(c.in);
     }},
    {"fft_execute expected `plan` to be alive, got one that was destroyed",
     [](FftCase &c) {
       int64_t bytes = 0;
       c.device.ok(c.device.calls.fft_plan(c.context, &c.shape, &c.plan, &bytes));
       c.device.calls.fft_destroy(c.plan);
       c.plans = false;
     }},
    {"fft_execute expected `plan` and `stream` of one context, got those of two",
     [](FftCase &c) { c.context = c.other.context; }},

    // Shapes.
    {"fft_plan expected `rank` 1 or 2, got 3", [](FftCase &c) { c.shape.rank = 3; }},
    {"fft_plan expected `rank` 1 or 2, got 0", [](FftCase &c) { c.shape.rank = 0; }},
    {"fft_plan expected `kind` 0, 1 or 2, got 41", [](FftCase &c) { c.shape.kind = 41; }},
    {"fft_plan expected `n[0]` of 1 or more, got 0", [](FftCase &c) { c.shape.n[0] = 0; }},
    {"fft_plan expected `n[1]` of 1 or more, got -6", [](FftCase &c) { c.shape.n[1] = -6; }},
    {"fft_plan expected `n[1]` of at most", [](FftCase &c) { c.shape.n[1] = INT64_MAX; }},
    {"fft_plan expected `n[1]` to be 1 for rank 1, got 6", [](FftCase &c) { c.shape.rank = 1; }},
    {"fft_plan expected `in.embed[1]` to be 1 for rank 1, got 7",
     [](FftCase &c) { c.shape.rank = 1, c.shape.n[1] = 1; }},
    {"fft_plan expected `batch` of 1 or more, got 0", [](FftCase &c) { c.shape.batch = 0; }},
    {"fft_plan expected `in.stride` of 1 or more, got 0",
     [](FftCase &c) { c.shape.in.stride = 0; }},
    {"fft_plan expected `out.stride` of 1 or more, got -1",
     [](FftCase &c) { c.shape.out.stride = -1; }},
    {"fft_plan expected `in.embed[1]` to hold the 6 elements of the axis, got 5",
     [](FftCase &c) { c.shape.in.embed[1] = 5; }},
    {"fft_plan expected `out.embed[0]` to hold the 4 elements of the axis, got 3",
     [](FftCase &c) { c.shape.out.embed[0] = 3; }},
    {"fft_plan expected `out.embed[1]` to hold the 4 bins, n/2 + 1 of the axis, got 3",
     [](FftCase &c) { c.makeReal(SPH_FFT_R2C), c.shape.out.embed[1] = 3; }},
    {"fft_plan expected `out.distance` to keep transforms 0 and 1 apart, got 23",
     [](FftCase &c) { c.shape.out.distance = 23; }},
    {"fft_plan expected `out.distance` to keep transforms 0 and 1 apart, got 0",
     [](FftCase &c) { c.shape.out.distance = 0; }},
    {"fft_plan expected `out.distance` to keep transforms 0 and 2 apart, got 1",
     [](FftCase &c) {
       c.shape.batch = 3, c.shape.out = {{4, 6}, 2, 1};
     }},
    {"fft_plan expected `in.distance` to keep transforms 0 and 1 apart, got 20",
     [](FftCase &c) { c.makeReal(SPH_FFT_C2R), c.shape.in.distance = 20; }},
    {"fft_plan expected `out.distance` of 0 or more, got -24",
     [](FftCase &c) { c.shape.out.distance = -24; }},
    {"fft_plan expected `in` to span at most", [](FftCase &c) { c.shape.in.distance = 1L << 39; }},
    {"fft_plan expected `out` to span at most",
     [](FftCase &c) { c.shape.out.embed[1] = c.shape.out.stride = 1L << 39; }},

    // Places.
    {"fft_execute expected `in` in device memory, got null", [](FftCase &c) { c.in = nullptr; }},
    {"fft_execute expected `out` in device memory, got null", [](FftCase &c) { c.out = nullptr; }},
    {"fft_execute expected `in` at a multiple of 8 bytes, got 0x", [](FftCase &c) { ++c.in; }},
    {"fft_execute expected `out` at a multiple of 8 bytes, got 0x",
     [](FftCase &c) { c.makeReal(SPH_FFT_C2R), ++c.out; }},
    {"fft_execute `in` expected 440 bytes of device memory, got byte 800 of the 1200 bytes",
     [](FftCase &c) { c.in += 200; }},
    {"fft_execute `out` expected 384 bytes of device memory, got byte 960 of the 1200 bytes",
     [](FftCase &c) { c.out += 240; }},
    {"fft_execute `out` expected 384 bytes of device memory, got ",
     [](FftCase &c) { c.out = c.otherMemory; }},
    {"fft_execute `in` expected 440 bytes of device memory, got ",
     [](FftCase &c) { c.in = c.otherMemory; }},
    {"fft_execute expected `in` and `out` apart, got them at 0x",
     [](FftCase &c) { c.out = c.in + 2; }},

    // In place.
    {"fft_execute expected embed[1] to be that of the other side for a transform in place, got 7 "
     "and 6",
     [](FftCase &c) { c.out = c.in; }},
    {"fft_execute expected stride to be that of the other side for a transform in place, got 1 and "
     "2",
     [](FftCase &c) { c.out = c.in, c.shape.out.stride = 2, c.shape.out.distance = 48; }},
    {"fft_execute expected distance to be that of the other side for a transform in place, got 28 "
     "and 29",
     [](FftCase &c) {
       c.out = c.in, c.shape.out = {{4, 7}, 1, 29};
     }},
    {"fft_execute expected embed[1] of the real side to be twice that of the other side for a "
     "transform in place, got 6 and 4",
     [](FftCase &c) { c.makeInPlace(SPH_FFT_R2C), c.shape.in.embed[1] = 6; }},
    {"fft_execute expected distance of the real side to be twice that of the other side for a "
     "transform in place, got 33 and 16",
     [](FftCase &c) { c.makeInPlace(SPH_FFT_C2R), c.shape.out.distance = 33; }},
    {"fft_execute expected stride 1 on both sides of a real transform in place, got 1 and 2",
     [](FftCase &c) {
       c.makeInPlace(SPH_FFT_R2C), c.shape.out = {{4, 4}, 2, 32};
     }},

    // The workspace.
    {"fft_execute expected `workspace` in device memory, got null",
     [](FftCase &c) { c.workspace = nullptr; }},
    {"fft_execute expected `workspace` at a multiple of 256 bytes, got 0x",
     [](FftCase &c) { c.workspace += 4; }},
    {"fft_execute `workspace` expected 256 bytes of device memory, got byte 512 of the 640 bytes",
     [](FftCase &c) { c.workspace += 128; }},
    {"fft_execute `workspace` expected 256 bytes of device memory, got ",
     [](FftCase &c) { c.workspace = c.otherMemory; }},
    {"fft_execute expected `workspace` and `in` apart, got them at 0x",
     [](FftCase &c) { c.workspace = c.in; }},
    {"fft_execute expected `workspace` and `out` apart, got them at 0x",
     [](FftCase &c) { c.workspace = c.out; }},

    // Directions.
    {"fft_execute expected `inverse` 0 or 1, got -1", [](FftCase &c) { c.inverse = -1; }},
    {"fft_execute expected `inverse` to be 0 for transforms from real to complex, got 1",
     [](FftCase &c) { c.makeReal(SPH_FFT_R2C), c.inverse = 1; }},
    {"fft_execute expected `inverse` to be 1 for transforms from complex to real, got 0",
     [](FftCase &c) { c.makeReal(SPH_FFT_C2R), c.inverse = 0; }},

    // Values, and recordings.
    {"fft_execute reads 8 bytes of `in` at byte 224 of the 1200 bytes at 0x",
     [](FftCase &c) {
       c.in = c.device.take(300);
       const std::vector<float> values = randomNumbers(54, 1);
       c.device.ok(c.device.calls.upload(c.stream, c.in, values.data(), 216));
     }},
    {", which nobody has written",
     [](FftCase &c) {
       float *unwritten = c.device.take(300);
       c.device.ok(c.device.calls.copy(c.stream, c.in, unwritten, 1200));
     }},
    {", which nobody has written",
     [](FftCase &c) {
       // What a transform back may have overwritten.
       c.makeReal(SPH_FFT_C2R);
       c.run();
     }},
    {"fft_plan expected no stream that records, got one", [](FftCase &c) { c.isRecorded = true; }},
};

TEST(FftMisuse, EachIsReported) { expectReports<FftCase, FftMutant>("transforms", fftMutants); }

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Two products 3 x 5 of 3 x 4 and 4 x 5, with gaps.
struct GemmCase {
  sph_gemm_shape shape = {3, 5, 4, 2, 0, 0, 6, 7, 8, 18, 28, 24, 1, 1};
  TestDevice device, other;
  float *a = device.put(randomNumbers(60, 1)), *b = device.put(randomNumbers(60, 2));
  float *c = device.put(randomNumbers(60, 3));
  float *workspace = device.take(SPH_GEMM_WORKSPACE_LEAST / 4);
  const sph_gemm_shape *given = &shape;
  sph_device_stream *stream = device.stream;
  int64_t bytes = SPH_GEMM_WORKSPACE_LEAST;

  std::string run() { return textOf(device.calls.gemm(stream, given, a, b, c, workspace, bytes)); }
};

struct GemmMutant {
  const char *sentence;
  void (*change)(GemmCase &);
};

const GemmMutant gemmMutants[] = {
    {"", [](GemmCase &) {}},
    {"", [](GemmCase &c) { c.shape.transpose_a = 1; }},
    {"", [](GemmCase &c) { c.shape.transpose_b = 1; }},
    {"", [](GemmCase &c) { c.shape.stride_a = c.shape.stride_b = 0; }},
    {"", [](GemmCase &c) { c.b = c.a; }},
    // Nobody has written C.
    {"", [](GemmCase &c) { c.shape.beta = 0, c.c = c.device.take(60); }},
    // Columns beside each other, of C and of A.
    {"", [](GemmCase &c) { c.shape.ldc = 10, c.shape.stride_c = 5; }},
    {"", [](GemmCase &c) { c.shape.lda = c.shape.ldc = 9, c.shape.batch = 1, c.c = c.a + 4; }},

    {"gemm expected `stream` made by create_stream, got null",
     [](GemmCase &c) { c.stream = nullptr; }},
    {"gemm expected `shape`, got null", [](GemmCase &c) { c.given = nullptr; }},
    {"gemm expected `m` of 1 or more, got -3", [](GemmCase &c) { c.shape.m = -3; }},
    {"gemm expected `n` of 1 or more, got 0", [](GemmCase &c) { c.shape.n = 0; }},
    {"gemm expected `k` of 1 or more, got 0", [](GemmCase &c) { c.shape.k = 0; }},
    {"gemm expected `batch` of 1 or more, got 0", [](GemmCase &c) { c.shape.batch = 0; }},
    {"gemm expected `transpose_a` 0 or 1, got 2", [](GemmCase &c) { c.shape.transpose_a = 2; }},
    {"gemm expected `transpose_b` 0 or 1, got -1", [](GemmCase &c) { c.shape.transpose_b = -1; }},
    {"gemm expected `lda` of 4 or more, the columns of a, got 3",
     [](GemmCase &c) { c.shape.lda = 3; }},
    {"gemm expected `lda` of 7 or more, the columns of a, got 6",
     [](GemmCase &c) { c.shape.m = 7, c.shape.transpose_a = 1; }},
    {"gemm expected `ldb` of 5 or more, the columns of b, got 4",
     [](GemmCase &c) { c.shape.ldb = 4; }},
    {"gemm expected `ldc` of 5 or more, the columns of c, got 4",
     [](GemmCase &c) { c.shape.ldc = 4; }},
    {"gemm expected `stride_a` of 0 or more, got -18", [](GemmCase &c) { c.shape.stride_a = -18; }},
    {"gemm expected `stride_c` to keep products 0 and 1 apart, got 20",
     [](GemmCase &c) { c.shape.stride_c = 20; }},
    {"gemm expected `stride_c` to keep products 0 and 1 apart, got 0",
     [](GemmCase &c) { c.shape.stride_c = 0; }},
    {"gemm expected `a` to span at most", [](GemmCase &c) { c.shape.stride_a = 1L << 39; }},
    {"gemm expected `a` in device memory, got null", [](GemmCase &c) { c.a = nullptr; }},
    {"gemm expected `c` in device memory, got null", [](GemmCase &c) { c.c = nullptr; }},
    {"gemm expected `b` at a multiple of 4 bytes, got 0x",
     [](GemmCase &c) { c.b = reinterpret_cast<float *>(reinterpret_cast<char *>(c.b) + 2); }},
    {"gemm `b` expected 216 bytes of device memory, got byte 40 of the 240 bytes at 0x",
     [](GemmCase &c) { c.b += 10; }},
    {"gemm expected `c` and `a` apart, got them at 0x", [](GemmCase &c) { c.c = c.a; }},
    {"gemm expected `c` and `b` apart, got them at 0x",
     [](GemmCase &c) { c.shape.batch = 1, c.c = c.b + 4; }},
    {"gemm expected `workspace_bytes` of 16384 or more, got 16383", [](GemmCase &c) { --c.bytes; }},
    {"gemm expected `workspace` in device memory, got null",
     [](GemmCase &c) { c.workspace = nullptr; }},
    {"gemm `workspace` expected 16385 bytes of device memory, got byte 0 of the 16384 bytes at 0x",
     [](GemmCase &c) { ++c.bytes; }},
    {"gemm expected `workspace` and `c` apart, got them at 0x",
     [](GemmCase &c) {
       c.device.ok(c.device.calls.fill(c.stream, c.workspace, 0, c.bytes));
       c.c = c.workspace;
     }},
    {"gemm reads 4 bytes of `a` at byte 0 of the 240 bytes at 0x",
     [](GemmCase &c) { c.a = c.device.take(60); }},
    {"gemm reads 4 bytes of `c` at byte 0 of the 240 bytes at 0x",
     [](GemmCase &c) { c.c = c.device.take(60); }},
    // What a workspace holds afterwards is of no use.
    {"gemm reads 4 bytes of `b` at byte 0 of the 16384 bytes at 0x",
     [](GemmCase &c) {
       c.run();
       c.b = c.workspace;
       c.workspace = c.device.take(SPH_GEMM_WORKSPACE_LEAST / 4);
     }},
    {"gemm expected a product of the context before the first one that is recorded, got none",
     [](GemmCase &c) { c.device.ok(c.device.calls.graph_begin(c.stream)); }},
};

TEST(GemmMisuse, EachIsReported) { expectReports<GemmCase, GemmMutant>("products", gemmMutants); }

//===----------------------------------------------------------------------===//
// Across calls
//===----------------------------------------------------------------------===//

class Misuse : public testing::Test {
protected:
  void SetUp() override {
    device.ok(calls.fft_plan(device.context, &shape, &plan, &bytes));
    EXPECT_GT(bytes, 0);
    device.ok(calls.create_stream(device.context, nullptr, &other));
  }
  void TearDown() override { calls.destroy_stream(other); }

  std::string execute(sph_device_stream *stream) {
    return textOf(calls.fft_execute(stream, plan, in, out, 0, workspace));
  }
  std::string synchronize() { return textOf(calls.synchronize(device.stream)); }

  TestDevice device;
  const sph_device &calls = device.calls;
  const sph_fft_shape shape = {1, SPH_FFT_R2C, {8, 1}, 1, {{8, 1}, 1, 8}, {{5, 1}, 1, 5}};
  sph_device_fft *plan = nullptr;
  sph_device_stream *other = nullptr;
  int64_t bytes = 0;
  float *in = device.put(randomNumbers(8, 1)), *out = device.take(10), *workspace = device.take(64);
};

TEST_F(Misuse, AWorkspaceBelongsToOneStreamUntilTheHostHasWaited) {
  sph_device_event *event = nullptr;
  device.ok(calls.create_event(device.context, &event));
  EXPECT_EQ(execute(device.stream), "");
  EXPECT_EQ(execute(device.stream), "");
  const std::string sentence = "fft_execute expected a `workspace` that no other stream uses, got "
                               "one at 0x";
  EXPECT_TRUE(execute(other).starts_with(sentence)) << execute(other);
  EXPECT_EQ(synchronize(), "");
  EXPECT_EQ(execute(other), "");
  device.ok(calls.record(event, other));
  EXPECT_TRUE(execute(device.stream).starts_with(sentence));
  device.ok(calls.wait(event));
  EXPECT_EQ(execute(device.stream), "");
  device.ok(calls.record(event, device.stream));
  EXPECT_EQ(execute(device.stream), ""); // after the event
  device.ok(calls.wait(event));
  EXPECT_TRUE(execute(other).starts_with(sentence));
  calls.destroy_event(event);
}

TEST_F(Misuse, GraphsNeedTheirPlansAndMemory) {
  sph_device_graph *graph = nullptr;
  device.ok(calls.graph_begin(device.stream));
  EXPECT_EQ(execute(device.stream), "");
  device.ok(calls.graph_end(device.stream, &graph));
  EXPECT_EQ(textOf(calls.graph_launch(graph, device.stream)), "");
  calls.fft_destroy(plan);
  EXPECT_EQ(textOf(calls.graph_launch(graph, device.stream)),
            "fft_execute expected `plan` to be alive, got one that was destroyed");
  calls.graph_destroy(graph);
}

TEST_F(Misuse, PlansAreDestroyedOnceAndOutsideOfRecordings) {
  sph_device_graph *graph = nullptr;
  device.ok(calls.graph_begin(other));
  calls.fft_destroy(plan);
  device.ok(calls.graph_end(other, &graph));
  EXPECT_EQ(synchronize(), "fft_destroy expected no stream that records, got one");
  calls.graph_destroy(graph);
  calls.fft_destroy(plan);
  EXPECT_EQ(synchronize(), "fft_destroy expected `plan` to be alive, got one that was destroyed");
  calls.fft_destroy(nullptr);
  EXPECT_EQ(synchronize(), "");
  calls.fft_destroy(reinterpret_cast<sph_device_fft *>(in));
  EXPECT_TRUE(synchronize().starts_with("fft_destroy expected `plan` made by fft_plan, got 0x"));
  EXPECT_EQ(synchronize(), "");
}

// The plain emulation checks all but what nobody has written.
TEST(PlainEmulation, ReadsWhatNobodyHasWritten) {
  const sph_device &calls = emulatedDevice(ThreadOrder::Forward);
  sph_device_context *context = nullptr;
  sph_device_stream *stream = nullptr;
  void *memory = nullptr;
  ASSERT_EQ(calls.open(0, &context), nullptr);
  ASSERT_EQ(calls.create_stream(context, nullptr, &stream), nullptr);
  ASSERT_EQ(calls.allocate(context, 3 * SPH_GEMM_WORKSPACE_LEAST, &memory), nullptr);
  float *a = static_cast<float *>(memory), *c = a + SPH_GEMM_WORKSPACE_LEAST / 4;
  const sph_gemm_shape shape = {1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0};
  EXPECT_EQ(textOf(calls.gemm(stream, &shape, a, a, c, c + SPH_GEMM_WORKSPACE_LEAST / 4,
                              SPH_GEMM_WORKSPACE_LEAST)),
            "");
  EXPECT_TRUE(std::isnan(*c));
  calls.release(context, memory);
  calls.destroy_stream(stream);
  calls.close(context);
}

} // namespace
} // namespace spherical::emulation
