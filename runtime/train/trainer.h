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
#include <string>
#include <vector>

namespace spherical::runtime {

struct TrainOptions {
  int64_t batchSize = 32; ///< at most the executable's capacity
  int64_t epochs = 10;
  int64_t steps = 0;    ///< of the whole run, in place of `epochs`; 0: as many as the epochs have
  double minutes = 0.0; ///< of this process, which `epochs` are shortened to fit; 0: no limit
  Schedule schedule;
  uint64_t seed = 0;              ///< of initial values and of the order of samples
  int workers = 1;                ///< threads that prepare batches
  std::string checkpoint;         ///< file to keep the run in; empty: none
  double checkpointMinutes = 5.0; ///< at least this long between checkpoints
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
enum class StopReason { Finished, TimeLimit, Interrupted };

struct TrainResult {
  StopReason reason = StopReason::Finished;
  int64_t steps = 0;        ///< since the start of the run, earlier processes included
  double seconds = 0.0;     ///< of this process
  double stepMs = 0.0;      ///< median time of `trainStep` in milliseconds, 0 if none ran
  double waitSeconds = 0.0; ///< spent in waiting for batches
  EpochReport last;         ///< of the epoch in which the run ended
};

/// Initialises the parameters (or takes them from the checkpoint) and trains. With a time limit the
/// number of steps, over which the schedule stretches, is what fits at the speed of the first
/// seconds (step_plan.h), unless `steps` gives it. Ctrl-C ends the run after the current step, the
/// time limit before the first that would end beyond it; with `checkpoint` the run is saved then,
/// and as it finishes. A resumed run may have another schedule and more epochs, and says so in one
/// line. Throws std::runtime_error for data, options or a checkpoint that do not fit, a loss that
/// is not finite, and files that cannot be written; the last checkpoint then stays.
TrainResult train(Executable &executable, const SampleSource &samples, const TrainOptions &options);
TrainResult train(Executable &executable, const SphericalImages &images,
                  const TrainOptions &options);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_TRAINER_H
