//===- fine_tuning.h - trainings that start from weights --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_FINE_TUNING_H
#define SPHERICAL_TOOLS_SPHERICAL_FINE_TUNING_H

#include "tools/spherical/result.h"

#include "runtime/data/safetensors.h"
#include "runtime/train/executable.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// Weights that a training starts from.
struct FineTuning {
  std::string weights;            ///< a file, empty: none
  std::vector<std::string> fresh; ///< globs over names of values that start afresh
};

/// The values of the file under names that no glob has. Fails for a glob that no value of the file
/// or of `network` has the name of.
Result<runtime::TensorFile> startingValues(const FineTuning &start,
                                           const runtime::Executable &network);

/// Sets the parameters and states of `network` that no glob names to those of `values`, by name.
/// Throws std::runtime_error if one has none, or another shape, or a value is left.
void setStartingValues(const FineTuning &start, const runtime::TensorFile &values,
                       runtime::Executable &network);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_FINE_TUNING_H
