//===- tiles.cpp - register tiles of matrix products ------------*- C++ -*-===//
//
// A step of depth of a tile of r x c sums takes r c multiply-adds of two a cycle, r + c loads of
// two a cycle, and no less than the latency of a multiply-add, as each sum waits for its own: few
// sums leave the units idle (Goto and van de Geijn 2008; Low, Igual, Smith and Quintana-Orti 2016).
// Intel since Skylake-X and AMD since Zen 4 have these units and a latency of 4.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/tiles.h"

#include "dialects/spherical/work.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace mlir::spherical {

Tile usualTile(int64_t registers) { return {5, std::max<int64_t>(1, registers / 8)}; }

std::string tileText(ArrayRef<int64_t> tile) {
  return llvm::formatv("tiles of {0} x {1}", tile[0], tile[1]);
}

/// Cycles of one tile: its positions and stores, and the steps of its depth.
static double cyclesOf(Tile tile, int64_t depth) {
  constexpr double latency = 4, positions = 20;
  const auto sums = static_cast<double>(tile.rows * tile.columns);
  const auto loads = static_cast<double>(tile.rows + tile.columns);
  return positions + sums + static_cast<double>(depth) * std::max({sums / 2, loads / 2, latency});
}

/// Cycles of all rows in tiles whose heights differ by one at most, as the kernel cuts them.
static double panelCycles(int64_t rows, Tile tile, int64_t depth) {
  const int64_t tiles = (rows + tile.rows - 1) / tile.rows;
  if (tiles == 0)
    return 0;
  const int64_t low = rows / tiles, higher = rows % tiles;
  return static_cast<double>(tiles - higher) * cyclesOf({low, tile.columns}, depth) +
         static_cast<double>(higher) * cyclesOf({low + 1, tile.columns}, depth);
}

/// Cycles of a core for such products in tiles of this size, values being in the first-level cache.
static double tileCycles(const Products &p, Tile tile) {
  const int64_t panels = p.columns / tile.columns, rest = p.columns % tile.columns;
  double cycles = static_cast<double>(panels) * panelCycles(p.rows, tile, p.depth);
  if (rest > 0)
    cycles += panelCycles(p.rows, {tile.rows, rest}, p.depth);
  return static_cast<double>(p.count) * cycles;
}

/// The tiles beside the usual one that hold at least half as many sums as there are registers, and
/// leave room for a row's worth of B and four values of A that are on their way: with two, 6 x 2 of
/// 16 registers spills and is a sixth slower than 5 x 2 (kernel_speed in test/execute).
static SmallVector<Tile> tilesOf(int64_t registers, Tile usual) {
  SmallVector<Tile> tiles = {usual};
  for (int64_t rows = 3; rows <= 8; ++rows)
    for (int64_t columns = 1; columns <= 6; ++columns) {
      const int64_t sums = rows * columns;
      const bool fits = 2 * sums >= registers && sums + columns + 4 <= registers;
      if (fits && (rows != usual.rows || columns != usual.columns))
        tiles.push_back({rows, columns});
    }
  return tiles;
}

/// Values with all their lanes that the registers hold.
static int64_t registersFor(const Machine &machine, int64_t laneBytes) {
  return machine.registers / std::max<int64_t>(1, laneBytes / machine.vectorBytes);
}

TiledSeconds fastestTile(const Machine &machine, const Products &products, int64_t lanes,
                         int64_t laneBytes) {
  if (machine.registers == 0) {
    const int64_t terms = products.rows * products.columns * products.depth * products.count;
    return {{}, machine.workSeconds(2.0 * static_cast<double>(terms * lanes), kProductShare)};
  }
  constexpr double operations = 4; // of a lane in a cycle: two multiply-adds
  const int64_t registers = registersFor(machine, laneBytes);
  TiledSeconds fastest;
  for (const Tile tile : tilesOf(registers, usualTile(registers))) {
    const double cycles = tileCycles(products, tile);
    const double seconds =
        machine.workSeconds(cycles * operations * static_cast<double>(lanes), kProductShare);
    if (fastest.tile.empty() || seconds < fastest.seconds)
      fastest = {{tile.rows, tile.columns}, seconds};
  }
  return fastest;
}

SmallVector<Candidate> tileCandidates(const Candidate &one, const Machine &machine,
                                      ArrayRef<Products> products, int64_t laneBytes) {
  if (machine.registers == 0)
    return {one};
  // What a prediction must gain to be trusted: it knows nothing of caches and of spills.
  constexpr double doubt = 1.05;
  const int64_t registers = registersFor(machine, laneBytes);
  const Tile usual = usualTile(registers);
  auto cycles = [&](Tile tile) {
    double sum = 0;
    for (const Products &each : products)
      sum += tileCycles(each, tile);
    return std::max(sum, 1.0);
  };
  const double work = machine.workSeconds(static_cast<double>(one.flop), kProductShare);
  const double move = machine.moveSeconds(static_cast<double>(one.bytes), one.bytes);
  SmallVector<Candidate> candidates;
  for (const Tile tile : tilesOf(registers, usual)) {
    const double share = candidates.empty() ? 1.0 : doubt * cycles(tile) / cycles(usual);
    Candidate &candidate = candidates.emplace_back(one);
    candidate.tile = {tile.rows, tile.columns};
    candidate.seconds = std::max(work * share, move);
    candidate.reason += (one.reason.empty() ? "" : ", ") + tileText(candidate.tile);
  }
  return candidates;
}

} // namespace mlir::spherical
