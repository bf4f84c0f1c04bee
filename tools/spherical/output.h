//===- output.h - results that go to files or the screen --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_OUTPUT_H
#define SPHERICAL_TOOLS_SPHERICAL_OUTPUT_H

#include "tools/spherical/result.h"

#include <string>

namespace spherical::driver {

/// Writes `text` to the file `path`, complete or not at all, or to standard output if `path` is empty or
/// "-".
Status writeOutput(const std::string &path, const std::string &text);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_OUTPUT_H
