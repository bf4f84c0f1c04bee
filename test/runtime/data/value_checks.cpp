//===- value_checks.cpp -----------------------------------------*- C++ -*-===//

#include "runtime/data/value_checks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spherical::runtime {
namespace {

template <typename T>
std::string fault(DType dtype, const std::vector<T> &values,
                  const ValueConstraints &constraints = {}, bool scalar = false,
                  bool nonFinite = false) {
  return valueFault(dtype, values.data(), static_cast<int64_t>(values.size()), constraints, scalar,
                    nonFinite);
}

// Every place in a vector and behind the last whole one, and every kind of value.
TEST(ValueChecks, FindsWhatIsNotFinite) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> values(37, std::numeric_limits<float>::max());
  values[3] = std::numeric_limits<float>::denorm_min();
  values[4] = -0.0f;
  EXPECT_EQ(fault(DType::F32, values), "");
  for (size_t at = 0; at < values.size(); ++at) {
    std::vector<float> bad = values;
    bad[at] = at % 3 == 0 ? infinity : at % 3 == 1 ? -infinity : std::nanf("");
    const std::string got = at % 3 == 0 ? "inf" : at % 3 == 1 ? "-inf" : "nan";
    EXPECT_EQ(fault(DType::F32, bad),
              "expected finite values, got " + got + " at position " + std::to_string(at));
    EXPECT_EQ(fault(DType::F32, bad, {}, false, true), "");
    const std::vector<double> wide(bad.begin(), bad.end());
    EXPECT_EQ(fault(DType::F64, wide),
              "expected finite values, got " + got + " at position " + std::to_string(at));
  }
  EXPECT_EQ(fault(DType::F64, std::vector<double>{-std::numeric_limits<double>::max()}), "");
}

TEST(ValueChecks, FindsLabelsOfNoClass) {
  const ValueConstraints digits{IntegerRange{"labels", 0, 9, {}}, {}, {}};
  EXPECT_EQ(fault(DType::I32, std::vector<int32_t>{0, 9, 5}, digits), "");
  EXPECT_EQ(fault(DType::I32, std::vector<int32_t>{0, 9, 10}, digits),
            "expected labels from 0 to 9, got 10 at position 2");
  EXPECT_EQ(fault(DType::I64, std::vector<int64_t>{3, -1}, digits),
            "expected labels from 0 to 9, got -1 at position 1");
  EXPECT_EQ(fault(DType::U8, std::vector<uint8_t>{255}, digits, true),
            "expected labels from 0 to 9, got 255");
  EXPECT_EQ(fault(DType::U64, std::vector<uint64_t>{UINT64_MAX}, digits),
            "expected labels from 0 to 9, got 18446744073709551615 at position 0");
}

TEST(ValueChecks, TakesTheLabelToIgnore) {
  const ValueConstraints mask{IntegerRange{"labels", 0, 2, 255}, {}, {}};
  EXPECT_EQ(fault(DType::I32, std::vector<int32_t>{0, 255, 2}, mask), "");
  EXPECT_EQ(fault(DType::I32, std::vector<int32_t>{0, 255, 254}, mask),
            "expected labels from 0 to 2 or 255, got 254 at position 2");
  EXPECT_EQ(fault(DType::I8, std::vector<int8_t>{-1}, mask), // the same byte, another number
            "expected labels from 0 to 2 or 255, got -1 at position 0");
}

TEST(ValueChecks, RangesMayBeOpenOrBeyondTheType) {
  EXPECT_EQ(fault(DType::I64, std::vector<int64_t>{0},
                  {IntegerRange{"a step", 1, INT64_MAX, {}}, {}, {}}, true),
            "expected a step from 1 on, got 0");
  EXPECT_EQ(
      fault(DType::I8, std::vector<int8_t>{7}, {IntegerRange{"labels", 300, 400, {}}, {}, {}}),
      "expected labels from 300 to 400, got 7 at position 0");
  EXPECT_EQ(fault(DType::U8, std::vector<uint8_t>{7}, {IntegerRange{"labels", -9, -1, 7}, {}, {}}),
            "");
}

// Labels of -1 and numbers that are NaN may be missing; nothing else is allowed for that.
TEST(ValueChecks, MissingValues) {
  ValueConstraints labels{IntegerRange{"labels", 0, 2, 255}, {}, {}, true};
  EXPECT_EQ(fault(DType::I32, std::vector<int32_t>{0, -1, 255}, labels), "");
  EXPECT_EQ(fault(DType::I64, std::vector<int64_t>{-1, -2}, labels),
            "expected labels from 0 to 2 or 255, got -2 at position 1");
  EXPECT_EQ(fault(DType::U8, std::vector<uint8_t>{254}, labels),
            "expected labels from 0 to 2 or 255, got 254 at position 0");
  ValueConstraints numbers;
  numbers.missing = true;
  const float none = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(fault(DType::F32, std::vector<float>{1, none, 2}, numbers), "");
  EXPECT_EQ(
      fault(DType::F32, std::vector<float>{none, -std::numeric_limits<float>::infinity()}, numbers),
      "expected finite values, or NaN for missing ones, got -inf at position 1");
  Tensor values = Tensor::zeros(DType::F32, {2});
  values.as<float>()[1] = none;
  EXPECT_EQ(nonFiniteFault(values, values, true), "");
  EXPECT_EQ(nonFiniteFault(values, values), "expected finite values, got nan at position 1");
}

// S2, b = 2: X_00 real, X_1,-1 = -conj X_11, X_10 real.
TEST(ValueChecks, FindsSpectraThatAreNotReal) {
  const ValueConstraints s2{{}, {}, RealSpectrum{false, 2}};
  std::vector<double> values = {1, 0, /*degree 1*/ -2, 3, 5, 0, 2, 3};
  EXPECT_EQ(fault(DType::F64, values, s2), "");
  for (size_t at = 0; at < values.size(); ++at) {
    std::vector<double> bad = values;
    bad[at] += 1;
    const bool real = at == 0 || at == 4; // real parts of m = 0 are free
    EXPECT_EQ(fault(DType::F64, bad, s2).empty(), real) << at;
  }
  values[7] += 1;
  EXPECT_EQ(fault(DType::F64, values, s2),
            "expected to be the spectrum of real functions, X_-m,-n = (-1)^(m-n) conj X_mn, got "
            "values that are off by 0.5 at position 1");
  values[7] -= 1 - 1e-5; // the rounding of a transform in single precision
  EXPECT_EQ(fault(DType::F64, values, s2), "");
}

// Values that are off anywhere are found by the rough check, too, which looks at several at a time:
// degrees of fewer coefficients than that, and of a number that is no multiple of it.
template <typename Number> void expectEachPositionFound(bool onSO3, int64_t degrees) {
  const ValueConstraints real{{}, {}, RealSpectrum{onSO3, degrees}};
  std::vector<Number> values;
  for (int64_t l = 0; l < degrees; ++l) {
    const int64_t width = onSO3 ? 2 * l + 1 : 1, count = (2 * l + 1) * width;
    for (int64_t at = 0; at < count; ++at) {
      const int64_t m = at / width - l, n = onSO3 ? at % width - l : 0;
      const bool first = 2 * at < count - 1, middle = 2 * at == count - 1;
      const Number sign = (m - n) % 2 == 0 || first ? 1 : -1;
      const int64_t mirrored = std::min(at, count - 1 - at);
      values.push_back(sign * static_cast<Number>(mirrored + l + 1));
      values.push_back(middle ? 0 : (first ? 1 : -sign) * static_cast<Number>(mirrored + 2));
    }
  }
  const DType dtype = sizeof(Number) == 4 ? DType::F32 : DType::F64;
  const auto size = static_cast<int64_t>(values.size());
  ASSERT_EQ(checkedTogether(real), size);
  EXPECT_TRUE(areSurelyValid(dtype, values.data(), size, real, false));
  for (int64_t at = 0; at < size; ++at) {
    std::vector<Number> bad = values;
    bad[at] += 1;
    const bool isValid = areSurelyValid(dtype, bad.data(), size, real, false);
    EXPECT_EQ(isValid, fault(dtype, bad, real).empty()) << at;
  }
}

TEST(ValueChecks, TheRoughCheckMissesNoPosition) {
  for (int64_t degrees : {1, 2, 3, 4, 7}) {
    expectEachPositionFound<float>(false, degrees);
    expectEachPositionFound<double>(false, degrees);
    expectEachPositionFound<float>(true, degrees);
    expectEachPositionFound<double>(true, degrees);
  }
}

// NaN, which may be allowed, hides no asymmetry, nor do numbers that a worker takes as zero.
TEST(ValueChecks, WhatIsNotSureIsLookedAt) {
  const ValueConstraints real{{}, {}, RealSpectrum{false, 2}};
  std::vector<float> values = {1, 0, /*degree 1*/ -2, 3, 5, 0, 2, 3};
  EXPECT_TRUE(areSurelyValid(DType::F32, values.data(), 8, real, true));
  values[0] = std::numeric_limits<float>::quiet_NaN();
  values[7] += 1;
  EXPECT_FALSE(areSurelyValid(DType::F32, values.data(), 8, real, true));
  const float tiny = std::numeric_limits<float>::min();
  for (float &value : values)
    value = tiny;
  EXPECT_FALSE(areSurelyValid(DType::F32, values.data(), 8, real, false));
  const std::vector<float> zeros(8, 0.0f);
  EXPECT_TRUE(areSurelyValid(DType::F32, zeros.data(), 8, real, false));
}

TEST(ValueChecks, SureValuesAreFiniteAndNoIntegers) {
  const std::vector<float> values = {1, 2, std::numeric_limits<float>::infinity()};
  EXPECT_TRUE(areSurelyValid(DType::F32, values.data(), 2, {}, false));
  EXPECT_FALSE(areSurelyValid(DType::F32, values.data(), 3, {}, false));
  EXPECT_TRUE(areSurelyValid(DType::F32, values.data(), 3, {}, true));
  const std::vector<int32_t> labels = {0};
  EXPECT_FALSE(areSurelyValid(DType::I32, labels.data(), 1, {IntegerRange{}, {}, {}}, false));
}

// SO(3), b = 2, two functions: degree 1 has nine coefficients, reversed by (m, n) -> (-m, -n).
TEST(ValueChecks, FindsSpectraOnRotationsThatAreNotReal) {
  const ValueConstraints so3{{}, {}, RealSpectrum{true, 2}};
  std::vector<float> values = {1, 0};
  for (int at = 0; at < 9; ++at) {
    const int mirrored = std::min(at, 8 - at);
    const float sign = at <= 4 || (at / 3 - at % 3) % 2 == 0 ? 1 : -1;
    values.push_back(sign * static_cast<float>(mirrored + 1));
    values.push_back(at == 4 ? 0 : sign * (at < 4 ? 2.0f : -2.0f));
  }
  values.insert(values.end(), values.begin(), values.begin() + 20);
  EXPECT_EQ(fault(DType::F32, values, so3), "");
  values[23] = 9; // im of X^1_-1,-1 of the second function
  EXPECT_NE(fault(DType::F32, values, so3).find("off by 3.5 at position 11"), std::string::npos)
      << fault(DType::F32, values, so3);
}

} // namespace
} // namespace spherical::runtime
