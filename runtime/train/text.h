//===- text.h - numbers and columns as text ---------------------*- C++ -*-===//
//
// Always with a decimal point, whatever the locale.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_TRAIN_TEXT_H
#define SPHERICAL_RUNTIME_TRAIN_TEXT_H

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::runtime {

/// `value` with `digits` digits after the point: "3.14".
std::string fixedText(double value, int digits);

/// `value` with three significant digits and an exponent: "1.23e-04".
std::string scientificText(double value);

/// The shortest text that reads back as exactly `value`.
std::string exactText(double value);

/// Seconds as "42 s", "3:05 min" or "2:03:05 h".
std::string durationText(double seconds);

/// `text` filled with spaces on the left, or on the right, to `width` characters.
std::string padLeft(const std::string &text, size_t width);
std::string padRight(const std::string &text, size_t width);

/// Places "net.yaml:7:5" as "7:5" if all name the same file; as they are if not. Empty places name
/// none.
std::vector<std::string> withoutFile(std::vector<std::string> places);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_TEXT_H
