//===- digits.h - digits on the sphere, for the commands --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DIGITS_H
#define SPHERICAL_TOOLS_SPHERICAL_DIGITS_H

#include "runtime/data/batches.h"
#include "tools/spherical/commands.h"

namespace spherical::driver {

/// Which digits, and how.
struct DigitOptions {
  /// Folder with the four IDX files; empty: the digits that come with the project.
  std::string folder;
  /// How many; 0: all. Fewer than all: a random subset of the seed.
  int64_t examples = 0;
  uint64_t seed = 0;
  /// Whether each digit gets its own uniformly random rotation.
  bool rotate = false;
};

/// Adds --data, --examples and --seed.
void addDigitOptions(CLI::App &command, DigitOptions &options);

/// Reads and projects the digits of a split.
Result<runtime::SphericalImages> readDigits(const DigitOptions &options, runtime::Split split,
                                            int64_t bandLimit);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DIGITS_H
