//===- chips.cpp - the GPUs that code is made for ---------------*- C++ -*-===//
//
// Shared memory: CUDA programming guide, technical specifications by compute
// capability, the most for a block (with the opt-in), 1 KiB less than there is.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/chips.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::spherical {

static constexpr Chip kChips[] = {
    {"sm_75", 75, 64 << 10},   {"sm_80", 80, 163 << 10},  {"sm_86", 86, 99 << 10},
    {"sm_87", 87, 163 << 10},  {"sm_89", 89, 99 << 10},   {"sm_90", 90, 227 << 10},
    {"sm_100", 100, 227 << 10}, {"sm_103", 103, 227 << 10}, {"sm_120", 120, 99 << 10},
    {"sm_121", 121, 99 << 10}};

std::optional<Chip> getChip(llvm::StringRef name) {
  const auto *found = llvm::find_if(kChips, [&](const Chip &chip) { return chip.name == name; });
  if (found == std::end(kChips))
    return std::nullopt;
  return *found;
}

std::string chipNames() {
  return llvm::join(llvm::map_range(kChips, [](const Chip &chip) { return chip.name; }), ", ");
}

} // namespace mlir::spherical
