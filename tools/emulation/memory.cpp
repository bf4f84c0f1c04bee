//===- memory.cpp - device memory of the emulation --------------*- C++ -*-===//

#include "tools/emulation/memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace spherical::emulation {

static constexpr int64_t kAlignment = 256, kZone = 4 << 10;
static constexpr int kPattern = 0xff; ///< of bytes that nobody has written

static void giveBack(const Allocation &allocation) {
  if (allocation.owned)
    std::free(reinterpret_cast<char *>(allocation.begin) - kZone);
}

Memory::~Memory() {
  for (const auto &[begin, allocation] : allocations)
    giveBack(allocation);
}

void *Memory::allocate(int64_t bytes) {
  const int64_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  char *memory = static_cast<char *>(std::aligned_alloc(kAlignment, whole + 2 * kZone));
  if (!memory)
    return nullptr;
  std::memset(memory, kPattern, whole + 2 * kZone);
  memory += kZone;
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  allocations[begin] = {begin, bytes, true, nullptr, {}};
  return memory;
}

void Memory::adopt(void *memory, int64_t bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  allocations[begin] = {begin, bytes, false, nullptr, {}};
}

bool Memory::release(void *memory) {
  if (!memory)
    return true;
  const auto found = allocations.find(reinterpret_cast<uintptr_t>(memory));
  if (found == allocations.end())
    return false;
  giveBack(found->second);
  allocations.erase(found);
  return true;
}

Allocation *Memory::at(uintptr_t address) {
  auto after = allocations.upper_bound(address);
  return after == allocations.begin() ? nullptr : &std::prev(after)->second;
}

/// Whether a strict launch has written a word.
static bool isWrittenByLaunch(const Allocation &allocation, int64_t word) {
  bool isWritten = allocation.shadow != nullptr;
  if (isWritten)
    allocation.shadow->forEach(4 * word, 4, [&](const Cell &cell, int64_t) {
      return isWritten = cell.writer != 0 && cell.writer != Shadow::kForbidden;
    });
  return isWritten;
}

/// Notes what launches have written, before their accesses are forgotten.
void Memory::keepWritten(Allocation &allocation) {
  for (int64_t word = 0; 4 * word < allocation.bytes; ++word)
    if (isWrittenByLaunch(allocation, word))
      noteWritten(allocation.begin + 4 * word, 4);
}

bool Memory::isWritten(uintptr_t address, int64_t bytes) {
  const Allocation &allocation = *at(address);
  if (!allocation.owned)
    return true;
  const int64_t first = static_cast<int64_t>(address - allocation.begin);
  for (int64_t word = first / 4; 4 * word < first + bytes; ++word)
    if ((allocation.written.empty() || !allocation.written[word]) &&
        !isWrittenByLaunch(allocation, word))
      return false;
  return true;
}

void Memory::noteWritten(uintptr_t address, int64_t bytes, bool isWritten) {
  if (bytes == 0)
    return;
  Allocation &allocation = *at(address);
  if (allocation.written.empty() && isWritten)
    allocation.written.resize((allocation.bytes + 3) / 4);
  const int64_t first = static_cast<int64_t>(address - allocation.begin);
  const int64_t word = first / 4, end = (first + bytes + 3) / 4;
  if (!allocation.written.empty())
    std::fill(allocation.written.begin() + word, allocation.written.begin() + end, isWritten);
  if (!isWritten && allocation.shadow)
    allocation.shadow->forEach(4 * word, 4 * (end - word), [](Cell &cell, int64_t) {
      if (cell.writer != Shadow::kForbidden)
        cell = {};
      return true;
    });
}

void Memory::noteCopied(uintptr_t to, uintptr_t from, int64_t bytes) {
  for (int64_t done = 0; done < bytes; done += 4) {
    const int64_t part = std::min<int64_t>(4, bytes - done);
    noteWritten(to + done, part, isWritten(from + done, part));
  }
}

void Memory::forget(uintptr_t address, int64_t bytes) {
  std::memset(reinterpret_cast<void *>(address), kPattern, bytes);
  noteWritten(address, bytes, false);
}

uint32_t Memory::beginLaunch() {
  if (lastStamp > kMaxStamp / 2) {
    // Nothing of an earlier launch is of interest to a later one.
    lastStamp = 0;
    shared.clear();
    for (auto &[begin, allocation] : allocations)
      if (allocation.shadow) {
        keepWritten(allocation);
        allocation.shadow->clear();
      }
  }
  return launchStamp = ++lastStamp;
}

std::vector<std::span<char>> Memory::touched() {
  std::vector<std::span<char>> pieces;
  const Record since = makeRecord(launchStamp, 0);
  for (auto &[begin, allocation] : allocations) {
    if (!allocation.shadow)
      continue;
    for (int64_t word = 0; 4 * word < allocation.bytes; ++word) {
      bool isTouched = false;
      allocation.shadow->forEach(4 * word, 4, [&](const Cell &cell, int64_t) {
        isTouched |= cell.writer >= since || cell.reader >= since;
        return true;
      });
      if (!isTouched)
        continue;
      char *place = reinterpret_cast<char *>(begin) + 4 * word;
      const size_t bytes = std::min<int64_t>(4, allocation.bytes - 4 * word);
      if (!pieces.empty() && pieces.back().data() + pieces.back().size() == place)
        pieces.back() = {pieces.back().data(), pieces.back().size() + bytes};
      else
        pieces.push_back({place, bytes});
    }
  }
  return pieces;
}

void Memory::confine(const std::vector<std::span<char>> &pieces) {
  auto piece = pieces.begin();
  for (auto &[begin, allocation] : allocations) {
    if (!allocation.shadow)
      allocation.shadow = std::make_unique<Shadow>(allocation.bytes);
    int64_t word = 0;
    const int64_t words = (allocation.bytes + 3) / 4;
    for (; piece != pieces.end(); ++piece) {
      const int64_t offset = reinterpret_cast<uintptr_t>(piece->data()) - begin;
      if (offset >= allocation.bytes)
        break;
      allocation.shadow->forbid(word, offset / 4);
      word = (offset + static_cast<int64_t>(piece->size()) + 3) / 4;
    }
    allocation.shadow->forbid(word, words);
  }
}

std::string Memory::misplaced(const void *address, int64_t bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(address);
  const Allocation *allocation = at(begin);
  if (bytes == 0)
    return ""; // as the driver, which then looks at no address
  if (allocation && begin + bytes <= allocation->begin + allocation->bytes)
    return "";
  return "expected " + std::to_string(bytes) + " bytes of device memory, got " + describe(begin);
}

std::string Memory::describe(uintptr_t address) {
  std::ostringstream text;
  const Allocation *allocation = at(address);
  // Further away it is chance what lies before.
  constexpr uintptr_t near = 1 << 20;
  if (allocation && address - allocation->begin < allocation->bytes + near)
    text << "byte " << address - allocation->begin << " of the " << allocation->bytes
         << " bytes at 0x" << std::hex << allocation->begin;
  else
    text << "address 0x" << std::hex << address << ", far from all device memory";
  return text.str();
}

} // namespace spherical::emulation
