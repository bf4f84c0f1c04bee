//===- tap_waves.cpp - tests of the waves of planar kernels -----*- C++ -*-===//

#include "runtime/math/tap_waves.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <complex>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace spherical::runtime {
namespace {

using Complex = std::complex<double>;

std::vector<double> table(const TableSpec &spec) {
  std::vector<double> values(tableSize(spec));
  fillTable(spec, values.data(), 1);
  return values;
}

Complex turn(double turns) { return std::polar(1.0, 2 * std::numbers::pi * turns); }

// The waves are those of a kernel at 1, 2, ... or, turned, at taps, taps - 1, ...: planes re, im
// and -re of its sum, for a real and an imaginary kernel.
TEST(TapWaves, AreThoseOfTheShiftedKernel) {
  constexpr int64_t n = 10, bins = 6, taps = 3;
  for (const bool turned : {false, true}) {
    TableSpec spec{"tap_waves", Element::F64, {}, {}, 0.25};
    spec.parameters = {{"n", n},      {"bins", bins}, {"taps", taps},
                       {"planes", 3}, {"parts", 2},   {"turned", turned}};
    const std::vector<double> values = table(spec);
    ASSERT_EQ(values.size(), size_t(bins * 3 * taps * 2));
    for (int64_t k = 0; k < bins; ++k)
      for (int64_t r = 0; r < taps; ++r)
        for (int64_t part = 0; part < 2; ++part) {
          const double at = static_cast<double>(turned ? taps - r : r + 1);
          const Complex wave = 0.25 * turn(k * at / n) * (part ? Complex(0, 1) : Complex(1));
          const auto plane = [&](int64_t p) { return values[((k * 3 + p) * taps + r) * 2 + part]; };
          EXPECT_NEAR(plane(0), wave.real(), 4 * DBL_EPSILON);
          EXPECT_NEAR(plane(1), wave.imag(), 4 * DBL_EPSILON);
          EXPECT_NEAR(plane(2), -wave.real(), 4 * DBL_EPSILON);
        }
  }
}

// Sums over half of the bins of a real function are its values.
TEST(BinWaves, HalfOfTheBinsGiveTheFunction) {
  for (const int64_t n : {6, 7}) {
    const int64_t bins = n / 2 + 1, taps = 4;
    TableSpec spec{"bin_waves", Element::F64, {}, {}, 1.0 / static_cast<double>(n)};
    spec.parameters = {{"n", n}, {"bins", bins}, {"taps", taps}, {"parts", 2}, {"half", 1}};
    const std::vector<double> values = table(spec);
    for (int64_t r = 0; r < taps; ++r) {
      double sum = 0;
      for (int64_t k = 0; k < bins; ++k) { // of the function a
        Complex bin = 0;
        for (int64_t a = 0; a < n; ++a)
          bin += static_cast<double>(a) * turn(-static_cast<double>(k * a) / n);
        sum +=
            values[(r * bins + k) * 2] * bin.real() + values[(r * bins + k) * 2 + 1] * bin.imag();
      }
      EXPECT_NEAR(sum, static_cast<double>(r), 1e-13) << n;
    }
  }
}

// conj(g) x of the parts 1 and i of both.
TEST(BinWaves, FourProductsOfParts) {
  TableSpec spec{"bin_waves", Element::F64, {}, {}};
  spec.parameters = {{"n", 5}, {"bins", 5}, {"taps", 2}, {"parts", 4}, {"half", 0}};
  const std::vector<double> values = table(spec);
  ASSERT_EQ(values.size(), size_t(2 * 2 * 5 * 4));
  const Complex units[] = {1.0, Complex(0, 1)};
  for (int64_t r = 0; r < 2; ++r)
    for (int64_t k = 0; k < 5; ++k)
      for (int64_t part = 0; part < 4; ++part) {
        const Complex wave =
            turn(static_cast<double>(k * r) / 5) * std::conj(units[part / 2]) * units[part % 2];
        EXPECT_NEAR(values[(r * 2 * 5 + k) * 4 + part], wave.real(), 4 * DBL_EPSILON);
        EXPECT_NEAR(values[((r * 2 + 1) * 5 + k) * 4 + part], wave.imag(), 4 * DBL_EPSILON);
      }
  spec.parameters["parts"] = 3;
  EXPECT_THROW(tableSize(spec), std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
