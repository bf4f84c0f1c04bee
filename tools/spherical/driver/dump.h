//===- dump.h - one file a pass ---------------------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_DUMP_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_DUMP_H

#include "tools/spherical/result.h"

#include "mlir/Pass/PassManager.h"

#include <string>

namespace spherical::driver {

/// Makes `manager` write the module after each pass that changed it to a file of `folder`, which is
/// created if needed: 001-spherical-expand-convolutions.mlir and so on. `count` is the number of the
/// last file, `failure` becomes the first error of writing one; both outlive the manager. Fails if
/// there is no such folder and none can be made.
Status dumpPasses(mlir::PassManager &manager, const std::string &folder, int &count,
                  std::string &failure);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_DUMP_H
