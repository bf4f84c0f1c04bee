//===- object.h - the object file of a session ------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_OBJECT_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_OBJECT_H

#include "tools/spherical/codegen/codegen.h"
#include "tools/spherical/driver/session.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// What is known of a program before its code is made.
struct ProgramPlan {
  /// The text of the manifest that the code will have; empty for a module of the phase lower, which
  /// holds nothing but code.
  std::string manifest;
  /// The key of the program in the cache, or empty.
  std::string source;
};

/// Runs the phases that are left up to plan, unless the cache has the manifest of this program.
Result<ProgramPlan> planProgram(Session &session);

/// Whether the session's program is compiled entry by entry: one with a plan for target cpu. Others
/// become one object.
bool hasEntryObjects(Session &session);

/// The objects of those entries of such a program (codegen.h).
Result<ObjectMap> compileEntries(Session &session, const ProgramPlan &program,
                                 const std::vector<std::string> &entries);

/// The object that holds its manifest.
Result<std::string> compileManifest(Session &session, const std::string &manifest);

/// Runs the phases that are left up to plan and gives the machine code, an object file.
Result<std::string> compileObject(Session &session);

/// The assembly of the same code.
Result<std::string> compileAssembly(Session &session);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_OBJECT_H
