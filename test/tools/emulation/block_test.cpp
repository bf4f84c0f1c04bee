//===- block_test.cpp - a block of threads on one CPU thread ----*- C++ -*-===//

#include "tools/emulation/block.h"

#include <gtest/gtest.h>

#include <numeric>

namespace spherical::emulation {
namespace {

constexpr ThreadOrder kOrders[] = {ThreadOrder::Forward, ThreadOrder::Reversed};

// Thread i writes, thread n - 1 - i reads: right in either order only because of the barrier.
TEST(Block, BarrierShowsStores) {
  constexpr int64_t threads = 96;
  for (ThreadOrder order : kOrders) {
    std::vector<int> shared(threads), mirrored(threads);
    const std::string failure = Block(threads, order).run({}, {}, [&] {
      Block &block = Block::current();
      const int i = block.threadPosition().x;
      shared[i] = 10 * i;
      block.barrier();
      mirrored[i] = shared[threads - 1 - i];
    });
    EXPECT_EQ(failure, "");
    for (int64_t i = 0; i < threads; ++i)
      EXPECT_EQ(mirrored[i], 10 * (threads - 1 - i));
  }
}

// Without the barrier a sum over earlier threads depends on the order: the second run shows it.
TEST(Block, OrdersDifferWithoutBarrier) {
  std::vector<int> sums;
  for (ThreadOrder order : kOrders) {
    std::vector<int> shared(32, 0);
    int seen = 0;
    EXPECT_EQ(Block(32, order).run({}, {},
                                   [&] {
                                     const int i = Block::current().threadPosition().x;
                                     shared[i] = 1;
                                     if (i == 0)
                                       seen = std::accumulate(shared.begin(), shared.end(), 0);
                                   }),
              "");
    sums.push_back(seen);
  }
  EXPECT_EQ(sums, (std::vector<int>{1, 32}));
}

TEST(Block, ReportsThreadsThatMissABarrier) {
  for (ThreadOrder order : kOrders)
    EXPECT_EQ(
        Block(64, order).run({3, 0, 0}, {8, 1, 1},
                             [] {
                               if (Block::current().threadPosition().x != 5)
                                 Block::current().barrier();
                             }),
        "block 3 cannot go on: of 64 threads 63 wait at a barrier, 0 at a shuffle, and 1 have "
        "returned");
}

TEST(Block, ReportsThreadsThatMissAShuffle) {
  const std::string failure = Block(32, ThreadOrder::Forward).run({}, {}, [] {
    if (Block::current().laneOfThread() != 7)
      Block::current().shuffle(0xffffffff, 0, 1, 31, ShuffleMode::Butterfly);
  });
  EXPECT_NE(failure.find("31 at a shuffle, and 1 have returned"), std::string::npos) << failure;
}

TEST(Block, ReportsShufflesFromLanesOutsideOfTheMask) {
  const std::string failure = Block(32, ThreadOrder::Forward).run({}, {}, [] {
    if (Block::current().laneOfThread() < 2)
      Block::current().shuffle(0x3, 0, 4, 31, ShuffleMode::Butterfly);
  });
  EXPECT_NE(failure.find("shuffles from lane 4, which does not take part"), std::string::npos)
      << failure;
}

/// What each of 64 threads gets from a shuffle of 100 warp + lane.
std::vector<int> shuffled(int32_t b, int32_t c, ShuffleMode mode, ThreadOrder order) {
  std::vector<int> got(64);
  EXPECT_EQ(Block(64, order).run({}, {},
                                 [&] {
                                   Block &block = Block::current();
                                   const int i = block.threadPosition().x;
                                   const uint32_t own = 100 * (i / 32) + block.laneOfThread();
                                   got[i] =
                                       static_cast<int>(block.shuffle(0xffffffff, own, b, c, mode));
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
      EXPECT_EQ(up[i], warp + (lane >= 3 ? lane - 3 : lane));
      EXPECT_EQ(down[i], warp + (lane + 3 <= 31 ? lane + 3 : lane));
      EXPECT_EQ(butterfly[i], warp + (lane ^ 5));
      EXPECT_EQ(segment[i], warp + lane / 8 * 8 + 3);
    }
  }
}

} // namespace
} // namespace spherical::emulation
