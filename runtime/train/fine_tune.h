//===- fine_tune.h - training that starts from other weights ----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_FINE_TUNE_H
#define SPHERICAL_RUNTIME_TRAIN_FINE_TUNE_H

#include "runtime/data/safetensors.h"
#include "runtime/train/executable.h"

#include <string>
#include <vector>

namespace spherical::runtime {

/// What became of the parameters and states of a network, and of the tensors of a file, by name.
struct TakenWeights {
  /// Taken from the file; left as they were, because a pattern says so or, of states, because the
  /// file lacks them; tensors of the file that the network has no use for.
  std::vector<std::string> taken, fresh, unused;
};

/// Sets the parameters and states of an initialised network from a file by name; those with a name
/// like one of the patterns `fresh` (glob.h) keep what they have. Moving averages start again from
/// the parameters; moments stay. Throws std::runtime_error, before anything is set, at a parameter
/// that the file lacks, at another shape, at values that are not converted or not finite, at a
/// pattern that no parameter or state has, and if nothing is left to take.
TakenWeights takeWeights(Executable &executable, const TensorFile &file,
                         const std::vector<std::string> &fresh);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_FINE_TUNE_H
