//===- angle.h - angles and numbers as people write them --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_ANGLE_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_ANGLE_H

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace spherical::driver {

/// The angle in radians that `text` writes: a number, or a multiple of pi such as "pi", "pi/8", "3
/// pi/4", "2*pi" or "0.1238 pi"; nothing if it is neither.
std::optional<double> parseAngle(const std::string &text);

/// An interval of numbers. An open end is no part of it; an infinite end is none.
struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool openLow = false, openHigh = false;

  bool contains(double value) const;
  /// "of at least 0 and below 1", with ends as `print` writes them; empty for all numbers.
  std::string text(std::string (*print)(double)) const;
};

/// Above 0, and of at least 0.
constexpr Interval positive = {.low = 0, .openLow = true};
constexpr Interval notNegative = {.low = 0};

/// A number as settings have them, or what is wrong with it: "expected a finite number above 0".
struct Number {
  double value = 0;
  std::string fault;
  /// The remedy or reason, if there is one.
  std::string hint;
};

/// Reads a decimal, with or without a sign. It has to be finite and to lie in the interval, also in
/// single precision, in which compiled code has it.
Number parseNumber(const std::string &text, const Interval &interval);

/// The whole number that `text` writes in decimal digits, with or without a sign; nothing if it
/// is none or 64 bits do not hold it.
template <typename T> std::optional<T> parseInteger(std::string_view text) {
  T value = 0;
  if (text.size() > 1 && text[0] == '+' && text[1] != '-')
    text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

/// The shortest text that parseAngle reads as exactly `radians`; a multiple of pi where there is a
/// simple one.
std::string printAngle(double radians);

/// The shortest decimal that reads back as exactly `value`.
std::string printNumber(double value);

/// A number of things, with a comma before every three digits: 1,234,567.
std::string printCount(int64_t count);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_ANGLE_H
