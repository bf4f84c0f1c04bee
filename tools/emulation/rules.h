//===- rules.h - what is said of numbers that break a rule ------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_RULES_H
#define SPHERICAL_TOOLS_EMULATION_RULES_H

#include <cstdint>
#include <string>

namespace spherical::emulation {

/// More bytes than any memory has, few enough that sums of such products do not overflow.
constexpr int64_t kMostBytes = int64_t(1) << 40;

/// "expected `name` of 1 or more, got 0".
std::string expected(const std::string &name, const std::string &what, int64_t got);

/// "", or that a number is not in least .. kMostBytes.
std::string numberFault(const std::string &name, int64_t least, int64_t number);

/// "", or that an argument has more bytes than any memory.
std::string spanFault(const std::string &name, double bytes);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_RULES_H
