//===- run_files.h - the files of a training --------------------*- C++ -*-===//
//
// What a run writes must not take the place of what an earlier one left, unless
// the user says so: --resume goes on with a run, --force replaces it.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_RUN_FILES_H
#define SPHERICAL_TOOLS_SPHERICAL_RUN_FILES_H

#include "runtime/data/model_record.h"
#include "tools/spherical/result.h"

#include <string>

namespace spherical::driver {

/// The files of a run; empty paths stand for none.
struct RunFiles {
  std::string output, checkpoint, log;
  bool resume = false, force = false;
};

/// A name for the weights of the model file `model` in the working folder at which there is no file
/// yet: quickstart.safetensors, then quickstart-2.safetensors and so on.
std::string freshWeights(const std::string &model);

/// Makes sure that the run may write its files: two of them are not one, all can be written, and
/// none is there already unless the run is resumed or `force` is set, which is said. A run to be
/// resumed whose checkpoint is not there starts afresh: says so and unsets `resume`. Weights and a
/// checkpoint that a resumed run goes on to write must be those of `model`.
Status claimFiles(RunFiles &files, const runtime::ModelRecord &model);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_RUN_FILES_H
