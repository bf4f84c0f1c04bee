//===- finding.h - what a check found ---------------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_FINDING_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_FINDING_H

#include <string>
#include <vector>

namespace spherical::driver {

/// Something that is not as it should be, with its cause.
struct Finding {
  std::string check; ///< equivariance, kernel, gradient, adjoint, target or weights
  std::string layer, place;
  /// One word or two: "aliasing", "planar layer", "up-sampling rule", "wrong gradient", ...
  std::string cause;
  std::string text; ///< what was measured
  std::string hint; ///< what helps; may be empty
};

using Findings = std::vector<Finding>;

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_FINDING_H
