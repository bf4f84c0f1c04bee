//===- options.h - values and mistakes of the command line ------*- C++ -*-===//
//
// CLI11 reads 010 as eight, -1 as the largest number of 64 bits, and what
// overflows as the largest that fits. Options that are numbers or words take one
// of the transforms below instead, which say what they expect and what they got.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_OPTIONS_H
#define SPHERICAL_TOOLS_SPHERICAL_OPTIONS_H

#include "tools/spherical/model/angle.h"
#include "tools/spherical/result.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::driver {

/// The largest seed.
constexpr uint64_t anySeed = std::numeric_limits<uint64_t>::max();

/// A whole number from low to high, in decimal digits.
CLI::Validator natural(uint64_t low, uint64_t high);

/// A finite number of the interval, also in single precision.
CLI::Validator number(const Interval &interval);

/// One of the words.
CLI::Validator oneOf(std::vector<std::string> words);

/// Adds an option that takes bytes, as 512M or 16G (byte_size.h), and at least so many.
CLI::Option *addBytesOption(CLI::App &command, const std::string &name, int64_t &bytes,
                            const std::string &text, int64_t least = 1);

/// The name of an output that ends in one of these forms (see wrongForm in output.h).
CLI::Validator endsIn(std::vector<std::string_view> forms);

/// The same of a picture, `pictureForms` (output.h).
CLI::Validator pictureFile();

/// The name of an output that may be that of safetensors (see wrongTensorForm).
CLI::Validator tensorFile();

/// The error of a command line that `app` did not take, with what was probably meant: an option or
/// a command of nearly that name.
Error commandLineError(const CLI::App &app, const CLI::ParseError &fault);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_OPTIONS_H
