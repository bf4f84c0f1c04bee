//===- evaluate.h - a network on a test set ---------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_EVALUATE_H
#define SPHERICAL_RUNTIME_TRAIN_EVALUATE_H

#include "runtime/data/batches.h"
#include "runtime/data/samples.h"
#include "runtime/train/calibration.h"
#include "runtime/train/error_metrics.h"
#include "runtime/train/executable.h"
#include "runtime/train/metrics.h"

#include <functional>

namespace spherical::runtime {

/// What a network makes of a data set. All sums go over the samples in their order, whatever the
/// batches and threads: they are functions of the samples and of what the network makes of each.
struct Evaluation {
  TargetKind target = TargetKind::Class; ///< what the network is compared with
  int64_t samples = 0;
  Metrics metrics;                  ///< of classes, over the samples or over all of their points
  AreaMetrics area;                 ///< the same over points that weigh as their area
  Calibration calibration;          ///< of the probabilities of the predicted classes
  ErrorMetrics errors;              ///< of values, over the samples or over all of their points
  ErrorMetrics areaErrors;          ///< the same over points that weigh as their area
  std::vector<int32_t> predictions; ///< classes, [sample][points], of the first samples
  double seconds = 0.0;             ///< in `forward` alone, without the preparation of batches
};

/// Throws std::runtime_error unless the samples have the shape and the kind of target that the
/// network takes, and labels below its number of classes or as many values as it gives.
void checkSamples(const Executable &executable, const SampleSource &samples);

struct EvaluateOptions {
  /// Called after each batch with the number of samples done; false ends early, and the result
  /// holds the samples done.
  std::function<bool(int64_t)> keepGoing = {};
  /// Called for each batch with what the network gives for it, [count][classes][points].
  std::function<void(const Batch &, std::span<const float>)> onBatch = {};
  int64_t predictions = INT64_MAX; ///< keep those of the first samples, up to this number
  int workers = 1;                 ///< threads that prepare batches
};

/// Runs `forward` on every sample, in order, in batches of the capacity. Throws
/// std::runtime_error for samples that do not fit.
Evaluation evaluate(Executable &executable, const SampleSource &samples,
                    const EvaluateOptions &options = {});
Evaluation evaluate(Executable &executable, const SphericalImages &images,
                    const EvaluateOptions &options = {});

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_EVALUATE_H
