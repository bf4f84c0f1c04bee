//===- resume.h - going on with a run of a checkpoint -----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_RESUME_H
#define SPHERICAL_RUNTIME_TRAIN_RESUME_H

#include "runtime/train/run_position.h"
#include "runtime/train/trainer.h"

#include <string>

namespace spherical::runtime {

/// What a run is asked for.
struct RunExtent {
  int64_t batchesPerEpoch = 1;
  int64_t accumulate = 1; ///< batches of a step; the last step of an epoch may have fewer
  int64_t steps = 0;      ///< of the whole run

  RunExtent(const TrainOptions &options, int64_t samples);

  int64_t stepsPerEpoch() const { return (batchesPerEpoch - 1) / accumulate + 1; }

  /// The epochs that so many steps begin.
  int64_t epochsOf(int64_t count) const { return (count - 1) / stepsPerEpoch() + 1; }

  /// Whether the batch of that number in its epoch is the last of a step.
  bool endsStep(int64_t batch) const {
    return (batch + 1) % accumulate == 0 || batch + 1 == batchesPerEpoch;
  }
};

/// The learning rate of the next step of a run of `planned` steps in place of all that it is asked
/// for.
float rateOf(const TrainOptions &options, const RunExtent &extent, const RunPosition &position,
             int64_t planned);

/// Throws std::runtime_error unless a run that stands at `saved` can go on as `options` and the
/// fresh run's position `fresh` say: only its settings may be others.
void checkSaved(const RunPosition &saved, const RunPosition &fresh, const TrainOptions &options,
                const RunExtent &extent);

/// The steps of the whole run: as planned before if it goes on as it was, else all it is asked for.
int64_t plannedAgain(const RunPosition &saved, const RunPosition &fresh);

/// Whether validations are judged as before.
bool hasSameMetric(const RunPosition &saved, const RunPosition &fresh);

/// "resumed from run after step 3 of 8; changed: ...": where it goes on, and what is not as before.
std::string resumedText(const RunPosition &saved, const RunPosition &fresh,
                        const TrainOptions &options, const RunExtent &extent);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_RESUME_H
