//===- batches.h - a data set in batches, prepared ahead --------*- C++ -*-===//
//
// Worker threads convert the next batches while the current one is in use. What
// comes out depends on the data, the batch size, the seed and the place in the
// run only, never on the number of workers.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_BATCHES_H
#define SPHERICAL_RUNTIME_DATA_BATCHES_H

#include "runtime/data/samples.h"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace spherical::runtime {

/// Up to a full batch of samples.
struct Batch {
  int64_t epoch = 0;            ///< from 0
  int64_t number = 0;           ///< within the epoch, from 0
  int64_t count = 0;            ///< samples in use; fewer than the batch size at an epoch's end
  std::vector<float> x;         ///< [batch size][channels][2b][2b], the first `count` valid
  std::vector<int32_t> labels;  ///< [batch size], of segmented data [batch size][2b][2b]; or none
  std::vector<float> values;    ///< targets that are numbers, [batch size][outputs][points]
  std::vector<int64_t> indices; ///< of the samples in the data set, [batch size]

  /// The labels or values of all samples, those in use first, or nothing.
  Targets targets() const;
};

/// Where and how to start.
struct BatchOptions {
  int64_t batchSize = 32;
  bool shuffle = true;    ///< a fresh random order in each epoch, else the order of the data set
  uint64_t seed = 0;      ///< of the orders
  int64_t firstEpoch = 0; ///< to resume: the epoch and the batch in it that come first
  int64_t firstNumber = 0;
  int64_t lastEpoch = INT64_MAX; ///< stop after this epoch
  int workers = 1;               ///< threads that prepare batches, at least 1
  int ahead = 4;                 ///< batches prepared at most before they are asked for, at least 1
};

/// The order of an epoch's samples: a permutation of 0 ... count-1, a function of the arguments.
std::vector<int64_t> epochOrder(int64_t count, bool shuffle, uint64_t seed, int64_t epoch);

/// Gives out the batches of a data set, epoch after epoch. Each epoch holds each sample once.
/// `samples` must outlive this object. One thread may call `next`.
class BatchLoader {
public:
  /// Throws std::invalid_argument for an empty data set, sizes below 1 or a first batch that the
  /// epoch does not have.
  BatchLoader(const SampleSource &samples, const BatchOptions &options);
  ~BatchLoader();
  BatchLoader(const BatchLoader &) = delete;
  BatchLoader &operator=(const BatchLoader &) = delete;

  /// Batches of an epoch: ceil(count / batch size).
  int64_t batchesPerEpoch() const { return perEpoch; }

  /// The next batch, valid until the next call; null after the last epoch. Rethrows what a
  /// worker threw.
  const Batch *next();

private:
  struct Slot {
    Batch batch;
    int64_t ready = -1; // number, from the first batch of epoch 0, of the batch inside
  };

  void work();
  void fill(Batch &batch, int64_t position);
  std::shared_ptr<const std::vector<int64_t>> orderOf(int64_t epoch);

  const SampleSource &samples;
  const SampleLayout layout;
  const int64_t count;
  const BatchOptions options;
  int64_t perEpoch;
  int64_t end;     // position behind the last batch
  int64_t asked;   // position of the batch that `next` gives out next
  int64_t claimed; // position of the next batch that a worker takes
  bool inUse = false;
  bool stopping = false;
  std::exception_ptr failure;
  std::vector<Slot> slots;
  std::array<std::pair<int64_t, std::shared_ptr<const std::vector<int64_t>>>, 2> orders;
  std::mutex orderLock;
  std::mutex lock;
  std::condition_variable changed;
  std::vector<std::jthread> workers;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_BATCHES_H
