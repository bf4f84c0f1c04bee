//===- color.h - colours of pixels ------------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_COLOR_H
#define SPHERICAL_RUNTIME_DATA_COLOR_H

#include <array>
#include <cstdint>

namespace spherical::runtime {

/// Red, green, blue.
using Color = std::array<uint8_t, 3>;

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_COLOR_H
