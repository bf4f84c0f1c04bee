//===- divergence.h - back to the last good step ----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_DIVERGENCE_H
#define SPHERICAL_RUNTIME_TRAIN_DIVERGENCE_H

#include "runtime/train/kept_values.h"
#include "runtime/train/stepper.h"

#include <string>

namespace spherical::runtime {

/// A place in a run, with finite values, to which it can go back: from there its steps come again
/// with the same bits.
struct RunSnapshot {
  RunPosition position;
  KeptCopy kept;
};

/// What is known of a loss that is not finite.
struct Divergence {
  int64_t goodStep = 0; ///< the last step after which all kept values are finite, and before it the
                        ///< losses
  std::string where;    ///< ", first at ...", or why that is not known
};

/// Does the steps since `snapshot` again, up to the batch `bad` at `position` of a run of `planned`
/// steps, whose loss was not finite; looks for the first layer that is not, and leaves the network
/// with the values of the last good step.
Divergence goBack(Executable &executable, const SampleSource &samples, const TrainOptions &options,
                  const RunExtent &extent, const RunSnapshot &snapshot, const Batch &bad,
                  const RunPosition &position, int64_t planned);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_DIVERGENCE_H
