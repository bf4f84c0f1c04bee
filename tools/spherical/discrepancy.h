//===- discrepancy.h - why two arrays differ --------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DISCREPANCY_H
#define SPHERICAL_TOOLS_SPHERICAL_DISCREPANCY_H

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spherical::driver {

/// How far `b` is from `a`, of the same length: largest difference, and norm of the difference over
/// the norm of `b`.
struct Distance {
  double largest = 0, relative = 0;
};
Distance distance(std::span<const double> a, std::span<const double> b);

/// What may have been done to `ours` to give `theirs`, and the relative distance that remains.
struct Guess {
  std::string cause;
  double remaining = 1;
};

/// The simplest change of `ours` that comes nearest to `theirs`, both [channel, beta, alpha(,
/// gamma)] with as many samples an angle or [channel]: a scale factor, permuted axes, mirrored or
/// shifted angles, the inverse rotation, a ReLU, a constant for each channel. Nothing if none comes
/// much nearer.
std::optional<Guess> guessChange(const std::vector<double> &ours, const std::vector<double> &theirs,
                                 const std::vector<int64_t> &shape);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DISCREPANCY_H
