//===- stepper.h - one batch after the other --------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_STEPPER_H
#define SPHERICAL_RUNTIME_TRAIN_STEPPER_H

#include "runtime/data/batches.h"
#include "runtime/train/resume.h"

#include <vector>

namespace spherical::runtime {

/// Trains a network batch by batch. With `accumulate` of the options, so many batches of an epoch,
/// or those that are left at its end, make up one optimizer step.
class Stepper {
public:
  Stepper(Executable &executable, const TrainOptions &options, const RunExtent &extent);

  /// Trains on the next batch of a run of `planned` steps, and brings `position` forward. False if
  /// the loss is not finite: then `position` stays, and what the network keeps is not to be used.
  bool take(const Batch &batch, RunPosition &position, int64_t planned);

  /// Whether the last batch ended a step.
  bool hasStepped() const { return stepped; }

  /// What the network took for each step, in seconds.
  std::vector<float> seconds;

private:
  void addSamples(const Batch &batch, double loss, RunPosition &position);

  Executable &executable;
  const TrainOptions &options;
  const RunExtent &extent;
  std::vector<float> outputs;
  std::vector<int32_t> predictions; // of one sample
  float stepSeconds = 0.0f;         // of the step so far
  bool stepped = false;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_STEPPER_H
