//===- array_values.cpp - numbers of arrays as networks take them -*- C++ -*-===//

#include "runtime/data/sets/array_values.h"

#include "runtime/data/number_types.h"
#include "runtime/data/target.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

/// The bytes of a row, in memory of the thread that is used again.
const std::byte *rowBytes(const StoredArray &array, int64_t row) {
  thread_local std::vector<std::byte> bytes;
  bytes.resize(static_cast<size_t>(array.rowSize() * dtypeBytes(array.dtype)));
  array.read(row, array.shape.empty() ? 0 : 1, bytes.data());
  return bytes.data();
}

/// Whether a number stands for a missing value. Attributes may be of another type than the values,
/// which hold them rounded: 1e20 in single precision.
template <typename Number> bool isFill(const StoredArray &array, Number number) {
  return std::ranges::any_of(array.fills, [&](double fill) {
    if constexpr (isFloatType<Number>)
      return number == static_cast<Number>(fill);
    else
      return static_cast<double>(number) == fill;
  });
}

[[noreturn]] void failAt(const std::string &sample, const std::string &expected,
                         const std::string &got, size_t position) {
  throw std::runtime_error(sample + ": expected " + expected + ", got " + got + " at position " +
                           std::to_string(position));
}

} // namespace

bool isUnseen(double value) {
  constexpr double unseen = -1.6375e30, tolerance = 1e-5;
  return std::fabs(value - unseen) <= tolerance * -unseen;
}

void readValues(const StoredArray &array, int64_t row, bool pixels, const std::string &sample,
                float *out) {
  const bool isPixel = pixels && array.dtype == DType::U8 && array.scale == 1.0;
  visitNumbers(array.dtype, rowBytes(array, row), array.rowSize(), [&](auto numbers) {
    using Number = typename decltype(numbers)::value_type;
    for (size_t i = 0; i < numbers.size(); ++i) {
      const Number number = numbers[i];
      if (isFill(array, number)) {
        out[i] = missing;
        continue;
      }
      if constexpr (isFloatType<Number>)
        if (number != number || isUnseen(static_cast<double>(number))) {
          out[i] = missing;
          continue;
        }
      out[i] = static_cast<float>(number);
      if (array.scale != 1.0 || array.offset != 0.0)
        out[i] = static_cast<float>(static_cast<double>(number) * array.scale + array.offset);
      if (isPixel)
        out[i] /= 255.0f; // as pixelValue (samples.h)
      if (!std::isfinite(out[i]))
        failAt(sample, "finite or missing values", numberText(number), i);
    }
  });
}

void readClasses(const StoredArray &array, int64_t row, std::optional<int32_t> ignore,
                 const std::string &sample, int32_t *out) {
  visitNumbers(array.dtype, rowBytes(array, row), array.rowSize(), [&](auto numbers) {
    for (size_t i = 0; i < numbers.size(); ++i) {
      const auto value = static_cast<double>(numbers[i]);
      const bool isNone = value == -1 || (ignore && value == *ignore);
      if (!isNone && !(value >= 0 && value <= std::numeric_limits<int32_t>::max() &&
                       value == std::trunc(value)))
        failAt(sample, "whole numbers of 0 or more, or -1, as labels", numberText(numbers[i]), i);
      out[i] = isNone ? missingLabel : static_cast<int32_t>(value);
    }
  });
}

std::vector<double> readAll(const StoredArray &array) {
  const int64_t count = elementCount(array.shape);
  std::vector<std::byte> bytes(static_cast<size_t>(count * dtypeBytes(array.dtype)));
  array.read(0, array.shape.empty() ? 0 : array.shape[0], bytes.data());
  return visitNumbers(array.dtype, bytes.data(), count, [&](auto numbers) {
    std::vector<double> all;
    for (const auto number : numbers) {
      const auto value = static_cast<double>(number);
      all.push_back(isFill(array, number) ? std::numeric_limits<double>::quiet_NaN()
                                          : value * array.scale + array.offset);
    }
    return all;
  });
}

void applyMask(const StoredArray &mask, int64_t row, std::span<float> values) {
  const int64_t size = mask.rowSize();
  visitNumbers(mask.dtype, rowBytes(mask, row), size, [&](auto numbers) {
    for (size_t i = 0; i < values.size(); ++i)
      if (static_cast<double>(numbers[i % size]) == 0)
        values[i] = missing;
  });
}

} // namespace spherical::runtime
