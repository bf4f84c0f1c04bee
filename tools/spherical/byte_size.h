//===- byte_size.h - numbers of bytes in words ------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BYTE_SIZE_H
#define SPHERICAL_TOOLS_SPHERICAL_BYTE_SIZE_H

#include <cstdint>
#include <optional>
#include <string>

namespace spherical::driver {

/// The value of "16G", "512M" (units K, M, G, T of 1024) or plain bytes; nothing for other text and
/// for parts of a byte.
std::optional<int64_t> parseBytes(const std::string &text);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BYTE_SIZE_H
