//===- checker.h - whether a launch keeps the rules of a GPU ----*- C++ -*-===//
//
// Two accesses to one place, at least one of them a write, must have an order
// that the GPU guarantees too: the same thread, or a barrier in between that
// both threads wait at. The emulation runs threads one after the other, so that
// it sees such pairs whatever order they come in. Each thread has a stamp that
// changes at its barriers, each access leaves a record with it, and the next
// access to the place compares. A record of
//   the same thread             comes before it,
//   another one of the block    does if its stamp is before the last barrier of
//                               all threads, or has been seen by this thread at
//                               a barrier of some of them,
//   another block               never does in the same launch,
//   an earlier launch           does.
// Shuffles and votes order nothing (CUDA C++ Programming Guide, 7.22).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_EMULATION_CHECKER_H
#define SPHERICAL_TOOLS_EMULATION_CHECKER_H

#include "tools/emulation/block.h"
#include "tools/emulation/memory.h"

#include <span>
#include <string>
#include <vector>

namespace spherical::emulation {

/// What instrumented kernels call before an access: (thread, address, bytes, multiple of which the
/// address must be, site); or before several to words of 4 bytes: (thread, array of their
/// addresses, number, first of their sites, which are consecutive).
constexpr char kCheckRead[] = "sph_emulation_read", kCheckWrite[] = "sph_emulation_write",
               kCheckReads4[] = "sph_emulation_reads4", kCheckWrites4[] = "sph_emulation_writes4";

/// These functions with their addresses.
std::vector<std::pair<std::string, const void *>> checkFunctions();

/// Checks one launch, block by block in ascending order. The first error stops the block.
class Checker {
public:
  /// What a block does for which the functions below return false.
  static constexpr char kTooManyBarriers[] =
      "comes to more barriers than a strict launch tells apart (not supported)";

  /// Memory and kernel must outlive the checker.
  Checker(Memory &memory, const KernelInfo &kernel, int64_t sharedBytes);

  // These return false where a launch has more barriers than can be told apart.

  /// A block begins; none of its threads has touched anything.
  [[nodiscard]] bool beginBlock(const BlockFacts &facts, std::span<Thread> threads);
  /// All threads of the block have met at a barrier.
  [[nodiscard]] bool meetAll();
  /// These threads of the block have met at one.
  [[nodiscard]] bool meet(std::span<Thread *const> members);

  // These return false where the thread must not do it. The block then has its failure.

  /// The thread is about to read or write `bytes` bytes at an address that is to be a multiple of
  /// `align`, a power of two.
  [[nodiscard]] bool access(Thread &thread, const void *address, int64_t bytes, int64_t align,
                            uint32_t site, bool isWrite);
  /// The same for several words of 4 bytes, of consecutive sites, in most cases with few
  /// instructions.
  template <bool isWrite>
  [[nodiscard]] bool accessWords(Thread &thread, const void *const *addresses, uint32_t count,
                                 uint32_t firstSite);

  /// The thread is about to start a copy to shared memory that arrives later: until `endCopy`
  /// nobody may touch what it goes to.
  [[nodiscard]] bool beginCopy(Thread &thread, const void *to, const void *from, int64_t bytes,
                               int64_t given, uint32_t site);
  /// It has arrived.
  void endCopy(Thread &thread, const void *to, int64_t bytes);

private:
  /// The access that another one must not follow, or that is missing before it.
  struct Conflict {
    enum class Kind { Written, Read, Copying, NeverWritten, Forbidden } kind;
    Record other = 0;
  };
  /// What a thread is about to do, for messages.
  struct Attempt {
    Thread &thread;
    uintptr_t address;
    int64_t bytes;
    uint32_t site;
    bool isWrite;
  };
  /// A piece of memory, shared or of the device.
  struct Piece {
    uintptr_t begin = 0, wordBytes = 0; ///< of whole words
    Cell *words = nullptr;              ///< those of the shadow
    uint32_t *writerSites = nullptr;
    Shadow *shadow = nullptr;

    bool holdsWord(uintptr_t address) const {
      const uintptr_t offset = address - begin;
      return offset % 4 == 0 && offset < wordBytes;
    }
  };
  struct Now;

  /// In shared memory `earlierReader`, of which there is none, marks copies that have not arrived.
  bool isCopying(const Cell &cell) const { return cell.earlierReader >= blockBegin; }
  template <bool isShared> bool mayFollow(Record other, const Thread &thread) const;
  template <bool isShared> bool read(Cell &cell, const Thread &thread) const;
  template <bool isShared> bool write(Cell &cell, const Thread &thread) const;
  template <bool isShared> Conflict conflict(const Cell &cell, const Attempt &attempt) const;
  template <bool isShared> bool check(const Attempt &attempt, Shadow &shadow, int64_t offset);
  bool find(const Attempt &attempt, Piece &piece);
  static Piece pieceOf(uintptr_t begin, int64_t bytes, Shadow &shadow) {
    return {begin, static_cast<uintptr_t>(bytes / 4 * 4), shadow.words, shadow.writerSites,
            &shadow};
  }

  bool isShared(uintptr_t address) const;
  bool fail(const Attempt &attempt, const std::string &why) const;
  bool failConflict(const Attempt &attempt, const Conflict &conflict, uint32_t writerSite) const;

  Memory &memory;
  const KernelInfo &kernel;
  const int64_t sharedBytes;
  Piece shared;              ///< that of the block
  std::vector<Piece> recent; ///< the allocation that each site has touched last

  std::span<Thread> threads;
  /// Smaller than all records since the beginning of the launch, of the block, and since the last
  /// barrier of all threads; and not smaller than those before.
  Record launchBegin = 0, blockBegin = 0, lastBarrier = 0;
  std::vector<Record> blockBegins; ///< of all blocks so far
  /// seen[t][u] is the last stamp of thread u that comes before what thread t does now; empty where
  /// only barriers of the whole block have been.
  std::vector<std::vector<uint32_t>> seen;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_CHECKER_H
