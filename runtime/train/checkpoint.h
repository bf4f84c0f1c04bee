//===- checkpoint.h - a run on disk -----------------------------*- C++ -*-===//
//
// A safetensors file with every parameter, moment and state under its own name, and
// the place in the run as metadata. It serves as a file of weights as well.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_TRAIN_CHECKPOINT_H
#define SPHERICAL_RUNTIME_TRAIN_CHECKPOINT_H

#include "runtime/data/model_record.h"
#include "runtime/data/safetensors.h"
#include "runtime/train/executable.h"

#include <map>
#include <string>
#include <vector>

namespace spherical::runtime {

/// Where a run stands: everything besides the kept values that its next step depends on. Random
/// numbers have no other state than these counters (random.h).
struct RunPosition {
  int64_t step = 0;    ///< steps done
  int64_t planned = 0; ///< steps of the whole run, as planned when the last one was done
  int64_t epoch = 0;   ///< of the next batch
  int64_t batch = 0;   ///< number of the next batch in its epoch
  uint64_t seed = 0;
  int64_t batchSize = 0;
  uint64_t data = 0;      ///< hash of the training data
  int64_t epochCount = 0; ///< metrics of the epoch so far
  int64_t epochCorrect = 0;
  double epochLossSum = 0.0;
  double epochAbsoluteSum = 0.0;       ///< of networks that give values
  std::vector<int64_t> epochConfusion; ///< [label][prediction]
  float learningRate = 0.0f;           ///< of the last step
  /// How the run was to go on, by name, which whoever resumes it may say otherwise.
  std::map<std::string, std::string> settings;

  bool operator==(const RunPosition &) const = default;
};

/// All kept values (or, with `parametersOnly`, parameters and states) under their names.
TensorFile keptValues(const Executable &executable, bool parametersOnly = false);

/// Sets the kept values from `file`, by the rules of `matchWeights`, and returns the names of the
/// states that it lacks. Throws std::runtime_error, before anything is set, if the file does not
/// fit. Moments and states may be absent, unless `complete`; they keep what they hold.
std::vector<std::string> setKeptValues(Executable &executable, const TensorFile &file,
                                       bool complete = false);

/// Replaces the file `path` in one step; std::runtime_error if it cannot be written. `origin` is
/// what the file records besides of where it comes from.
void saveCheckpoint(const std::string &path, const Executable &executable,
                    const RunPosition &position, const Metadata &origin = {});

/// Sets the kept values to those of the file and returns the place in the run. Throws
/// std::runtime_error, before anything is set, for a file that is no checkpoint of this network.
RunPosition loadCheckpoint(const std::string &path, Executable &executable);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_CHECKPOINT_H
