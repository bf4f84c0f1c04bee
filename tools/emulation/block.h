//===- block.h - a block of threads on one CPU thread -----------*- C++ -*-===//
//
// Each thread of a block is a fiber with a stack of its own. It runs until it
// waits: at a barrier for all threads of the block, at a shuffle for the
// threads of its mask. One block runs at a time in each thread of the process.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_EMULATION_BLOCK_H
#define SPHERICAL_TOOLS_EMULATION_BLOCK_H

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace spherical::emulation {

constexpr int64_t kWarpThreads = 32, kMaxThreads = 1024;

/// In which order the threads of a block get their turns. Results that depend on it show a missing
/// barrier.
enum class ThreadOrder { Forward, Reversed };

/// Three extents or positions.
struct Dim3 {
  int32_t x = 1, y = 1, z = 1;
};

/// Which lane of its warp a thread reads in a shuffle (PTX ISA, shfl.sync).
enum class ShuffleMode : int32_t { Up, Down, Butterfly, Index };

/// The threads of one block. Blocks of the same number of threads may run one after the other.
class Block {
public:
  Block(int64_t threads, ThreadOrder order);
  ~Block();

  /// Runs `body` once in each thread of block `position`. Returns "", or why the block cannot go
  /// on: some threads wait at a barrier that others will never reach, or at a shuffle.
  std::string run(Dim3 position, Dim3 grid, const std::function<void()> &body);

  /// The block that the calling fiber belongs to.
  static Block &current();

  // Called by the running fiber.
  Dim3 threadPosition() const;
  Dim3 blockPosition() const { return position; }
  Dim3 threadCount() const;
  Dim3 blockCount() const { return grid; }
  int32_t laneOfThread() const;
  /// Waits until every thread of the block waits here.
  void barrier();
  /// Waits until all threads of `mask` are here, and returns the value of the lane that it reads.
  uint32_t shuffle(uint32_t mask, uint32_t value, int32_t b, int32_t c, ShuffleMode mode);

private:
  struct Fiber;
  enum class State { Ready, AtBarrier, AtShuffle, Done };

  static void enter();
  void wait(State state);
  void runReady();
  bool releaseBarrier();
  bool releaseShuffles();
  bool releaseShuffle(int64_t warp, Fiber &first);
  std::string stuck() const;
  int64_t count(State state) const;

  std::vector<std::unique_ptr<Fiber>> fibers;
  ThreadOrder order;
  Dim3 position, grid;
  const std::function<void()> *body = nullptr;
  Fiber *running = nullptr;
  std::string failure;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_BLOCK_H
