//===- text.cpp - numbers and columns as text -------------------*- C++ -*-===//

#include "runtime/train/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace spherical::runtime {
namespace {

template <typename... Format> std::string format(double value, Format... how) {
  std::array<char, 400> text; // the longest fixed double has 309 digits before the point
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value, how...);
  return std::string(text.data(), result.ptr);
}

std::string twoDigits(int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

} // namespace

std::string fixedText(double value, int digits) {
  return format(value, std::chars_format::fixed, digits);
}

std::string scientificText(double value) { return format(value, std::chars_format::scientific, 2); }

std::string exactText(double value) { return format(value); }

std::string durationText(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(std::max(0.0, seconds)));
  if (whole < 60)
    return std::to_string(whole) + " s";
  if (whole < 3600)
    return std::to_string(whole / 60) + ":" + twoDigits(whole % 60) + " min";
  return std::to_string(whole / 3600) + ":" + twoDigits(whole / 60 % 60) + ":" +
         twoDigits(whole % 60) + " h";
}

std::string padLeft(const std::string &text, size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string padRight(const std::string &text, size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

std::vector<std::string> withoutFile(std::vector<std::string> places) {
  std::string file;
  for (const std::string &place : places) {
    if (place.empty())
      continue;
    const size_t column = place.rfind(':');
    const size_t line = column == std::string::npos || column == 0 ? std::string::npos
                                                                  : place.rfind(':', column - 1);
    if (line == std::string::npos || (!file.empty() && place.substr(0, line + 1) != file))
      return places;
    file = place.substr(0, line + 1);
  }
  for (std::string &place : places)
    place.erase(0, std::min(place.size(), file.size()));
  return places;
}

} // namespace spherical::runtime
