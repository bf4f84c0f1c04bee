//===- artifact.h - the self-check of a compiled library --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_ARTIFACT_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_ARTIFACT_H

#include "tools/spherical/driver/session.h"

#include <string>

namespace spherical::driver {

/// Runs a compiled library on the values that it holds for this purpose, prints what came out, and
/// writes it as JSON to `result` unless that is empty. Of the options it takes device and threads.
/// Fails if the results are others than the library holds, and if it holds none.
Status checkArtifact(const std::string &path, const SessionOptions &options,
                     const std::string &result);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_ARTIFACT_H
