//===- evaluate.h - a network on a test set ---------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_EVALUATE_H
#define SPHERICAL_RUNTIME_TRAIN_EVALUATE_H

#include "runtime/data/samples.h"
#include "runtime/train/executable.h"
#include "runtime/train/metrics.h"

#include <functional>

namespace spherical::runtime {

/// What a network makes of a data set.
struct Evaluation {
  Metrics metrics; ///< over the samples, or over all of their points
  int64_t samples = 0;
  std::vector<int32_t> predictions; ///< [sample][points], of the first samples
  double seconds = 0.0;             ///< in `forward` alone, without the preparation of batches
};

/// Throws std::runtime_error unless the samples have the shape and the kind of labels that the
/// network takes and the labels are below its number of classes.
void checkSamples(const Executable &executable, const SampleSource &samples);

struct EvaluateOptions {
  /// Called after each batch with the number of samples done; false ends early, and the result
  /// holds the samples done.
  std::function<bool(int64_t)> keepGoing = {};
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
