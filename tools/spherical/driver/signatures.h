//===- signatures.h - functions with many arguments in print ----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_SIGNATURES_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_SIGNATURES_H

#include <string>
#include <string_view>

namespace spherical::driver {

/// The text of a module as MLIR prints it, with each argument of a function, its results and its
/// attributes on lines of their own where the signature is longer than 100 letters. It reads back as
/// the same module: only blanks between tokens became line ends.
std::string foldSignatures(std::string_view assembly);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_SIGNATURES_H
