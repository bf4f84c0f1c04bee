//===- run_weights.h - entries with the weights of a training ---*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_RUN_WEIGHTS_H
#define SPHERICAL_TOOLS_SPHERICAL_RUN_WEIGHTS_H

#include "tools/spherical/driver/execute.h"

#include <string>

namespace spherical::driver {

/// Adds the weights in the file `path` to `inputs`, tensors of the file `inputPath`, whose
/// arguments of role input become what the network took in the training (preparation.h): normalised
/// by channel, missing values filled; a line says so. Fails for tensors that both files hold, and
/// inputs of other channels.
Status addWeights(TensorMap &inputs, const std::string &inputPath,
                  const runtime::TensorFile &weights, const std::string &path,
                  const Signature &signature);

/// `runOnce` for any number of samples, in parts of the capacity if all results hold a row for each
/// sample: they are joined. Other entries take a batch.
Result<TensorMap> runParts(Executable &executable, const std::string &entry, TensorMap inputs,
                           const InputOptions &options);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_RUN_WEIGHTS_H
