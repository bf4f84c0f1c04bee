//===- chips.cpp - the GPUs that code is made for ---------------*- C++ -*-===//
//
// Shared memory: CUDA programming guide, technical specifications by compute
// capability, the most for a block (with the opt-in), 1 KiB less than there is.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/chips.h"

#include <algorithm>
#include <iterator>

namespace mlir::spherical {

static constexpr Chip kChips[] = {{"sm_75", 75, 64 << 10},    {"sm_80", 80, 163 << 10},
                                  {"sm_86", 86, 99 << 10},    {"sm_87", 87, 163 << 10},
                                  {"sm_89", 89, 99 << 10},    {"sm_90", 90, 227 << 10},
                                  {"sm_100", 100, 227 << 10}, {"sm_103", 103, 227 << 10},
                                  {"sm_120", 120, 99 << 10},  {"sm_121", 121, 99 << 10}};

std::optional<Chip> getChip(std::string_view name) {
  const auto *found = std::ranges::find(kChips, name, &Chip::name);
  if (found == std::end(kChips))
    return std::nullopt;
  return *found;
}

std::vector<std::string> chipNames() {
  std::vector<std::string> names;
  for (const Chip &chip : kChips)
    names.emplace_back(chip.name);
  return names;
}

} // namespace mlir::spherical
