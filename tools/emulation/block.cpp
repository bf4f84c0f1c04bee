//===- block.cpp - a block of threads on one thread of the host -*- C++ -*-===//

#include "tools/emulation/block.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

#include <sys/mman.h>

namespace spherical::emulation {

/// Nobody may touch what follows the shared memory of a block.
static constexpr int64_t kGuardBytes = 4 << 10;
static constexpr unsigned char kPattern = 0xff;

Block::Block() : stacks(kMaxThreads), threads(kMaxThreads) {
  void *shared = mmap(nullptr, kSharedBytes + kGuardBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    throw std::bad_alloc();
  facts.shared = static_cast<unsigned char *>(shared);
}

Block::~Block() { munmap(facts.shared, kSharedBytes + kGuardBytes); }

Block &Block::ofHostThread() {
  static thread_local Block block;
  return block;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

void Block::enter(void *argument) {
  Thread &thread = *static_cast<Thread *>(argument);
  Block &block = *thread.block;
  (*block.body)(thread);
  ++block.returned;
  block.wait(thread); // for ever
}

void Block::prepare(const BlockWork &work, int64_t position) {
  count = static_cast<int32_t>(work.threads);
  facts.position = {static_cast<int32_t>(position), 0, 0};
  facts.blocks = {static_cast<int32_t>(work.blocks), 1, 1};
  facts.threads = {count, 1, 1};
  order = work.order;
  body = &work.body;
  returned = 0;
  failure.clear();
  warps = {};
  barriers = {};
  readyWarps = 0;
  for (int32_t i = 0; i < count; ++i) {
    const int32_t warp = i / kWarpThreads, lane = i % kWarpThreads;
    threads[i] = {&facts, {i, 0, 0}, lane, this, i, warp};
    threads[i].place = stacks.start(i, enter, &threads[i]);
    makeReady(warp, 1u << lane);
  }
  std::memset(facts.shared, kPattern, work.sharedBytes + kGuardBytes);
}

std::string Block::run(const BlockWork &work, int64_t position) {
  prepare(work, position);
  sph_fiber_switch(&caller, takeReady()->place);
  if (!failure.empty())
    return failure;
  const std::string name = "block " + std::to_string(position);
  if (returned < count)
    return name + " " + stuck();
  const std::span behind(facts.shared + work.sharedBytes, kGuardBytes);
  if (std::ranges::any_of(behind, [](unsigned char byte) { return byte != kPattern; }))
    return name + " stores beyond its " + std::to_string(work.sharedBytes) +
           " bytes of shared memory";
  return "";
}

/// The next thread that can go on, null if there is none.
Thread *Block::takeReady() {
  if (readyWarps == 0)
    return nullptr;
  auto next = [&](uint32_t set) {
    return order == ThreadOrder::Forward ? std::countr_zero(set) : 31 - std::countl_zero(set);
  };
  const int32_t warp = next(readyWarps), lane = next(warps[warp].ready);
  warps[warp].ready &= ~(1u << lane);
  if (warps[warp].ready == 0)
    readyWarps &= ~(1u << warp);
  return &threads[warp * kWarpThreads + lane];
}

void Block::makeReady(int32_t warp, uint32_t lanes) {
  warps[warp].ready |= lanes;
  readyWarps |= 1u << warp;
}

/// Hands over to a thread that can go on. Returns when another one hands over to this one.
void Block::wait(Thread &thread) {
  const Thread *next = takeReady();
  if (next != &thread)
    sph_fiber_switch(&thread.place, next ? next->place : caller);
}

void Block::fail(Thread &thread, std::string why) {
  failure = std::move(why);
  sph_fiber_switch(&thread.place, caller);
  std::abort(); // no one takes up a thread of a block that has failed
}

std::string Block::stuck() const {
  int32_t atBarrier = 0, atShuffle = 0;
  for (const Barrier &barrier : barriers)
    atBarrier += barrier.arrived;
  for (const Warp &warp : warps)
    atShuffle += std::popcount(warp.waiting);
  return "cannot go on: of " + std::to_string(count) + " threads " + std::to_string(atBarrier) +
         " wait at a barrier, " + std::to_string(atShuffle) + " at a shuffle, and " +
         std::to_string(returned) + " have returned";
}

//===----------------------------------------------------------------------===//
// Waiting
//===----------------------------------------------------------------------===//

void Block::barrier(Thread &thread, int32_t number, int32_t expected) {
  Barrier &barrier = barriers[number];
  barrier.waiting[thread.warp] |= 1u << thread.lane;
  if (++barrier.arrived == (expected == 0 ? count : expected))
    release(barrier);
  wait(thread);
}

void Block::release(Barrier &barrier) {
  for (int32_t warp = 0; warp < kMaxWarps; ++warp)
    if (barrier.waiting[warp])
      makeReady(warp, barrier.waiting[warp]);
  barrier = {};
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

/// Waits until all lanes of the mask are here to do the same. Returns true to the last one, which
/// does it for all and calls `part`, and false to the others, afterwards.
bool Block::meet(Thread &thread, uint32_t mask, uint64_t what) {
  Warp &warp = warps[thread.warp];
  if (!(mask >> thread.lane & 1))
    fail(thread, "thread " + std::to_string(thread.index) + " of block " +
                     std::to_string(facts.position.x) + " shuffles among others than itself");
  warp.mask[thread.lane] = mask;
  warp.what[thread.lane] = what;
  warp.waiting |= 1u << thread.lane;
  bool complete = (warp.waiting & mask) == mask;
  for (uint32_t rest = mask; complete && rest; rest &= rest - 1) {
    const int32_t lane = std::countr_zero(rest);
    complete = warp.mask[lane] == mask && warp.what[lane] == what;
  }
  if (!complete)
    wait(thread);
  return complete;
}

/// The lanes of the mask, which have met, can go on.
void Block::part(Thread &thread, uint32_t mask) {
  warps[thread.warp].waiting &= ~mask;
  if (const uint32_t others = mask & ~(1u << thread.lane))
    makeReady(thread.warp, others);
}

void Block::failSource(Thread &thread, int32_t lane, int32_t source) {
  fail(thread, "thread " + std::to_string(thread.warp * kWarpThreads + lane) + " of block " +
                   std::to_string(facts.position.x) + " shuffles from lane " +
                   std::to_string(source) + ", which does not take part");
}

Shuffled Block::shuffle(Thread &thread, uint32_t mask, uint32_t value, int32_t b, int32_t c,
                        ShuffleMode mode) {
  Warp &warp = warps[thread.warp];
  bool inRange = true;
  warp.value[thread.lane] = value;
  warp.source[thread.lane] = static_cast<uint8_t>(sourceLane(thread.lane, b, c, mode, inRange));
  if (meet(thread, mask, 1 + static_cast<uint64_t>(mode))) {
    for (uint32_t rest = mask; rest; rest &= rest - 1) {
      const int32_t lane = std::countr_zero(rest), source = warp.source[lane];
      if (!(mask >> source & 1))
        failSource(thread, lane, source);
      warp.result[lane] = warp.value[source];
    }
    part(thread, mask);
  }
  return {warp.result[thread.lane], inRange};
}

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
                        uint32_t halves, ButterflyOp op) {
  Warp &warp = warps[thread.warp];
  warp.values[thread.lane] = values;
  if (!meet(thread, mask, uint64_t(halves) << 32 | uint64_t(count) << 4 | 8 | uint64_t(op)))
    return;
  for (uint32_t left = halves; left; left >>= 5)
    if (const uint32_t absent = exchanged(mask, left & 31) & ~mask) {
      const int32_t source = std::countr_zero(absent);
      failSource(thread, source ^ static_cast<int32_t>(left & 31), source);
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

} // namespace spherical::emulation
