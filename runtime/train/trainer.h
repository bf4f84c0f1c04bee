//===- trainer.h - the training loop ----------------------------*- C++ -*-===//
//
// The same executable, data and options give the same parameters, bit for bit, for any number of
// threads, and whether or not the run was stopped and resumed in between.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_TRAIN_TRAINER_H
#define SPHERICAL_RUNTIME_TRAIN_TRAINER_H

#include "runtime/data/model_record.h"
#include "runtime/data/samples.h"
#include "runtime/train/executable.h"
#include "runtime/train/observer.h"
#include "runtime/train/schedule.h"

#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spherical::runtime {

struct TrainOptions {
  int64_t batchSize = 32; ///< at most the executable's capacity
  int64_t epochs = 10;
  int64_t steps = 0;      ///< of the whole run, in place of `epochs`; 0: as many as the epochs have
  int64_t accumulate = 1; ///< batches of a step; above 1 needs `Executable::accumulates`
  double minutes = 0.0;   ///< of this process, which `epochs` are shortened to fit; 0: no limit
  Schedule schedule;      ///< `interval` aside, which follows from `stepEpochs`
  int64_t stepEpochs = 10;     ///< schedule step: epochs from one fall to the next
  int64_t plateauPatience = 5; ///< schedule plateau: epochs without a better validation to a fall
  const SampleSource *validation = nullptr; ///< looked at after each epoch; null: none
  /// What validations are judged by; nothing: the first of validationMetrics.
  std::optional<ValidationMetric> monitor;
  int64_t patience = 0; ///< ends the run after so many epochs without a better one; 0: never
  /// Gives the norms of layers for a batch with the network's values as they are, to name the layer
  /// at which a loss is not finite; empty: `Executable::probe`.
  std::function<std::vector<LayerNorm>(const float *x, const Targets &targets, int64_t count)>
      probe;
  /// Sets the first values of what it knows after the seed did; may be empty.
  std::function<void(Executable &)> initialize;
  uint64_t seed = 0;              ///< of initial values and of the order of samples
  int workers = 1;                ///< threads that prepare batches
  std::string checkpoint;         ///< file to keep the run in; empty: none
  double checkpointMinutes = 5.0; ///< at least this long between checkpoints
  bool keepPrevious = false;      ///< keep the checkpoint before the last as well
  bool resume = false;            ///< go on from the file `checkpoint`
  Metadata origin;                ///< what the checkpoint records of where it comes from
  /// What else decides how the run goes on, by name: a resumed run says what has changed of it.
  std::map<std::string, std::string> settings;
  std::string log;                  ///< file for the numbers (log.h); empty: none
  int64_t logSteps = 50;            ///< steps for each line of the log
  bool progress = true;             ///< show progress on the standard error stream
  std::ostream *messages = nullptr; ///< takes a line an epoch; null: none
  std::vector<RunObserver *> observers;
  std::function<double()> clock; ///< seconds since any time; empty: the machine's clock
};

/// Why a run ended.
enum class StopReason { Finished, TimeLimit, Interrupted, NoBetter };

struct TrainResult {
  StopReason reason = StopReason::Finished;
  int64_t steps = 0;        ///< since the start of the run, earlier processes included
  double seconds = 0.0;     ///< of this process
  double stepMs = 0.0;      ///< median time of `trainStep` in milliseconds, 0 if none ran
  double waitSeconds = 0.0; ///< spent in waiting for batches
  EpochReport last;         ///< of the epoch in which the run ended
  BestMetric best;          ///< of the validations
};

/// Initialises the parameters (or takes them from the checkpoint) and trains. With a time limit the
/// number of steps, over which the schedule stretches, is what fits at the speed of the first
/// seconds (step_plan.h), unless `steps` gives it. Ctrl-C ends the run after the current step, the
/// time limit before the first that would end beyond it; with `checkpoint` the run is saved then,
/// and as it finishes. A resumed run may have another schedule and more epochs, and says so in one
/// line. Validations change no bit of the training. Throws std::runtime_error for data, options or
/// a checkpoint that do not fit and files that cannot be written; the last checkpoint then stays.
/// So for a loss that is not finite, with the first layer that is not, if the network can be
/// probed; the network then has the values of the last good step (divergence.h).
TrainResult train(Executable &executable, const SampleSource &samples, const TrainOptions &options);

/// Throws what `train` throws, before anything runs, at options and samples that do not fit.
void checkTraining(const Executable &executable, const SampleSource &samples,
                   const TrainOptions &options);
TrainResult train(Executable &executable, const SphericalImages &images,
                  const TrainOptions &options);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_TRAINER_H
