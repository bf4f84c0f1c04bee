//===- evaluate.h - a classifier on a test set ------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_EVALUATE_H
#define SPHERICAL_RUNTIME_TRAIN_EVALUATE_H

#include "runtime/data/projection.h"
#include "runtime/train/executable.h"
#include "runtime/train/metrics.h"

#include <functional>

namespace spherical::runtime {

/// What a classifier makes of a data set.
struct Evaluation {
  Metrics metrics;
  std::vector<int32_t> predictions; ///< [sample]
  double seconds = 0.0;             ///< in `forward` alone, without the preparation of batches
};

/// Throws std::runtime_error unless the samples have the shape that the network takes and the
/// labels are below its number of classes.
void checkSamples(const Executable &executable, const SphericalImages &images);

/// Runs `forward` on every sample, in order, in batches of the capacity. Calls `keepGoing` after
/// each batch with the number of samples done; false ends early, and the result holds the samples
/// done. Throws std::runtime_error for samples that do not fit.
Evaluation evaluate(Executable &executable, const SphericalImages &images,
                    const std::function<bool(int64_t)> &keepGoing = {});

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_EVALUATE_H
