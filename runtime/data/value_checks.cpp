//===- value_checks.cpp - what values an argument may have ------*- C++ -*-===//

#include "runtime/data/value_checks.h"

#include "runtime/data/number_types.h"
#include "runtime/layout.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
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

/// How far spectra of real functions may be from their symmetry, of the largest value: the rounding
/// of a transform.
constexpr double kRealTolerance = 1e-5;

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

/// Vectors of 32 bytes, and of the bits of their numbers as integers.
template <typename Number, typename Bits> struct Vectors {
  using Numbers [[gnu::vector_size(32)]] = Number;
  using Integers [[gnu::vector_size(32)]] = Bits;
};

/// What an asymmetry is made of in the largest of |re| and |im| in place of the absolute value, of
/// finite values: at most a factor of sqrt(2) apart. No branch and no root, as this runs at each
/// call: the bits of |x| compare as the numbers do, NaN above all others. Signs alternate from
/// coefficient to coefficient, on SO(3) because 2l + 1 is odd.
template <typename Number, typename Bits> class RoughAsymmetry {
public:
  /// Adds `count` coefficients that mirror each other, the first with this sign.
  void add(const Number *values, int64_t count, Number sign);

  double off() const { return largestOf(offs); }
  double largest() const { return largestOf(largests); }

private:
  using Numbers = typename Vectors<Number, Bits>::Numbers;
  using Integers = typename Vectors<Number, Bits>::Integers;
  static constexpr int64_t lanes = sizeof(Numbers) / sizeof(Number), pairs = lanes / 2;

  static Integers larger(Integers most, Numbers values) {
    const Integers bits = (Integers)values & std::numeric_limits<Bits>::max();
    const Integers mask = bits > most;
    return (bits & mask) | (most & ~mask);
  }
  /// Pairs in the opposite order.
  static Numbers reversed(Numbers values) {
    Numbers result;
    for (int64_t at = 0; at < lanes; ++at)
      result[at] = values[lanes - 2 - at / 2 * 2 + at % 2];
    return result;
  }
  static double largestOf(Integers bits) {
    Bits most = 0;
    for (int64_t at = 0; at < lanes; ++at)
      most = std::max(most, bits[at]);
    return static_cast<double>(std::bit_cast<Number>(most));
  }

  Integers offs = {}, largests = {};
};

template <typename Number, typename Bits>
void RoughAsymmetry<Number, Bits>::add(const Number *values, int64_t count, Number sign) {
  // low_re - sign high_re and low_im + sign high_im.
  Numbers signs;
  for (int64_t at = 0; at < lanes; ++at)
    signs[at] = (at % 4 == 0 || at % 4 == 3) ? -sign : sign;
  auto compare = [&](Numbers low, Numbers high) {
    offs = larger(offs, low + signs * high);
    largests = larger(larger(largests, low), high);
  };
  // Half of the pairs meet the other half; those near the middle meet twice.
  const Number *low = values, *high = values + 2 * (count - pairs);
  int64_t at = 0;
  for (; 2 * at < count && count >= pairs; at += pairs, low += lanes, high -= lanes) {
    Numbers first, last;
    std::memcpy(&first, low, sizeof first);
    std::memcpy(&last, high, sizeof last);
    compare(first, reversed(last));
  }
  for (; 2 * at < count; ++at) {
    const Number *one = values + 2 * at, *other = values + 2 * (count - 1 - at);
    const Number own = at % 2 == 0 ? sign : -sign;
    compare(Numbers{one[0], one[1]},
            own == sign ? Numbers{other[0], other[1]} : Numbers{-other[0], -other[1]});
  }
}

/// Whether values are surely as near to the spectrum of real functions as `tolerance` says.
template <typename Number>
bool isSurelySymmetric(std::span<const Number> values, const RealSpectrum &spectrum,
                       double tolerance) {
  RoughAsymmetry<Number, std::conditional_t<sizeof(Number) == 4, int32_t, int64_t>> sum;
  for (int64_t first = 0; 2 * first < static_cast<int64_t>(values.size());)
    for (int64_t l = 0; l < spectrum.degrees; ++l) {
      const int64_t count = (2 * l + 1) * (spectrum.onSO3 ? 2 * l + 1 : 1);
      sum.add(values.data() + 2 * first, count,
              !spectrum.onSO3 && l % 2 == 1 ? Number(-1) : Number(1));
      first += count;
    }
  constexpr double rounding = 4 * std::numeric_limits<Number>::epsilon(); // of a difference
  // Workers take differences that are denormal as zero: they must not matter.
  constexpr double least = std::numeric_limits<Number>::min();
  const double allowed = tolerance * sum.largest();
  return (sum.largest() == 0 || allowed > least) &&
         sum.off() * std::numbers::sqrt2 / 2 <= (1 - rounding) * allowed;
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
  return visitNumbers(dtype, data, size, [&](auto values) -> std::string {
    using Number = typename decltype(values)::value_type;
    if constexpr (std::is_floating_point_v<Number>) {
      if (isSurelySymmetric(values, spectrum, kRealTolerance))
        return "";
      const Asymmetry sum = asymmetryOf(values, spectrum);
      if (sum.off > kRealTolerance * sum.largest)
        return "expected to be the spectrum of real functions, X_-m,-n = (-1)^(m-n) conj X_mn, got "
               "values that are off by " +
               numberText(sum.off) + atPosition(sum.position);
    }
    return "";
  });
}

} // namespace

int64_t checkedTogether(const ValueConstraints &constraints) {
  if (!constraints.spectrum)
    return 1;
  const int64_t degrees = constraints.spectrum->degrees;
  return 2 * (constraints.spectrum->onSO3 ? so3Size(degrees) : s2Size(degrees));
}

bool areSurelyValid(DType dtype, const void *data, int64_t size,
                    const ValueConstraints &constraints, bool nonFinite) {
  if (constraints.integers || (!nonFinite && !allFinite(dtype, data, size)))
    return false;
  return !constraints.spectrum || visitNumbers(dtype, data, size, [&](auto values) {
    using Number = typename decltype(values)::value_type;
    if constexpr (std::is_floating_point_v<Number>)
      return isSurelySymmetric(values, *constraints.spectrum, kRealTolerance);
    return false;
  });
}

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
