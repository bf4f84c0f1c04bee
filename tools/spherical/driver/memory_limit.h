//===- memory_limit.h - whether a plan fits ---------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_MEMORY_LIMIT_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_MEMORY_LIMIT_H

#include "runtime/execute/manifest.h"
#include "tools/spherical/driver/session.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// The entries that the options name, and `prepare` if one of them needs it; all without options.
std::vector<std::string> entriesToRun(const runtime::Manifest &manifest,
                                      const SessionOptions &options);

/// Where the plan of the session's model takes more than the options' memory limit, and less if
/// values are computed again: has the session do so from now on, and says on standard error what
/// that is predicted to cost. Before the phase schedule.
Status keepMemoryLimit(Session &session);

/// Fails if arena, tables, scratch and parameters of the entries that will run (SessionOptions)
/// take more than the options' memory limit or, if those have none, `available` bytes; 0: any. Says
/// which batch fits, having planned it, or that not even 1 does. `manifest` is that of the
/// session's plan.
Status checkMemory(Session &session, const std::string &manifest, int64_t available);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_MEMORY_LIMIT_H
