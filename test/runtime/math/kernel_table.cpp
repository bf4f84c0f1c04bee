// Matrices of kernel points: the change of basis, padding, and golden kernel spectra.

#include "runtime/math/kernel_table.h"
#include "runtime/layout.h"

#include "runtime/data/safetensors.h"

#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <complex>

namespace spherical::runtime {
namespace {

using Complex = std::complex<double>;

/// Row r of the unitary change of basis U_l: r_0 = v_0, r_m = (v_m + (-1)^m v_-m) / sqrt 2,
/// r_-m = (v_m - (-1)^m v_-m) / (i sqrt 2).
Complex basis(int64_t r, int64_t m) {
  if (r == 0)
    return m == 0 ? 1.0 : 0.0;
  if (std::abs(m) != std::abs(r))
    return 0.0;
  const double sign = r % 2 == 0 ? 1.0 : -1.0, root = std::sqrt(0.5);
  if (r > 0)
    return m > 0 ? root : sign * root;
  return (m > 0 ? root : -sign * root) / Complex(0, 1);
}

/// U F U^H of a whole SO(3) spectrum, or U F of an S2 spectrum (flat, golden order).
std::vector<Complex> toRealBasis(const std::vector<Complex> &spectrum, int64_t degrees, bool so3) {
  std::vector<Complex> result(spectrum.size(), 0.0);
  int64_t base = 0;
  for (int64_t l = 0; l < degrees; ++l) {
    const int64_t rows = 2 * l + 1, columns = so3 ? rows : 1;
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t s = 0; s < columns; ++s)
        for (int64_t m = 0; m < rows; ++m)
          for (int64_t n = 0; n < columns; ++n)
            result[base + r * columns + s] += basis(r - l, m - l) *
                                              spectrum[base + m * columns + n] *
                                              (so3 ? std::conj(basis(s - l, n - l)) : Complex(1.0));
    base += rows * columns;
  }
  return result;
}

struct Case {
  const char *file;
  bool so3;
  int64_t degrees;
};

class KernelTableGolden : public testing::TestWithParam<Case> {};

// Each coefficient is a sum over points of values of at most sqrt 2 times the kernel's; golden
// files carry the rounding of an eigen-decomposition, some 10 eps for each point.
TEST_P(KernelTableGolden, TransformsKernelsAsTheReference) {
  const Case &c = GetParam();
  const TensorFile golden =
      readSafetensors(std::string("test/golden/data/") + c.file + ".safetensors");
  KernelTable table;
  table.onSO3 = c.so3;
  table.degrees = c.degrees;
  table.transposed = true;
  table.scale = c.so3 ? 1.0 : 2.0 * c.degrees; // golden matrices on S2 carry the layer's 2L
  const auto points = golden.at("grid").as<double>();
  table.points.assign(points.begin(), points.end());
  const int64_t count = table.pointCount(), width = (count + 15) / 16 * 16;
  const int64_t coefficients = table.coefficientCount();
  std::vector<double> matrix(table.size());
  fillKernelTable(table, matrix.data(), 2);

  const auto kernel = golden.at("in.kernel").as<double>();
  const auto expected = golden.at("out.y").as<double>();
  const int64_t channels = kernel.size() / count;
  for (int64_t k = 0; k < channels; ++k) {
    std::vector<Complex> spectrum(coefficients);
    double largest = 0;
    for (int64_t i = 0; i < coefficients; ++i) {
      spectrum[i] = {expected[2 * (k * coefficients + i)],
                     expected[2 * (k * coefficients + i) + 1]};
      largest = std::max(largest, std::abs(spectrum[i]));
    }
    const std::vector<Complex> real = toRealBasis(spectrum, c.degrees, c.so3);
    for (int64_t i = 0; i < coefficients; ++i) {
      double sum = 0;
      for (int64_t p = 0; p < count; ++p)
        sum += kernel[k * count + p] * matrix[i * width + p];
      EXPECT_NEAR(sum, real[i].real(), 64 * count * DBL_EPSILON * largest) << i;
      EXPECT_NEAR(0.0, real[i].imag(), 64 * count * DBL_EPSILON * largest) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, KernelTableGolden,
                         testing::Values(Case{"kernel_fft_s2_L6", false, 6},
                                         Case{"kernel_fft_s2_equatorial_L6", false, 6},
                                         Case{"kernel_fft_so3_L5", true, 5},
                                         Case{"kernel_fft_so3_equatorial_L4", true, 4}));

// Two points of one ring and one beyond; both orders of the axes hold the same numbers, padded with
// zeros, whatever the number of threads.
TEST(KernelTable, BothOrdersAgreeAndPaddingIsZero) {
  KernelTable table;
  table.onSO3 = true;
  table.degrees = 3;
  table.scale = 0.37;
  table.points = {0.4, 1.0, -2.0, 0.4, 3.0, 0.1, 1.2, 0.5, 6.0};
  std::vector<float> rows(table.size(), -1.0f);
  fillKernelTable(table, rows.data(), 1);
  EXPECT_EQ(table.size(), 3 * 48); // 35 coefficients
  table.transposed = true;
  std::vector<float> columns(table.size(), -1.0f);
  fillKernelTable(table, columns.data(), 3);
  EXPECT_EQ(table.size(), 35 * 16);
  for (int64_t p = 0; p < 16; ++p)
    for (int64_t i = 0; i < 48; ++i) {
      if (p < 3 && i < 35)
        EXPECT_EQ(rows[p * 48 + i], columns[i * 16 + p]);
      else if (p < 3)
        EXPECT_EQ(rows[p * 48 + i], 0.0f);
      else if (i < 35)
        EXPECT_EQ(columns[i * 16 + p], 0.0f);
    }
  EXPECT_FLOAT_EQ(rows[0], 0.37f); // D^0 = 1
}

// e_0 = 1, e_m = sqrt2 for even m > 0: sums of the full table's rows, in both orders of the axes.
TEST(KernelTable, ProjectionsAreSumsOfRows) {
  KernelTable full;
  full.onSO3 = true;
  full.degrees = 5;
  full.scale = 0.37;
  full.points = {0.4, 1.0, -2.0, 1.2, 0.5, 6.0};
  std::vector<double> matrices(full.size());
  fillKernelTable(full, matrices.data(), 1);
  for (KernelProjection projection : {KernelProjection::SumN, KernelProjection::OrbitMean}) {
    KernelTable table = full;
    table.projection = projection;
    EXPECT_EQ(table.size(), 2 * 32); // 25 coefficients
    std::vector<double> rows(table.size()), again(table.size());
    fillKernelTable(table, rows.data(), 1);
    fillKernelTable(table, again.data(), 3);
    EXPECT_EQ(rows, again);
    for (int64_t p = 0; p < 2; ++p)
      for (int64_t l = 0; l < table.degrees; ++l)
        for (int64_t n = -l; n <= l; ++n) {
          double sum = 0;
          for (int64_t m = 0; m <= (projection == KernelProjection::SumN ? l : 0); m += 2)
            sum += (m == 0 ? 1.0 : std::sqrt(2.0)) *
                   matrices[p * padded(full.coefficientCount()) + so3Index(l, m, n)];
          EXPECT_NEAR(rows[p * 32 + s2Index(l, n)], sum, 64 * DBL_EPSILON) << l << " " << n;
        }
  }
}

// U is unitary, so the values of one point at degree l have norm sqrt(2l + 1), that of D^l.
TEST(KernelTable, KeepsTheNormOfEachDegree) {
  KernelTable table;
  table.onSO3 = true;
  table.degrees = 9;
  table.points = {0.8, 2.0, -1.0};
  std::vector<double> values(table.size());
  fillKernelTable(table, values.data(), 2);
  int64_t i = 0;
  for (int64_t l = 0; l < table.degrees; ++l) {
    double sum = 0;
    for (const int64_t end = i + (2 * l + 1) * (2 * l + 1); i < end; ++i)
      sum += values[i] * values[i];
    EXPECT_NEAR(sum, 2 * l + 1, 64 * (2 * l + 1) * DBL_EPSILON);
  }
}

} // namespace
} // namespace spherical::runtime
