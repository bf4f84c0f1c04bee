//===- memory.h - device memory of the emulation ----------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_MEMORY_H
#define SPHERICAL_TOOLS_EMULATION_MEMORY_H

#include "tools/emulation/block.h"
#include "tools/emulation/shadow.h"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace spherical::emulation {

/// A piece of device memory.
struct Allocation {
  uintptr_t begin = 0;
  int64_t bytes = 0;
  bool owned = true;
  std::unique_ptr<Shadow> shadow; ///< made when a strict launch touches it first
  std::vector<bool> written;      ///< words, by others than launches; empty: none
};

/// The device memory of one context. One thread at a time.
class Memory {
public:
  Memory() = default;
  ~Memory();
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;

  /// Takes `bytes` bytes, aligned to 256 and filled with a pattern, a NaN as f32, with a zone
  /// before and behind them that belongs to nobody. Returns null if there is no memory.
  void *allocate(int64_t bytes);
  /// Takes memory of somebody else for an allocation, until it is released.
  void adopt(void *memory, int64_t bytes);
  /// Gives them back; null is allowed. Returns false if it is not the beginning of an allocation.
  bool release(void *memory);

  /// The allocation that the address is in, or the last one before it; null if there is none.
  Allocation *at(uintptr_t address);
  /// "", or why `bytes` bytes at an address are not all in one allocation.
  std::string misplaced(const void *address, int64_t bytes);
  /// "byte 12 of the 64 bytes at 0x7f0000001000", or that there is no allocation near the address.
  std::string describe(uintptr_t address);

  // Whether somebody has written to memory, by words of 4 bytes that these bytes touch: a strict
  // launch, or what is noted here. Memory of somebody else counts as written.

  bool isWritten(uintptr_t address, int64_t bytes);
  void noteWritten(uintptr_t address, int64_t bytes, bool isWritten = true);
  /// They hold what others hold.
  void noteCopied(uintptr_t to, uintptr_t from, int64_t bytes);
  /// Fills them with the pattern of new memory; nobody has written them.
  void forget(uintptr_t address, int64_t bytes);

  /// A strict launch begins: its stamps are after all others. Returns the first.
  uint32_t beginLaunch();
  /// The next stamp, 0 if there is none.
  uint32_t nextStamp() { return lastStamp < kMaxStamp ? ++lastStamp : 0; }
  /// The pieces of allocations that the last strict launch has touched, in whole words and in
  /// order.
  std::vector<std::span<char>> touched();
  /// Strict launches may touch nothing but these pieces from now on, which are such as `touched`
  /// gives.
  void confine(const std::vector<std::span<char>> &pieces);
  /// Who has touched shared memory.
  Shadow shared{kSharedBytes};

private:
  void keepWritten(Allocation &allocation);

  uint32_t lastStamp = 0, launchStamp = 0;
  std::map<uintptr_t, Allocation> allocations;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_MEMORY_H
