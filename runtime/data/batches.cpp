//===- batches.cpp - a data set in batches, prepared ahead ------*- C++ -*-===//

#include "runtime/data/batches.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace spherical::runtime {
namespace {

void checkOptions(int64_t count, const BatchOptions &options) {
  if (count < 1)
    throw std::invalid_argument("expected at least one sample, got none");
  if (options.batchSize < 1 || options.workers < 1 || options.ahead < 1)
    throw std::invalid_argument("expected a batch size, workers and batches ahead of at least 1");
  const int64_t perEpoch = (count - 1) / options.batchSize + 1;
  if (options.firstEpoch < 0 || options.firstNumber < 0 || options.firstNumber >= perEpoch)
    throw std::invalid_argument("expected a first batch of 0 to " + std::to_string(perEpoch - 1) +
                                ", got " + std::to_string(options.firstNumber));
}

} // namespace

Targets Batch::targets() const {
  if (!labels.empty())
    return std::span(labels);
  if (!values.empty())
    return std::span(values);
  return {};
}

std::vector<int64_t> epochOrder(int64_t count, bool shuffle, uint64_t seed, int64_t epoch) {
  if (shuffle)
    return randomPermutation(
        count, RandomNumbers(seed, RandomStream::Shuffle, static_cast<uint32_t>(epoch)));
  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), int64_t(0));
  return order;
}

BatchLoader::BatchLoader(const SampleSource &samples, const BatchOptions &options)
    : samples(samples), layout(samples.layout()), count(samples.count()), options(options) {
  checkOptions(count, options);
  perEpoch = (count - 1) / options.batchSize + 1;
  end = options.lastEpoch >= INT64_MAX / perEpoch - 1 ? INT64_MAX
                                                      : (options.lastEpoch + 1) * perEpoch;
  asked = claimed = options.firstEpoch * perEpoch + options.firstNumber;
  slots.resize(options.ahead + 1); // one in use, the others ahead
  for (Slot &slot : slots) {
    slot.batch.x.resize(options.batchSize * layout.values());
    slot.batch.labels.resize(options.batchSize * layout.labels());
    slot.batch.values.resize(options.batchSize * layout.targetValues());
    slot.batch.indices.resize(options.batchSize);
  }
  orders.fill({-1, nullptr});
  for (int i = 0; i < options.workers; ++i)
    workers.emplace_back([this] { work(); });
}

BatchLoader::~BatchLoader() {
  {
    const std::lock_guard guard(lock);
    stopping = true;
  }
  changed.notify_all();
}

std::shared_ptr<const std::vector<int64_t>> BatchLoader::orderOf(int64_t epoch) {
  // Workers are at most one batch window apart: two epochs are enough to keep unless the window
  // spans several tiny epochs, which only costs the order's computation again.
  const std::lock_guard guard(orderLock);
  auto &[held, order] = orders[epoch % 2];
  if (held != epoch) {
    order = std::make_shared<const std::vector<int64_t>>(
        epochOrder(count, options.shuffle, options.seed, epoch));
    held = epoch;
  }
  return order;
}

void BatchLoader::fill(Batch &batch, int64_t position) {
  batch.epoch = position / perEpoch;
  batch.number = position % perEpoch;
  const int64_t begin = batch.number * options.batchSize;
  batch.count = std::min(options.batchSize, count - begin);
  const auto order = orderOf(batch.epoch);
  std::copy_n(order->begin() + begin, batch.count, batch.indices.begin());
  samples.loadAll(std::span(batch.indices).first(batch.count), batch.epoch, batch.x.data(),
                  {.classes = batch.labels.data(), .values = batch.values.data()});
}

void BatchLoader::work() {
  std::unique_lock guard(lock);
  while (true) {
    // The slot of position p is free once batch p - slots has been given back.
    changed.wait(guard, [&] {
      const int64_t window = asked - (inUse ? 1 : 0) + static_cast<int64_t>(slots.size());
      return stopping || failure || claimed >= end || claimed < window;
    });
    if (stopping || failure || claimed >= end)
      return;
    const int64_t position = claimed++;
    Slot &slot = slots[position % slots.size()];
    guard.unlock();
    std::exception_ptr error;
    try {
      fill(slot.batch, position);
    } catch (...) {
      error = std::current_exception();
    }
    guard.lock();
    if (error)
      failure = error;
    else
      slot.ready = position;
    changed.notify_all();
  }
}

const Batch *BatchLoader::next() {
  std::unique_lock guard(lock);
  inUse = false;
  changed.notify_all();
  if (asked >= end)
    return nullptr;
  Slot &slot = slots[asked % slots.size()];
  changed.wait(guard, [&] { return failure || slot.ready == asked; });
  if (failure)
    std::rethrow_exception(failure);
  inUse = true;
  ++asked;
  return &slot.batch;
}

} // namespace spherical::runtime
