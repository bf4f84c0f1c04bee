//===- value_checks.cpp - what values an argument may have ------*- C++ -*-===//

#include "runtime/data/value_checks.h"

#include "runtime/data/number_types.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <type_traits>
#include <utility>

namespace spherical::runtime {

namespace {

std::string atPosition(int64_t position) { return " at position " + std::to_string(position); }

/// Whether no exponent is that of infinities and NaN: to those, adding one more carries into the
/// sign. There is no branch, so that the loop runs in vectors.
template <typename Bits, typename Number> bool allFinite(std::span<const Number> values) {
  constexpr int fraction = std::numeric_limits<Number>::digits - 1;
  constexpr Bits magnitude = Bits(-1) >> 1, one = Bits(1) << fraction;
  Bits carry = 0;
  for (const Number value : values)
    carry |= (std::bit_cast<Bits>(value) & magnitude) + one;
  return carry <= magnitude;
}

bool allFinite(DType dtype, const void *data, int64_t size) {
  if (dtype == DType::F32)
    return allFinite<uint32_t>(std::span(static_cast<const float *>(data), size));
  if (dtype == DType::F64)
    return allFinite<uint64_t>(std::span(static_cast<const double *>(data), size));
  return true;
}

/// The position of the first number that is not finite, nor NaN if values may be `missing`; `size`
/// if there is none.
int64_t firstNonFinite(DType dtype, const void *data, int64_t size, bool missing) {
  return visitNumbers(dtype, data, size, [&](auto values) {
    const auto found = std::ranges::find_if(values, [&](auto number) {
      const auto value = static_cast<double>(number);
      return !std::isfinite(value) && !(missing && std::isnan(value));
    });
    return static_cast<int64_t>(found - values.begin());
  });
}

std::string nonFiniteText(const std::string &number, int64_t position, bool missing) {
  return std::string("expected finite values") + (missing ? ", or NaN for missing ones" : "") +
         ", got " + number + atPosition(position);
}

std::string rangeText(const IntegerRange &range) {
  std::string text = range.what + " from " + std::to_string(range.low);
  text += range.high == INT64_MAX ? " on" : " to " + std::to_string(range.high);
  return range.other ? text + " or " + std::to_string(*range.other) : text;
}

template <typename Integer> bool isAllowed(Integer value, const IntegerRange &range, bool missing) {
  return (missing && std::cmp_equal(value, missingLabel)) ||
         (std::cmp_greater_equal(value, range.low) && std::cmp_less_equal(value, range.high)) ||
         (range.other && std::cmp_equal(value, *range.other));
}

/// Whether all integers are allowed; bounds of their own type and no branch, so that the loop runs
/// in vectors.
template <typename Integer>
bool allAllowed(std::span<const Integer> values, const IntegerRange &range, bool missing) {
  constexpr Integer least = std::numeric_limits<Integer>::min();
  constexpr Integer most = std::numeric_limits<Integer>::max();
  if (std::cmp_less(range.high, least) || std::cmp_greater(range.low, most))
    return std::ranges::all_of(values,
                               [&](Integer value) { return isAllowed(value, range, missing); });
  const Integer low = std::cmp_less(range.low, least) ? least : static_cast<Integer>(range.low);
  const Integer high = std::cmp_greater(range.high, most) ? most : static_cast<Integer>(range.high);
  const bool hasOther = range.other && std::in_range<Integer>(*range.other);
  const Integer other = hasOther ? static_cast<Integer>(*range.other) : low;
  const bool hasMissing = missing && std::in_range<Integer>(missingLabel);
  const Integer none = hasMissing ? static_cast<Integer>(missingLabel) : low;
  bool bad = false;
  for (const Integer value : values)
    bad |= ((value < low) | (value > high)) & (value != other) & (value != none);
  return !bad;
}

/// How far values are from X_-m,-n = (-1)^(m-n) conj X_mn, half the distance of the two.
struct Asymmetry {
  double largest = 0, off = 0;
  int64_t position = 0;
};

/// Adds one degree of one function: 2l + 1 orders m, each with 2l + 1 orders n on SO(3). Mirroring
/// (m, n) reverses the order of the coefficients.
template <typename Number>
void addDegree(std::span<const Number> values, int64_t l, int64_t width, int64_t first,
               Asymmetry &sum) {
  const int64_t count = static_cast<int64_t>(values.size()) / 2;
  for (int64_t at = 0; at < count; ++at) {
    const int64_t m = at / width - l, n = width == 1 ? 0 : at % width - l;
    const double sign = (m - n) % 2 == 0 ? 1.0 : -1.0;
    const double re = values[2 * at], im = values[2 * at + 1];
    const double otherRe = values[2 * (count - 1 - at)], otherIm = values[2 * (count - 1 - at) + 1];
    const double off = std::hypot(re - sign * otherRe, im + sign * otherIm) / 2;
    sum.largest = std::max(sum.largest, std::hypot(re, im));
    if (off > sum.off) {
      sum.off = off;
      sum.position = first + at;
    }
  }
}

template <typename Number>
Asymmetry asymmetryOf(std::span<const Number> values, const RealSpectrum &spectrum) {
  Asymmetry sum;
  for (int64_t first = 0; 2 * first < static_cast<int64_t>(values.size());)
    for (int64_t l = 0; l < spectrum.degrees; ++l) {
      const int64_t width = spectrum.onSO3 ? 2 * l + 1 : 1, count = (2 * l + 1) * width;
      addDegree(values.subspan(2 * first, 2 * count), l, width, first, sum);
      first += count;
    }
  return sum;
}

/// The bits of |x|, which compare as the numbers do; NaN is above all others.
template <typename Bits, typename Number> Bits magnitudeBits(Number x) {
  constexpr Bits magnitude = Bits(-1) >> 1;
  return std::bit_cast<Bits>(x) & magnitude;
}

/// What an asymmetry is made of in the largest of |re| and |im| in place of the absolute value, of
/// finite values: at most a factor of sqrt(2) apart. No branch and no root, as this runs at each
/// call. Signs alternate from coefficient to coefficient, on SO(3) because 2l + 1 is odd.
template <typename Bits, typename Number>
std::pair<Number, Number> roughAsymmetry(std::span<const Number> values,
                                         const RealSpectrum &spectrum) {
  Bits largest = 0, off = 0;
  for (int64_t first = 0; 2 * first < static_cast<int64_t>(values.size());)
    for (int64_t l = 0; l < spectrum.degrees; ++l) {
      const int64_t width = spectrum.onSO3 ? 2 * l + 1 : 1, count = (2 * l + 1) * width;
      const Number *low = values.data() + 2 * first, *high = low + 2 * (count - 1);
      Number sign = !spectrum.onSO3 && l % 2 == 1 ? Number(-1) : Number(1);
      for (int64_t at = 0; 2 * at < count; ++at, low += 2, high -= 2, sign = -sign) {
        off = std::max(off, magnitudeBits<Bits>(low[0] - sign * high[0]));
        off = std::max(off, magnitudeBits<Bits>(low[1] + sign * high[1]));
        for (const Number value : {low[0], low[1], high[0], high[1]})
          largest = std::max(largest, magnitudeBits<Bits>(value));
      }
      first += count;
    }
  return {std::bit_cast<Number>(off), std::bit_cast<Number>(largest)};
}

/// Whether values are surely as near to the spectrum of real functions as `tolerance` says.
template <typename Number>
bool isSurelySymmetric(std::span<const Number> values, const RealSpectrum &spectrum,
                       double tolerance) {
  using Bits = std::conditional_t<sizeof(Number) == 4, uint32_t, uint64_t>;
  const auto [off, largest] = roughAsymmetry<Bits>(values, spectrum);
  constexpr double rounding = 4 * std::numeric_limits<Number>::epsilon(); // of a difference
  return static_cast<double>(off) * std::numbers::sqrt2 / 2 <=
         (1 - rounding) * tolerance * static_cast<double>(largest);
}

std::string finiteFault(DType dtype, const void *data, int64_t size, bool missing) {
  if (allFinite(dtype, data, size))
    return "";
  const int64_t position = firstNonFinite(dtype, data, size, missing);
  return visitNumbers(dtype, data, size, [&](auto values) {
    return position == size ? std::string()
                            : nonFiniteText(numberText(values[position]), position, missing);
  });
}

std::string rangeFault(DType dtype, const void *data, int64_t size, const IntegerRange &range,
                       bool missing, bool scalar) {
  return visitNumbers(dtype, data, size, [&](auto values) -> std::string {
    using Number = typename decltype(values)::value_type;
    if constexpr (!isFloatType<Number>) {
      if (allAllowed(values, range, missing))
        return "";
      const auto found = std::ranges::find_if(
          values, [&](Number value) { return !isAllowed(value, range, missing); });
      const int64_t position = found - values.begin();
      return "expected " + rangeText(range) + ", got " + numberText(values[position]) +
             (scalar ? "" : atPosition(position));
    }
    return "";
  });
}

std::string spectrumFault(DType dtype, const void *data, int64_t size,
                          const RealSpectrum &spectrum) {
  constexpr double tolerance = 1e-5;
  return visitNumbers(dtype, data, size, [&](auto values) -> std::string {
    using Number = typename decltype(values)::value_type;
    if constexpr (std::is_floating_point_v<Number>) {
      if (isSurelySymmetric(values, spectrum, tolerance))
        return "";
      const Asymmetry sum = asymmetryOf(values, spectrum);
      if (sum.off > tolerance * sum.largest)
        return "expected to be the spectrum of real functions, X_-m,-n = (-1)^(m-n) conj X_mn, got "
               "values that are off by " +
               numberText(sum.off) + atPosition(sum.position);
    }
    return "";
  });
}

} // namespace

std::string valueFault(DType dtype, const void *data, int64_t size,
                       const ValueConstraints &constraints, bool scalar, bool nonFinite) {
  std::string fault = nonFinite ? "" : finiteFault(dtype, data, size, constraints.missing);
  if (fault.empty() && constraints.integers)
    fault = rangeFault(dtype, data, size, *constraints.integers, constraints.missing, scalar);
  if (fault.empty() && constraints.spectrum)
    fault = spectrumFault(dtype, data, size, *constraints.spectrum);
  return fault;
}

std::string nonFiniteFault(const Tensor &values, const Tensor &source, bool missing) {
  if (allFinite(values.dtype, values.bytes.data(), values.size()))
    return "";
  const int64_t position =
      firstNonFinite(values.dtype, values.bytes.data(), values.size(), missing);
  if (position == values.size())
    return "";
  return visitNumbers(source, [&](auto numbers) {
    return nonFiniteText(numberText(numbers[position]), position, missing);
  });
}

} // namespace spherical::runtime
