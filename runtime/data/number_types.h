//===- number_types.h - numbers of every type of a file ---------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_NUMBER_TYPES_H
#define SPHERICAL_RUNTIME_DATA_NUMBER_TYPES_H

#include "runtime/data/safetensors.h"

#include <cstdio>
#include <type_traits>

namespace spherical::runtime {

/// A number of 16 bits, IEEE 754 binary16: 5 bits of exponent, 10 of fraction.
struct Half {
  uint16_t bits;
  /// The same number.
  operator float() const;
};

/// A number of 16 bits: the upper half of an F32.
struct BFloat16 {
  uint16_t bits;
  /// The same number.
  operator float() const;
};

/// Whether T, a type that visitNumbers gives, holds floating-point numbers.
template <typename T>
inline constexpr bool isFloatType =
    std::is_floating_point_v<T> || std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

/// "3", "-inf", "nan", "1e+300".
template <typename Number> std::string numberText(Number number) {
  if constexpr (!isFloatType<Number>)
    return std::to_string(number);
  const auto value = static_cast<double>(number);
  if (value != value)
    return "nan"; // never "-nan"
  char text[32];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

/// Calls visit(std::span<const T>) on dense values, T the C++ type of `dtype`; BOOL as uint8_t.
/// Returns what it returns. `data` is aligned to the type, and may be null if there is no value.
template <typename Visit>
auto visitNumbers(DType dtype, const void *data, int64_t size, const Visit &visit) {
  const auto as = [&](auto number) {
    return visit(std::span(static_cast<const decltype(number) *>(data), size));
  };
  switch (dtype) {
  case DType::Bool:
  case DType::U8:
    return as(uint8_t());
  case DType::I8:
    return as(int8_t());
  case DType::U16:
    return as(uint16_t());
  case DType::I16:
    return as(int16_t());
  case DType::F16:
    return as(Half());
  case DType::BF16:
    return as(BFloat16());
  case DType::U32:
    return as(uint32_t());
  case DType::I32:
    return as(int32_t());
  case DType::F32:
    return as(float());
  case DType::U64:
    return as(uint64_t());
  case DType::I64:
    return as(int64_t());
  case DType::F64:
    return as(double());
  }
  throw std::logic_error("unknown type of numbers");
}

/// The same of a tensor's values.
template <typename Visit> auto visitNumbers(const Tensor &tensor, const Visit &visit) {
  return visitNumbers(tensor.dtype, tensor.bytes.data(), tensor.size(), visit);
}

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_NUMBER_TYPES_H
