//===- block.cpp - a block of threads on one CPU thread ---------*- C++ -*-===//

#include "tools/emulation/block.h"

#include <algorithm>
#include <bit>

#include <ucontext.h>

namespace spherical::emulation {

/// Enough for kernels without arrays on the stack, and for the functions of this file.
static constexpr size_t kStackBytes = 128 << 10;

struct Block::Fiber {
  int64_t index = 0; ///< in the block
  State state = State::Ready;
  ucontext_t context{}, scheduler{};
  std::unique_ptr<char[]> stack = std::make_unique_for_overwrite<char[]>(kStackBytes);

  // The shuffle at which it waits, and what it got there.
  uint32_t mask = 0, value = 0, result = 0;
  int64_t source = 0; ///< lane of the warp

  int64_t lane() const { return index % kWarpThreads; }
};

static thread_local Block *currentBlock = nullptr;

Block &Block::current() { return *currentBlock; }

Block::Block(int64_t threads, ThreadOrder order) : order(order) {
  for (int64_t i = 0; i < threads; ++i) {
    fibers.push_back(std::make_unique<Fiber>());
    fibers.back()->index = i;
  }
}

Block::~Block() = default;

Dim3 Block::threadPosition() const { return {static_cast<int32_t>(running->index), 0, 0}; }
Dim3 Block::threadCount() const { return {static_cast<int32_t>(fibers.size()), 1, 1}; }
int32_t Block::laneOfThread() const { return static_cast<int32_t>(running->lane()); }

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

void Block::enter() {
  Block &block = current();
  (*block.body)();
  block.wait(State::Done);
}

void Block::wait(State state) {
  Fiber &fiber = *running;
  fiber.state = state;
  swapcontext(&fiber.context, &fiber.scheduler);
}

std::string Block::run(Dim3 at, Dim3 of, const std::function<void()> &work) {
  position = at;
  grid = of;
  body = &work;
  failure.clear();
  for (auto &fiber : fibers) {
    fiber->state = State::Ready;
    getcontext(&fiber->context);
    fiber->context.uc_stack = {fiber->stack.get(), 0, kStackBytes};
    fiber->context.uc_link = nullptr;
    makecontext(&fiber->context, enter, 0);
  }
  Block *outer = currentBlock;
  currentBlock = this;
  do
    runReady();
  while (failure.empty() && (releaseShuffles() || releaseBarrier()));
  currentBlock = outer;
  if (failure.empty() && count(State::Done) < static_cast<int64_t>(fibers.size()))
    failure = stuck();
  return failure;
}

void Block::runReady() {
  auto turn = [this](Fiber &fiber) {
    if (fiber.state != State::Ready)
      return;
    running = &fiber;
    swapcontext(&fiber.scheduler, &fiber.context);
  };
  if (order == ThreadOrder::Forward)
    std::for_each(fibers.begin(), fibers.end(), [&](auto &fiber) { turn(*fiber); });
  else
    std::for_each(fibers.rbegin(), fibers.rend(), [&](auto &fiber) { turn(*fiber); });
}

int64_t Block::count(State state) const {
  return std::count_if(fibers.begin(), fibers.end(),
                       [&](const auto &fiber) { return fiber->state == state; });
}

std::string Block::stuck() const {
  return "block " + std::to_string(position.x) + " cannot go on: of " +
         std::to_string(fibers.size()) + " threads " + std::to_string(count(State::AtBarrier)) +
         " wait at a barrier, " + std::to_string(count(State::AtShuffle)) + " at a shuffle, and " +
         std::to_string(count(State::Done)) + " have returned";
}

//===----------------------------------------------------------------------===//
// Waiting
//===----------------------------------------------------------------------===//

void Block::barrier() { wait(State::AtBarrier); }

/// Strict: a thread that has returned is missing at the barrier.
bool Block::releaseBarrier() {
  if (count(State::AtBarrier) != static_cast<int64_t>(fibers.size()))
    return false;
  for (auto &fiber : fibers)
    fiber->state = State::Ready;
  return true;
}

/// The lane that thread `lane` reads; its own if that is out of its segment (PTX ISA, shfl.sync,
/// with c = segment mask << 8 | clamp).
static int64_t sourceLane(int64_t lane, int32_t b, int32_t c, ShuffleMode mode) {
  const int64_t clamp = c & 31, segment = (c >> 8) & 31, offset = b & 31;
  const int64_t most = (lane & segment) | (clamp & ~segment), least = lane & segment;
  switch (mode) {
  case ShuffleMode::Up:
    return lane - offset >= most ? lane - offset : lane;
  case ShuffleMode::Down:
    return lane + offset <= most ? lane + offset : lane;
  case ShuffleMode::Butterfly:
    return (lane ^ offset) <= most ? lane ^ offset : lane;
  case ShuffleMode::Index:
    const int64_t read = least | (offset & ~segment);
    return read <= most ? read : lane;
  }
  return lane;
}

uint32_t Block::shuffle(uint32_t mask, uint32_t value, int32_t b, int32_t c, ShuffleMode mode) {
  Fiber &fiber = *running;
  fiber.mask = mask;
  fiber.value = value;
  fiber.source = sourceLane(fiber.lane(), b, c, mode);
  wait(State::AtShuffle);
  return fiber.result;
}

bool Block::releaseShuffles() {
  bool released = false;
  for (auto &fiber : fibers)
    if (fiber->state == State::AtShuffle)
      released |= releaseShuffle(fiber->index / kWarpThreads, *fiber);
  return released && failure.empty();
}

/// Lets the threads of the mask of `first` go if all of them wait with this mask.
bool Block::releaseShuffle(int64_t warp, Fiber &first) {
  const int64_t begin = warp * kWarpThreads;
  std::vector<Fiber *> members;
  for (int64_t lane = 0; lane < kWarpThreads; ++lane) {
    if (!(first.mask >> lane & 1))
      continue;
    const int64_t index = begin + lane;
    Fiber *fiber = index < static_cast<int64_t>(fibers.size()) ? fibers[index].get() : nullptr;
    if (!fiber || fiber->state != State::AtShuffle || fiber->mask != first.mask)
      return false;
    members.push_back(fiber);
  }
  for (Fiber *fiber : members) {
    if (!(first.mask >> fiber->source & 1)) {
      failure = "thread " + std::to_string(fiber->index) + " of block " +
                std::to_string(position.x) + " shuffles from lane " +
                std::to_string(fiber->source) + ", which does not take part";
      return false;
    }
    fiber->result = fibers[begin + fiber->source]->value;
  }
  for (Fiber *fiber : members)
    fiber->state = State::Ready;
  return !members.empty();
}

} // namespace spherical::emulation
