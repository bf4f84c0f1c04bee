//===- pictures.h - what a check found, drawn -------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_PICTURES_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_PICTURES_H

#include "tools/spherical/check/equivariance.h"

#include "runtime/pictures/figure.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// The first channel of x and R x, and of the last function in the network f(x), R f(x), f(R x) and
/// their difference, on the sphere; a function on SO(3) by its mean over gamma.
runtime::Figure drawRotated(const std::vector<LayerProgram> &layers, const NetworkErrors &errors);

/// The errors of the network up to each layer, and their causes. `faults` names layers at fault.
runtime::Figure drawErrors(const std::string &model, const std::vector<LayerProgram> &layers,
                           const NetworkErrors &errors, const std::vector<std::string> &faults);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_PICTURES_H
