//===- memory_limit.h - whether a plan fits ---------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_MEMORY_LIMIT_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_MEMORY_LIMIT_H

#include "tools/spherical/driver/session.h"

#include <string>

namespace spherical::driver {

/// Fails if arena, tables, scratch and parameters of the entries that will run (SessionOptions)
/// take more than the options' memory limit or, if those have none, `available` bytes; 0: any. Says
/// which batch fits, having planned it, or that not even 1 does. `manifest` is that of the
/// session's plan.
Status checkMemory(Session &session, const std::string &manifest, int64_t available);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_MEMORY_LIMIT_H
