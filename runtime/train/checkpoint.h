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
#include "runtime/train/run_position.h"

#include <string>
#include <vector>

namespace spherical::runtime {

/// All kept values under their names; with `parametersOnly`, parameters and states, as a file of
/// weights has them: parameters of which averages are kept as their averages.
TensorFile keptValues(const Executable &executable, bool parametersOnly = false);

/// Sets the kept values from `file`, by the rules of `matchWeights`, and returns the names of the
/// states that it lacks. Throws std::runtime_error, before anything is set, if the file does not
/// fit. Moments and states may be absent, unless `complete`; they keep what they hold.
std::vector<std::string> setKeptValues(Executable &executable, const TensorFile &file,
                                       bool complete = false);

/// Replaces the file `path` in one step; std::runtime_error if it cannot be written. `origin` is
/// what the file records besides of where it comes from. A digest of all of it tells damage. With
/// `keepPrevious` the file before stays under another name (previousCheckpoint).
void saveCheckpoint(const std::string &path, const Executable &executable,
                    const RunPosition &position, const Metadata &origin = {},
                    bool keepPrevious = false);

/// Where the checkpoint before that of `path` is kept: "run.previous.safetensors" beside
/// "run.safetensors".
std::string previousCheckpoint(const std::string &path);

/// Sets the kept values to those of the file and returns the place in the run. Throws
/// std::runtime_error, before anything is set, for a file that is no checkpoint of this network, or
/// that is damaged.
RunPosition loadCheckpoint(const std::string &path, Executable &executable);

/// The same; where the file cannot be read, or is damaged, from the one before if that is kept,
/// which then takes its place, and `note` says so.
RunPosition loadLastCheckpoint(const std::string &path, Executable &executable, std::string &note);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_CHECKPOINT_H
