//===- angle.cpp - angles and numbers as people write them ----------------===//

#include "tools/spherical/model/angle.h"

#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace spherical::driver {

/// Reads a decimal at the start of `text` and removes it; nothing if there is none.
static std::optional<double> takeNumber(std::string_view &text) {
  double value = 0;
  const bool plus = text.starts_with('+') && !text.starts_with("+-");
  const char *begin = text.data() + (plus ? 1 : 0);
  auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value))
    return std::nullopt;
  text.remove_prefix(end - text.data());
  return value;
}

static void skipBlanks(std::string_view &text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
}

static bool take(std::string_view &text, std::string_view word) {
  skipBlanks(text);
  if (!text.starts_with(word))
    return false;
  text.remove_prefix(word.size());
  skipBlanks(text);
  return true;
}

std::optional<double> parseAngle(const std::string &string) {
  std::string_view text = string;
  skipBlanks(text);
  double factor = 1, divisor = 1;
  if (take(text, "-"))
    factor = -1;
  const std::optional<double> number = takeNumber(text);
  if (number)
    factor *= *number;
  skipBlanks(text);
  if (text.empty())
    return number ? std::optional(factor) : std::nullopt;
  if (number)
    take(text, "*");
  if (!take(text, "pi"))
    return std::nullopt;
  if (take(text, "/")) {
    const std::optional<double> given = takeNumber(text);
    if (!given || *given == 0)
      return std::nullopt;
    divisor = *given;
  }
  skipBlanks(text);
  if (!text.empty())
    return std::nullopt;
  const double angle = factor * std::numbers::pi / divisor;
  return std::isfinite(angle) ? std::optional(angle) : std::nullopt;
}

bool Interval::contains(double value) const {
  return (openLow ? value > low : value >= low) && (openHigh ? value < high : value <= high);
}

std::string Interval::text(std::string (*print)(double)) const {
  std::string words;
  if (std::isfinite(low))
    words = (openLow ? "above " : "of at least ") + print(low);
  if (std::isfinite(high))
    words += (words.empty() ? "" : " and ") + std::string(openHigh ? "below " : "at most ") +
             print(high);
  return words;
}

/// Why single precision holds no number like `value` in the interval, or nothing if it does.
static std::string singleFault(double value, const Interval &interval) {
  const double size = std::abs(value);
  if (value != 0 && (size < FLT_MIN || size > FLT_MAX))
    return "single precision, in which it is used, holds 1.2e-38 to 3.4e+38";
  const double single = static_cast<float>(value);
  return interval.contains(single) ? "" : "in single precision that is " + printNumber(single);
}

Number parseNumber(const std::string &text, const Interval &interval) {
  Number number;
  std::string_view rest = text;
  const std::optional<double> value = takeNumber(rest);
  const bool inside = value && rest.empty() && interval.contains(*value);
  if (inside)
    number = {*value, "", singleFault(*value, interval)};
  const std::string range = interval.text(printNumber);
  if (!inside || !number.hint.empty())
    number.fault = "expected a finite number" + (range.empty() ? "" : " " + range);
  return number;
}

std::string printNumber(double value) {
  char buffer[32];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end);
}

std::string printCount(int64_t count) {
  std::string text = std::to_string(count);
  for (int64_t place = static_cast<int64_t>(text.size()) - 3; place > 0; place -= 3)
    text.insert(place, ",");
  return text;
}

std::string printAngle(double radians) {
  if (radians == 0)
    return "0";
  for (int64_t divisor = 1; divisor <= 64; ++divisor) {
    const double factor = radians * divisor / std::numbers::pi;
    const double whole = std::round(factor);
    if (whole == 0 || std::abs(whole) > 64 || std::abs(factor - whole) > 1e-9)
      continue;
    std::string text = whole == 1 ? "pi" : whole == -1 ? "-pi" : printNumber(whole) + " pi";
    if (divisor > 1)
      text += "/" + std::to_string(divisor);
    if (parseAngle(text) == radians)
      return text;
  }
  const double rounded = std::round(radians / std::numbers::pi * 1e6) / 1e6;
  const std::string text = printNumber(rounded) + " pi";
  return parseAngle(text) == radians ? text : printNumber(radians);
}

} // namespace spherical::driver
