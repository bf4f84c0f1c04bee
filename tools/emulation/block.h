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
  void *place = nullptr; ///< where it goes on
};

/// How butterflies combine two values.
enum class ButterflyOp : int32_t { AddF32, Or };

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

  /// Waits until `expected` threads (0: all of the block) are at barrier `number`.
  void barrier(Thread &thread, int32_t number, int32_t expected);
  /// Waits until all threads of `mask` are here, and returns the value of the lane that it reads.
  Shuffled shuffle(Thread &thread, uint32_t mask, uint32_t value, int32_t b, int32_t c,
                   ShuffleMode mode);
  /// Does to each of `count` values x = op(x, x of the lane whose number differs by h) for each h
  /// in `halves`, 5 bits each from the lowest on: as many shuffles of mode Butterfly as that, at
  /// once.
  void butterflies(Thread &thread, uint32_t mask, uint32_t *values, int32_t count, uint32_t halves,
                   ButterflyOp op);

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
    // Of butterflies.
    std::array<uint32_t *, kWarpThreads> values{};
  };

  /// One of the block's barriers.
  struct Barrier {
    int32_t arrived = 0;
    std::array<uint32_t, kMaxWarps> waiting{}; ///< lanes of each warp
  };

  static void enter(void *thread);
  void prepare(const BlockWork &work, int64_t position);
  void wait(Thread &thread);
  [[noreturn]] void fail(Thread &thread, std::string why);
  Thread *takeReady();
  void makeReady(int32_t warp, uint32_t lanes);
  void release(Barrier &barrier);
  bool meet(Thread &thread, uint32_t mask, uint64_t what);
  void part(Thread &thread, uint32_t mask);
  [[noreturn]] void failSource(Thread &thread, int32_t lane, int32_t source);
  std::string stuck() const;

  Stacks stacks;
  BlockFacts facts;
  std::vector<Thread> threads;
  int32_t count = 0, returned = 0; ///< threads of this block
  ThreadOrder order = ThreadOrder::Forward;
  const std::function<void(Thread &)> *body = nullptr;
  std::array<Warp, kMaxWarps> warps;
  uint32_t readyWarps = 0; ///< those with lanes that can go on
  std::array<Barrier, kBarriers> barriers;
  void *caller = nullptr; ///< where `run` goes on
  std::string failure;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_BLOCK_H
