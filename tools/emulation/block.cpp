//===- block.cpp - a block of threads on one thread of the host -*- C++ -*-===//

#include "tools/emulation/block.h"

#include "tools/emulation/checker.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>
#include <span>

#include <sys/mman.h>

namespace spherical::emulation {

/// Nobody may touch what follows the shared memory of a block.
static constexpr int64_t kGuardBytes = 4 << 10;
static constexpr unsigned char kPattern = 0xff;

Block::Block() : stacks(kMaxThreads), threads(kMaxThreads), copies(kMaxThreads) {
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
  block.work->body(thread);
  ++block.returned;
  block.wait(thread, 0); // for ever
}

void Block::prepare(const BlockWork &launch, int64_t position) {
  work = &launch;
  count = static_cast<int32_t>(work->threads);
  facts.position = {static_cast<int32_t>(position), 0, 0};
  facts.blocks = {static_cast<int32_t>(work->blocks), 1, 1};
  facts.threads = {count, 1, 1};
  returned = 0;
  failure.clear();
  warps = {};
  barriers = {};
  readyWarps = 0;
  for (int32_t i = 0; i < count; ++i) {
    const int32_t warp = i / kWarpThreads, lane = i % kWarpThreads;
    threads[i] = {&facts, {i, 0, 0}, lane, this, i, warp};
    threads[i].checker = work->checker;
    copies[i].clear();
    threads[i].place = stacks.start(i, enter, &threads[i]);
    makeReady(warp, 1u << lane);
  }
  std::memset(facts.shared, kPattern, work->sharedBytes + kGuardBytes);
  if (work->checker && !work->checker->beginBlock(facts, std::span(threads).first(count)))
    failure = name() + " " + Checker::kTooManyBarriers;
}

std::string Block::run(const BlockWork &launch, int64_t position) {
  prepare(launch, position);
  if (failure.empty())
    sph_fiber_switch(&caller, takeReady()->place);
  if (!failure.empty())
    return failure;
  if (returned < count)
    return name() + " " + stuck();
  const std::span behind(facts.shared + work->sharedBytes, kGuardBytes);
  if (std::ranges::any_of(behind, [](unsigned char byte) { return byte != kPattern; }))
    return name() + " stores beyond its " + std::to_string(work->sharedBytes) +
           " bytes of shared memory";
  return "";
}

/// The next thread that can go on, null if there is none.
Thread *Block::takeReady() {
  if (readyWarps == 0)
    return nullptr;
  auto next = [&](uint32_t set) {
    return work->order == ThreadOrder::Forward ? std::countr_zero(set) : 31 - std::countl_zero(set);
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
void Block::wait(Thread &thread, uint32_t site) {
  thread.site = site;
  const Thread *next = takeReady();
  if (next != &thread)
    sph_fiber_switch(&thread.place, next ? next->place : caller);
  thread.site = 0;
}

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

std::string Block::name() const {
  const std::string block = "block " + std::to_string(facts.position.x);
  return work->kernel ? "kernel '" + work->kernel->name + "', " + block : block;
}

/// "" or " (model.yaml:7:5)".
std::string Block::place(uint32_t site) const {
  const std::string &place = work->kernel ? work->kernel->sites[site] : "";
  return place.empty() ? "" : " (" + place + ")";
}

void Block::fail(const Thread &thread, uint32_t site, const std::string &what) {
  const std::string place = work->kernel ? work->kernel->sites[site] : "";
  failure = (place.empty() ? "" : place + ": ") + name() + ", thread " +
            std::to_string(thread.index) + " " + what;
}

void Block::stop(Thread &thread) {
  sph_fiber_switch(&thread.place, caller);
  std::abort();
}

std::string Block::stuck() const {
  int32_t atBarrier = 0, atShuffle = 0;
  for (const Barrier &barrier : barriers)
    atBarrier += barrier.arrived;
  for (const Warp &warp : warps)
    atShuffle += std::popcount(warp.waiting);
  std::set<std::string> places;
  for (int32_t i = 0; i < count; ++i)
    places.insert(place(threads[i].site));
  std::string text = "cannot go on: of " + std::to_string(count) + " threads " +
                     std::to_string(atBarrier) + " wait at a barrier, " +
                     std::to_string(atShuffle) + " at a shuffle, and " + std::to_string(returned) +
                     " have returned";
  for (const std::string &place : places)
    text += place;
  return text;
}

bool Block::isOnStack(const Thread &thread, uintptr_t address) const {
  return stacks.contains(thread.index, address);
}

//===----------------------------------------------------------------------===//
// Waiting
//===----------------------------------------------------------------------===//

void Block::checkBarrier(Thread &thread, int32_t number, int32_t expected, uint32_t site) {
  const bool exists = number >= 0 && number < kBarriers && expected >= 0 && expected <= count &&
                      expected % kWarpThreads == 0;
  if (!exists)
    fail(thread, site,
         "waits at barrier " + std::to_string(number) + " for " + std::to_string(expected) +
             " of " + std::to_string(count) + " threads");
  else if (work->checker && expected == 0 && barriers[number].arrived > 0 &&
           barriers[number].site != site)
    fail(thread, site,
         "waits at another barrier than the threads before it" + place(barriers[number].site));
}

void Block::barrier(Thread &thread, int32_t number, int32_t expected, uint32_t site) {
  checkBarrier(thread, number, expected, site);
  if (!failure.empty())
    stop(thread);
  Barrier &barrier = barriers[number];
  barrier.site = site;
  barrier.waiting[thread.warp] |= 1u << thread.lane;
  if (++barrier.arrived == (expected == 0 ? count : expected)) {
    if (work->checker && !order(barrier)) {
      fail(thread, site, Checker::kTooManyBarriers);
      stop(thread);
    }
    release(barrier);
  }
  wait(thread, site);
}

void Block::release(Barrier &barrier) {
  for (int32_t warp = 0; warp < kMaxWarps; ++warp)
    if (barrier.waiting[warp])
      makeReady(warp, barrier.waiting[warp]);
  barrier = {};
}

/// Tells the checker who has met.
bool Block::order(const Barrier &barrier) {
  if (barrier.arrived == count)
    return work->checker->meetAll();
  std::vector<Thread *> members;
  for (int32_t warp = 0; warp < kMaxWarps; ++warp)
    appendLanes(members, warp, barrier.waiting[warp]);
  return work->checker->meet(members);
}

void Block::appendLanes(std::vector<Thread *> &members, int32_t warp, uint32_t lanes) {
  for (; lanes; lanes &= lanes - 1)
    members.push_back(&threads[warp * kWarpThreads + std::countr_zero(lanes)]);
}

//===----------------------------------------------------------------------===//
// Copies that arrive later
//===----------------------------------------------------------------------===//

void Block::copyLater(Thread &thread, unsigned char *to, const unsigned char *from, int32_t bytes,
                      int32_t given, uint32_t site) {
  if (given < 0 || given > bytes)
    fail(thread, site,
         "copies " + std::to_string(given) + " of " + std::to_string(bytes) + " bytes");
  else if (thread.checker && !thread.checker->beginCopy(thread, to, from, bytes, given, site))
    stop(thread);
  if (!failure.empty())
    stop(thread);
  copies[thread.index].push_back({to, from, bytes, given, thread.copyGroups});
}

void Block::closeCopies(Thread &thread) { ++thread.copyGroups; }

void Block::waitForCopies(Thread &thread, int32_t open) {
  finishCopies(thread, thread.copyGroups - open);
}

void Block::waitForAllCopies(Thread &thread) { finishCopies(thread, thread.copyGroups + 1); }

/// The copies of the first `groups` groups arrive.
void Block::finishCopies(Thread &thread, int32_t groups) {
  std::vector<Copy> &pending = copies[thread.index];
  const auto end = std::ranges::find_if(pending, [&](const Copy &c) { return c.group >= groups; });
  for (auto copy = pending.begin(); copy != end; ++copy) {
    std::memcpy(copy->to, copy->from, copy->given);
    std::memset(copy->to + copy->given, 0, copy->bytes - copy->given);
    if (thread.checker)
      thread.checker->endCopy(thread, copy->to, copy->bytes);
  }
  pending.erase(pending.begin(), end);
}

} // namespace spherical::emulation
