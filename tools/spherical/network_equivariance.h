//===- network_equivariance.h - a network on rotated functions -----*- C++ -*-===//
//
// The errors |f(R x) - R f(x)| / |f(x) - mean f(x)| of random rotations R at the end of a
// network. `spherical check` tells where they come from.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_NETWORK_EQUIVARIANCE_H
#define SPHERICAL_TOOLS_SPHERICAL_NETWORK_EQUIVARIANCE_H

#include "tools/spherical/driver/session.h"

#include <string>

namespace spherical::driver {

struct EquivarianceSettings {
  std::string file; ///< of the model, for messages
  int64_t rotations = 50;
  uint64_t seed = 0; ///< of the input and the rotations
};

/// Prints and returns the median error of the network in the model `settings.file` with the weights
/// in a file, for an input with all degrees below its band-limit. Fails for a model whose input is
/// no function on S2.
Result<double> printNetworkEquivariance(const EquivarianceSettings &settings,
                                        const SessionOptions &session, const std::string &weights);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_NETWORK_EQUIVARIANCE_H
