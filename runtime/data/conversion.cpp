//===- conversion.cpp - numbers of one type as those of another -*- C++ -*-===//

#include "runtime/data/conversion.h"

#include "runtime/data/number_types.h"
#include "runtime/data/value_checks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace spherical::runtime {

Half::operator float() const {
  const uint32_t sign = uint32_t(bits & 0x8000) << 16;
  const uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31) // infinities and NaN
    return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
  const float magnitude = exponent == 0
                              ? std::ldexp(static_cast<float>(fraction), -24)
                              : std::bit_cast<float>((exponent + 112) << 23 | fraction << 13);
  return sign ? -magnitude : magnitude;
}

BFloat16::operator float() const { return std::bit_cast<float>(uint32_t(bits) << 16); }

bool isFloat(DType dtype) {
  return visitNumbers(dtype, nullptr, 0, [](auto values) {
    return isFloatType<typename decltype(values)::value_type>;
  });
}

namespace {

/// Whether the number is an integer of type To.
template <typename To, typename From> bool fits(From number) {
  if constexpr (!isFloatType<From>) {
    return std::in_range<To>(number);
  } else {
    // The bounds as powers of 2, which every type of floating-point numbers holds.
    const double limit = std::ldexp(1.0, std::numeric_limits<To>::digits);
    const auto value = static_cast<double>(number);
    return value == std::trunc(value) && value >= -limit && value < limit;
  }
}

template <typename To> Tensor convert(const Tensor &tensor) {
  Tensor result = Tensor::zeros(dtypeOf<To>(), tensor.shape);
  const std::span<To> target = result.as<To>();
  visitNumbers(tensor, [&](auto source) {
    for (size_t i = 0; i < source.size(); ++i) {
      if constexpr (std::is_integral_v<To>)
        if (!fits<To>(source[i]))
          throw std::runtime_error(std::string("expected values of ") + dtypeName(result.dtype) +
                                   ", got " + numberText(source[i]) + " at position " +
                                   std::to_string(i));
      target[i] = static_cast<To>(source[i]);
    }
  });
  return result;
}

} // namespace

Tensor converted(const Tensor &tensor, DType dtype) {
  if (tensor.dtype == dtype)
    return tensor;
  switch (dtype) {
  case DType::F32:
    return convert<float>(tensor);
  case DType::F64:
    return convert<double>(tensor);
  case DType::I32:
    return convert<int32_t>(tensor);
  case DType::I64:
    return convert<int64_t>(tensor);
  default:
    throw std::logic_error("programs take numbers of F32, F64, I32 and I64");
  }
}

Tensor scaledPixels(const Tensor &bytes, DType dtype) {
  Tensor result = converted(bytes, dtype);
  const auto scale = [](auto values) {
    for (auto &value : values)
      value /= 255;
  };
  if (dtype == DType::F32)
    scale(result.as<float>());
  else
    scale(result.as<double>());
  return result;
}

Tensor weightValues(const Tensor &tensor, DType dtype, bool nonFinite) {
  if (isFloat(tensor.dtype) != isFloat(dtype))
    throw std::runtime_error(
        std::string(isFloat(dtype) ? "expected F32, F64, F16 or BF16" : "expected integers") +
        ", got " + dtypeName(tensor.dtype));
  Tensor values = converted(tensor, dtype);
  if (const std::string fault = nonFinite ? "" : nonFiniteFault(values, tensor); !fault.empty())
    throw std::runtime_error(fault);
  return values;
}

} // namespace spherical::runtime
