//===- axis.h - round numbers along an axis ---------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_PICTURES_AXIS_H
#define SPHERICAL_RUNTIME_PICTURES_AXIS_H

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::runtime {

/// A place with a number beside it; "" for a line without one.
struct Tick {
  double value = 0.0;
  std::string text;
};

/// An axis from `low` to `high`, low < high, both above 0 if it is logarithmic.
struct Axis {
  double low = 0.0, high = 1.0;
  bool isLogarithmic = false;
  std::vector<Tick> ticks;

  /// Where a value lies: 0 at `low`, 1 at `high`.
  double share(double value) const;
};

/// An axis around values from `low` to `high`, which may be equal: it begins and ends where they
/// do, with a margin of 4 % on either side unless `isTight`, and has about `ticks` round
/// numbers: multiples of 1, 2 or 5 times a power of 10.
Axis linearAxis(double low, double high, int ticks, bool isTight = false);

/// The same with a margin up to the next round number, for bars.
Axis roundAxis(double low, double high, int ticks);

/// A logarithmic axis around positive values: powers of 10, of which the every n-th has a number so
/// that at most about `ticks` have; where there are fewer than two, 2 and 5 times them, too.
Axis logarithmicAxis(double low, double high, int ticks);

/// `value` with `digits` digits after the point, or with three significant digits: "0.0123",
/// "1.23×10⁻⁵". Always with a decimal point.
std::string fixedNumber(double value, int digits);
std::string shortNumber(double value);

/// 10000 as "10,000".
std::string groupedNumber(int64_t value);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_AXIS_H
