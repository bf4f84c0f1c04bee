//===- rules.cpp - what is said of numbers that break a rule ----*- C++ -*-===//

#include "tools/emulation/rules.h"

namespace spherical::emulation {

std::string expected(const std::string &name, const std::string &what, int64_t got) {
  return "expected `" + name + "` " + what + ", got " + std::to_string(got);
}

std::string numberFault(const std::string &name, int64_t least, int64_t number) {
  if (number < least)
    return expected(name, "of " + std::to_string(least) + " or more", number);
  return number > kMostBytes ? expected(name, "of at most " + std::to_string(kMostBytes), number)
                             : "";
}

std::string spanFault(const std::string &name, double bytes) {
  return bytes > static_cast<double>(kMostBytes)
             ? "expected `" + name + "` to span at most " + std::to_string(kMostBytes) +
                   " bytes, got more"
             : "";
}

} // namespace spherical::emulation
