//===- warp.cpp - what the threads of a warp do together --------*- C++ -*-===//
//
// The last of them to come does it for all.
//
//===----------------------------------------------------------------------===//

#include "tools/emulation/block.h"
#include "tools/emulation/checker.h"

#include <bit>

namespace spherical::emulation {

/// What lanes meet for: one of these, a shuffle's mode behind kShuffle, or butterflies of any kind.
static constexpr uint64_t kBarrier = 0, kBallot = 1, kProduct = 2, kShuffle = 3, kButterflies = 8;

//===----------------------------------------------------------------------===//
// Meeting
//===----------------------------------------------------------------------===//

/// Waits until all lanes of the mask are here to do the same. Returns true to the last one, which
/// does it for all and calls `part`, and false to the others, afterwards.
bool Block::meet(Thread &thread, uint32_t mask, uint64_t what, uint32_t site) {
  Warp &warp = warps[thread.warp];
  if (!(mask >> thread.lane & 1)) {
    fail(thread, site, "meets others than itself");
    stop(thread);
  }
  warp.mask[thread.lane] = mask;
  warp.what[thread.lane] = what;
  warp.waiting |= 1u << thread.lane;
  bool complete = (warp.waiting & mask) == mask;
  for (uint32_t rest = mask; complete && rest; rest &= rest - 1) {
    const int32_t lane = std::countr_zero(rest);
    complete = warp.mask[lane] == mask && warp.what[lane] == what;
  }
  if (!complete)
    wait(thread, site);
  return complete;
}

/// The lanes of the mask, which have met, can go on.
void Block::part(Thread &thread, uint32_t mask) {
  warps[thread.warp].waiting &= ~mask;
  if (const uint32_t others = mask & ~(1u << thread.lane))
    makeReady(thread.warp, others);
}

void Block::failSource(Thread &thread, int32_t lane, int32_t source, uint32_t site) {
  fail(threads[thread.warp * kWarpThreads + lane], site,
       "shuffles from lane " + std::to_string(source) + ", which does not take part");
  stop(thread);
}

//===----------------------------------------------------------------------===//
// Barriers, shuffles and votes
//===----------------------------------------------------------------------===//

void Block::warpBarrier(Thread &thread, uint32_t mask, uint32_t site) {
  if (!meet(thread, mask, kBarrier, site))
    return;
  if (work->checker && !order(thread.warp, mask)) {
    fail(thread, site, Checker::kTooManyBarriers);
    stop(thread);
  }
  part(thread, mask);
}

/// Tells the checker who has met.
bool Block::order(int32_t warp, uint32_t lanes) {
  std::vector<Thread *> members;
  appendLanes(members, warp, lanes);
  return work->checker->meet(members);
}

/// The lane that thread `lane` reads; its own if that is out of its segment (PTX ISA, shfl.sync,
/// with c = segment mask << 8 | clamp).
static int32_t sourceLane(int32_t lane, int32_t b, int32_t c, ShuffleMode mode, bool &inRange) {
  const int32_t clamp = c & 31, segment = (c >> 8) & 31, offset = b & 31;
  const int32_t most = (lane & segment) | (clamp & ~segment), least = lane & segment;
  int32_t source = lane;
  switch (mode) {
  case ShuffleMode::Up:
    source = lane - offset;
    inRange = source >= most;
    break;
  case ShuffleMode::Down:
    source = lane + offset;
    inRange = source <= most;
    break;
  case ShuffleMode::Butterfly:
    source = lane ^ offset;
    inRange = source <= most;
    break;
  case ShuffleMode::Index:
    source = least | (offset & ~segment);
    inRange = source <= most;
    break;
  }
  return inRange ? source : lane;
}

Shuffled Block::shuffle(Thread &thread, uint32_t mask, uint32_t value, int32_t b, int32_t c,
                        ShuffleMode mode, uint32_t site) {
  Warp &warp = warps[thread.warp];
  bool inRange = true;
  warp.value[thread.lane] = value;
  warp.source[thread.lane] = static_cast<uint8_t>(sourceLane(thread.lane, b, c, mode, inRange));
  if (meet(thread, mask, kShuffle + static_cast<uint64_t>(mode), site)) {
    for (uint32_t rest = mask; rest; rest &= rest - 1) {
      const int32_t lane = std::countr_zero(rest), source = warp.source[lane];
      if (!(mask >> source & 1))
        failSource(thread, lane, source, site);
      warp.result[lane] = warp.value[source];
    }
    part(thread, mask);
  }
  return {warp.result[thread.lane], inRange};
}

uint32_t Block::ballot(Thread &thread, uint32_t mask, bool predicate, uint32_t site) {
  Warp &warp = warps[thread.warp];
  warp.value[thread.lane] = predicate;
  if (meet(thread, mask, kBallot, site)) {
    uint32_t set = 0;
    for (uint32_t rest = mask; rest; rest &= rest - 1)
      set |= warp.value[std::countr_zero(rest)] << std::countr_zero(rest);
    for (uint32_t rest = mask; rest; rest &= rest - 1)
      warp.result[std::countr_zero(rest)] = set;
    part(thread, mask);
  }
  return warp.result[thread.lane];
}

//===----------------------------------------------------------------------===//
// Butterflies
//===----------------------------------------------------------------------===//

/// The set of lanes l ^ half for l in `lanes`.
static uint32_t exchanged(uint32_t lanes, uint32_t half) {
  constexpr uint32_t low[] = {0x55555555, 0x33333333, 0x0f0f0f0f, 0x00ff00ff, 0x0000ffff};
  for (int32_t bit = 0; bit < 5; ++bit)
    if (half >> bit & 1)
      lanes = (lanes & low[bit]) << (1 << bit) | (lanes >> (1 << bit) & low[bit]);
  return lanes;
}

static uint32_t combine(uint32_t a, uint32_t b, ButterflyOp op) {
  if (op == ButterflyOp::Or)
    return a | b;
  return std::bit_cast<uint32_t>(std::bit_cast<float>(a) + std::bit_cast<float>(b));
}

/// The butterflies of all lanes of a warp on one value of each.
template <ButterflyOp op>
static void butterfly(std::array<uint32_t, kWarpThreads> &x, uint32_t halves) {
  for (std::array<uint32_t, kWarpThreads> y; halves; halves >>= 5, x = y)
    for (uint32_t lane = 0; lane < kWarpThreads; ++lane)
      y[lane] = combine(x[lane], x[lane ^ (halves & 31)], op);
}

void Block::butterflies(Thread &thread, uint32_t mask, uint32_t *values, int32_t count,
                        uint32_t halves, ButterflyOp op, uint32_t site) {
  Warp &warp = warps[thread.warp];
  warp.values[thread.lane] = values;
  const uint64_t what = uint64_t(halves) << 32 | uint64_t(count) << 4 | kButterflies | uint64_t(op);
  if (!meet(thread, mask, what, site))
    return;
  for (uint32_t left = halves; left; left >>= 5)
    if (const uint32_t absent = exchanged(mask, left & 31) & ~mask) {
      const int32_t source = std::countr_zero(absent);
      failSource(thread, source ^ static_cast<int32_t>(left & 31), source, site);
    }
  std::array<uint32_t, kWarpThreads> x{};
  for (int32_t k = 0; k < count; ++k) {
    for (uint32_t rest = mask; rest; rest &= rest - 1)
      x[std::countr_zero(rest)] = warp.values[std::countr_zero(rest)][k];
    op == ButterflyOp::Or ? butterfly<ButterflyOp::Or>(x, halves)
                          : butterfly<ButterflyOp::AddF32>(x, halves);
    for (uint32_t rest = mask; rest; rest &= rest - 1)
      warp.values[std::countr_zero(rest)][k] = x[std::countr_zero(rest)];
  }
  part(thread, mask);
}

//===----------------------------------------------------------------------===//
// Products of tiles
//===----------------------------------------------------------------------===//

/// What the tensor cores see of a number: the upper 19 bits.
static double asTf32(uint32_t bits) {
  return static_cast<double>(std::bit_cast<float>(bits & ~uint32_t(0x1fff)));
}

// The fragments of a thread (PTX ISA, mma.m16n8k8 with .tf32): with g = lane / 4 and t = lane % 4,
// a[i] is A[g + 8 (i % 2)][t + 4 (i / 2)], b[i] is B[t + 4 i][g], c[i] is C[g + 8 (i / 2)][2 t + i
// % 2].
void Block::multiplyTiles(Thread &thread, TileFragments &fragments, uint32_t site) {
  Warp &warp = warps[thread.warp];
  warp.fragments[thread.lane] = &fragments;
  if (!meet(thread, ~uint32_t(0), kProduct, site))
    return;
  double a[16][8], b[8][8];
  for (int32_t lane = 0; lane < kWarpThreads; ++lane) {
    const TileFragments &own = *warp.fragments[lane];
    const int32_t g = lane / 4, t = lane % 4;
    for (int32_t i = 0; i < 4; ++i)
      a[g + 8 * (i % 2)][t + 4 * (i / 2)] = asTf32(own.a[i]);
    for (int32_t i = 0; i < 2; ++i)
      b[t + 4 * i][g] = asTf32(own.b[i]);
  }
  for (int32_t lane = 0; lane < kWarpThreads; ++lane)
    for (int32_t i = 0; i < 4; ++i) {
      float &c = warp.fragments[lane]->c[i];
      double sum = c;
      for (int32_t k = 0; k < 8; ++k)
        sum += a[lane / 4 + 8 * (i / 2)][k] * b[k][2 * (lane % 4) + i % 2];
      c = static_cast<float>(sum);
    }
  part(thread, ~uint32_t(0));
}

} // namespace spherical::emulation
