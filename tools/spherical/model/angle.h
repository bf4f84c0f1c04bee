//===- angle.h - angles and numbers as people write them --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_ANGLE_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_ANGLE_H

#include <cstdint>
#include <optional>
#include <string>

namespace spherical::driver {

/// The angle in radians that `text` writes: a number, or a multiple of pi such as "pi", "pi/8", "3
/// pi/4", "2*pi" or "0.1238 pi"; nothing if it is neither.
std::optional<double> parseAngle(const std::string &text);

/// The shortest text that parseAngle reads as exactly `radians`; a multiple of pi where there is a
/// simple one.
std::string printAngle(double radians);

/// The shortest decimal that reads back as exactly `value`.
std::string printNumber(double value);

/// A number of things, with a comma before every three digits: 1,234,567.
std::string printCount(int64_t count);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_ANGLE_H
