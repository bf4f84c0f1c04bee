//===- tolerance.h - what rounding explains ---------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_TOLERANCE_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_TOLERANCE_H

#include "tools/spherical/driver/session.h"

namespace spherical::driver {

/// Terms of the sums of a whole model, some thousand.
inline constexpr double kModelTerms = 1000;

/// How much of the change of results that disturbed arguments cause is explained by rounding, too.
inline constexpr double kChangeMargin = 16;

/// How far results may be off the definitions in relation to their norm. Rounding errors of n terms
/// add up at random to some sqrt(n) eps of the sum's norm; the errors that were seen are below a
/// tenth of this, 8 eps sqrt(n). Numbers of fewer bits, if the options ask for them, allow for
/// more. `epsilon`: the rounding of results, 2^-24 or 2^-53.
double roundingTolerance(const SessionOptions &options, double epsilon, double terms);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_TOLERANCE_H
