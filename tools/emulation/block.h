//===- block.h - a block of threads on one thread of the host ---*- C++ -*-===//
//
// Each thread of a block is a fiber. It runs until it waits: at a barrier for
// other threads of the block, at a shuffle for the threads of its mask. It then
// hands over to the next thread that can go on, first in its own warp.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_EMULATION_BLOCK_H
#define SPHERICAL_TOOLS_EMULATION_BLOCK_H

#include "tools/emulation/fiber.h"
#include "tools/emulation/kernel_info.h"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace spherical::emulation {

constexpr int32_t kWarpThreads = 32, kMaxThreads = 1024, kMaxWarps = kMaxThreads / kWarpThreads;
constexpr int32_t kBarriers = 16; ///< of a block, by number

/// What a block of compute capability 9.0 can have.
constexpr int64_t kSharedBytes = 227 << 10;

/// In which order the threads of a block get their turns. Results that depend on it show a missing
/// barrier.
enum class ThreadOrder { Forward, Reversed };

/// Three extents or positions.
struct Dim3 {
  int32_t x = 1, y = 1, z = 1;
};

/// Which lane of its warp a thread reads in a shuffle (PTX ISA, shfl.sync).
enum class ShuffleMode : int32_t { Up, Down, Butterfly, Index };

class Block;
class Checker;

/// What the threads of a block have in common. Compiled kernels read it.
struct BlockFacts {
  Dim3 position, blocks, threads;
  unsigned char *shared = nullptr; ///< its shared memory, aligned to a page
};

/// A thread of a block. Compiled kernels get its address and read what comes before `block`.
struct Thread {
  const BlockFacts *facts = nullptr;
  Dim3 position;
  int32_t lane = 0; ///< in the warp
  Block *block = nullptr;
  int32_t index = 0, warp = 0;
  void *place = nullptr;  ///< where it goes on
  uint32_t site = 0;      ///< the barrier or shuffle where it waits
  int32_t copyGroups = 0; ///< closed ones
  // Of strict launches.
  Checker *checker = nullptr;
  uint32_t record = 0; ///< of its accesses, without a site; changes at each barrier
};

/// How butterflies combine two values.
enum class ButterflyOp : int32_t { AddF32, Or };

/// What a thread holds of the tiles A, 16 x 8, and B, 8 x 8, in tf32, and C, 16 x 8, in f32.
struct TileFragments {
  uint32_t a[4], b[2];
  float c[4];
};

/// What a shuffle gives: the value that was read, and whether the lane asked for was in range.
struct Shuffled {
  uint32_t value;
  bool inRange;
};

/// A launch as its blocks see it.
struct BlockWork {
  int64_t threads = 1, blocks = 1, sharedBytes = 0;
  ThreadOrder order = ThreadOrder::Forward;
  std::function<void(Thread &)> body; ///< what each thread does
  const KernelInfo *kernel = nullptr; ///< for messages
  Checker *checker = nullptr;         ///< of a strict launch
};

/// The threads of one block, which one thread of the host runs. Blocks run one after the other.
class Block {
public:
  Block();
  ~Block();
  Block(const Block &) = delete;
  Block &operator=(const Block &) = delete;

  /// The block of the calling thread of the host.
  static Block &ofHostThread();

  /// Runs block `position` of a launch of at most kMaxThreads threads and kSharedBytes bytes of
  /// shared memory, which is filled with a pattern, a NaN as f32. Returns "", or why the block
  /// cannot go on, or that it stores behind its shared memory.
  std::string run(const BlockWork &work, int64_t position);

  // Called by the running thread.

  /// Waits until `expected` threads (0: all of the block) are at barrier `number`. In strict
  /// launches those of the whole block must come to it at one site.
  void barrier(Thread &thread, int32_t number, int32_t expected, uint32_t site = 0);
  /// Waits until all threads of `mask` are here; they then see each other's stores.
  void warpBarrier(Thread &thread, uint32_t mask, uint32_t site = 0);
  /// Waits until all threads of `mask` are here, and returns the value of the lane that it reads.
  Shuffled shuffle(Thread &thread, uint32_t mask, uint32_t value, int32_t b, int32_t c,
                   ShuffleMode mode, uint32_t site = 0);
  /// Waits until all threads of `mask` are here, and returns those of them with `predicate`.
  uint32_t ballot(Thread &thread, uint32_t mask, bool predicate, uint32_t site = 0);
  /// Does to each of `count` values x = op(x, x of the lane whose number differs by h) for each h
  /// in `halves`, 5 bits each from the lowest on: as many shuffles of mode Butterfly as that, at
  /// once.
  void butterflies(Thread &thread, uint32_t mask, uint32_t *values, int32_t count, uint32_t halves,
                   ButterflyOp op, uint32_t site = 0);

  /// Adds A B to C, with all threads of the warp (PTX ISA, mma.m16n8k8 with .tf32). Sums are
  /// rounded once, which no order of additions on a GPU does.
  void multiplyTiles(Thread &thread, TileFragments &fragments, uint32_t site = 0);
  /// Copies `bytes` bytes from device memory to shared memory, all but the first `given` of them
  /// zeros (PTX ISA, cp.async). They arrive when the thread waits for them.
  void copyLater(Thread &thread, unsigned char *to, const unsigned char *from, int32_t bytes,
                 int32_t given, uint32_t site = 0);
  /// Makes a group of the thread's copies since the last one.
  void closeCopies(Thread &thread);
  /// Waits for all groups of the thread but the last `open`.
  void waitForCopies(Thread &thread, int32_t open);
  /// Waits for all copies of the thread.
  void waitForAllCopies(Thread &thread);

  /// The block fails: "model.yaml:7:5: kernel 'k', block 3, thread 5 <does what it must not>".
  void fail(const Thread &thread, uint32_t site, const std::string &what);
  /// Gives up the block after `fail`. Nobody takes up the thread again: the caller must not hold
  /// anything that needs to be released.
  SPHERICAL_LEAVES_FIBER void stop(Thread &thread);
  /// Whether an address is on the stack of the thread.
  bool isOnStack(const Thread &thread, uintptr_t address) const;

private:
  /// What the lanes of a warp wait for.
  struct Warp {
    uint32_t ready = 0;                        ///< lanes that can go on
    uint32_t waiting = 0;                      ///< lanes that wait for others of the warp
    std::array<uint32_t, kWarpThreads> mask{}; ///< those that a waiting lane waits for
    std::array<uint64_t, kWarpThreads> what{}; ///< what it wants to do with them
    // Of a shuffle.
    std::array<uint32_t, kWarpThreads> value{}, result{};
    std::array<uint8_t, kWarpThreads> source{}; ///< the lane that is read
    // Of products of tiles.
    std::array<TileFragments *, kWarpThreads> fragments{};
    // Of butterflies.
    std::array<uint32_t *, kWarpThreads> values{};
  };

  /// One of the block's barriers.
  struct Barrier {
    int32_t arrived = 0;
    uint32_t site = 0;                         ///< of the first to arrive
    std::array<uint32_t, kMaxWarps> waiting{}; ///< lanes of each warp
  };

  /// A copy that has not arrived.
  struct Copy {
    unsigned char *to;
    const unsigned char *from;
    int32_t bytes, given, group;
  };

  static void enter(void *thread);
  void prepare(const BlockWork &work, int64_t position);
  void wait(Thread &thread, uint32_t site);
  Thread *takeReady();
  void makeReady(int32_t warp, uint32_t lanes);
  void release(Barrier &barrier);
  void appendLanes(std::vector<Thread *> &members, int32_t warp, uint32_t lanes);
  bool meet(Thread &thread, uint32_t mask, uint64_t what, uint32_t site);
  void part(Thread &thread, uint32_t mask);
  SPHERICAL_LEAVES_FIBER void failSource(Thread &thread, int32_t lane, int32_t source, uint32_t site);
  void checkBarrier(Thread &thread, int32_t number, int32_t expected, uint32_t site);
  [[nodiscard]] bool order(const Barrier &barrier);
  [[nodiscard]] bool order(int32_t warp, uint32_t lanes);
  void finishCopies(Thread &thread, int32_t groups);
  std::string name() const;
  std::string place(uint32_t site) const;
  std::string stuck() const;

  Stacks stacks;
  BlockFacts facts;
  std::vector<Thread> threads;
  int32_t count = 0, returned = 0; ///< threads of this block
  const BlockWork *work = nullptr;
  std::array<Warp, kMaxWarps> warps;
  uint32_t readyWarps = 0; ///< those with lanes that can go on
  std::array<Barrier, kBarriers> barriers;
  std::vector<std::vector<Copy>> copies; ///< of each thread, in order
  void *caller = nullptr;                ///< where `run` goes on
  std::string failure;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_BLOCK_H
