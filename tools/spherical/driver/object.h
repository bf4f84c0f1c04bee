//===- object.h - the object file of a session ------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_OBJECT_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_OBJECT_H

#include "tools/spherical/codegen/codegen.h"
#include "tools/spherical/driver/session.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// Whether the session's program is compiled entry by entry: a plan for target cpu. Others become
/// one object.
bool hasEntryObjects(Session &session);

/// The objects of those entries of such a program (codegen.h).
Result<ObjectMap> compileEntries(Session &session, const std::vector<std::string> &entries);

/// The object that holds its manifest.
Result<std::string> compileManifest(Session &session, const std::string &manifest);

/// Runs the phases that are left up to plan and gives the machine code, an object file.
Result<std::string> compileObject(Session &session);

/// Runs the phases that are left up to plan and gives the manifest that the object will have: empty
/// for a module of the phase lower, which holds nothing but code.
Result<std::string> planManifest(Session &session);

/// The assembly of the same code.
Result<std::string> compileAssembly(Session &session);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_OBJECT_H
