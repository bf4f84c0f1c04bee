//===- cards.cpp - GPUs by their data sheets --------------------*- C++ -*-===//
//
// NVIDIA's data sheets: boost clock, fp32 without tensor cores or sparsity.
//
//===----------------------------------------------------------------------===//

#include "passes/cards.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace mlir::spherical {

static constexpr Card kCards[] = {
    {"t4", "sm_75", 40, 8100, 320},          {"a100", "sm_80", 108, 19500, 2039},
    {"a10", "sm_86", 72, 31200, 600},        {"l4", "sm_89", 58, 30300, 300},
    {"rtx4090", "sm_89", 128, 82600, 1008},  {"h100", "sm_90", 132, 66900, 3350},
    {"h200", "sm_90", 132, 66900, 4800},     {"b200", "sm_100", 148, 74500, 7700},
    {"rtx5090", "sm_120", 170, 104800, 1792}};

std::optional<Card> getCard(std::string_view name) {
  const auto *found = std::ranges::find(kCards, name, &Card::name);
  if (found == std::end(kCards))
    return std::nullopt;
  return *found;
}

/// 90 of "sm_90"; 0 for what is no chip.
static int numberOf(std::string_view chip) {
  constexpr std::string_view prefix = "sm_";
  int number = 0;
  if (chip.starts_with(prefix))
    std::from_chars(chip.data() + prefix.size(), chip.data() + chip.size(), number);
  return number;
}

std::optional<Card> getCardOfChip(std::string_view chip) {
  const Card *best = nullptr;
  for (const Card &card : kCards)
    if (numberOf(card.chip) <= numberOf(chip) &&
        (!best || numberOf(card.chip) > numberOf(best->chip)))
      best = &card;
  return best ? std::optional(*best) : std::nullopt;
}

std::vector<std::string> cardNames() {
  std::vector<std::string> names;
  for (const Card &card : kCards)
    names.emplace_back(card.name);
  return names;
}

double leastSeconds(const Card &card, double flop, double bytes, int64_t blocks) {
  const double busy = static_cast<double>(std::min(blocks, card.multiprocessors)) /
                      static_cast<double>(card.multiprocessors);
  const double arithmetic = busy > 0.0 ? flop / (card.gigaflop * 1e9 * busy) : 0.0;
  return kLaunchSeconds + std::max(arithmetic, bytes / (card.gigabytes * 1e9));
}

} // namespace mlir::spherical
