//===- axis.cpp - round numbers along an axis -------------------*- C++ -*-===//

#include "runtime/pictures/axis.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace spherical::runtime {
namespace {

constexpr double margin = 0.04;

template <typename... Form> std::string numberText(double value, Form... form) {
  std::array<char, 400> letters;
  const auto end = std::to_chars(letters.data(), letters.data() + letters.size(), value, form...);
  return std::string(letters.data(), end.ptr);
}

/// A minus as long as a plus.
std::string withMinus(const std::string &text) {
  return text.starts_with('-') ? "\u2212" + text.substr(1) : text;
}

/// "10⁻³".
std::string powerText(int exponent) {
  static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char digit : std::to_string(std::abs(exponent)))
    text += digits[digit - '0'];
  return text;
}

/// A number of a logarithmic axis, plain from 0.01 to 1000.
std::string logarithmicText(int mantissa, int exponent) {
  if (exponent < -2 || exponent > 3)
    return (mantissa == 1 ? "" : std::to_string(mantissa) + "×") + powerText(exponent);
  return fixedNumber(mantissa * std::pow(10.0, exponent), std::max(0, -exponent));
}

/// The number of 1, 2, 5 times a power of 10 that is nearest to `step` by its factor.
double roundStep(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  const double factor = step / power;
  return power * (factor < std::sqrt(2.0)    ? 1.0
                  : factor < std::sqrt(10.0) ? 2.0
                  : factor < std::sqrt(50.0) ? 5.0
                                             : 10.0);
}

std::string linearText(double value, double step) {
  const double largest = std::max(std::abs(value), step);
  if (value != 0.0 && (largest >= 1e7 || step < 1e-5))
    return shortNumber(value);
  const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const std::string text = fixedNumber(value, digits);
  return digits == 0 && std::abs(value) >= 1e4 ? groupedNumber(std::llround(value)) : text;
}

void addLinearTicks(Axis &axis, double step) {
  const double slack = 1e-9 * step;
  for (double k = std::ceil((axis.low - slack) / step); k * step <= axis.high + slack; ++k)
    axis.ticks.push_back({k * step, linearText(k == 0 ? 0.0 : k * step, step)});
}

/// Ends that differ.
void widen(double &low, double &high) {
  if (high > low)
    return;
  const double half = low == 0.0 ? 0.5 : 0.1 * std::abs(low);
  low -= half;
  high += half;
}

} // namespace

double Axis::share(double value) const {
  if (isLogarithmic)
    return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

Axis linearAxis(double low, double high, int ticks, bool isTight) {
  widen(low, high);
  const double room = isTight ? 0.0 : margin * (high - low);
  Axis axis{low - room, high + room, false, {}};
  addLinearTicks(axis, roundStep((axis.high - axis.low) / std::max(1, ticks)));
  return axis;
}

Axis roundAxis(double low, double high, int ticks) {
  widen(low, high);
  const double step = roundStep((high - low) / std::max(1, ticks));
  Axis axis{step * std::floor(low / step + 1e-9), step * std::ceil(high / step - 1e-9), false, {}};
  addLinearTicks(axis, step);
  return axis;
}

Axis logarithmicAxis(double low, double high, int ticks) {
  if (!(high > low)) {
    low /= 2;
    high *= 2;
  }
  const double room = std::pow(high / low, margin);
  Axis axis{low / room, high * room, true, {}};
  const int first = static_cast<int>(std::floor(std::log10(axis.low)));
  const int last = static_cast<int>(std::ceil(std::log10(axis.high)));
  const auto within = [&](double value) { return value >= axis.low && value <= axis.high; };
  int decades = 0;
  for (int exponent = first; exponent <= last; ++exponent)
    decades += within(std::pow(10.0, exponent));
  const int every = std::max(1, (decades + ticks - 1) / std::max(1, ticks));
  for (int exponent = first; exponent <= last; ++exponent)
    for (const int mantissa : {1, 2, 5}) {
      const double value = mantissa * std::pow(10.0, exponent);
      if (!within(value) || (mantissa > 1 && decades > 2))
        continue;
      const bool isNumbered = mantissa > 1 || (exponent - first) % every == 0;
      axis.ticks.push_back({value, isNumbered ? logarithmicText(mantissa, exponent) : ""});
    }
  if (axis.ticks.empty()) // less than from 2 to 5
    addLinearTicks(axis, roundStep((axis.high - axis.low) / std::max(1, ticks)));
  return axis;
}

std::string fixedNumber(double value, int digits) {
  return withMinus(numberText(value, std::chars_format::fixed, digits));
}

std::string shortNumber(double value) {
  const std::string text = numberText(value, std::chars_format::general, 3);
  const size_t end = text.find('e');
  if (end == std::string::npos)
    return withMinus(text);
  return withMinus(text.substr(0, end)) + "×" + powerText(std::stoi(text.substr(end + 1)));
}

std::string groupedNumber(int64_t value) {
  std::string text = std::to_string(std::abs(value));
  for (int64_t place = std::ssize(text) - 3; place > 0; place -= 3)
    text.insert(place, ",");
  return value < 0 ? "\u2212" + text : text;
}

} // namespace spherical::runtime
