//===- block_test.cpp - a block of threads on one thread of the host ------===//

#include "tools/emulation/blocks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <fstream>
#include <numeric>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

namespace spherical::emulation {
namespace {

constexpr ThreadOrder kOrders[] = {ThreadOrder::Forward, ThreadOrder::Reversed};
constexpr uint32_t kWholeWarp = 0xffffffff;

using Body = std::function<void(Thread &)>;

/// Runs one block of a launch of 8.
std::string runBlock(int64_t threads, ThreadOrder order, Body body, int64_t position = 0) {
  return Block::ofHostThread().run({threads, 8, 0, order, std::move(body)}, position);
}

void barrier(Thread &thread) { thread.block->barrier(thread, 0, 0); }

// Thread i writes, thread n - 1 - i reads: right in either order only because of the barrier.
TEST(Block, BarrierShowsStores) {
  constexpr int threads = 96;
  for (ThreadOrder order : kOrders) {
    std::vector<int> shared(threads), mirrored(threads);
    const std::string failure = runBlock(threads, order, [&](Thread &thread) {
      const int i = thread.position.x;
      shared[i] = 10 * i;
      barrier(thread);
      mirrored[i] = shared[threads - 1 - i];
    });
    EXPECT_EQ(failure, "");
    for (int i = 0; i < threads; ++i)
      EXPECT_EQ(mirrored[i], 10 * (threads - 1 - i));
  }
}

// Without the barrier a sum over earlier threads depends on the order: the second run shows it.
TEST(Block, OrdersDifferWithoutBarrier) {
  std::vector<int> sums;
  for (ThreadOrder order : kOrders) {
    std::vector<int> shared(32, 0);
    int seen = 0;
    EXPECT_EQ(runBlock(32, order,
                       [&](Thread &thread) {
                         shared[thread.position.x] = 1;
                         if (thread.position.x == 0)
                           seen = std::accumulate(shared.begin(), shared.end(), 0);
                       }),
              "");
    sums.push_back(seen);
  }
  EXPECT_EQ(sums, (std::vector<int>{1, 32}));
}

// What a thread computes between two barriers survives the switches: registers, a deep stack and
// the rounding mode's neighbours.
TEST(Block, ThreadsKeepWhatTheyHold) {
  constexpr int threads = 1024, rounds = 50;
  std::vector<double> sums(threads);
  EXPECT_EQ(runBlock(threads, ThreadOrder::Forward,
                     [&](Thread &thread) {
                       double sum = thread.index, held[64];
                       for (int k = 0; k < 64; ++k)
                         held[k] = sum + k;
                       for (int round = 0; round < rounds; ++round) {
                         barrier(thread);
                         sum += held[round];
                       }
                       sums[thread.index] = sum;
                     }),
            "");
  for (int i = 0; i < threads; ++i)
    EXPECT_EQ(sums[i], i + rounds * i + rounds * (rounds - 1) / 2);
}

TEST(Block, ReportsThreadsThatMissABarrier) {
  for (ThreadOrder order : kOrders)
    EXPECT_EQ(
        runBlock(
            64, order,
            [](Thread &thread) {
              if (thread.position.x != 5)
                barrier(thread);
            },
            3),
        "block 3 cannot go on: of 64 threads 63 wait at a barrier, 0 at a shuffle, and 1 have "
        "returned");
}

TEST(Block, ReportsThreadsThatMissAShuffle) {
  const std::string failure = runBlock(32, ThreadOrder::Forward, [](Thread &thread) {
    if (thread.lane != 7)
      thread.block->shuffle(thread, kWholeWarp, 0, 1, 31, ShuffleMode::Butterfly);
  });
  EXPECT_NE(failure.find("31 at a shuffle, and 1 have returned"), std::string::npos) << failure;
}

TEST(Block, ReportsShufflesFromLanesOutsideOfTheMask) {
  const std::string shuffled = runBlock(32, ThreadOrder::Forward, [](Thread &thread) {
    if (thread.lane < 2)
      thread.block->shuffle(thread, 0x3, 0, 4, 31, ShuffleMode::Butterfly);
  });
  EXPECT_EQ(shuffled, "block 0, thread 0 shuffles from lane 4, which does not take part");
  const std::string summed = runBlock(32, ThreadOrder::Forward, [](Thread &thread) {
    uint32_t value = 0;
    if (thread.lane < 2)
      thread.block->butterflies(thread, 0x3, &value, 1, 1 | 4 << 5, ButterflyOp::Or);
  });
  EXPECT_EQ(summed, "block 0, thread 0 shuffles from lane 4, which does not take part");
  const std::string absent = runBlock(32, ThreadOrder::Forward, [](Thread &thread) {
    if (thread.lane == 9)
      thread.block->shuffle(thread, 0x3, 0, 1, 31, ShuffleMode::Butterfly);
  });
  EXPECT_EQ(absent, "block 0, thread 9 meets others than itself");
}

// A block that has failed leaves nothing behind for the next one.
TEST(Block, RunsAfterAFailure) {
  EXPECT_NE(runBlock(64, ThreadOrder::Forward,
                     [](Thread &thread) {
                       if (thread.lane == 0)
                         barrier(thread);
                       else
                         thread.block->shuffle(thread, kWholeWarp, 0, 1, 31, ShuffleMode::Up);
                     }),
            "");
  EXPECT_EQ(runBlock(64, ThreadOrder::Forward, barrier), "");
}

/// What each of 64 threads gets from a shuffle of 100 warp + lane; -1 where out of range.
std::vector<int> shuffled(int32_t b, int32_t c, ShuffleMode mode, ThreadOrder order) {
  std::vector<int> got(64);
  EXPECT_EQ(runBlock(64, order,
                     [&](Thread &thread) {
                       const uint32_t own = 100 * thread.warp + thread.lane;
                       const Shuffled read =
                           thread.block->shuffle(thread, kWholeWarp, own, b, c, mode);
                       if (!read.inRange)
                         EXPECT_EQ(read.value, own);
                       got[thread.index] = read.inRange ? static_cast<int>(read.value) : -1;
                     }),
            "");
  return got;
}

// shfl.sync of the PTX ISA; c is clamp, or segment mask << 8 | clamp.
TEST(Block, Shuffles) {
  for (ThreadOrder order : kOrders) {
    const auto up = shuffled(3, 0, ShuffleMode::Up, order);
    const auto down = shuffled(3, 31, ShuffleMode::Down, order);
    const auto butterfly = shuffled(5, 31, ShuffleMode::Butterfly, order);
    const auto segment = shuffled(3, 0x181f, ShuffleMode::Index, order); // segments of 8 lanes
    for (int i = 0; i < 64; ++i) {
      const int warp = 100 * (i / 32), lane = i % 32;
      EXPECT_EQ(up[i], lane >= 3 ? warp + lane - 3 : -1);
      EXPECT_EQ(down[i], lane + 3 <= 31 ? warp + lane + 3 : -1);
      EXPECT_EQ(butterfly[i], warp + (lane ^ 5));
      EXPECT_EQ(segment[i], warp + lane / 8 * 8 + 3);
    }
  }
}

/// The sums of 3 values in units of 8 lanes, by shuffles or by butterflies.
std::vector<float> unitSums(bool atOnce, ThreadOrder order) {
  std::vector<float> sums(64 * 3);
  EXPECT_EQ(
      runBlock(64, order,
               [&](Thread &thread) {
                 const uint32_t mask = 0xffu << thread.lane / 8 * 8;
                 float *x = &sums[3 * thread.index];
                 for (int k = 0; k < 3; ++k)
                   x[k] = 1.0f / static_cast<float>(1 + 7 * thread.index + k);
                 if (atOnce)
                   return thread.block->butterflies(thread, mask, reinterpret_cast<uint32_t *>(x),
                                                    3, 4 | 2 << 5 | 1 << 10, ButterflyOp::AddF32);
                 for (int k = 0; k < 3; ++k)
                   for (int half = 4; half >= 1; half /= 2)
                     x[k] += std::bit_cast<float>(thread.block
                                                      ->shuffle(thread, mask,
                                                                std::bit_cast<uint32_t>(x[k]), half,
                                                                31, ShuffleMode::Butterfly)
                                                      .value);
               }),
      "");
  return sums;
}

TEST(Block, ButterfliesAreShuffles) {
  for (ThreadOrder order : kOrders)
    EXPECT_EQ(unitSums(true, order), unitSums(false, order)); // the same bits
}

// Half of the block works on while the other half waits for itself.
TEST(Block, NumberedBarriersCountTheirThreads) {
  for (ThreadOrder order : kOrders) {
    std::vector<int> shared(128), seen(128);
    EXPECT_EQ(runBlock(128, order,
                       [&](Thread &thread) {
                         const int half = thread.index / 64, other = thread.index ^ 63;
                         shared[thread.index] = thread.index;
                         thread.block->barrier(thread, 1 + half, 64);
                         seen[thread.index] = shared[other];
                       }),
              "");
    for (int i = 0; i < 128; ++i)
      EXPECT_EQ(seen[i], i ^ 63);
  }
}

TEST(Blocks, RunOnceEach) {
  std::vector<std::atomic<int>> runs(100);
  EXPECT_EQ(runBlocks({32, 100, 0, ThreadOrder::Forward,
                       [&](Thread &thread) { ++runs[thread.facts->position.x]; }}),
            "");
  for (const auto &count : runs)
    EXPECT_EQ(count, 32);
}

// Whatever block comes to its failure first.
TEST(Blocks, ReportTheFirstThatFails) {
  for (int round = 0; round < 20; ++round)
    EXPECT_EQ(
        runBlocks({32, 64, 0, ThreadOrder::Forward,
                   [&](Thread &thread) {
                     if (thread.facts->position.x >= 5 && thread.lane != 0)
                       barrier(thread);
                   }}),
        "block 5 cannot go on: of 32 threads 31 wait at a barrier, 0 at a shuffle, and 1 have "
        "returned");
}

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
// A thread of the host that has no room for the stacks of a block.
TEST(Blocks, ReportThatMemoryIsShort) {
  std::string failure;
  std::thread([&] {
    rlimit before, tight;
    getrlimit(RLIMIT_AS, &before);
    int64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    tight = before;
    tight.rlim_cur = pages * sysconf(_SC_PAGESIZE) + (64 << 20);
    setrlimit(RLIMIT_AS, &tight);
    failure = runBlocks({32, 1, 0, ThreadOrder::Forward, [](Thread &) {}});
    setrlimit(RLIMIT_AS, &before);
  }).join();
  EXPECT_EQ(failure, "no memory left");
}
#endif

} // namespace
} // namespace spherical::emulation
