//===- reference_executable.h - entries on the reference target -*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_REFERENCE_EXECUTABLE_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_REFERENCE_EXECUTABLE_H

#include "tools/spherical/driver/execute.h"

namespace spherical::driver {

/// Evaluates the IR of the session as it stands by the equations, in double precision. Takes the module
/// through differentiate only if it lacks `entry`.
Result<std::unique_ptr<Executable>> createReferenceExecutable(Session &session,
                                                              const std::string &entry);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_REFERENCE_EXECUTABLE_H
