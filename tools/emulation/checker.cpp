//===- checker.cpp - whether a launch keeps the rules of a GPU --*- C++ -*-===//

#include "tools/emulation/checker.h"

#include <algorithm>

namespace spherical::emulation {

Checker::Checker(Memory &memory, const KernelInfo &kernel, int64_t sharedBytes)
    : memory(memory), kernel(kernel), sharedBytes(sharedBytes),
      shared(pieceOf(0, sharedBytes, memory.shared)), recent(kernel.sites.size()) {
  launchBegin = makeRecord(memory.beginLaunch(), 0);
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

bool Checker::beginBlock(const BlockFacts &block, std::span<Thread> all) {
  shared.begin = reinterpret_cast<uintptr_t>(block.shared);
  threads = all;
  seen.clear();
  if (!meetAll())
    return false;
  blockBegin = lastBarrier;
  blockBegins.push_back(blockBegin);
  return true;
}

bool Checker::meetAll() {
  const uint32_t stamp = memory.nextStamp();
  lastBarrier = makeRecord(stamp, 0);
  for (Thread &thread : threads)
    thread.record = makeRecord(stamp, thread.index);
  return stamp != 0;
}

bool Checker::meet(std::span<Thread *const> members) {
  if (seen.empty())
    seen.assign(threads.size(), std::vector<uint32_t>(threads.size()));
  std::vector<uint32_t> joined(threads.size());
  for (const Thread *member : members)
    std::ranges::transform(seen[member->index], joined, joined.begin(),
                           [](uint32_t a, uint32_t b) { return std::max(a, b); });
  for (const Thread *member : members)
    joined[member->index] = stampOf(member->record);
  const uint32_t stamp = memory.nextStamp();
  for (Thread *member : members) {
    seen[member->index] = joined;
    member->record = makeRecord(stamp, member->index);
  }
  return stamp != 0;
}

/// Whether what the thread does now comes after an access to the same place.
template <bool isShared> bool Checker::mayFollow(Record other, const Thread &thread) const {
  if (other < blockBegin)
    return isShared || other < launchBegin;
  if (other < lastBarrier || threadOf(other) == thread.index)
    return true;
  return !seen.empty() && stampOf(other) <= seen[thread.index][threadOf(other)];
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

/// Returns whether the thread may read; then it has.
template <bool isShared> bool Checker::read(Cell &cell, const Thread &thread) const {
  if (isShared && (cell.writer < blockBegin || isCopying(cell)))
    return false;
  if (!mayFollow<isShared>(cell.writer, thread))
    return false;
  const Record before = cell.reader;
  if (before < blockBegin)
    cell.earlierReader = before; // of shared memory: of no interest
  else if (threadOf(before) != thread.index)
    cell.otherReader = before;
  cell.reader = thread.record;
  return true;
}

/// Returns whether the thread may write; then it has.
template <bool isShared> bool Checker::write(Cell &cell, const Thread &thread) const {
  if (!mayFollow<isShared>(cell.writer, thread) || !mayFollow<isShared>(cell.reader, thread) ||
      !mayFollow<isShared>(cell.otherReader, thread) ||
      (isShared ? isCopying(cell) : !mayFollow<false>(cell.earlierReader, thread)))
    return false;
  cell = {.writer = thread.record};
  return true;
}

/// Why `read` or `write` is not allowed.
template <bool isShared>
Checker::Conflict Checker::conflict(const Cell &cell, const Attempt &attempt) const {
  using Kind = Conflict::Kind;
  if (cell.writer == Shadow::kForbidden)
    return {Kind::Forbidden, 0};
  if (isShared && isCopying(cell))
    return {Kind::Copying, cell.earlierReader};
  if (!mayFollow<isShared>(cell.writer, attempt.thread))
    return {Kind::Written, cell.writer};
  if (!attempt.isWrite)
    return {Kind::NeverWritten, 0};
  for (const Record reader : {cell.reader, cell.otherReader})
    if (!mayFollow<isShared>(reader, attempt.thread))
      return {Kind::Read, reader};
  return {Kind::Read, cell.earlierReader};
}

template <bool isShared>
bool Checker::check(const Attempt &attempt, Shadow &shadow, int64_t offset) {
  return shadow.forEach(offset, attempt.bytes, [&](Cell &cell, int64_t word) {
    const bool allowed = cell.writer != Shadow::kForbidden &&
                         (attempt.isWrite ? write<isShared>(cell, attempt.thread)
                                          : read<isShared>(cell, attempt.thread));
    uint32_t &writerSite = shadow.writerSites[word];
    if (!allowed)
      return failConflict(attempt, conflict<isShared>(cell, attempt), writerSite);
    if (attempt.isWrite)
      writerSite = attempt.site;
    return true;
  });
}

/// What is enough to allow most accesses, at hand for several of them.
struct Checker::Now {
  Record own; ///< the thread's
  Record launchBegin, blockBegin, lastBarrier;

  /// Whether an access comes before what the thread does now.
  template <bool isShared> bool isOld(Record other) const {
    const bool beforeBarrier = other - blockBegin < lastBarrier - blockBegin;
    return other < (isShared ? blockBegin : launchBegin) || beforeBarrier || other == own;
  }
  /// Checker::read, but false, with nothing changed, also for accesses that it would have to look
  /// at more closely.
  template <bool isShared> bool read(Cell &cell) const {
    if (!isOld<isShared>(cell.writer) ||
        (isShared && (cell.writer < blockBegin || cell.earlierReader >= blockBegin)))
      return false;
    const Record before = cell.reader;
    if (before == own)
      return true;
    if (before < blockBegin)
      cell.earlierReader = before;
    else if (threadOf(before) != threadOf(own))
      cell.otherReader = before;
    cell.reader = own;
    return true;
  }
  /// Checker::write, in the same way.
  template <bool isShared> bool write(Cell &cell) const {
    if (!isOld<isShared>(cell.writer) || !isOld<isShared>(cell.reader) ||
        !isOld<isShared>(cell.otherReader) ||
        cell.earlierReader >= (isShared ? blockBegin : launchBegin))
      return false;
    cell = {.writer = own};
    return true;
  }
  template <bool isShared, bool isWrite> bool allow(Cell &cell) const {
    return isWrite ? write<isShared>(cell) : read<isShared>(cell);
  }
};

template <bool isWrite>
bool Checker::accessWords(Thread &thread, const void *const *addresses, uint32_t count,
                          uint32_t firstSite) {
  const Now now{thread.record, launchBegin, blockBegin, lastBarrier};
  const Piece block = shared;
  Piece device = recent[firstSite]; // of most words of the group
  for (uint32_t i = 0; i < count; ++i) {
    const auto address = reinterpret_cast<uintptr_t>(addresses[i]);
    const bool isInShared = block.holdsWord(address);
    if (!isInShared && !device.holdsWord(address))
      device = recent[firstSite + i];
    if (isInShared || device.holdsWord(address)) {
      const Piece &piece = isInShared ? block : device;
      const uintptr_t word = (address - piece.begin) / 4;
      Cell &cell = piece.words[word];
      if (isInShared ? now.allow<true, isWrite>(cell) : now.allow<false, isWrite>(cell)) {
        if (isWrite)
          piece.writerSites[word] = firstSite + i;
        continue;
      }
    }
    if (!access(thread, addresses[i], 4, 4, firstSite + i, isWrite))
      return false;
    device = recent[firstSite + i];
  }
  return true;
}

bool Checker::access(Thread &thread, const void *pointer, int64_t bytes, int64_t align,
                     uint32_t site, bool isWrite) {
  const auto address = reinterpret_cast<uintptr_t>(pointer);
  const Attempt attempt{thread, address, bytes, site, isWrite};
  if (address & (align - 1))
    return fail(attempt, ", which is no multiple of " + std::to_string(align));
  if (isShared(address)) {
    if (static_cast<int64_t>(address - shared.begin) + bytes > sharedBytes)
      return fail(attempt, ", beyond the " + std::to_string(sharedBytes) + " bytes of the block");
    return check<true>(attempt, *shared.shadow, address - shared.begin);
  }
  if (attempt.thread.block->isOnStack(thread, address))
    return true; // memory of the thread alone
  Piece &device = recent[site];
  const uintptr_t offset = address - device.begin;
  const bool inside = offset < device.wordBytes && device.wordBytes - offset >= uintptr_t(bytes);
  if (!inside && !find(attempt, device))
    return false;
  return check<false>(attempt, *device.shadow, address - device.begin);
}

/// Finds the allocation of an access.
bool Checker::find(const Attempt &attempt, Piece &piece) {
  Allocation *allocation = memory.at(attempt.address);
  if (!allocation || attempt.address + attempt.bytes > allocation->begin + allocation->bytes)
    return fail(attempt, ", beyond what is allocated");
  if (!allocation->shadow)
    allocation->shadow = std::make_unique<Shadow>(allocation->bytes);
  piece = pieceOf(allocation->begin, allocation->bytes, *allocation->shadow);
  return true;
}

bool Checker::beginCopy(Thread &thread, const void *to, const void *from, int64_t bytes,
                        int64_t given, uint32_t site) {
  const auto address = reinterpret_cast<uintptr_t>(to);
  if (!isShared(address))
    return fail({thread, address, bytes, site, true}, ", where only shared memory is allowed");
  if ((given > 0 && !access(thread, from, given, bytes, site, false)) ||
      !access(thread, to, bytes, bytes, site, true))
    return false;
  return shared.shadow->forEach(address - shared.begin, bytes, [&](Cell &cell, int64_t) {
    cell.earlierReader = thread.record;
    return true;
  });
}

void Checker::endCopy(Thread &thread, const void *to, int64_t bytes) {
  shared.shadow->forEach(reinterpret_cast<uintptr_t>(to) - shared.begin, bytes,
                         [&](Cell &cell, int64_t) {
                           cell = {.writer = thread.record};
                           return true;
                         });
}

template <bool isWrite>
static void checkAny(Thread *thread, const void *address, int64_t bytes, int64_t align,
                     uint32_t site) {
  if (!thread->checker->access(*thread, address, bytes, align, site, isWrite))
    thread->block->stop(*thread);
}

template <bool isWrite>
static void checkWords(Thread *thread, const void *const *addresses, uint32_t count,
                       uint32_t firstSite) {
  if (!thread->checker->accessWords<isWrite>(*thread, addresses, count, firstSite))
    thread->block->stop(*thread);
}

std::vector<std::pair<std::string, const void *>> checkFunctions() {
  auto address = [](auto *function) { return reinterpret_cast<const void *>(function); };
  return {{kCheckRead, address(checkAny<false>)},
          {kCheckWrite, address(checkAny<true>)},
          {kCheckReads4, address(checkWords<false>)},
          {kCheckWrites4, address(checkWords<true>)}};
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

/// Whether an address is in the shared memory that a block may have.
bool Checker::isShared(uintptr_t address) const {
  return address - shared.begin < static_cast<uintptr_t>(kSharedBytes);
}

bool Checker::fail(const Attempt &attempt, const std::string &why) const {
  std::string text =
      (attempt.isWrite ? "writes " : "reads ") + std::to_string(attempt.bytes) + " bytes of ";
  if (isShared(attempt.address))
    text += "shared memory at byte " + std::to_string(attempt.address - shared.begin);
  else
    text += "device memory at " + memory.describe(attempt.address);
  attempt.thread.block->fail(attempt.thread, attempt.site, text + why);
  return false;
}

bool Checker::failConflict(const Attempt &attempt, const Conflict &conflict,
                           uint32_t writerSite) const {
  using Kind = Conflict::Kind;
  const std::string thread = "thread " + std::to_string(threadOf(conflict.other));
  if (conflict.kind == Kind::NeverWritten)
    return fail(attempt, ", which no thread of the block has written");
  if (conflict.kind == Kind::Forbidden)
    return fail(attempt, ", which is outside of what the launch may touch");
  if (conflict.kind == Kind::Copying)
    return fail(attempt, ", where a copy of " + thread + " has not arrived");
  const bool written = conflict.kind == Kind::Written;
  const std::string place = written ? kernel.sites[writerSite] : "";
  const std::string verb = written ? " has written" : " has read";
  const std::string where = place.empty() ? "" : " (" + place + ")";
  if (conflict.other >= blockBegin)
    return fail(attempt, ", which " + thread + verb + " with no barrier in between" + where);
  const auto block =
      std::ranges::upper_bound(blockBegins, conflict.other) - blockBegins.begin() - 1;
  return fail(attempt, ", which block " + std::to_string(block) + verb + " in this launch" + where);
}

} // namespace spherical::emulation
