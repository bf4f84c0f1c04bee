//===- byte_size.cpp - numbers of bytes in words --------------------------===//

#include "tools/spherical/byte_size.h"

#include <charconv>

namespace spherical::driver {

std::optional<int64_t> parseBytes(const std::string &text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit(static_cast<const char *>(end), text.data() + text.size());
  const std::string units = "KMGT";
  double factor = 1;
  bool valid = error == std::errc() && value >= 0 && unit.size() <= 1;
  if (valid && unit.size() == 1) {
    const size_t power = units.find(unit);
    valid = power != std::string::npos;
    for (size_t i = 0; valid && i <= power; ++i)
      factor *= 1024;
  }
  const double bytes = value * factor;
  if (!valid || (bytes > 0 && bytes < 1) || bytes > 1e18)
    return std::nullopt;
  return static_cast<int64_t>(bytes);
}

} // namespace spherical::driver
