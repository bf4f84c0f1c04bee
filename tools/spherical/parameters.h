//===- parameters.h - weights for commands that take any model --*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_PARAMETERS_H
#define SPHERICAL_TOOLS_SPHERICAL_PARAMETERS_H

#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/layers.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// What the safetensors file `path` holds.
Result<runtime::TensorFile> readTensorFile(const std::string &path);

/// The values of `parameters`: from the file `path`, or, if that is empty, as training starts:
/// their initial distributions with the random numbers of `seed`. States that the file lacks keep
/// their initial values.
Result<TensorMap> parameterValues(const std::vector<GraphParameter> &parameters,
                                  const std::string &path, uint64_t seed);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_PARAMETERS_H
