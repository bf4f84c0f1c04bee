//===- model_check.h - all checks of a model --------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_MODEL_CHECK_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_MODEL_CHECK_H

#include "tools/spherical/check/data.h"
#include "tools/spherical/check/equivariance_report.h"

#include <string>

namespace spherical::driver {

/// What `spherical check` is asked for.
struct CheckOptions {
  std::string file, weights, result, picture, layerPicture;
  bool anyModel = false, withoutRelu = false;
  int64_t rotations = 8, degrees = 0;
  EquivarianceLimits limits;
  DigitOptions digits; ///< its seed is that of inputs, rotations and parameters, too
  OwnDataOptions own;
  SessionOptions session;
};

/// Checks a model, prints what was measured and writes it to the file `result`, if there is one.
/// The error names all faults with their causes.
Status checkNetwork(const CheckOptions &options);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_MODEL_CHECK_H
