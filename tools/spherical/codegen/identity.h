//===- identity.h - which compiler this is ----------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_IDENTITY_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_IDENTITY_H

#include <string>

namespace spherical::driver {

/// What changes whenever this program may compile the same input to something else: versions, and
/// the build ids of the program and of the LLVM and MLIR libraries that it runs with; of a file
/// without one, its size and time.
const std::string &compilerIdentity();

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_IDENTITY_H
