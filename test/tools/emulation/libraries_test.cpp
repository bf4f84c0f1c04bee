//===- libraries_test.cpp - values of library calls ----------------------===//
//
// Transforms and products of the emulation against their definitions in f64.
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/driver.h"
#include "test/tools/emulation/kernel_text.h"
#include "test/tools/emulation/test_device.h"

#include <array>
#include <cfloat>
#include <cmath>
#include <complex>
#include <cstring>
#include <numbers>

namespace spherical::emulation {
namespace {

using Complex = std::complex<double>;

constexpr float kUntouched = 123;

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

/// Prepares, executes with a workspace, and destroys.
void transform(TestDevice &device, const sph_fft_shape &shape, float *in, float *out,
               int32_t inverse) {
  sph_device_fft *plan = nullptr;
  int64_t bytes = 0;
  device.ok(device.calls.fft_plan(device.context, &shape, &plan, &bytes));
  device.ok(
      device.calls.fft_execute(device.stream, plan, in, out, inverse, device.take(bytes / 4)));
  device.calls.fft_destroy(plan);
}

struct Extents {
  int64_t batch, rows, columns;
};

/// The samples or bins of one side, and where its memory has them.
struct Side {
  sph_fft_side layout;
  Extents extents;
  int64_t parts; ///< numbers an element

  int64_t place(int64_t item, int64_t row, int64_t column) const {
    return parts * (item * layout.distance + (row * layout.embed[1] + column) * layout.stride);
  }
  int64_t numbers() const {
    return place(extents.batch - 1, extents.rows - 1, extents.columns - 1) + parts;
  }
};

/// Rank 1 as one row: its second extent is the first of the shape.
Side sideOf(const sph_fft_shape &shape, bool isInput) {
  const bool isReal = shape.kind == (isInput ? SPH_FFT_R2C : SPH_FFT_C2R);
  const bool isHalf = shape.kind != SPH_FFT_C2C && !isReal;
  const int64_t n = shape.n[shape.rank - 1];
  sph_fft_side layout = isInput ? shape.in : shape.out;
  if (shape.rank == 1)
    layout.embed[1] = 0; // there is no second row
  return {layout,
          {shape.batch, shape.rank == 1 ? 1 : shape.n[0], isHalf ? n / 2 + 1 : n},
          isReal ? 1 : 2};
}

/// X[k0, k1] = sum of x[j0, j1] e^{sign 2 pi i (j0 k0 / n0 + j1 k1 / n1)}, all bins.
std::vector<Complex> definition(const std::vector<Complex> &x, int64_t n0, int64_t n1, int sign) {
  std::vector<Complex> bins(n0 * n1);
  for (int64_t k0 = 0; k0 < n0; ++k0)
    for (int64_t k1 = 0; k1 < n1; ++k1)
      for (int64_t j0 = 0; j0 < n0; ++j0)
        for (int64_t j1 = 0; j1 < n1; ++j1) {
          const double turns = static_cast<double>(j0 * k0 % n0) / static_cast<double>(n0) +
                               static_cast<double>(j1 * k1 % n1) / static_cast<double>(n1);
          bins[k0 * n1 + k1] +=
              x[j0 * n1 + j1] * std::polar(1.0, sign * 2 * std::numbers::pi * turns);
        }
  return bins;
}

class FftValues : public testing::TestWithParam<sph_fft_shape> {
protected:
  FftValues() : shape(GetParam()), in(sideOf(shape, true)), out(sideOf(shape, false)) {}

  /// Random samples of all items, real unless both sides are complex.
  std::vector<std::vector<Complex>> samples() const {
    const int64_t n = shape.n[0] * shape.n[1];
    std::vector<std::vector<Complex>> items;
    for (int64_t item = 0; item < shape.batch; ++item) {
      const std::vector<float> numbers = randomNumbers(2 * n, 7 + item);
      items.emplace_back();
      for (int64_t i = 0; i < n; ++i)
        items.back().emplace_back(numbers[i], shape.kind == SPH_FFT_C2C ? numbers[n + i] : 0);
    }
    return items;
  }
  int64_t rows() const { return in.extents.rows; }
  int64_t columns() const { return shape.n[shape.rank - 1]; }

  /// The memory of a side that holds these values, `columns()` in a row.
  std::vector<float> store(const Side &side, const std::vector<std::vector<Complex>> &items) const {
    std::vector<float> memory(side.numbers(), kUntouched);
    for (int64_t item = 0; item < shape.batch; ++item)
      for (int64_t row = 0; row < rows(); ++row)
        for (int64_t column = 0; column < side.extents.columns; ++column) {
          const Complex value = items[item][row * columns() + column];
          float *place = &memory[side.place(item, row, column)];
          place[0] = static_cast<float>(value.real());
          if (side.parts == 2)
            place[1] = static_cast<float>(value.imag());
        }
    return memory;
  }
  /// Compares each number of a side's memory, those between elements included.
  void expectNear(const std::vector<float> &memory, const std::vector<float> &expected,
                  double tolerance) const {
    ASSERT_EQ(memory.size(), expected.size());
    for (size_t i = 0; i < memory.size(); ++i)
      ASSERT_NEAR(memory[i], expected[i], expected[i] == kUntouched ? 0 : tolerance) << i;
  }

  const sph_fft_shape shape;
  const Side in, out;
  TestDevice device;
};

class FftBins : public FftValues {};
class FftSamples : public FftValues {};

// Samples are exact, bins are rounded once to f32, and f64 adds next to nothing.
TEST_P(FftBins, EqualTheDefinition) {
  const auto x = samples();
  for (const int32_t inverse : {0, 1}) {
    if (inverse && shape.kind == SPH_FFT_R2C)
      continue;
    std::vector<std::vector<Complex>> bins;
    double largest = 0;
    for (const std::vector<Complex> &item : x) {
      bins.push_back(definition(item, rows(), columns(), inverse ? 1 : -1));
      for (const Complex &bin : bins.back())
        largest = std::max(largest, std::abs(bin));
    }
    const std::vector<float> stored = store(in, x);
    float *from = device.put(stored);
    float *to = device.put(std::vector<float>(out.numbers(), kUntouched));
    transform(device, shape, from, to, inverse);
    expectNear(device.get(to, out.numbers()), store(out, bins), largest * FLT_EPSILON);
    EXPECT_EQ(device.get(from, in.numbers()), stored);
  }
}

// C2R multiplies by the number of samples. Bins that are their own conjugates have an
// imaginary part here, which must not count. The bins are rounded to f32.
TEST_P(FftSamples, EqualThoseThatGaveTheBins) {
  const auto x = samples();
  const auto n = static_cast<double>(shape.n[0] * shape.n[1]);
  std::vector<std::vector<Complex>> bins, expected = x;
  double sum = 0;
  for (std::vector<Complex> &item : expected) {
    bins.push_back(definition(item, rows(), columns(), -1));
    for (const Complex &bin : bins.back())
      sum += std::abs(bin);
    for (const int64_t row : {int64_t(0), rows() / 2})
      for (const int64_t column : {int64_t(0), columns() / 2})
        if (2 * row % rows() == 0 && 2 * column % columns() == 0)
          bins.back()[row * columns() + column] += Complex(0, 3);
    for (Complex &sample : item)
      sample *= n;
  }
  float *from = device.put(store(in, bins));
  float *to = device.put(std::vector<float>(out.numbers(), kUntouched));
  transform(device, shape, from, to, 1);
  expectNear(device.get(to, out.numbers()), store(out, expected), sum * FLT_EPSILON);
}

// {rank, kind, n, batch, in, out}: even, odd and prime extents, and 1; with gaps, or with the items
// innermost.
INSTANTIATE_TEST_SUITE_P(
    Shapes, FftBins,
    testing::Values(sph_fft_shape{1, SPH_FFT_C2C, {12, 1}, 3, {{12, 1}, 1, 12}, {{12, 1}, 1, 12}},
                    sph_fft_shape{1, SPH_FFT_C2C, {15, 1}, 2, {{20, 1}, 2, 31}, {{15, 1}, 1, 17}},
                    sph_fft_shape{1, SPH_FFT_C2C, {13, 1}, 4, {{13, 1}, 4, 1}, {{13, 1}, 5, 1}},
                    sph_fft_shape{1, SPH_FFT_C2C, {1, 1}, 2, {{1, 1}, 1, 3}, {{1, 1}, 1, 1}},
                    sph_fft_shape{1, SPH_FFT_R2C, {12, 1}, 3, {{12, 1}, 1, 12}, {{7, 1}, 1, 7}},
                    sph_fft_shape{1, SPH_FFT_R2C, {13, 1}, 2, {{14, 1}, 3, 45}, {{9, 1}, 2, 1}},
                    sph_fft_shape{1, SPH_FFT_R2C, {9, 1}, 3, {{9, 1}, 1, 10}, {{5, 1}, 3, 1}},
                    sph_fft_shape{2, SPH_FFT_C2C, {4, 6}, 2, {{4, 6}, 1, 24}, {{4, 6}, 1, 24}},
                    sph_fft_shape{2, SPH_FFT_C2C, {5, 7}, 2, {{6, 9}, 2, 120}, {{5, 8}, 1, 50}},
                    sph_fft_shape{2, SPH_FFT_R2C, {6, 8}, 3, {{6, 8}, 1, 48}, {{6, 5}, 1, 30}},
                    sph_fft_shape{2, SPH_FFT_R2C, {5, 7}, 2, {{5, 9}, 2, 1}, {{5, 4}, 3, 1}}));

INSTANTIATE_TEST_SUITE_P(
    Shapes, FftSamples,
    testing::Values(sph_fft_shape{1, SPH_FFT_C2R, {12, 1}, 3, {{7, 1}, 1, 7}, {{12, 1}, 1, 12}},
                    sph_fft_shape{1, SPH_FFT_C2R, {13, 1}, 2, {{8, 1}, 2, 17}, {{13, 1}, 2, 1}},
                    sph_fft_shape{2, SPH_FFT_C2R, {6, 8}, 2, {{7, 6}, 1, 43}, {{6, 9}, 2, 111}},
                    sph_fft_shape{2, SPH_FFT_C2R, {5, 7}, 3, {{5, 4}, 1, 20}, {{5, 7}, 3, 1}}));

/// A real transform in place and back: rows have room for n/2 + 1 bins.
TEST(Fft, TransformsInPlace) {
  TestDevice device;
  constexpr int64_t batch = 2, n0 = 3, n1 = 7, room = 2 * (n1 / 2 + 1);
  const sph_fft_side reals = {{n0, room}, 1, n0 * room}, bins = {{n0, room / 2}, 1, n0 * room / 2};
  const std::vector<float> x = randomNumbers(batch * n0 * room, 3);
  float *memory = device.put(x), *apart = device.put(x);
  float *separate = device.take(batch * n0 * room);
  transform(device, {2, SPH_FFT_R2C, {n0, n1}, batch, reals, bins}, apart, separate, 0);
  transform(device, {2, SPH_FFT_R2C, {n0, n1}, batch, reals, bins}, memory, memory, 0);
  EXPECT_EQ(device.get(memory, batch * n0 * room), device.get(separate, batch * n0 * room));
  transform(device, {2, SPH_FFT_C2R, {n0, n1}, batch, bins, reals}, memory, memory, 1);
  const std::vector<float> back = device.get(memory, batch * n0 * room);
  for (int64_t i = 0; i < batch * n0 * room; ++i)
    if (i % room < n1) // n0 n1 bins of at most n0 n1, each rounded
      EXPECT_NEAR(back[i], n0 * n1 * x[i], n0 * n1 * n0 * n1 * FLT_EPSILON) << i;

  const sph_fft_side lines = {{5, 1}, 1, 6};
  float *complex = device.put(x);
  float *result = device.take(24);
  transform(device, {1, SPH_FFT_C2C, {5, 1}, 2, lines, lines}, complex, result, 1);
  transform(device, {1, SPH_FFT_C2C, {5, 1}, 2, lines, lines}, complex, complex, 1);
  for (int64_t i = 0; i < 22; ++i)
    if (i % 12 < 10)
      EXPECT_EQ(complex[i], result[i]) << i;
}

// The transform of a unit sample at (1, 2) is a wave.
TEST(Fft, TakesLongLines) {
  TestDevice device;
  constexpr int64_t n0 = 8, n1 = 512, bins = n1 / 2 + 1;
  std::vector<float> x(n0 * n1);
  x[n1 + 2] = 1;
  float *out = device.take(2 * n0 * bins);
  transform(device, {2, SPH_FFT_R2C, {n0, n1}, 1, {{n0, n1}, 1, 0}, {{n0, bins}, 1, 0}},
            device.put(x), out, 0);
  for (int64_t k0 = 0; k0 < n0; ++k0)
    for (int64_t k1 = 0; k1 < bins; ++k1) {
      const double turns = static_cast<double>(k0) / n0 + 2 * static_cast<double>(k1) / n1;
      const Complex wave = std::polar(1.0, -2 * std::numbers::pi * turns);
      EXPECT_NEAR(out[2 * (k0 * bins + k1)], wave.real(), FLT_EPSILON);
      EXPECT_NEAR(out[2 * (k0 * bins + k1) + 1], wave.imag(), FLT_EPSILON);
    }
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// m x n = 4 x 3, k = 5, three times, with gaps at the ends of rows and between matrices.
sph_gemm_shape gemmShape(int32_t transposeA, int32_t transposeB) {
  return {.m = 4,
          .n = 3,
          .k = 5,
          .batch = 3,
          .transpose_a = transposeA,
          .transpose_b = transposeB,
          .lda = 7,
          .ldb = 6,
          .ldc = 4,
          .stride_a = 41,
          .stride_b = 0,
          .stride_c = 17,
          .alpha = 0.75f,
          .beta = -0.5f};
}

TEST(Gemm, EqualsTheDefinitionForAllTransposes) {
  TestDevice device;
  const std::vector<float> a = randomNumbers(120, 1), b = randomNumbers(40, 2);
  const std::vector<float> c = randomNumbers(60, 3);
  float *workspace = device.take(SPH_GEMM_WORKSPACE_LEAST / 4);
  for (const auto &[transposeA, transposeB] :
       {std::pair{0, 0}, std::pair{0, 1}, std::pair{1, 0}, std::pair{1, 1}}) {
    const sph_gemm_shape s = gemmShape(transposeA, transposeB);
    std::vector<float> expected = c;
    for (int64_t item = 0; item < s.batch; ++item)
      for (int64_t i = 0; i < s.m; ++i)
        for (int64_t j = 0; j < s.n; ++j) {
          double sum = 0;
          for (int64_t k = 0; k < s.k; ++k)
            sum += static_cast<double>(
                       a[item * s.stride_a + (transposeA ? k * s.lda + i : i * s.lda + k)]) *
                   b[transposeB ? j * s.ldb + k : k * s.ldb + j];
          float &element = expected[item * s.stride_c + i * s.ldc + j];
          element = static_cast<float>(0.75 * sum - 0.5 * element);
        }
    float *result = device.put(c);
    device.ok(device.calls.gemm(device.stream, &s, device.put(a), device.put(b), result, workspace,
                                SPH_GEMM_WORKSPACE_LEAST));
    const std::vector<float> got = device.get(result, 60);
    for (size_t i = 0; i < got.size(); ++i)
      EXPECT_NEAR(got[i], expected[i], FLT_EPSILON * 5) << i << transposeA << transposeB;
  }
}

// Nobody has written C, which holds NaN.
TEST(Gemm, DoesNotReadWhatBetaTakesAway) {
  TestDevice device;
  sph_gemm_shape shape = gemmShape(0, 0);
  shape.beta = 0;
  float *c = device.take(60);
  device.ok(device.calls.gemm(device.stream, &shape, device.put(randomNumbers(120, 1)),
                              device.put(randomNumbers(40, 2)), c,
                              device.take(SPH_GEMM_WORKSPACE_LEAST / 4), SPH_GEMM_WORKSPACE_LEAST));
  for (int64_t i = 0; i < 3; ++i)
    EXPECT_LT(std::abs(device.get(c, 60)[i]), 4);
}

//===----------------------------------------------------------------------===//
// Graphs, and the table
//===----------------------------------------------------------------------===//

// y = 2 x for 4 complex numbers: there and back is 4 x, and a product halves it.
TEST(Graph, RecordsLibraryCalls) {
  TestDevice device;
  const sph_device &calls = device.calls;
  const sph_fft_side lines = {{4, 1}, 1, 4};
  const sph_fft_shape shape = {1, SPH_FFT_C2C, {4, 1}, 1, lines, lines};
  const sph_gemm_shape product = {1, 8, 1, 1, 0, 0, 1, 8, 8, 0, 0, 0, 0.5f, 0};
  sph_device_fft *plan = nullptr;
  int64_t bytes = 0;
  device.ok(calls.fft_plan(device.context, &shape, &plan, &bytes));
  float *workspace = device.take(SPH_GEMM_WORKSPACE_LEAST / 4), *one = device.put({1});
  float *x = device.put(std::vector<float>(8)), *bins = device.take(8), *y = device.take(8);
  auto body = [&] {
    device.ok(calls.fft_execute(device.stream, plan, x, bins, 0, workspace));
    device.ok(calls.fft_execute(device.stream, plan, bins, bins, 1, workspace));
    device.ok(
        calls.gemm(device.stream, &product, one, bins, y, workspace, SPH_GEMM_WORKSPACE_LEAST));
  };
  body();
  device.ok(calls.fill(device.stream, y, 0, 32));
  sph_device_graph *graph = nullptr;
  device.ok(calls.graph_begin(device.stream));
  body();
  device.ok(calls.graph_end(device.stream, &graph));
  EXPECT_EQ(device.get(y, 8), std::vector<float>(8)) << "recording must run nothing";
  for (const unsigned seed : {1, 2}) {
    const std::vector<float> values = randomNumbers(8, seed);
    device.ok(calls.upload(device.stream, x, values.data(), 32));
    device.ok(calls.graph_launch(graph, device.stream));
    const std::vector<float> got = device.get(y, 8);
    for (size_t i = 0; i < 8; ++i)
      EXPECT_NEAR(got[i], 2 * values[i], 8 * FLT_EPSILON);
  }
  calls.graph_destroy(graph);
  calls.fft_destroy(plan);
}

// What a kernel has written may be read: here all samples but the last.
TEST(Fft, KnowsWhatKernelsHaveWritten) {
  TestDevice device;
  const std::string bitcode = bitcodeOf(R"(
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
define ptx_kernel void @put(ptr %to) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %own = getelementptr float, ptr %to, i32 %tid
  store float 1.0, ptr %own
  ret void
}
)");
  const sph_image image{SPH_IMAGE_BITCODE, 0, static_cast<int64_t>(bitcode.size()), bitcode.data()};
  sph_device_module *module = nullptr;
  sph_device_kernel *kernel = nullptr;
  device.ok(device.calls.load(device.context, &image, &module));
  device.ok(device.calls.find(module, "put", 0, &kernel));
  const sph_fft_side samples = {{8, 1}, 1, 8}, bins = {{5, 1}, 1, 5};
  const sph_fft_shape shape = {1, SPH_FFT_R2C, {8, 1}, 1, samples, bins};
  float *x = device.take(8), *out = device.take(10), *workspace = device.take(64);
  void *const arguments[] = {&x};
  sph_device_fft *plan = nullptr;
  int64_t bytes = 0;
  device.ok(device.calls.fft_plan(device.context, &shape, &plan, &bytes));
  device.ok(device.calls.launch(device.stream, kernel, 1, 7, 0, arguments));
  const char *failure = device.calls.fft_execute(device.stream, plan, x, out, 0, workspace);
  ASSERT_NE(failure, nullptr);
  EXPECT_TRUE(std::string(failure).starts_with("fft_execute reads 4 bytes of `in` at byte 28 of "))
      << failure;
  device.ok(device.calls.launch(device.stream, kernel, 1, 8, 0, arguments));
  device.ok(device.calls.fft_execute(device.stream, plan, x, out, 0, workspace));
  EXPECT_EQ(out[0], 8);
  device.calls.unload(module);
}

TEST(Table, IsWholeInBothMakers) {
  static_assert(sizeof(sph_device) % sizeof(void *) == 0);
  for (const sph_device *table : {&runtime::cudaDevice(), &emulatedDevice(ThreadOrder::Forward),
                                  &emulatedDevice(ThreadOrder::Reversed, Checks::Strict)}) {
    std::array<void *, sizeof(sph_device) / sizeof(void *)> entries;
    std::memcpy(entries.data(), table, sizeof(sph_device));
    for (size_t i = 0; i < entries.size(); ++i)
      EXPECT_NE(entries[i], nullptr) << "entry " << i << " of " << table->name;
  }
}

} // namespace
} // namespace spherical::emulation
