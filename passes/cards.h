//===- cards.h - GPUs by their data sheets ----------------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_CARDS_H
#define SPHERICAL_PASSES_CARDS_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlir::spherical {

/// A GPU with its figures for predictions.
struct Card {
  std::string_view name; ///< h100
  std::string_view chip; ///< sm_90
  int64_t multiprocessors;
  double gigaflop;  ///< peak in fp32 of all multiprocessors, 10^9 operations a second
  double gigabytes; ///< bandwidth of device memory, 10^9 bytes a second
};

/// From one kernel of a captured graph to the next.
inline constexpr double kLaunchSeconds = 2e-6;

/// The card of that name, nothing for another name.
std::optional<Card> getCard(std::string_view name);

/// The first of a chip, or of the next lower chip that a card has; nothing for what is no chip.
std::optional<Card> getCardOfChip(std::string_view chip);

/// Every known card, from the lowest chip on.
std::vector<std::string> cardNames();

/// The least seconds that a kernel of `blocks` blocks takes on the card: the time to launch it, and
/// its operations at the peak of the multiprocessors that have a block, or its bytes at the
/// bandwidth, whichever is longer.
double leastSeconds(const Card &card, double flop, double bytes, int64_t blocks);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_CARDS_H
