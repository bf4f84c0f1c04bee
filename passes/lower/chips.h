//===- chips.h - the GPUs that code is made for -----------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_CHIPS_H
#define SPHERICAL_PASSES_LOWER_CHIPS_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlir::spherical {

/// An NVIDIA GPU by its compute capability. All of them have 65,536 registers a multiprocessor and
/// blocks of up to 1024 threads.
struct Chip {
  std::string_view name; ///< sm_90
  int32_t capability;    ///< 10 major + minor
  int64_t sharedBytes;   ///< of dynamic shared memory that a block can ask for
};

/// The supported chip of that name, nothing for another name.
std::optional<Chip> getChip(std::string_view name);

/// Every supported chip, from the lowest on.
std::vector<std::string> chipNames();

/// The chip whose PTX all others run, and the one that code is made for where nothing is said.
inline constexpr std::string_view kLowestChip = "sm_75", kDefaultChip = "sm_90";

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_CHIPS_H
